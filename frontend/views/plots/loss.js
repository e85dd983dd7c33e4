/**
 * The loss over the iterations, with what was changed by hand.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { LossPlot } from "../../lib/answers.js"
 * @import { Wire } from "../../lib/types.js"
 */

import { fromWire } from "../../lib/numbers.js";
import { logBox } from "./choices.js";
import {
  drawable,
  isPositive,
  iterationAxis,
  iterationTable,
  layout,
  marker,
  mode,
  printed,
  sizeAxis,
} from "./frame.js";

/** So many edits are told beside their lines; of more, the pointer tells. */
const TOLD = 5;

/**
 * @param {LossPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function lossPlotFigure(
  { iterations, losses, validation_losses: held, lowest, edits },
  { palette, iteration, log },
  width,
  height,
) {
  const logarithmic = log && isPositive([...losses, ...(held ?? []).filter(isKnown)]);
  const y = drawable(losses, logarithmic);
  const at = iterations.indexOf(iteration);
  return {
    data: [
      {
        type: "scatter",
        mode: mode(iterations.length),
        x: iterations,
        y,
        line: { color: palette.value, width: 2 },
        marker: { size: 5, color: palette.value },
        hovertemplate: "iteration %{x}<br>loss %{y:.6g}<extra></extra>",
      },
      ...(held
        ? [
            {
              type: "scatter",
              mode: mode(iterations.length),
              x: iterations,
              y: drawable(held, logarithmic),
              line: { color: palette.grad, width: 2, dash: "dash" },
              marker: { size: 5, color: palette.grad },
              hovertemplate: "iteration %{x}<br>validation loss %{y:.6g}<extra></extra>",
            },
          ]
        : []),
      ...edits.map(({ iteration: where, text }) => ({
        type: "scatter",
        mode: "markers",
        x: [where],
        y: [y[nearest(iterations, where)]],
        marker: {
          symbol: "diamond",
          size: 9,
          color: palette.panel,
          line: { color: palette.ink, width: 1.5 },
        },
        hovertemplate: `iteration ${where}: ${text}<extra></extra>`,
      })),
      ...(lowest && iterations.length > 1
        ? [
            {
              type: "scatter",
              mode: "markers",
              x: [lowest.iteration],
              y: [fromWire(lowest.loss)],
              marker: { symbol: "triangle-down", size: 9, color: palette.value },
              hovertemplate: `lowest: ${fromWire(lowest.loss).toPrecision(6)}<br>iteration ${lowest.iteration}<extra></extra>`,
              cliponaxis: false,
            },
          ]
        : []),
      ...(at >= 0
        ? [
            {
              type: "scatter",
              mode: "markers",
              x: [iteration],
              y: [y[at]],
              marker: { size: 10, color: palette.panel, line: { color: palette.ink, width: 2.5 } },
              hoverinfo: "skip",
              cliponaxis: false,
            },
          ]
        : []),
    ],
    layout: layout(palette, width, height, {
      xaxis: iterationAxis(palette, iterations),
      yaxis: sizeAxis(palette, "loss", y, logarithmic),
      shapes: [marker(palette, iteration)],
      annotations:
        edits.length > TOLD
          ? []
          : edits.map(({ iteration: where, text }, order) => ({
              x: where,
              y: 1,
              yref: "y domain",
              yshift: -14 * order,
              text: short(text),
              showarrow: false,
              xanchor: where > iterations[iterations.length - 1] / 2 ? "right" : "left",
              xshift: where > iterations[iterations.length - 1] / 2 ? -6 : 6,
              font: { size: 12, color: palette.ink },
            })),
    }),
  };
}

/** @param {LossPlot} answer @param {PlotOptions} options @returns {Table} */
export function lossTable({ iterations, losses, validation_losses: held, edits }, { digits }) {
  const changed = new Map(edits.map(({ iteration, text }) => [iteration, text]));
  const columns = ["loss", ...(held ? ["validation loss"] : []), "changed by hand"];
  return iterationTable("The loss", iterations, columns, (at) => [
    printed(losses[at], Math.max(6, digits)),
    ...(held ? [printed(held[at], Math.max(6, digits))] : []),
    changed.get(iterations[at]) ?? "",
  ]);
}

/** Where no rows were held out yet, nothing is known. @param {Wire} loss */
function isKnown(loss) {
  return !Number.isNaN(fromWire(loss));
}

/** @param {number[]} iterations @param {number} where */
function nearest(iterations, where) {
  return iterations.reduce(
    (best, one, at) => (Math.abs(one - where) < Math.abs(iterations[best] - where) ? at : best),
    0,
  );
}

/** @param {string} text */
function short(text) {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: lossPlotFigure,
  table: lossTable,
  choices: [logBox],
  iterationAt: ({ x }) => x,
};
