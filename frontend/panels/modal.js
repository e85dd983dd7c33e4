/** A dialog in front of the page. @import { Acts } from "./acts.js" */

import { h } from "../lib/h.js";

/**
 * @param {string} title
 * @param {Acts} acts
 * @param {string} kind its class
 * @param {...any} content
 */
export function modal(title, acts, kind, ...content) {
  return h(
    "dialog",
    {
      // not where another one takes its place
      key: title,
      "aria-label": title,
      class: kind,
      onclose: (/** @type {any} */ event) => event.target.isConnected && acts.dialog(null),
      hook: (/** @type {HTMLDialogElement} */ element) =>
        element.isConnected && !element.open && element.showModal(),
      unhook: (/** @type {HTMLDialogElement} */ element) => element.close(),
    },
    h("h2", null, title),
    ...content,
  );
}
