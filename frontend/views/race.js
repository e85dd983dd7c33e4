/**
 * Training by formulas of one's own beside the true gradients.
 *
 * @import { Practice } from "../state/practice/reducer.js"
 */

import { h } from "../lib/h.js";
import { printOne } from "../lib/numbers.js";
import { curve, smallPlot } from "./smallplot.js";

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
      smallPlot(label, [losses, truth, palette], palette, () => ({
        data: [
          curve(truth, "true gradient", palette.value, "solid"),
          curve(losses, "yours", palette.grad, "dash"),
        ],
        layout: {
          legend: { x: 1, xanchor: "right", y: 1, font: { size: 12, color: palette.soft } },
          xaxis: { tickformat: "d" },
        },
      })),
  );
}
