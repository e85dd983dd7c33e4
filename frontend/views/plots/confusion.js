/**
 * Which classes are taken for which: what is right is green, what is wrong purple.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { PlotOptions, Table } from "./frame.js"
 * @import { ConfusionPlot } from "../../lib/answers.js"
 */

import { mix } from "../../lib/colour.js";
import { colorscale } from "../../lib/tint.js";
import { axis, layout } from "./frame.js";

const LARGEST = 116;
const MARGIN = { l: 62, r: 12, t: 56, b: 12 };

/**
 * @param {ConfusionPlot} answer
 * @param {PlotOptions} options
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function confusionFigure({ classes, counts }, { palette }, width, height) {
  const cell = Math.min(
    LARGEST,
    (width - MARGIN.l - MARGIN.r) / classes.length,
    (height - MARGIN.t - MARGIN.b) / classes.length,
  );
  const size = cell * classes.length;
  const all = counts.map((row) => row.reduce((sum, count) => sum + count, 0));
  const names = {
    type: "category",
    showgrid: false,
    tickvals: classes.map((_, at) => at),
    ticktext: classes,
    tickfont: { size: 12, color: palette.ink },
    automargin: false,
  };
  const tint = (/** @type {string} */ colour) => mix(palette.mid, colour, 0.5);
  return {
    data: [
      {
        type: "heatmap",
        z: counts.map((row, truth) =>
          row.map(
            (count, said) => (truth === said ? 1 : -1) * Math.sqrt(count / (all[truth] || 1)),
          ),
        ),
        zmin: -1,
        zmax: 1,
        colorscale: colorscale({
          pos: tint(palette.pos),
          neg: tint(palette.neg),
          mid: palette.mid,
        }),
        showscale: false,
        xgap: 1,
        ygap: 1,
        text: counts.map((row) =>
          row.map((count) => (count ? String(count) : cell > 18 ? "·" : "")),
        ),
        texttemplate: "%{text}",
        textfont: { size: Math.max(9, Math.min(16, cell * 0.36)), color: palette.ink },
        customdata: counts.map((row, truth) =>
          row.map(
            (count, said) =>
              `${count} of ${all[truth]} of class ${classes[truth]}<br>are predicted as ${classes[said]}`,
          ),
        ),
        hovertemplate: "%{customdata}<extra></extra>",
      },
    ],
    layout: layout(
      palette,
      Math.round(size + MARGIN.l + MARGIN.r),
      Math.round(size + MARGIN.t + MARGIN.b),
      {
        margin: MARGIN,
        plot_bgcolor: palette.line,
        xaxis: axis(palette, "predicted", {
          ...names,
          side: "top",
          type: "linear",
          range: [-0.5, classes.length - 0.5],
        }),
        yaxis: axis(palette, "actual", {
          ...names,
          type: "linear",
          range: [classes.length - 0.5, -0.5],
        }),
      },
    ),
  };
}

/** @param {ConfusionPlot} answer @returns {Table} */
export function confusionTable({ classes, counts }) {
  return {
    caption: "Samples of each actual class (rows) by predicted class (columns)",
    head: ["", ...classes],
    rows: counts.map((row, at) => [classes[at], ...row.map(String)]),
  };
}

/** @type {import("./frame.js").Drawing} */
export const plot = { figure: confusionFigure, table: confusionTable };
