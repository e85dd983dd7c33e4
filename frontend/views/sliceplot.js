/**
 * The loss along a number that is given, as a small plot, and what it tells.
 *
 * @import { Palette } from "../lib/types.js"
 * @import { SlicePlot } from "../lib/answers.js"
 */

import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { sliceFigure } from "./plots/slice.js";

const HEIGHT = 190;

/** @param {SlicePlot} answer @param {{palette: Palette | null}} options */
export function slicePlot(answer, { palette }) {
  const told = signed(answer.text);
  const plot = h(
    "div",
    { class: "slice-plot", key: "slice" },
    palette &&
      h("div", {
        class: "plot",
        role: "img",
        "aria-label": told,
        unhook: purge,
        hook: (/** @type {HTMLElement} */ element) =>
          draw(element, [answer, palette], (width) => smallSlice(answer, palette, width)),
      }),
  );
  return { plot, told };
}

/** @param {SlicePlot} answer @param {Palette} palette @param {number} width */
function smallSlice(answer, palette, width) {
  const figure = sliceFigure(answer, /** @type {any} */ ({ palette }), width, HEIGHT);
  const { layout } = figure;
  const tick = { size: 12, color: palette.soft };
  return {
    ...figure,
    layout: {
      ...layout,
      margin: { l: 44, r: 8, t: 6, b: 38 },
      xaxis: { ...layout.xaxis, nticks: 5, tickfont: tick },
      yaxis: { ...layout.yaxis, nticks: 4, tickfont: tick, title: { text: "" } },
      annotations: [
        ...(layout.annotations ?? []).map((/** @type {any} */ note) => ({
          ...note,
          font: { ...note.font, size: 12 },
        })),
        {
          text: "loss",
          x: 0,
          y: 1,
          xref: "paper",
          yref: "paper",
          xanchor: "left",
          yanchor: "top",
          showarrow: false,
          font: { size: 12, color: palette.ink },
        },
      ],
    },
  };
}
