/**
 * A tensor whose numbers have no room: a picture with so many pixels a number, on the scale of the
 * cells, in which one points at a number as at a cell.
 *
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Palette, Tensor } from "../lib/types.js"
 *
 * @typedef {object} HeatmapOptions
 * @property {Palette} palette
 * @property {number} dot      pixels a number
 * @property {number} largest  the magnitude with the strongest tint
 * @property {number} digits
 * @property {Cells | undefined} cells  that are highlighted
 * @property {boolean} [column] draw a 1-D tensor as a column
 * @property {(index: number[] | null) => void} hover
 * @property {(index: number[]) => void} [click]
 */

import { h } from "../lib/h.js";
import { span } from "../lib/tint.js";
import { printOne } from "../lib/numbers.js";
import { partText } from "../lib/slices.js";
import { cell, unravel } from "../lib/tensor.js";
import { paint } from "../lib/thumbnail.js";
import { nameOf } from "./cell.js";

/** Single cells beyond these are not framed. */
const MOST_FRAMES = 200;
/** A row of numbers is no thinner, so that it can be seen. */
const THINNEST = 14;

/**
 * Rows and columns as they are drawn.
 *
 * @param {Tensor} part
 * @param {boolean} [column]
 * @returns {[number, number]}
 */
export function drawnSize({ shape }, column = false) {
  if (shape.length > 1) return [shape[shape.length - 2], shape[shape.length - 1]];
  return column ? [shape[0] ?? 1, 1] : [1, shape[0] ?? 1];
}

/** @param {Matrix} matrix @param {Tensor} part @param {HeatmapOptions} options */
export function heatmapView(matrix, part, options) {
  const { palette, dot, largest, digits, column } = options;
  const [rows, columns] = drawnSize(part, column);
  const [width, height] = [Math.max(THINNEST, columns * dot), Math.max(THINNEST, rows * dot)];
  const at = (/** @type {any} */ { offsetX, offsetY }) =>
    indexAt(part, Math.floor((rows * offsetY) / height), Math.floor((columns * offsetX) / width));
  const drawn = partText(part, matrix.shape);
  return h(
    "div",
    {
      class: "heatmap",
      role: "img",
      "aria-label": `${matrix.code}, ${rows} by ${columns} numbers drawn as colours${drawn && ` (${drawn})`}; the largest magnitude is ${printOne(span(part.data), digits)}`,
      style: { width: `${width}px`, height: `${height}px` },
      onpointermove(/** @type {any} */ event) {
        const index = at(event);
        options.hover(index);
        event.currentTarget.title = index
          ? `${nameOf(matrix, index)} = ${printOne(cell(part, index) ?? NaN, digits)}`
          : "";
      },
      onpointerleave: () => options.hover(null),
      onclick(/** @type {any} */ event) {
        const index = at(event);
        if (index) options.click?.(index);
      },
    },
    h("canvas", {
      hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
        const shows = [part, largest, palette, column];
        if (canvas.shows?.every((one, place) => one === shows[place])) return;
        canvas.shows = shows;
        const shape = column ? [rows, columns] : part.shape;
        paint(canvas, part.data, shape, largest, palette, { rows, columns });
      },
    }),
    frames(options.cells, matrix, part, column ?? false).map(([top, left, bottom, right]) =>
      h("i", {
        class: "frame",
        style: {
          top: `${(100 * top) / rows}%`,
          left: `${(100 * left) / columns}%`,
          height: `${(100 * (bottom - top + 1)) / rows}%`,
          width: `${(100 * (right - left + 1)) / columns}%`,
        },
      }),
    ),
  );
}

/**
 * The index of a drawn number in its tensor; null outside of the picture.
 *
 * @param {Tensor} part
 * @param {number} row
 * @param {number} column
 * @returns {number[] | null}
 */
function indexAt(part, row, column) {
  const { shape, offset } = part;
  if (row < 0 || column < 0) return null;
  if (shape.length < 2) {
    const at = Math.max(row, column);
    return at < (shape[0] ?? 1) ? [offset[0] + at] : null;
  }
  const [down, across] = shape.slice(-2);
  if (row >= down || column >= across) return null;
  const [top, left] = offset.slice(-2);
  return [...offset.slice(0, -2), top + row, left + column];
}

/**
 * Frames around what is highlighted in the part at hand: one around whole rows, columns or windows of it,
 * else one a cell; as top, left, bottom and right.
 *
 * @param {Cells | undefined} cells
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {boolean} column
 * @returns {[number, number, number, number][]}
 */
function frames(cells, matrix, part, column) {
  if (!cells) return [];
  const ends = part.shape.map((length, axis) => [
    part.offset[axis],
    part.offset[axis] + length - 1,
  ]);
  const drawn = (/** @type {number[][]} */ ranges) => {
    const own = ranges.map(([low, high], axis) => [
      low - part.offset[axis],
      high - part.offset[axis],
    ]);
    const [down, across] =
      own.length > 1
        ? own.slice(-2)
        : column
          ? [own[0] ?? [0, 0], [0, 0]]
          : [[0, 0], own[0] ?? [0, 0]];
    return /** @type {[number, number, number, number]} */ ([
      down[0],
      across[0],
      down[1],
      across[1],
    ]);
  };
  if ("axes" in cells) {
    const shown = cells.axes.every(
      (at, axis) => at === null || (at >= ends[axis][0] && at <= ends[axis][1]),
    );
    return shown
      ? [drawn(cells.axes.map((at, axis) => (at === null ? ends[axis] : [at, at])))]
      : [];
  }
  const places = [...cells.flat]
    .filter((at) => at >= 0)
    .map((at) => unravel(at, matrix.shape))
    .filter((index) => index.every((at, axis) => at >= ends[axis][0] && at <= ends[axis][1]));
  const around = ends.map((_, axis) => [
    Math.min(...places.map((index) => index[axis])),
    Math.max(...places.map((index) => index[axis])),
  ]);
  const filled =
    places.length > 0 &&
    around.reduce((product, [low, high]) => product * (high - low + 1), 1) === places.length;
  return filled
    ? [drawn(around)]
    : places.slice(0, MOST_FRAMES).map((index) => drawn(index.map((at) => [at, at])));
}
