/**
 * The difference of two tensors, number by number.
 *
 * @import { Palette, Tensor } from "../lib/types.js"
 * @import { Figure } from "../lib/plotly.js"
 */

import { h } from "../lib/h.js";
import { colorscale, tintOf, span } from "../lib/tint.js";
import { print, printOne, styleFor } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { axis, layout } from "./plots/frame.js";

/** Larger differences are pictures. */
const LISTED = 400;

/**
 * Rows and columns in which any tensor is laid down: the last axis lies.
 *
 * @param {number[]} shape
 * @returns {[number, number]}
 */
function flat(shape) {
  const columns = shape[shape.length - 1] ?? 1;
  return [shape.slice(0, -1).reduce((a, b) => a * b, 1), columns];
}

/**
 * @param {string} title
 * @param {Tensor} difference
 * @param {{palette: Palette, digits: number}} options
 */
export function differenceView(title, difference, { palette, digits }) {
  const [rows, columns] = flat(difference.shape);
  const largest = span(difference.data);
  const label = `Difference of ${title}, B minus A`;
  const shown =
    rows * columns <= LISTED
      ? gridOf(difference, rows, columns, largest, digits, label)
      : pictureOf(difference, rows, columns, largest, palette, label);
  return h(
    "div",
    { class: "difference-view" },
    h("p", { class: "difference-title" }, label),
    shown,
  );
}

/**
 * @param {Tensor} difference
 * @param {number} rows
 * @param {number} columns
 * @param {number} largest
 * @param {number} digits
 * @param {string} label
 */
function gridOf({ data }, rows, columns, largest, digits, label) {
  const style = styleFor(data, digits);
  const width = Math.max(...Array.from(data, (number) => print(number, style).length));
  const cellOf = (/** @type {number} */ at) => {
    const { sign, strength } = tintOf(data[at], largest);
    return h(
      "td",
      {
        key: String(at),
        class: `cell ${sign}`,
        style: { "--heat": `${strength}%` },
        title: String(data[at]),
      },
      print(data[at], style),
    );
  };
  return h(
    "div",
    { class: "distances-box" },
    h(
      "table",
      { class: "difference-grid", "aria-label": label, style: { "--ch": `${width}ch` } },
      h(
        "tbody",
        null,
        Array.from({ length: rows }, (_, row) =>
          h(
            "tr",
            { key: String(row) },
            Array.from({ length: columns }, (__, column) => cellOf(row * columns + column)),
          ),
        ),
      ),
    ),
  );
}

/**
 * @param {Tensor} difference
 * @param {number} rows
 * @param {number} columns
 * @param {number} largest
 * @param {Palette} palette
 * @param {string} label
 */
function pictureOf(difference, rows, columns, largest, palette, label) {
  return h(
    "div",
    { class: "difference-plot" },
    h("div", {
      class: "plot",
      role: "img",
      "aria-label": `${label}: ${rows} by ${columns} numbers, the largest magnitude ${printOne(largest, 4)}`,
      unhook: purge,
      hook: (/** @type {HTMLElement} */ element) =>
        draw(element, [difference, palette], (width, height) =>
          figure(difference, rows, columns, largest || 1, palette, width, height),
        ),
    }),
  );
}

/**
 * @param {Tensor} difference
 * @param {number} rows
 * @param {number} columns
 * @param {number} most
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
function figure({ data }, rows, columns, most, palette, width, height) {
  const side = axis(palette, "", { showgrid: false, nticks: 6, tickformat: "d" });
  return {
    data: [
      {
        type: "heatmap",
        z: Array.from({ length: rows }, (_, row) =>
          Array.from({ length: columns }, (__, column) => data[row * columns + column]),
        ),
        zmin: -most,
        zmax: most,
        colorscale: colorscale(palette),
        showscale: false,
        hovertemplate: "row %{y}, column %{x}: %{z:.4g}<extra></extra>",
      },
    ],
    layout: layout(palette, width, height, {
      margin: { l: 40, r: 8, t: 6, b: 24 },
      plot_bgcolor: palette.line,
      xaxis: side,
      yaxis: { ...side, autorange: "reversed" },
    }),
  };
}
