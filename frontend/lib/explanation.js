/**
 * Elements by the names that they have everywhere, and what one is made of.
 *
 * @import { Aim, Cell, Factor, Group, Matrix, Target, Term, TensorRecord } from "./types.js"
 */

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

/**
 * What a matrix shows of which tensor. Null where it is not a tensor's.
 *
 * @param {Matrix} matrix
 * @returns {{tensor: string, field: Aim} | null}
 */
export function subjectOf({ name, field, naming }) {
  if (name === null || field === null) return null;
  return { tensor: name, field: naming === "new" ? "next" : field };
}

/**
 * Does a matrix show that tensor's value, gradient or next value?
 *
 * @param {Matrix} matrix
 * @param {{tensor: string, field: Aim}} target
 */
export function shows(matrix, { tensor, field }) {
  const subject = subjectOf(matrix);
  return subject?.tensor === tensor && subject.field === field;
}

/**
 * Is there such an element?
 *
 * @param {Target} target
 * @param {Record<string, TensorRecord>} tensors
 */
export function exists({ tensor, field, index }, tensors) {
  if (!Object.hasOwn(tensors, tensor)) return false;
  const { shape, gradient, dtype, hidden } = tensors[tensor];
  if (field === "gradient" && (hidden || gradient === null || dtype.startsWith("int")))
    return false;
  return index.length === shape.length && index.every((at, axis) => at < shape[axis]);
}

/**
 * The one cell that a factor is, or null where it is a constant or computed from cells.
 *
 * @param {Factor} factor
 */
export function soleCell({ cells, pieces }) {
  return cells.length === 1 && !pieces ? cells[0] : null;
}

/** What stands in no piece of a factor's code. @param {Factor} factor @returns {Cell[]} */
export function unwritten({ cells, pieces }) {
  return cells.filter((_, at) => pieces && !pieces.some(({ cell }) => cell === at));
}

/** The terms of a group. @param {Group} group @param {Term[]} terms @returns {Term[]} */
export function termsOf(group, terms) {
  return group.terms.map((at) => terms[at]);
}
