/**
 * A large tensor as a picture: a Plotly heatmap on the same scale as the cells of a grid.
 *
 * @import { Figure } from "../lib/plotly.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Palette, Tensor } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { colorscale, span } from "../lib/heat.js";
import { draw, purge } from "../lib/plotly.js";
import { printOne } from "../lib/numbers.js";
import { partText } from "../lib/slices.js";
import { unravel } from "../lib/tensor.js";
import { nameOf } from "./matrix.js";

/** Single cells beyond these are not framed. */
const MOST_FRAMES = 200;

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

/**
 * @param {Matrix} matrix @param {Tensor} part
 * @param
 *   {{palette: Palette, scale: number, cells: Cells | undefined, digits: number, column?: boolean, hover: (index: number[] | null) => void, click?: (index: number[]) => void}}
 *   options
 */
export function heatmapView(matrix, part, options) {
  const [rows, columns] = drawnSize(part, options.column);
  const lead = part.offset.slice(0, -2);
  const index = (/** @type {{x: number, y: number}} */ point) => {
    if (part.shape.length < 2) return [Math.max(point.x, point.y)];
    return [...lead, point.y, point.x];
  };
  const drawn = partText(part, matrix.shape);
  return h(
    "div",
    {
      class: "heatmap",
      role: "img",
      "aria-label": `${matrix.code}, ${rows} by ${columns} numbers drawn as colours${drawn && ` (${drawn})`}; the largest magnitude is ${printOne(span(part.data), options.digits)}`,
      style: {
        width: `${Math.max(14, columns * options.scale)}px`,
        height: `${Math.max(14, rows * options.scale)}px`,
      },
    },
    h("div", {
      class: "plot",
      hook: (/** @type {HTMLElement} */ element) =>
        draw(
          element,
          [part, options.cells, options.palette, options.scale],
          (width, height) => figure(matrix, part, options, width, height),
          {
            hover: (point) => options.hover(index(point)),
            unhover: () => options.hover(null),
            click: (point) => options.click?.(index(point)),
          },
        ),
      unhook: purge,
    }),
  );
}

/**
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {any} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
function figure(matrix, part, { palette, cells, digits, column }, width, height) {
  const [rows, columns] = drawnSize(part, column);
  const [top, left] =
    part.shape.length > 1
      ? part.offset.slice(-2)
      : column
        ? [part.offset[0] ?? 0, 0]
        : [0, part.offset[0] ?? 0];
  const lines = Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, at) => part.data[row * columns + at]),
  );
  const lead = part.offset.slice(0, -2);
  const most = span(part.data) || 1;
  const label = (/** @type {number} */ row, /** @type {number} */ at) =>
    nameOf(
      matrix,
      part.shape.length > 1 ? [...lead, top + row, left + at] : [Math.max(top + row, left + at)],
    );
  return {
    data: [
      {
        type: "heatmap",
        z: lines,
        x: lines[0]?.map((_, at) => left + at),
        y: lines.map((_, at) => top + at),
        zmin: -most,
        zmax: most,
        colorscale: colorscale(palette),
        showscale: false,
        hoverinfo: "text",
        text: lines.map((line, row) =>
          line.map((number, at) => `${label(row, at)} = ${printOne(number, digits)}`),
        ),
      },
    ],
    layout: {
      width,
      height,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: palette.line,
      xaxis: { visible: false, range: [left - 0.5, left + columns - 0.5], fixedrange: true },
      yaxis: { visible: false, range: [top + rows - 0.5, top - 0.5], fixedrange: true },
      shapes: frames(cells, matrix, part, column ?? false, palette),
      dragmode: false,
      hovermode: "closest",
      uirevision: "constant",
      hoverlabel: {
        bgcolor: palette.panel,
        bordercolor: palette.ink,
        font: { color: palette.ink, size: 12 },
      },
    },
  };
}

/**
 * Frames around what is lit in the part at hand: one around whole rows, columns or windows of it,
 * else one a cell.
 *
 * @param {Cells | undefined} cells
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {boolean} column
 * @param {Palette} palette
 */
function frames(cells, matrix, part, column, palette) {
  if (!cells) return [];
  const rectangle = (/** @type {number[]} */ [y0, y1], /** @type {number[]} */ [x0, x1]) => ({
    type: "rect",
    x0: x0 - 0.5,
    x1: x1 + 0.5,
    y0: y0 - 0.5,
    y1: y1 + 0.5,
    line: { color: palette.ink, width: 2 },
  });
  const ends = part.shape.map((length, axis) => [
    part.offset[axis],
    part.offset[axis] + length - 1,
  ]);
  const drawn = (/** @type {number[][]} */ ranges) =>
    ranges.length > 1
      ? rectangle(ranges[ranges.length - 2], ranges[ranges.length - 1])
      : column
        ? rectangle(ranges[0] ?? [0, 0], [0, 0])
        : rectangle([0, 0], ranges[0] ?? [0, 0]);
  if ("axes" in cells) {
    const shown = cells.axes.every(
      (at, axis) => at === null || (at >= ends[axis][0] && at <= ends[axis][1]),
    );
    return shown
      ? [drawn(cells.axes.map((at, axis) => (at === null ? ends[axis] : [at, at])))]
      : [];
  }
  const places = [...cells.flat]
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
