/**
 * The loss as a function of two weights, and the way of training on it.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { ContourPlot, ContourWeight } from "../../lib/answers.js"
 */

import { mix } from "../../lib/colour.js";
import { fromWire } from "../../lib/numbers.js";
import { thinned } from "../../lib/thin.js";
import { weightBox } from "./choices.js";
import {
  axis,
  isToScale,
  layout,
  printed,
  roundTicks,
  sidesOf,
  toScale,
  weightName,
} from "./frame.js";

/** Losses further apart than this factor have levels by their logarithm, so that the valley has some. */
const WIDE = 1.5;
const LEVELS = 18;
const ARROW = 70;
const EDGE = 60;
/** Of the table, to each side. */
const CELLS = 9;

/**
 * @param {ContourPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function contourFigure(
  { weights, x, y, losses, path },
  { palette, iteration },
  width,
  height,
) {
  const numbers = losses.map((row) => row.map(fromWire));
  const finite = numbers.flat().filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const log = low > 0 && high > WIDE * low;
  const level = (/** @type {number} */ loss) => (log ? Math.log10(loss) : loss);
  const names = weights.map(weightName);
  const [columns, rows] = [x.map(fromWire), y.map(fromWire)];
  const here = weights.map(({ value }) => fromWire(value));
  const wide = width >= 520;
  return {
    data: [
      ...(finite.length
        ? [
            {
              type: "contour",
              x: columns,
              y: rows,
              z: numbers.map((row) =>
                row.map((number) => (Number.isFinite(number) ? level(number) : null)),
              ),
              text: numbers.map((row) => row.map((number) => number.toPrecision(4))),
              hovertemplate: `${names[0]} = %{x:.3g}<br>${names[1]} = %{y:.3g}<br>loss %{text}<extra></extra>`,
              autocontour: false,
              contours: {
                start: level(low),
                end: level(high),
                size: (level(high) - level(low)) / LEVELS || 1,
              },
              colorscale: [
                [0, palette.panel],
                [1, mix(palette.panel, palette.value, 0.62)],
              ],
              line: { color: mix(palette.panel, palette.value, 0.8), width: 0.7 },
              showscale: wide,
              colorbar: {
                x: sidesOf(ends(columns), ends(rows), width - 144, height - 60)[1] + 0.02,
                thickness: 10,
                outlinewidth: 0,
                tickfont: { size: 12, color: palette.soft },
                title: { text: "loss", side: "right", font: { size: 12, color: palette.ink } },
                ...(log ? bar(low, high) : { nticks: 6 }),
              },
            },
          ]
        : []),
      {
        type: "scatter",
        mode: path.iterations.length < 60 ? "lines+markers" : "lines",
        x: path.x.map(fromWire),
        y: path.y.map(fromWire),
        customdata: path.iterations,
        line: { color: palette.ink, width: 2 },
        marker: { size: 4, color: palette.ink },
        hovertemplate: "iteration %{customdata}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        x: [fromWire(path.x[0])],
        y: [fromWire(path.y[0])],
        customdata: [path.iterations[0]],
        marker: { size: 8, color: palette.ink },
        hovertemplate: "iteration %{customdata}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "markers",
        x: [here[0]],
        y: [here[1]],
        customdata: [iteration],
        marker: { size: 12, color: palette.panel, line: { color: palette.ink, width: 2.5 } },
        hovertemplate: "iteration %{customdata}, shown<extra></extra>",
      },
    ],
    layout: layout(palette, width, height, {
      margin: { l: 58, r: 16, t: 16, b: 44 },
      xaxis: axis(palette, names[0], {
        showgrid: false,
        range: ends(columns),
        constrain: "domain",
      }),
      yaxis: axis(palette, names[1], {
        showgrid: false,
        range: ends(rows),
        ...toScale(ends(columns), ends(rows)),
      }),
      annotations: [
        ...downhill(weights, here, [columns, rows], width - 74 - (wide ? 60 : 0), height - 60).map(
          (arrow) => ({
            ...arrow,
            arrowcolor: palette.grad,
            font: { size: 12, color: palette.grad },
            bgcolor: palette.panel,
          }),
        ),
        ...(path.iterations.length > 1
          ? [
              {
                x: fromWire(path.x[0]),
                y: fromWire(path.y[0]),
                text: `iteration ${path.iterations[0]}`,
                showarrow: false,
                yshift: 14,
                font: { size: 12, color: palette.ink },
                bgcolor: palette.panel,
              },
            ]
          : []),
      ],
    }),
  };
}

/**
 * An arrow against the gradient, in the picture's own proportions.
 *
 * @param {ContourWeight[]} weights
 * @param {number[]} here
 * @param {number[][]} axes
 * @param {number} width
 * @param {number} height
 */
function downhill(weights, here, axes, width, height) {
  const slopes = weights.map(({ gradient }) => fromWire(gradient));
  const units = [width / span(axes[0]), height / span(axes[1])];
  const [across, up] = isToScale(ends(axes[0]), ends(axes[1]))
    ? [Math.min(...units), Math.min(...units)]
    : units;
  const steps = [slopes[0] * across, -slopes[1] * up];
  const length = Math.hypot(...steps);
  if (!(length > 0) || !Number.isFinite(length)) return [];
  const [ax, ay] = steps.map((step) => (-step / length) * ARROW);
  const tail = ((here[0] - axes[0][0]) / span(axes[0])) * width + ax;
  return [
    {
      xanchor: tail < EDGE ? "left" : tail > width - EDGE ? "right" : "center",
      x: here[0],
      y: here[1],
      ax,
      ay,
      text: "−gradient",
      showarrow: true,
      arrowhead: 0,
      startarrowhead: 2,
      arrowside: "start",
      startarrowsize: 1.1,
      arrowwidth: 2,
      startstandoff: 0,
      standoff: 8,
    },
  ];
}

/** @param {number} low @param {number} high */
function bar(low, high) {
  const { tickvals, ticktext } = roundTicks(Math.log10(low), Math.log10(high));
  return { tickvals: tickvals.map(Math.log10), ticktext };
}

/** @param {number[]} numbers */
function ends(numbers) {
  return [numbers[0], numbers[numbers.length - 1]];
}

/** @param {number[]} numbers */
function span(numbers) {
  return numbers[numbers.length - 1] - numbers[0] || 1;
}

/** @param {ContourPlot} answer @param {PlotOptions} options @returns {Table} */
export function contourTable({ weights, x, y, losses }, { digits }) {
  const names = weights.map(weightName);
  const [columns, rows] = [thinned(x.length, CELLS), thinned(y.length, CELLS).reverse()];
  return {
    caption: `The loss along ${names[0]} (columns) and ${names[1]} (rows)`,
    head: ["", ...columns.map((at) => printed(x[at], digits))],
    rows: rows.map((row) => [
      printed(y[row], digits),
      ...columns.map((at) => printed(losses[row][at], digits)),
    ]),
  };
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: contourFigure,
  table: contourTable,
  choices: [weightBox("Across"), weightBox("Up", "other_")],
  iterationAt: ({ customdata }) => customdata,
};
