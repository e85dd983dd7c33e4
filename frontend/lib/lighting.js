/**
 * Which cells belong together: from the letters of the axes, or from the origin of every element.
 *
 * A set of cells is a constraint: a position per axis (null: every position), or a set of flat
 * indices.
 * @import { Matrix, Target, Tensor } from "./types.js"
 * @typedef {{axes: (number | null)[]} | {flat: Set<number>}} Cells
 */

import { shows } from "./explanation.js";
import { ravel, size, swapped, unravel } from "./tensor.js";

/** @param {Cells} cells @param {number[]} index @param {number[]} shape */
export function contains(cells, index, shape) {
  if ("flat" in cells) return cells.flat.has(ravel(index, shape));
  return cells.axes.every((position, axis) => position === null || position === index[axis]);
}

/**
 * How many of the cells there are, how many of them are not in the part at hand, and the first of
 * those.
 *
 * @param {Cells} cells
 * @param {Tensor} part
 * @param {number[]} shape
 * @returns {{total: number, count: number, first: number[]}}
 */
export function outside(cells, part, shape) {
  const within = (/** @type {number} */ at, /** @type {number} */ axis) =>
    at >= part.offset[axis] && at < part.offset[axis] + part.shape[axis];
  if ("flat" in cells) {
    const all = [...cells.flat]
      .filter((at) => at >= 0)
      .sort((a, b) => a - b)
      .map((at) => unravel(at, shape));
    const missing = all.filter((index) => !index.every(within));
    return { total: all.length, count: missing.length, first: missing[0] ?? [] };
  }
  const total = size(cells.axes.map((position, axis) => (position === null ? shape[axis] : 1)));
  const shown = size(
    cells.axes.map((position, axis) =>
      position === null ? part.shape[axis] : Number(within(position, axis)),
    ),
  );
  const leaves = cells.axes.findIndex((position, axis) =>
    shown === 0
      ? position !== null && !within(position, axis)
      : position === null && part.shape[axis] < shape[axis],
  );
  const beyond = (/** @type {number} */ axis) => (part.offset[axis] > 0 ? 0 : part.shape[axis]);
  return {
    total,
    count: total - shown,
    first: cells.axes.map(
      (position, axis) =>
        position ?? (axis === leaves && shown > 0 ? beyond(axis) : part.offset[axis]),
    ),
  };
}

/**
 * Where the chosen cell comes from and where it goes to, per matrix.
 *
 * @param {Matrix[]} operands
 * @param {Matrix} result
 * @param {{matrix: string, index: number[]}} chosen
 * @returns {Record<string, Cells>}
 */
export function lightStep(operands, result, chosen) {
  if (chosen.matrix === result.id) return sources(operands, result, chosen.index);
  const operand = operands.find((one) => one.id === chosen.matrix);
  if (!operand) return {};
  const goal = destination(operand, result, chosen.index);
  return goal
    ? { [operand.id]: { axes: chosen.index }, [result.id]: goal }
    : { [operand.id]: { axes: chosen.index } };
}

/** @param {Matrix[]} operands @param {Matrix} result @param {number[]} index */
function sources(operands, result, index) {
  /** @type {Record<string, Cells>} */
  const highlighted = { [result.id]: { axes: index } };
  for (const operand of operands) {
    if (operand.origin)
      highlighted[operand.id] = { flat: new Set([operand.origin[ravel(index, result.shape)]]) };
    else if (operand.labels && result.labels)
      highlighted[operand.id] = { axes: match(operand, result.labels, index) };
  }
  return highlighted;
}

/**
 * A position for each axis of `matrix` whose letter is among `labels`.
 *
 * @param {Matrix} matrix
 * @param {string[]} labels
 * @param {number[]} index
 */
function match(matrix, labels, index) {
  return (matrix.labels ?? []).map((label) => {
    if (label === "") return 0;
    const axis = labels.indexOf(label);
    return axis < 0 ? null : index[axis];
  });
}

/**
 * @param {Matrix} operand
 * @param {Matrix} result
 * @param {number[]} index
 * @returns {Cells | null}
 */
function destination(operand, result, index) {
  if (operand.origin) {
    const at = ravel(index, operand.shape);
    return { flat: new Set(operand.origin.flatMap((from, to) => (from === at ? [to] : []))) };
  }
  return operand.labels && result.labels ? { axes: match(result, operand.labels, index) } : null;
}

/**
 * The same cell in other pictures of the same tensor.
 *
 * @param {Matrix[]} matrices
 * @param {Matrix} from
 * @param {number[]} index
 * @returns {Record<string, Cells>}
 */
export function highlightTwins(matrices, from, index) {
  const own = from.transposed ? swapped(index) : index;
  /** @type {Record<string, Cells>} */
  const highlighted = {};
  for (const matrix of matrices) {
    if (matrix.name === null || matrix.name !== from.name) continue;
    highlighted[matrix.id] = { axes: matrix.transposed ? swapped(own) : own };
  }
  return highlighted;
}

/**
 * Elements that are known by name, wherever they are drawn.
 *
 * @param {Matrix[]} matrices
 * @param {Target[]} targets
 * @returns {Record<string, Cells>}
 */
export function highlightTargets(matrices, targets) {
  /** @type {Record<string, Cells>} */
  const highlighted = {};
  for (const matrix of matrices) {
    const own = targets.filter(
      (target) => shows(matrix, target) && target.index.length === matrix.shape.length,
    );
    if (own.length)
      highlighted[matrix.id] = gathered(
        own.map(({ index }) => (matrix.transposed ? swapped(index) : index)),
        matrix.shape,
      );
  }
  return highlighted;
}

/**
 * Whole rows and columns stay a constraint of their axes, which pictures of any size can show.
 *
 * @param {number[][]} places
 * @param {number[]} shape
 * @returns {Cells}
 */
function gathered(places, shape) {
  const flat = new Set(places.map((index) => ravel(index, shape)));
  const axes = shape.map((_, axis) =>
    places.every((index) => index[axis] === places[0][axis]) ? places[0][axis] : null,
  );
  return size(shape.filter((_, axis) => axes[axis] === null)) === flat.size ? { axes } : { flat };
}
