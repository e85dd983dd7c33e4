/**
 * A tensor as a picture of a few pixels: one per number while there is room, else the strongest
 * number of each block.
 *
 * @import { Palette } from "./types.js"
 */

import { mix } from "./colour.js";
import { tintOf } from "./tint.js";

/** How much of the full colour the strongest cell has, as in the cells themselves. */
const FULL = { pos: 0.6, neg: 0.58 };

/**
 * Rows and columns of what is drawn of it: the last two axes, of the first sample where it has more.
 *
 * @param {number[]} shape
 * @returns {[number, number]}
 */
export function faceOf(shape) {
  if (shape.length === 0) return [1, 1];
  if (shape.length === 1) return [1, shape[0]];
  return [shape[shape.length - 2], shape[shape.length - 1]];
}

/** As a photograph: from paper to ink, whatever the sign. @param {Palette} palette @returns {Palette} */
export function photographic(palette) {
  const known = photographs.get(palette);
  if (known) return known;
  const made = { ...palette, pos: palette.ink, neg: palette.ink, photo: true };
  photographs.set(palette, made);
  return made;
}

/** @type {WeakMap<Palette, Palette>} */
const photographs = new WeakMap();

/**
 * Paint it over a whole canvas, whose size in pixels becomes that of what is drawn.
 *
 * @param {HTMLCanvasElement} canvas
 * @param {ArrayLike<number>} data in row-major order
 * @param {number[]} shape
 * @param {number} largest the number of the strongest tint
 * @param {Palette} palette
 * @param {{columns: number, rows: number}} most cells that can be told apart
 */
export function paint(canvas, data, shape, largest, palette, most = { columns: 28, rows: 18 }) {
  const [rows, columns] = faceOf(shape);
  const [down, across] = [Math.ceil(rows / most.rows), Math.ceil(columns / most.columns)];
  canvas.width = Math.max(1, Math.ceil(columns / across));
  canvas.height = Math.max(1, Math.ceil(rows / down));
  const context = canvas.getContext("2d");
  if (!context) return;
  for (let row = 0; row < canvas.height; row += 1)
    for (let column = 0; column < canvas.width; column += 1) {
      const number = strongest(data, columns, row * down, Math.min(rows, (row + 1) * down), [
        column * across,
        Math.min(columns, (column + 1) * across),
      ]);
      context.fillStyle = tint(number, largest, palette);
      context.fillRect(column, row, 1, 1);
    }
}

/**
 * @param {ArrayLike<number>} data
 * @param {number} columns
 * @param {number} top
 * @param {number} bottom
 * @param {[number, number]} sides
 */
function strongest(data, columns, top, bottom, [left, right]) {
  let most = 0;
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1) {
      const number = data[row * columns + column];
      if (Number.isNaN(number)) return NaN;
      if (Math.abs(number) > Math.abs(most)) most = number;
    }
  return most;
}

/** The colour of a number. @param {number} number @param {number} largest @param {Palette} palette */
export function tint(number, largest, palette) {
  const { sign, strength } = tintOf(number, largest);
  if (sign === "bad") return palette.ink;
  if (sign === "zero") return palette.mid;
  const side = number > 0 ? "pos" : "neg";
  const full = "photo" in palette ? 1 : FULL[side];
  return mix(palette.mid, palette[side], full * (sign === "endless" ? 1 : strength / 100));
}
