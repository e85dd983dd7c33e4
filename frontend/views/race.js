/**
 * Training by formulas of one's own beside the true gradients.
 *
 * @import { Practice } from "../state/practice/reducer.js"
 */

import { h } from "../lib/h.js";
import { printOne } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";

/**
 * Both losses, the learner's and the true one.
 *
 * @param {NonNullable<Practice["race"]>} race
 * @param {import("../lib/types.js").Palette | null} palette
 */
export function raceView({ losses, truth, names }, palette) {
  const label = `Loss with your ${names.join(", ")}: from ${printOne(losses[0], 4)} to ${printOne(losses[losses.length - 1], 4)}; with the true ${names.length === 1 ? "gradient" : "gradients"} to ${printOne(truth[truth.length - 1], 4)}`;
  return h(
    "div",
    { class: "race", key: "race" },
    h("p", null, `${label}.`),
    palette &&
      h(
        "div",
        { class: "race-plot" },
        h("div", {
          class: "plot",
          role: "img",
          "aria-label": label,
          unhook: purge,
          hook: (/** @type {HTMLElement} */ element) =>
            draw(element, [losses, truth, palette], (width) => ({
              data: [
                curve(truth, "true gradient", palette.value, "solid"),
                curve(losses, "yours", palette.grad, "dash"),
              ],
              layout: {
                width,
                height: 150,
                margin: { l: 40, r: 8, t: 6, b: 24 },
                paper_bgcolor: "rgba(0,0,0,0)",
                plot_bgcolor: "rgba(0,0,0,0)",
                dragmode: false,
                legend: { x: 1, xanchor: "right", y: 1, font: { size: 12, color: palette.soft } },
                font: { color: palette.soft, size: 12 },
                xaxis: { gridcolor: palette.line, fixedrange: true, tickformat: "d", nticks: 5 },
                yaxis: { gridcolor: palette.line, fixedrange: true, nticks: 4 },
              },
            })),
        }),
      ),
  );
}

/** @param {number[]} losses @param {string} name @param {string} color @param {string} dash */
export function curve(losses, name, color, dash) {
  return {
    type: "scatter",
    mode: "lines",
    name,
    x: losses.map((_, at) => at),
    y: losses.map((loss) => (Number.isFinite(loss) ? loss : null)),
    line: { color, dash, width: 1.8 },
    hovertemplate: "%{y:.6g}<extra></extra>",
  };
}
