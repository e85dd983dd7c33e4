/**
 * A few cells of a large tensor as an editable grid.
 *
 * @import { Matrix, Tensor } from "../lib/types.js"
 * @import { Place } from "../lib/slices.js"
 * @import { GridOptions } from "./matrix.js"
 */

import { cropped } from "../lib/slices.js";
import { gridView } from "./matrix.js";

export const GRID_ROWS = 8;
export const GRID_COLUMNS = 5;

/**
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {Pick<Place, "gridRow" | "gridColumn">} place
 * @param {GridOptions} options
 * @param {number[]} [room] rows and columns
 */
export function windowGrid(matrix, part, place, options, room = [GRID_ROWS, GRID_COLUMNS]) {
  const begin = [place.gridRow, place.gridColumn];
  const window = part.shape.map((length, axis) => {
    const at = axis - part.shape.length + 2;
    if (at < 0)
      return /** @type {[number, number]} */ ([part.offset[axis], part.offset[axis] + length]);
    const count = Math.min(length, room[at]);
    const start = Math.max(
      part.offset[axis],
      Math.min(begin[at], part.offset[axis] + length - count),
    );
    return /** @type {[number, number]} */ ([start, start + count]);
  });
  const id = `${matrix.id} window`;
  return gridView({ ...matrix, id }, cropped(part, window), {
    ...options,
    highlighted: { ...options.highlighted, [id]: options.highlighted[matrix.id] },
  });
}
