/** The loss over the iterations as a Plotly figure. @import { Figure } from "../lib/plotly.js" @import { Palette } from "../lib/types.js" */

/** @param {(number | null)[]} losses @param {number} iteration @param {Palette} palette @param {number} width @param {number} height @returns {Figure} */
export function lossFigure(losses, iteration, palette, width, height) {
  const axis = { color: palette.soft, gridcolor: palette.line, zeroline: false, linecolor: palette.line, tickfont: { size: 11 }, fixedrange: true };
  const at = losses[iteration];
  const last = Math.max(losses.length - 1, 5);
  return {
    data: [
      { type: "scatter", mode: losses.length < 40 ? "lines+markers" : "lines", x: losses.map((_, index) => index), y: losses.map((loss) => (loss !== null && Number.isFinite(loss) ? loss : null)),
        line: { color: palette.value, width: 1.8 }, marker: { size: 4, color: palette.value }, hovertemplate: "iteration %{x}<br>loss %{y:.6g}<extra></extra>" },
      { type: "scatter", mode: "markers", x: [iteration], y: [at ?? null], marker: { size: 10, color: palette.panel, line: { color: palette.ink, width: 2.5 } }, hoverinfo: "skip", cliponaxis: false },
    ],
    layout: {
      width, height, margin: { l: 46, r: 12, t: 8, b: height < 100 ? 20 : 26 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", showlegend: false, dragmode: false, hovermode: "closest",
      xaxis: { ...axis, range: [-0.03 * last, 1.02 * last], nticks: 6, tickformat: "d" }, yaxis: { ...axis, rangemode: "tozero", nticks: height < 100 ? 2 : 5 },
      font: { color: palette.soft }, uirevision: "constant",
      shapes: [{ type: "line", x0: iteration, x1: iteration, yref: "paper", y0: 0, y1: 1, line: { color: palette.ink, width: 1.2 } }],
      hoverlabel: { bgcolor: palette.panel, bordercolor: palette.ink, font: { color: palette.ink, size: 12 } },
    },
  };
}
