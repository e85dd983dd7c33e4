/**
 * The terms of an element as rows of a picture: the largest ones, what is 0 folded by its reason, and
 * sums per sample where one has several.
 *
 * @import { Explanation, Group, Target, Term } from "./types.js"
 * @typedef {{op: string, step: number}} Blocker the step that lets nothing through
 * @typedef {Term & {zero?: string, by?: Blocker}} Told
 * @typedef {{text: string, general: string}} Reason  why a term is 0: of itself, and with letters
 *
 * @typedef {{kind: "term", group: Group, term: Told, place: number[], value: number, reason: Reason | null}}
 *   TermRow
 * @typedef {{kind: "folded", group: Group, count: number, reason: string, value: number, cells: Target[]}}
 *   ZerosRow  several that are 0 for one reason
 * @typedef {{kind: "rest", group: Group, count: number, value: number}} RestRow  all that is smaller
 * @typedef {TermRow | ZerosRow | RestRow} Row
 * @typedef {{sample: number, value: number, count: number, cells: Target[]}} SampleRow  `count`: its
 *   terms that are not 0
 */

import { fromWire } from "./numbers.js";
import { termsOf } from "./explanation.js";

/** So many terms are all drawn, in their order. */
const FEW = 12;
/** Of more so many are drawn one by one. */
const LARGEST = { whole: 9, brief: 4 };
/** More reasons are not told apart. */
const REASONS = 3;

/**
 * The sums to be shown: none of what is given, or computed from constants.
 *
 * @param {Explanation} answer
 */
export function groupsOf({ terms, groups, family }) {
  const constant = terms.every(({ factors }) => factors.every(({ cells }) => cells.length === 0));
  return family === "leaf" || constant ? [] : groups;
}

/**
 * Why a term is 0; null where it is not.
 *
 * @param {Told} term
 * @param {Group} group
 * @returns {Reason | null}
 */
export function zeroReason({ value, factors, zero, by }, group) {
  if (fromWire(value) !== 0) return null;
  const same = (/** @type {string} */ text) => ({ text, general: text });
  if (zero === "blocked" && by) return same(`${by.op} blocks it`);
  if (zero === "masked") return same(by ? `${by.op} masks it` : "masked");
  if (zero === "padding") return same("padding");
  const at = factors.findIndex((factor) => fromWire(factor.value) === 0);
  if (at < 0) return same("too small for a number");
  return {
    text: `${factors[at].code} is 0`,
    general: `${group.factors[at]?.code ?? factors[at].code} is 0`,
  };
}

/**
 * The rows of each group.
 *
 * @param {Explanation} answer
 * @param {boolean} brief only the largest ones, whatever is 0 folded
 * @returns {Row[][]}
 */
export function rowsOf(answer, brief) {
  const groups = groupsOf(answer);
  const all = !brief && answer.term_count <= FEW;
  const most = Math.max(
    1,
    Math.floor(LARGEST[brief ? "brief" : "whole"] / Math.max(1, groups.length)),
  );
  return groups.map((group) => {
    const rows = termsOf(group, answer.terms).map((term, at) => ({
      kind: /** @type {const} */ ("term"),
      group,
      term: /** @type {Told} */ (term),
      place: group.places[at],
      value: fromWire(term.value),
      reason: zeroReason(/** @type {Told} */ (term), group),
    }));
    return all ? rows : folded(group, rows, most);
  });
}

/**
 * @param {Group} group
 * @param {TermRow[]} rows
 * @param {number} most
 * @returns {Row[]}
 */
function folded(group, rows, most) {
  const [others, zeros] = [
    rows.filter(({ reason }) => reason === null),
    rows.filter(({ reason }) => reason !== null),
  ];
  const bySize = [...others].sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
  const kept = others.length > most ? bySize.slice(0, most) : others;
  const rest = bySize.slice(kept.length);
  return [
    ...kept,
    ...(rest.length
      ? [
          {
            kind: /** @type {const} */ ("rest"),
            group,
            count: rest.length,
            value: rest.reduce((sum, { value }) => sum + value, 0),
          },
        ]
      : []),
    ...foldedZeros(group, zeros),
  ];
}

/**
 * One row for each reason; what is alone with its reason stays itself.
 *
 * @param {Group} group
 * @param {TermRow[]} zeros
 * @returns {Row[]}
 */
function foldedZeros(group, zeros) {
  /** @type {Map<string, TermRow[]>} */
  const reasons = new Map();
  for (const row of zeros) {
    const reason = row.reason?.general ?? "";
    reasons.set(reason, [...(reasons.get(reason) ?? []), row]);
  }
  const lists = [...reasons.values()].sort((a, b) => b.length - a.length);
  const told = lists.length > REASONS ? [...lists.slice(0, REASONS - 1)] : lists;
  const others = lists.slice(told.length).flat();
  const row = (/** @type {TermRow[]} */ list, /** @type {string} */ reason) =>
    list.length === 1
      ? list[0]
      : {
          kind: /** @type {const} */ ("folded"),
          group,
          count: list.length,
          reason,
          value: 0,
          cells: cellsOf(list.map(({ term }) => term)),
        };
  return [
    ...told.map((list) => row(list, list[0].reason?.general ?? "")),
    ...(others.length ? [row(others, "a factor is 0")] : []),
  ];
}

/** @param {Term[]} terms @returns {Target[]} */
export function cellsOf(terms) {
  return terms.flatMap(({ factors }) => factors.flatMap(({ cells }) => cells));
}

/**
 * The sums per sample, the largest first; null where each sample has but one term, or not all terms
 * are known.
 *
 * @param {Explanation & {samples?: {sample: number, value: any, terms: number}[]}} answer
 * @returns {SampleRow[] | null}
 */
export function samplesOf(answer) {
  const { terms, term_count: count, samples } = answer;
  /** @type {Map<number, SampleRow>} */
  const found = new Map();
  for (const term of terms) {
    if (term.sample === undefined) {
      if (!samples) return null;
      continue;
    }
    const row = found.get(term.sample) ?? { sample: term.sample, value: 0, count: 0, cells: [] };
    found.set(term.sample, {
      ...row,
      value: row.value + fromWire(term.value),
      count: row.count + Number(fromWire(term.value) !== 0),
      cells: row.cells.concat(cellsOf([term])),
    });
  }
  const rows = samples
    ? samples.map(({ sample, value, terms: known }) => ({
        sample,
        value: fromWire(value),
        count: known,
        cells: found.get(sample)?.cells ?? [],
      }))
    : [...found.values()];
  const several = rows.length > 1 && count > rows.length;
  if (!several || (!samples && count > terms.length)) return null;
  return rows.sort((a, b) => Math.abs(b.value) - Math.abs(a.value));
}

/**
 * The axis of bars: where it begins, and where 0 is, in per cents.
 *
 * @param {number[]} values
 * @returns {{from: (value: number) => number, width: (value: number) => number, zero: number}}
 */
export function barScale(values) {
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const wide = high - low || 1;
  const at = (/** @type {number} */ value) => (100 * (value - low)) / wide;
  return {
    zero: at(0),
    from: (value) => at(Math.min(0, Number.isFinite(value) ? value : 0)),
    width: (value) => (Number.isFinite(value) ? (100 * Math.abs(value)) / wide : 0),
  };
}
