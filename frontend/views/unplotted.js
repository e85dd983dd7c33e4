/**
 * In the place of a picture that cannot be drawn, since the library that draws is not there: the
 * reason, and a way to try again.
 *
 * @import { VNode } from "../lib/h.js"
 */

import { h } from "../lib/h.js";

/**
 * @param {string} what such as "The graph"
 * @param {string} instead what there is without it
 * @param {() => void} retry
 * @returns {VNode}
 */
export function unplottedView(what, instead, retry) {
  return h(
    "div",
    { class: "unplotted", key: "unplotted" },
    h(
      "p",
      null,
      `${what} cannot be drawn: the plotting library (Plotly) could not be loaded. ${instead}`,
    ),
    h("button", { type: "button", class: "small", onclick: retry }, "Load it again"),
  );
}
