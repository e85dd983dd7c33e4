/**
 * The loss as a function of one weight, and the tangent of its gradient.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { SlicePlot } from "../../lib/answers.js"
 */

import { fromWire, signed } from "../../lib/numbers.js";
import { reachBox, weightBox } from "./choices.js";
import { axis, drawable, layout, printed, weightName } from "./frame.js";

/**
 * @param {SlicePlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function sliceFigure(answer, { palette }, width, height) {
  const { value, loss, gradient, values, losses, tangent } = answer;
  const name = weightName(answer);
  const [x, y, straight] = [values.map(fromWire), drawable(losses), drawable(tangent)];
  const [at, here] = [fromWire(value), fromWire(loss)];
  const known = [...y, ...drawable([loss])].filter((number) => number !== null);
  const [low, high] = known.length ? [Math.min(...known), Math.max(...known)] : [0, 1];
  const room = 0.08 * (high - low || Math.abs(high) || 1);
  const rising = fromWire(gradient) >= 0;
  return {
    data: [
      {
        type: "scatter",
        mode: "lines",
        x,
        y: straight,
        line: { color: palette.grad, width: 1.8, dash: "dash" },
        hovertemplate: "tangent %{y:.6g}<extra></extra>",
      },
      {
        type: "scatter",
        mode: "lines",
        x,
        y,
        line: { color: palette.value, width: 2.2 },
        hovertemplate: `${name} = %{x:.4g}<br>loss %{y:.6g}<extra></extra>`,
      },
      {
        type: "scatter",
        mode: "markers",
        x: [at],
        y: drawable([loss]),
        marker: { size: 11, color: palette.panel, line: { color: palette.ink, width: 2.5 } },
        hovertemplate: `${name} = %{x:.6g}<br>loss %{y:.6g}<extra></extra>`,
      },
    ],
    layout: layout(palette, width, height, {
      xaxis: axis(palette, name, { range: [x[0], x[x.length - 1]], nticks: 9 }),
      yaxis: axis(palette, "loss", { range: [low - room, high + room] }),
      annotations: !Number.isFinite(here)
        ? []
        : [
            {
              x: at,
              y: here,
              text: `slope ${signed(String(Number(fromWire(gradient).toPrecision(3))))}`,
              showarrow: false,
              xanchor: rising ? "left" : "right",
              yanchor: "top",
              xshift: rising ? 10 : -10,
              yshift: -6,
              font: { size: 12, color: palette.grad },
              bgcolor: palette.panel,
            },
          ],
    }),
  };
}

/** @param {SlicePlot} answer @param {PlotOptions} options @returns {Table} */
export function sliceTable(answer, { digits }) {
  const rows = answer.values.map((value, at) => [
    printed(value, digits),
    printed(answer.losses[at], Math.max(6, digits)),
    printed(answer.tangent[at], Math.max(6, digits)),
  ]);
  return {
    caption: `The loss along ${weightName(answer)}`,
    head: [weightName(answer), "loss", "tangent"],
    rows,
  };
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: sliceFigure,
  table: sliceTable,
  choices: [weightBox("Weight"), reachBox],
};
