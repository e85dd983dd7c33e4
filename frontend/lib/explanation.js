/**
 * What an element is made of, for the eye: terms that differ in their indices alone become one line with letters, `Σ_b x[b, 0] · l1.g[b, 1]`.
 *
 * @import { Aim, Cell, Factor, Matrix, Target, Term, TensorRecord } from "./types.js"
 * @typedef {{terms: Term[], letters: string[], places: number[][], codes: string[]}} Group
 *   terms of one form: the letters that run in it, their values in every term, and its factors in letters
 * @typedef {{text: string, cell?: Cell}} Piece
 * @typedef {{letter: string, values: number[]}} Running
 */

import { MINUS } from "./numbers.js";

const SAMPLE_LETTERS = ["b", "s", "n", "beta"];
const LETTERS = ["k", "j", "i", "m", "p", "q", "r", "t", "u", "v"];
const INTEGERS = /(?<![\w.])\d+(?![\w.])/g;
const BRACKETED = /\[[^[\]]*\]/g;

/** `w1.g[0, 1]` @param {Target} target */
export function targetCode({ tensor, field, index }) {
  return `${tensor}${field === "gradient" ? ".g" : ""}${index.length ? `[${index.join(", ")}]` : ""}`;
}

/** The same in words: a next value is written like the present one. @param {Target} target */
export function targetName(target) {
  return `${targetCode(target)}${target.field === "next" ? " after the update" : ""}`;
}

/** @param {Target} a @param {Target} b */
export function sameTarget(a, b) {
  return targetName(a) === targetName(b);
}

/** What a matrix shows of which tensor. Null where it is not a tensor's. @param {Matrix} matrix @returns {{tensor: string, field: Aim} | null} */
export function subjectOf({ name, field, naming }) {
  if (name === null || field === null) return null;
  return { tensor: name, field: naming === "new" ? "next" : field };
}

/** Does a matrix show that tensor's value, gradient or next value? @param {Matrix} matrix @param {{tensor: string, field: Aim}} target */
export function shows(matrix, { tensor, field }) {
  const subject = subjectOf(matrix);
  return subject?.tensor === tensor && subject.field === field;
}

/** Is there such an element? @param {Target} target @param {Record<string, TensorRecord>} tensors */
export function exists({ tensor, field, index }, tensors) {
  if (!Object.hasOwn(tensors, tensor)) return false;
  const { shape, gradient, dtype, veiled } = tensors[tensor];
  if (field === "gradient" && (veiled || gradient === null || dtype.startsWith("int"))) return false;
  return index.length === shape.length && index.every((at, axis) => at < shape[axis]);
}

/** The one cell that a factor is, or null where it is a constant or computed from cells. @param {Factor} factor */
export function soleCell({ code, cells }) {
  return cells.length === 1 && targetCode(cells[0]) === code ? cells[0] : null;
}

/** The terms by their form, in the order in which the forms appear. @param {Term[]} terms @param {(name: string) => boolean} isTaken  names that letters must not have @returns {Group[]} */
export function groupsOf(terms, isTaken) {
  return byForm(terms, INTEGERS).flatMap((form) => {
    const group = inLetters(form, INTEGERS, isTaken);
    if (group) return [group];
    return byForm(form, BRACKETED).map((one) => inLetters(one, BRACKETED, isTaken) ?? { terms: one, letters: [], places: one.map(() => []), codes: codesOf(one[0]) });
  });
}

/** @param {Term} term */
function codesOf({ factors }) {
  return factors.map(({ code }) => code);
}

/** @param {Term[]} terms @param {RegExp} numbers  the parts of the code in which terms of one form may differ @returns {Term[][]} */
function byForm(terms, numbers) {
  /** @type {Map<string, Term[]>} */
  const forms = new Map();
  for (const term of terms) {
    const form = codesOf(term).map((code) => blanked(code, numbers)).join("\n");
    forms.set(form, [...(forms.get(form) ?? []), term]);
  }
  return [...forms.values()];
}

/** @param {string} code @param {RegExp} numbers */
function blanked(code, numbers) {
  return code.replace(numbers, (part) => part.replace(INTEGERS, "#"));
}

/** Null where a number runs that is not an index. @param {Term[]} terms @param {RegExp} numbers @param {(name: string) => boolean} isTaken @returns {Group | null} */
function inLetters(terms, numbers, isTaken) {
  const columns = columnsOf(terms, numbers);
  const running = lettersFor(terms, columns.filter(({ bracketed }) => bracketed).map(({ values }) => values), isTaken);
  const names = columns.map(({ values }) => nameIn(running, values));
  if (names.includes(null)) return null;
  let at = 0;
  const codes = codesOf(terms[0]).map((code) => code.replace(numbers, (part) => part.replace(INTEGERS, () => String(names[at++]))));
  return { terms, letters: running.map(({ letter }) => letter), places: terms.map((_, row) => running.map(({ values }) => values[row])), codes };
}

/** Every whole number of the form, over all terms. @param {Term[]} terms @param {RegExp} numbers @returns {{values: number[], bracketed: boolean}[]} */
function columnsOf(terms, numbers) {
  const rows = terms.map((term) => codesOf(term).flatMap((code) => integersOf(code, numbers)));
  return rows[0].map(({ bracketed }, at) => ({ bracketed, values: rows.map((row) => row[at].value) }));
}

/** @param {string} code @param {RegExp} numbers */
function integersOf(code, numbers) {
  return [...code.matchAll(numbers)].flatMap((part) => [...part[0].matchAll(INTEGERS)].map((match) => {
    const before = code.slice(0, part.index + match.index);
    return { value: Number(match[0]), bracketed: before.split("[").length > before.split("]").length };
  }));
}

/** A letter for everything that runs by itself; the batch has its own. @param {Term[]} terms @param {number[][]} columns @param {(name: string) => boolean} isTaken @returns {Running[]} */
function lettersFor(terms, columns, isTaken) {
  /** @type {Running[]} */
  const running = [];
  const isSample = (/** @type {number[]} */ values) => values.every((value, row) => value === terms[row].sample);
  const free = (/** @type {string[]} */ letters) => letters.find((letter) => !isTaken(letter) && !running.some((one) => one.letter === letter)) ?? `k${running.length}`;
  const sorted = [...columns].sort((a, b) => Number(isSample(b)) - Number(isSample(a)));
  for (const values of sorted) {
    if (nameIn(running, values) !== null) continue;
    running.push({ letter: free(isSample(values) ? SAMPLE_LETTERS : LETTERS), values });
  }
  return running;
}

/** A number that stays, or what it is in letters: `k`, `k + 2`, `4 − k`; null where no letter says it. @param {Running[]} running @param {number[]} values */
function nameIn(running, values) {
  const stays = (/** @type {number[]} */ numbers) => numbers.every((number) => number === numbers[0]);
  if (stays(values)) return String(values[0]);
  for (const { letter, values: base } of running) {
    const by = values[0] - base[0];
    if (stays(values.map((value, row) => value - base[row]))) return by === 0 ? letter : `${letter} ${by > 0 ? "+" : MINUS} ${Math.abs(by)}`;
  }
  for (const { letter, values: base } of running) {
    if (stays(values.map((value, row) => value + base[row]))) return `${values[0] + base[0]} ${MINUS} ${letter}`;
  }
  return null;
}

/** A factor as it stands in a product: in parentheses where it would fall apart. @param {string} code @param {number} count  of the product's factors */
export function asFactor(code, count) {
  let outside = code;
  while (/\([^()]*\)|\[[^[\]]*\]/.test(outside)) outside = outside.replace(/\([^()]*\)|\[[^[\]]*\]/g, "");
  return count > 1 && /\s/.test(outside.replace(/ \*\* [\w.]+/g, "").trim()) ? `(${code})` : code;
}

/** A factor's text cut at its cells, and the cells that do not stand in it. @param {Factor} factor @returns {{pieces: Piece[], others: Cell[]}} */
export function linked({ code, cells }) {
  const found = cells.flatMap((cell) => places(code, targetCode(cell)).map((at) => ({ at, cell }))).sort((a, b) => a.at - b.at);
  /** @type {Piece[]} */
  const pieces = [];
  let end = 0;
  for (const { at, cell } of found) {
    if (at < end) continue;
    if (at > end) pieces.push({ text: code.slice(end, at) });
    end = at + targetCode(cell).length;
    pieces.push({ text: code.slice(at, end), cell });
  }
  if (end < code.length) pieces.push({ text: code.slice(end) });
  return { pieces, others: cells.filter((cell) => !pieces.some((piece) => piece.cell === cell)) };
}

/** Where a name stands by itself. @param {string} code @param {string} name */
function places(code, name) {
  const escaped = name.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
  return [...code.matchAll(new RegExp(`(?<![\\w.])${escaped}(?![\\w.[])`, "g"))].map((match) => match.index);
}
