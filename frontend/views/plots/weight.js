/**
 * One weight and its gradient over the iterations.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { Wire } from "../../lib/types.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { WeightPlot } from "../../lib/answers.js"
 */

import { weightBox } from "./choices.js";
import {
  axis,
  drawable,
  iterationAxis,
  iterationTable,
  layout,
  marker,
  mode,
  printed,
  weightName,
} from "./frame.js";

/**
 * @param {WeightPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function weightFigure(answer, { palette, iteration }, width, height) {
  const { iterations, values, gradients } = answer;
  const name = weightName(answer);
  const line = (
    /** @type {(Wire | null)[]} */ series,
    /** @type {string} */ colour,
    /** @type {string} */ y,
    /** @type {string} */ what,
  ) => ({
    type: "scatter",
    mode: mode(iterations.length),
    x: iterations,
    y: drawable(series),
    yaxis: y,
    line: { color: colour, width: 2 },
    marker: { size: 5, color: colour },
    hovertemplate: `iteration %{x}<br>${what} %{y:.6g}<extra></extra>`,
  });
  const zero = { zeroline: true, zerolinecolor: palette.soft, zerolinewidth: 1, nticks: 6 };
  return {
    data: [line(values, palette.value, "y", name), line(gradients, palette.grad, "y2", "gradient")],
    layout: layout(palette, width, height, {
      xaxis: iterationAxis(palette, iterations, { anchor: "y2" }),
      yaxis: axis(palette, name, {
        domain: [0.45, 1],
        title: { text: name, font: { size: 12, color: palette.value }, standoff: 8 },
        nticks: 6,
      }),
      yaxis2: axis(palette, "", {
        domain: [0, 0.38],
        ...zero,
        title: { text: "gradient", font: { size: 12, color: palette.grad }, standoff: 8 },
      }),
      shapes: [marker(palette, iteration), marker(palette, iteration, "x", "y2 domain")],
    }),
  };
}

/** @param {WeightPlot} answer @param {PlotOptions} options @returns {Table} */
export function weightTable(answer, { digits }) {
  return iterationTable(weightName(answer), answer.iterations, ["value", "gradient"], (at) => [
    printed(answer.values[at], digits),
    printed(answer.gradients[at], digits),
  ]);
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: weightFigure,
  table: weightTable,
  choices: [weightBox("Weight")],
  iterationAt: ({ x }) => x,
};
