/**
 * Code that was brought along: which way it goes, what is sent beside it, and what became of it.
 *
 * @import { Note, WrittenGradient } from "./answers.js"
 * @import { Step, Problem } from "./types.js"
 * @typedef {Record<string, unknown>} Entries  tensors as a document writes them, by name
 * @typedef {{inputs: Entries, parameters: Entries}} Tensors
 * @typedef {"inputs" | "parameters"} Role
 * @typedef {{name: string, line: number | null}} Missing  what the text uses and does not say
 */

import { parseNested } from "./nested.js";
import { size } from "./tensor.js";

/** Beside larger tensors nothing is calculated while one types. */
const FEW = 20_000;

/** What no plain program over tensors says: see `bringsOwn`. */
const SIGNS = [
  /^\s*(?:import|from)\s/,
  /^\s*class\s/,
  /\.backward\s*\(/,
  /\brequires_grad\b/,
  /\.grad\b/,
];
/** A tensor's numbers, perhaps in a call: `x = np.array([[1, 2]])`. */
const LITERAL = /^\s*[A-Za-z_][\w, ]*=\s*[\w.]*\(?\s*\[\s*[[\d.+-]/;
const NAME = /^[A-Za-z_]\w*/;
const TARGETS = /^\s*([A-Za-z_][\w, ]*)(?::[^=]*)?=(?!=)/;
const WORD = /[A-Za-z_]\w*/g;

/**
 * Does a text bring more than steps over the tensors that are there: imports, classes, a training,
 * or tensors of its own? Lines that the program has already do not count.
 *
 * @param {string} text
 * @param {string} [before] the program
 */
export function bringsOwn(text, before = "") {
  const known = new Set(before.split("\n").map((line) => line.trim()));
  return text
    .split("\n")
    .filter((line) => !known.has(line.trim()))
    .some((line) => LITERAL.test(line) || SIGNS.some((sign) => sign.test(line)));
}

/** Is a text meant as JSON, rather than as code? @param {string} text */
export function isMeantAsJson(text) {
  return /^\s*(?:[{["]|$)/.test(text);
}

/** A JSON value that holds code, or the cells of a notebook. @param {any} content */
export function holdsCode(content) {
  return (
    typeof content === "object" &&
    content !== null &&
    (typeof content.code === "string" || Array.isArray(content.cells)) &&
    !("program" in content)
  );
}

/**
 * The tensors that a text uses and does not define, out of those that are there.
 *
 * @param {string} text
 * @param {Tensors} tensors
 * @returns {Tensors}
 */
export function usedOf(text, { inputs, parameters }) {
  const words = new Set(text.match(WORD) ?? []);
  const defined = new Set(
    text.split("\n").flatMap((line) => TARGETS.exec(line)?.[1].match(WORD) ?? []),
  );
  const isUsed = (/** @type {string} */ name) =>
    /^\w+$/.test(name) ? words.has(name) && !defined.has(name) : text.includes(spelled(name));
  const used = (/** @type {Entries} */ entries) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => isUsed(name)));
  return { inputs: used(inputs), parameters: used(parameters) };
}

/**
 * Of the tensors, those that a refusal names as missing.
 *
 * @param {Problem} problem
 * @param {Tensors} tensors
 * @returns {Tensors}
 */
export function namedIn(problem, { inputs, parameters }) {
  const words = new Set(problem.code === "missing_tensor" ? problem.detail.match(WORD) : []);
  const named = (/** @type {Entries} */ entries) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => words.has(name.split(".")[0])));
  return { inputs: named(inputs), parameters: named(parameters) };
}

/** As a program writes a tensor of a list: `net[0].weight` for `net.0.weight`. @param {string} name */
function spelled(name) {
  return name.replace(/\.(\d+)(?=\.|$)/g, "[$1]");
}

/** Both, the second over the first. @param {Tensors} one @param {Tensors} other @returns {Tensors} */
export function joined(one, other) {
  const without = (/** @type {Entries} */ entries, /** @type {Entries} */ names) =>
    Object.fromEntries(Object.entries(entries).filter(([name]) => !Object.hasOwn(names, name)));
  return {
    inputs: { ...without(one.inputs, other.parameters), ...other.inputs },
    parameters: { ...without(one.parameters, other.inputs), ...other.parameters },
  };
}

/**
 * The name that a refusal is about, where adding a tensor of that name would help.
 *
 * @param {Problem | null} problem
 * @param {string} text
 * @returns {Missing | null}
 */
export function missingIn(problem, text) {
  if (!problem) return null;
  const { line, column, tensor } = /** @type {any} */ (problem.where);
  if (problem.code === "missing_tensor" && tensor) return { name: tensor, line: line ?? null };
  if (problem.code !== "unknown_name" || !line || !column) return null;
  const name = NAME.exec((text.split("\n")[line - 1] ?? "").slice(column - 1))?.[0];
  return name ? { name, line } : null;
}

/**
 * The refusal as the page says it: what is missing is added here, not sent beside the text.
 *
 * @param {Problem} problem
 * @returns {Problem}
 */
export function withWay(problem) {
  return problem.code === "missing_tensor"
    ? { ...problem, hint: "Add it below, or write its numbers into the text." }
    : problem;
}

/**
 * A tensor as a person describes it: numbers, or a shape that is filled.
 *
 * @param {string} text  `10, 2`, `(10, 2)`, or `[[1, 2], [3, 4]]`
 * @param {string} init
 * @returns {unknown} null where it is neither
 */
export function entryOf(text, init) {
  const bare = text.trim();
  if (bare.startsWith("[")) return parseNested(bare);
  const inner = bare.replace(/^\(/, "").replace(/\)$/, "").replace(/,\s*$/, "");
  const sizes = inner
    .split(/[,×x\s]+/)
    .filter(Boolean)
    .map(Number);
  if (!sizes.every((size) => Number.isInteger(size) && size > 0)) return null;
  if (!sizes.length && bare !== "()") return null;
  return { shape: sizes, init };
}

/**
 * A tensor of zeros, as a document writes it: whole numbers stay whole.
 *
 * @param {number[]} shape
 * @returns {unknown}
 */
export function zerosOf([length, ...rest]) {
  return length === undefined ? 0 : Array.from({ length }, () => zerosOf(rest));
}

/** The shapes and types of tensors in the place of their numbers, where these are known. @param {Entries} entries */
export function outlined(entries) {
  return Object.fromEntries(
    Object.entries(entries).map(([name, entry]) => [name, outlineOf(/** @type {any} */ (entry))]),
  );
}

/** @param {any} entry */
function outlineOf(entry) {
  const shape = shapeOfNested(entry);
  if (!shape) return entry;
  const whole = isWhole(entry);
  return { shape, dtype: whole ? "int64" : "float64" };
}

/** @param {any} entry @returns {number[] | null} */
function shapeOfNested(entry) {
  if (typeof entry === "number") return [];
  if (!Array.isArray(entry) || !entry.length) return null;
  const rest = shapeOfNested(entry[0]);
  return rest && [entry.length, ...rest];
}

/** @param {any} entry @returns {boolean} */
function isWhole(entry) {
  return Array.isArray(entry) ? entry.every(isWhole) : Number.isInteger(entry);
}

/** The gradients as Practice takes a backward pass. @param {WrittenGradient[]} backward */
export function passText(backward) {
  const plain = backward.every(({ name }) => /^[A-Za-z_][\w.]*$/.test(name));
  return plain
    ? backward.map(({ name, numbers }) => `${name} = ${JSON.stringify(numbers)}`).join("\n")
    : JSON.stringify(Object.fromEntries(backward.map(({ name, numbers }) => [name, numbers])));
}

/**
 * What became of the code, in one sentence.
 *
 * @param {Note[]} notes
 */
export function summaryOf(notes) {
  const lines = notes.filter((note) => note.code !== "left_out" || note.line !== null);
  const count = (/** @type {Note["code"]} */ code) =>
    new Set(lines.filter((note) => note.code === code).map(({ message }) => message)).size;
  const parts = [
    counted(count("parameter"), "parameter"),
    counted(count("input"), "input"),
    counted(count("left_out"), "line left out", "lines left out"),
    counted(notes.length - lines.length, "unused tensor left out", "unused tensors left out"),
    counted(count("training"), "line of training", "lines of training"),
  ].filter(Boolean);
  return parts.length ? `Read from your code: ${parts.join(", ")}.` : "Your code is read as it is.";
}

/** @param {number} count @param {string} one @param {string} [many] */
function counted(count, one, many = `${one}s`) {
  return count ? `${count} ${count === 1 ? one : many}` : "";
}

/**
 * The shape that each line computes, by the line's number in the text: that of its last step.
 *
 * @param {Pick<Step, "phase" | "line" | "shape">[]} steps
 * @returns {Record<number, number[]>}
 */
export function shapesByLine(steps) {
  /** @type {Record<number, number[]>} */
  const shapes = {};
  for (const { phase, line, shape } of steps) if (phase === "forward" && line) shapes[line] = shape;
  return shapes;
}

/**
 * The same for a text out of which the program was made: a line of the program is the next line of
 * the text that says the same.
 *
 * @param {Record<number, number[]>} shapes by the line of the program
 * @param {string} program
 * @param {string} text
 * @returns {Record<number, number[]>}
 */
export function carriedOver(shapes, program, text) {
  const lines = text.split("\n").map((line) => line.trim());
  /** @type {Record<number, number[]>} */
  const found = {};
  let from = 0;
  program.split("\n").forEach((line, at) => {
    const place = line.trim() ? lines.indexOf(line.trim(), from) : -1;
    if (place < 0) return;
    from = place + 1;
    if (shapes[at + 1]) found[place + 1] = shapes[at + 1];
  });
  return found;
}

/** What a document has of tensors. @param {any} document @returns {Tensors} */
export function tensorsOf({ inputs = {}, parameters = {} }) {
  return { inputs, parameters };
}

/** The names of its tensors. @param {any} document */
export function namesOf(document) {
  const { inputs, parameters } = tensorsOf(document);
  return [...Object.keys(inputs), ...Object.keys(parameters)];
}

/**
 * Has it too many numbers to be calculated with while one types?
 *
 * @param {any} document with shapes in the place of numbers
 */
export function isLarge(document) {
  const { inputs, parameters } = tensorsOf(document);
  const sizes = [...Object.values(inputs), ...Object.values(parameters)].map((entry) =>
    size(/** @type {any} */ (entry)?.shape ?? []),
  );
  return sizes.reduce((sum, one) => sum + one, 0) > FEW;
}

/** What is told about tensors that were left out. @param {string[]} names @returns {Note[]} */
export function droppedNotes(names) {
  return names.map((name) => ({
    line: null,
    code: "left_out",
    message: `${name} of the run before is not used, and left out`,
  }));
}
