/**
 * A plot beside text: as wide as its place, without tools.
 */

import { h } from "../lib/h.js";
import { draw, purge } from "../lib/plotly.js";

/**
 * @param {string} label  what it shows, in words
 * @param {unknown[]} depends
 * @param {import("../lib/types.js").Palette} palette
 * @param {() => {data: object[], layout?: Record<string, any>}} build  what is drawn, and what its layout has
 *   beside that of all such plots
 */
export function smallPlot(label, depends, palette, build) {
  return h(
    "div",
    { class: "small-plot" },
    h("div", {
      class: "plot",
      role: "img",
      "aria-label": label,
      unhook: purge,
      hook: (/** @type {HTMLElement} */ element) =>
        draw(element, depends, (width) => {
          const { data, layout = {} } = build();
          return {
            data,
            layout: { ...layoutOf(width, palette), ...layout, ...axes(palette, layout) },
          };
        }),
    }),
  );
}

/** @param {number} width @param {import("../lib/types.js").Palette} palette */
function layoutOf(width, palette) {
  return {
    width,
    height: 150,
    margin: { l: 40, r: 8, t: 6, b: 24 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    dragmode: false,
    font: { color: palette.soft, size: 12 },
  };
}

/** @param {import("../lib/types.js").Palette} palette @param {Record<string, any>} layout */
function axes(palette, { xaxis = {}, yaxis = {} }) {
  const own = { gridcolor: palette.line, fixedrange: true };
  return { xaxis: { ...own, nticks: 5, ...xaxis }, yaxis: { ...own, nticks: 4, ...yaxis } };
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
