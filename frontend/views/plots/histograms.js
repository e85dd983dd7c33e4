/**
 * How a layer's numbers are spread over the iterations: the stronger the colour, the more of them.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { Palette } from "../../lib/types.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { HistogramsPlot, Histogram } from "../../lib/answers.js"
 */

import { mix } from "../../lib/colour.js";
import { fromWire } from "../../lib/numbers.js";
import { layerBox } from "./choices.js";
import { axis, iterationAxis, iterationTable, layout, marker, NARROW, printed } from "./frame.js";

/**
 * @param {HistogramsPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function histogramsFigure(
  { tensor, iterations, value, gradient },
  { palette, iteration },
  width,
  height,
) {
  const narrow = width < NARROW;
  /** @type {{histogram: Histogram, title: string, colour: string}[]} */
  const parts = [
    ...(value ? [{ histogram: value, title: tensor, colour: palette.value }] : []),
    ...(gradient ? [{ histogram: gradient, title: `${tensor}.g`, colour: palette.grad }] : []),
  ];
  const domains =
    parts.length < 2
      ? [{ x: [0, 1], y: [0, 1] }]
      : narrow
        ? [
            { x: [0, 1], y: [0.56, 1] },
            { x: [0, 1], y: [0, 0.45] },
          ]
        : [
            { x: [0, 0.46], y: [0, 1] },
            { x: [0.54, 1], y: [0, 1] },
          ];
  return {
    data: parts.map(({ histogram, title, colour }, part) =>
      heat(histogram, iterations, title, colour, part + 1, palette),
    ),
    layout: layout(palette, width, height, {
      margin: { l: 58, r: 12, t: 26, b: 44 },
      ...Object.fromEntries(
        parts.flatMap((_, part) => [
          [
            `xaxis${part + 1}`,
            iterationAxis(palette, iterations, {
              domain: domains[part].x,
              anchor: `y${part + 1}`,
              showgrid: false,
              nticks: 5,
              ...(narrow && part === 0 ? { title: { text: "" } } : {}),
            }),
          ],
          [
            `yaxis${part + 1}`,
            axis(palette, "", {
              domain: domains[part].y,
              anchor: `x${part + 1}`,
              showgrid: false,
              zeroline: true,
              zerolinecolor: palette.soft,
              zerolinewidth: 1,
              nticks: 7,
            }),
          ],
        ]),
      ),
      shapes: parts.map((_, part) =>
        marker(palette, iteration, `x${part + 1}`, `y${part + 1} domain`),
      ),
      annotations: parts.map(({ title, colour }, part) => ({
        text: `distribution of <b>${title}</b> (darker: more values)`,
        xref: "paper",
        yref: "paper",
        x: domains[part].x[0],
        y: domains[part].y[1],
        xanchor: "left",
        yanchor: "bottom",
        showarrow: false,
        font: { size: 12, color: colour },
      })),
    }),
  };
}

/**
 * @param {Histogram} histogram
 * @param {number[]} iterations
 * @param {string} title
 * @param {string} colour
 * @param {number} part
 * @param {Palette} palette
 */
function heat({ edges, counts }, iterations, title, colour, part, palette) {
  const [from, ...rest] = edges.map(fromWire);
  const bins = rest.map((edge, at) => (edge + (at ? rest[at - 1] : from)) / 2);
  const shares = counts.map((column) =>
    column.map((count) => count / (column.reduce((sum, one) => sum + one, 0) || 1)),
  );
  return {
    type: "heatmap",
    x: iterations,
    y: bins,
    xaxis: `x${part}`,
    yaxis: `y${part}`,
    showscale: false,
    zmin: 0,
    zmax: 1,
    z: bins.map((_, bin) =>
      shares.map((column) => (column[bin] > 0 ? Math.sqrt(column[bin]) : null)),
    ),
    text: bins.map((_, bin) =>
      shares.map(
        (column, at) => `${counts[at][bin]} of them (${(100 * column[bin]).toFixed(0)} %)`,
      ),
    ),
    hovertemplate: `${title} around %{y:.3g}<br>iteration %{x}: %{text}<extra></extra>`,
    colorscale: [
      [0, mix(palette.panel, colour, 0.12)],
      [1, colour],
    ],
  };
}

/** @param {HistogramsPlot} answer @param {PlotOptions} options @returns {Table} */
export function histogramsTable({ tensor, iterations, value, gradient }, { digits }) {
  const head = [
    [tensor, value],
    [`${tensor}.g`, gradient],
  ].flatMap(([name, histogram]) => (histogram ? [`${name}: least`, "middle", "greatest"] : []));
  return iterationTable("About where the numbers lie", iterations, head, (at) =>
    [value, gradient].flatMap((histogram) =>
      histogram ? spread(histogram, at).map((number) => printed(number, digits)) : [],
    ),
  );
}

/**
 * The least, the middle and the greatest bin with a number in it.
 *
 * @param {Histogram} histogram
 * @param {number} at
 * @returns {(number | null)[]}
 */
function spread({ edges, counts }, at) {
  const column = counts[at];
  const total = column.reduce((sum, count) => sum + count, 0);
  if (!total) return [null, null, null];
  let sum = 0;
  const middle = column.findIndex((count) => (sum += count) >= total / 2);
  const low = column.findIndex((count) => count > 0);
  const high = column.length - 1 - [...column].reverse().findIndex((count) => count > 0);
  return [
    fromWire(edges[low]),
    (fromWire(edges[middle]) + fromWire(edges[middle + 1])) / 2,
    fromWire(edges[high + 1]),
  ];
}

/** @type {import("./frame.js").Drawing} */
export const plot = {
  figure: histogramsFigure,
  table: histogramsTable,
  choices: [layerBox],
  iterationAt: ({ x }) => x,
  tall: true,
};
