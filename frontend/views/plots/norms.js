/**
 * The sizes of parameters, gradients and updates as four pictures that share their lines.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { Wire } from "../../lib/types.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { NormsPlot, ParameterNorms as Row } from "../../lib/answers.js"
 * @typedef {(Wire | null)[]} Series
 */

import { thinned } from "../../lib/thin.js";
import { logBox } from "./choices.js";
import {
  drawable,
  iterationAxis,
  iterationTable,
  layout,
  marker,
  mode,
  NARROW,
  printed,
  sizeAxis,
} from "./frame.js";

/** @typedef {"value" | "gradient" | "update" | "ratio"} Size */
/** @type {{field: Size, title: string, heading: string, colour: "value" | "grad" | "ink"}[]} */
const PARTS = [
  { field: "value", title: "parameter", heading: "norm of each <b>parameter</b>", colour: "value" },
  { field: "gradient", title: "gradient", heading: "norm of each <b>gradient</b>", colour: "grad" },
  { field: "update", title: "update", heading: "norm of each <b>update</b>", colour: "ink" },
  {
    field: "ratio",
    title: "update ÷ parameter",
    heading: "ratio <b>update ÷ parameter</b>",
    colour: "ink",
  },
];
const DASHES = ["solid", "dash", "dot", "dashdot", "longdash", "longdashdot"];
/** Between the names at the ends of lines, in pixels. */
const LINE = 12;
const SMALLEST_LINE = 10;
/** Of pushing names apart. */
const ROUNDS = 20;

/**
 * @param {NormsPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function normsFigure(
  { iterations, parameters },
  { palette, iteration, log },
  width,
  height,
) {
  const narrow = width < NARROW;
  const longest = Math.max(...parameters.map(({ name }) => name.length), 2);
  const room = (7 * longest + 10) / width;
  const parts = PARTS.map((_, at) => place(at, narrow, room));
  return {
    data: PARTS.flatMap(({ field, title, colour }, part) =>
      parameters.map((row, order) => ({
        type: "scatter",
        mode: mode(iterations.length),
        x: iterations,
        y: drawable(row[field], log),
        xaxis: `x${part + 1}`,
        yaxis: `y${part + 1}`,
        line: { color: palette[colour], width: 1.7, dash: DASHES[order % DASHES.length] },
        marker: { size: 4 },
        hovertemplate: `${row.name}: ${title} %{y:.4g}<br>iteration %{x}<extra></extra>`,
      })),
    ),
    layout: layout(palette, width, height, {
      margin: { l: 50, r: 6, t: 22, b: 40 },
      ...Object.fromEntries(
        PARTS.flatMap(({ field }, part) => [
          [
            `xaxis${part + 1}`,
            iterationAxis(palette, iterations, {
              domain: parts[part].x,
              anchor: `y${part + 1}`,
              nticks: 5,
              title: {
                text: parts[part].last ? "iteration" : "",
                font: { size: 12, color: palette.ink },
                standoff: 6,
              },
            }),
          ],
          [
            `yaxis${part + 1}`,
            sizeAxis(
              palette,
              "",
              parameters.flatMap((row) => drawable(row[field], log)),
              log,
              { domain: parts[part].y, anchor: `x${part + 1}`, automargin: false },
            ),
          ],
        ]),
      ),
      shapes: PARTS.map((_, part) =>
        marker(palette, iteration, `x${part + 1}`, `y${part + 1} domain`),
      ),
      annotations: PARTS.flatMap(({ field, heading, colour }, part) => [
        {
          text: heading,
          xref: "paper",
          yref: "paper",
          x: parts[part].x[0],
          y: parts[part].y[1],
          xanchor: "left",
          yanchor: "bottom",
          showarrow: false,
          font: { size: 12, color: palette[colour] },
        },
        ...endNames(
          parameters,
          field,
          log,
          (parts[part].y[1] - parts[part].y[0]) * (height - 62),
        ).map(({ name, shift }) => ({
          text: name,
          xref: "paper",
          yref: `y${part + 1} domain`,
          x: parts[part].x[1],
          y: 0,
          yshift: shift,
          xanchor: "left",
          yanchor: "middle",
          xshift: 3,
          showarrow: false,
          font: { size: 12, color: palette[colour] },
        })),
      ]),
    }),
  };
}

/**
 * Where a part stands: two by two, or below each other.
 *
 * @param {number} at
 * @param {boolean} narrow
 * @param {number} room for names at the right
 */
function place(at, narrow, room) {
  if (narrow) return { x: [0, 1 - room], y: [1 - at * 0.26 - 0.2, 1 - at * 0.26], last: at === 3 };
  const [row, column] = [Math.floor(at / 2), at % 2];
  return {
    x: column ? [0.54, 1 - room] : [0, 0.46 - room],
    y: row ? [0, 0.41] : [0.56, 0.97],
    last: row === 1,
  };
}

/**
 * The lines' names beside their ends, moved apart where they would meet: pixels above the axis.
 *
 * @param {Row[]} rows
 * @param {Size} field
 * @param {boolean} log
 * @param {number} height
 */
function endNames(rows, field, log, height) {
  const all = rows
    .flatMap((row) => drawable(row[field], log).filter((number) => number !== null))
    .map((number) => (log ? Math.log10(number) : number));
  if (!all.length) return [];
  const low = log ? Math.min(...all) : Math.min(0, ...all);
  const high = Math.max(...all);
  const margin = 0.05 * (high - low || 1);
  const scale = (/** @type {number} */ number) =>
    (((log ? Math.log10(number) : number) - low + margin) / (high - low + 2 * margin || 1)) *
    height;
  const ends = rows
    .flatMap((row) => {
      const known = drawable(row[field], log).filter((number) => number !== null);
      return known.length ? [{ name: row.name, shift: scale(known[known.length - 1]) }] : [];
    })
    .sort((a, b) => a.shift - b.shift);
  return apart(ends, height);
}

/**
 * Moved apart within the picture; of more than it has room for, the pointer tells the others.
 *
 * @param {{name: string, shift: number}[]} ends from the bottom up
 * @param {number} height
 */
function apart(ends, height) {
  const fitting = thinned(ends.length, Math.max(2, Math.floor(height / SMALLEST_LINE) + 1)).map(
    (at) => ({ ...ends[at] }),
  );
  const line = Math.min(LINE, height / Math.max(1, fitting.length - 1));
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let at = 1; at < fitting.length; at += 1) {
      const [below, above] = [fitting[at - 1], fitting[at]];
      const push = Math.max(0, line - (above.shift - below.shift)) / 2;
      below.shift -= push;
      above.shift += push;
    }
  }
  fitting.forEach(
    (end, at) => (end.shift = Math.max(end.shift, at ? fitting[at - 1].shift + line : 0)),
  );
  let limit = height;
  for (const end of fitting.reverse()) limit = (end.shift = Math.min(end.shift, limit)) - line;
  return fitting;
}

/** @param {NormsPlot} answer @param {PlotOptions} options @returns {Table} */
export function normsTable({ iterations, parameters }, { digits }) {
  const head = parameters.flatMap(({ name }) => PARTS.map(({ title }) => `${name} ${title}`));
  return iterationTable("Norms", iterations, head, (at) =>
    parameters.flatMap((row) => PARTS.map(({ field }) => printed(row[field][at], digits))),
  );
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: normsFigure,
  table: normsTable,
  choices: [logBox],
  iterationAt: ({ x }) => x,
  tall: true,
};
