/**
 * A tensor of which not all numbers are at hand, as a picture of the whole: each pixel stands for a
 * block of it, and a frame shows where the numbers are that are printed.
 *
 * @import { Matrix, Tensor } from "./types.js"
 * @import { Place } from "./slices.js"
 * @typedef {{tensor: Tensor, block: [number, number]}} Overview  of the last two axes: a number a block,
 *   the one that is farthest from 0
 */

import { WINDOW, placeShowing } from "./slices.js";
import { swapped, transpose } from "./tensor.js";

/** Rows and columns that are asked for: about as many as there are pixels. */
export const PIXELS = { rows: 250, columns: 400 };
/** The numbers that are printed of a large tensor. */
export const PRINTED = { rows: 8, columns: 4 };

/**
 * Rows and columns of what is drawn: a tensor of one axis is a row.
 *
 * @param {number[]} shape
 * @returns {[number, number]}
 */
export function planeOf(shape) {
  return [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
}

/** Is the plane too large to be at hand as a whole? @param {number[]} shape */
export function isLargePlane(shape) {
  const [rows, columns] = planeOf(shape);
  return shape.length === 1 ? columns > 400 : rows > WINDOW || columns > WINDOW;
}

/** @param {Overview} overview @returns {Overview} */
export function turnedOver({ tensor, block }) {
  return { tensor: transpose(tensor), block: [block[1], block[0]] };
}

/**
 * The first row and column of what is printed, so that it lies in the tensor as a whole.
 *
 * @param {number[]} shape  as drawn
 * @param {Place} place     of the tensor's own axes
 * @param {boolean} transposed
 * @returns {[number, number]}
 */
export function frameAt(shape, { gridRow, gridColumn }, transposed) {
  const [row, column] = transposed ? [gridColumn, gridRow] : [gridRow, gridColumn];
  return keptInside(shape, [row, column]);
}

/** @param {number[]} shape @param {[number, number]} corner @returns {[number, number]} */
export function keptInside(shape, [row, column]) {
  const [rows, columns] = planeOf(shape);
  const inside = (/** @type {number} */ at, /** @type {number} */ last) =>
    Math.max(0, Math.min(Math.round(at), last));
  return [inside(row, rows - PRINTED.rows), inside(column, columns - PRINTED.columns)];
}

/** Rows and columns that are printed. @param {number[]} shape @returns {[number, number]} */
export function printedSize(shape) {
  const [rows, columns] = planeOf(shape);
  return [Math.min(rows, PRINTED.rows), Math.min(columns, PRINTED.columns)];
}

/** `rows 40–47, columns 8–15` @param {number[]} shape @param {[number, number]} corner */
export function frameText(shape, [row, column]) {
  const [rows, columns] = printedSize(shape);
  const span = (
    /** @type {string} */ word,
    /** @type {number} */ from,
    /** @type {number} */ count,
  ) => `${word} ${from.toLocaleString("en")}–${(from + count - 1).toLocaleString("en")}`;
  return [shape.length > 1 ? span("rows", row, rows) : "", span("columns", column, columns)]
    .filter(Boolean)
    .join(", ");
}

/**
 * The places of all tensors of a step after the frame of one was moved: those whose axes have the same
 * letter follow.
 *
 * @param {Matrix[]} matrices
 * @param {Matrix} from
 * @param {[number, number]} corner
 * @param {(matrix: Matrix) => Place} placeOf
 * @returns {{key: string, place: Place}[]}
 */
export function moveFrames(matrices, from, corner, placeOf) {
  const letters = drawnLabels(from);
  /** @type {Map<string, Place>} */
  const found = new Map();
  for (const matrix of [...matrices.filter(({ id }) => id !== from.id), from]) {
    if (!matrix.slices) continue;
    const own = frameAt(matrix.shape, placeOf(matrix), matrix.transposed);
    const aim = /** @type {[number, number]} */ (
      matrix.id === from.id
        ? corner
        : drawnLabels(matrix).map((label, axis) => {
            const at = label ? letters.indexOf(label) : -1;
            return at < 0 ? own[axis] : corner[at];
          })
    );
    if (matrix.id !== from.id && String(aim) === String(own)) continue;
    found.set(matrix.slices.key, placeAt(matrix, placeOf(matrix), keptInside(matrix.shape, aim)));
  }
  return [...found].map(([key, place]) => ({ key, place }));
}

/** The letters of rows and columns. @param {Matrix} matrix @returns {string[]} */
function drawnLabels({ labels, shape }) {
  const own = (labels ?? []).slice(-2);
  return shape.length > 1 ? [own[0] ?? "", own[1] ?? ""] : ["", own[0] ?? ""];
}

/** @param {Matrix} matrix @param {Place} place @param {[number, number]} corner @returns {Place} */
function placeAt({ slices, transposed, shape }, place, corner) {
  const whole = slices?.whole ?? shape;
  const [row, column] = transposed ? swapped(corner) : corner;
  const [rows, columns] = transposed ? swapped(printedSize(shape)) : printedSize(shape);
  const lead = whole.slice(0, -2).map((_, axis) => place.lead[axis] ?? 0);
  const end =
    whole.length > 1 ? [...lead, row + rows - 1, column + columns - 1] : [column + columns - 1];
  const start = whole.length > 1 ? [...lead, row, column] : [column];
  const far = placeShowing(whole, placeShowing(whole, place, start), end);
  return { ...far, gridRow: row, gridColumn: column };
}
