/**
 * A Jacobian as a Plotly heatmap with lines between its blocks.
 *
 * @import { Figure } from "../lib/plotly.js"
 * @import { Jacobian, Palette, Wire } from "../lib/types.js"
 */

import { colorscale, span } from "../lib/tint.js";
import { fromWire } from "../lib/numbers.js";
import { unravel } from "../lib/tensor.js";

const LARGEST_CELL = 22;
const TALLEST = 340;

/**
 * `w1[2, 1]`
 *
 * @param {string} name
 * @param {number[]} shape
 * @param {number} at the place in row order
 */
export function placeText(name, shape, at) {
  return shape.length ? `${name}[${unravel(at, shape).join(", ")}]` : name;
}

/**
 * @param {Jacobian} answer
 * @param {Wire[][]} value
 * @param {Palette} palette
 * @param {number} width
 * @param {number} [marked]  a column that is framed
 * @returns {Figure}
 */
export function jacobianFigure(
  { output, output_shape: outer, input, input_shape: inner, rows: down, columns: across },
  value,
  palette,
  width,
  marked = -1,
) {
  const numbers = value.map((row) => row.map(fromWire));
  const largest = span(numbers.flat()) || 1;
  const [rows, columns] = [numbers.length, numbers[0].length];
  const margin = { l: 22, r: 6, t: 20, b: 6 };
  const cell = Math.min(LARGEST_CELL, (width - margin.l - margin.r) / columns, TALLEST / rows);
  const text = numbers.map((row, i) =>
    row.map(
      (_, j) =>
        `∂${placeText(output, outer, down?.[i] ?? i)} / ∂${placeText(input, inner, across?.[j] ?? j)}`,
    ),
  );
  const axis = {
    showgrid: false,
    zeroline: false,
    fixedrange: true,
    showticklabels: false,
    ticks: "",
    color: palette.soft,
  };
  return {
    data: [
      {
        type: "heatmap",
        z: numbers,
        text,
        hovertemplate: "%{text} = %{z:.6g}<extra></extra>",
        colorscale: colorscale(palette),
        zmin: -largest,
        zmax: largest,
        showscale: false,
        xgap: cell > 6 ? 1 : 0,
        ygap: cell > 6 ? 1 : 0,
      },
    ],
    layout: {
      width: Math.round(margin.l + margin.r + cell * columns),
      height: Math.round(margin.t + margin.b + cell * rows),
      margin,
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: palette.line,
      dragmode: false,
      xaxis: {
        ...axis,
        side: "top",
        title: { text: `${input} →`, font: { size: 12 }, standoff: 2 },
      },
      yaxis: {
        ...axis,
        autorange: "reversed",
        title: { text: `← ${output}`, font: { size: 12 }, standoff: 2 },
      },
      shapes: [
        ...lines(blockEdges(outer, rows), "y", columns, palette),
        ...lines(blockEdges(inner, columns), "x", rows, palette),
        ...(marked < 0 ? [] : [frame(marked, rows, palette)]),
      ],
      hoverlabel: {
        bgcolor: palette.panel,
        bordercolor: palette.ink,
        font: { color: palette.ink, size: 12 },
      },
    },
  };
}

/**
 * Where one row of a tensor ends and the next begins.
 *
 * @param {number[]} shape
 * @param {number} count
 */
function blockEdges(shape, count) {
  const length = shape.length > 1 ? shape[shape.length - 1] : 1;
  return length > 1 && count % length === 0
    ? Array.from({ length: count / length + 1 }, (_, at) => at * length - 0.5)
    : [-0.5, count - 0.5];
}

/**
 * @param {number[]} edges
 * @param {"x" | "y"} axis
 * @param {number} length
 * @param {Palette} palette
 */
function lines(edges, axis, length, palette) {
  const other = axis === "x" ? "y" : "x";
  return edges.map((at) => ({
    type: "line",
    [`${axis}0`]: at,
    [`${axis}1`]: at,
    [`${other}0`]: -0.5,
    [`${other}1`]: length - 0.5,
    line: { color: palette.soft, width: 1 },
  }));
}

/** Around a column. @param {number} column @param {number} rows @param {Palette} palette */
function frame(column, rows, palette) {
  return {
    type: "rect",
    x0: column - 0.5,
    x1: column + 0.5,
    y0: -0.5,
    y1: rows - 0.5,
    line: { color: palette.ink, width: 2 },
  };
}
