/** A dialog in front of the page. @import { Commands } from "../state/commands.js" */

import { h } from "../lib/h.js";

/**
 * @param {string} title
 * @param {Commands} commands
 * @param {string} kind its class
 * @param {...any} content
 */
export function modal(title, commands, kind, ...content) {
  return h(
    "dialog",
    {
      // not where another one takes its place
      key: title,
      "aria-label": title,
      class: kind,
      // a click beside it closes it
      onpointerdown: (/** @type {any} */ event) => {
        if (event.target === event.currentTarget && !isWithin(event)) event.currentTarget.close();
      },
      onclose: (/** @type {any} */ event) =>
        event.target.isConnected && commands.files.showDialog(null),
      hook: (/** @type {HTMLDialogElement} */ element) =>
        element.isConnected && !element.open && element.showModal(),
      unhook: (/** @type {HTMLDialogElement} */ element) => element.close(),
    },
    h(
      "div",
      { class: "dialog-head" },
      h("h2", null, title),
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          "aria-label": "Close dialog",
          title: "Close (Esc)",
          onclick: () => commands.files.showDialog(null),
        },
        "×",
      ),
    ),
    ...content,
  );
}

/** @param {any} event */
function isWithin({ clientX, clientY, currentTarget }) {
  const { left, right, top, bottom } = currentTarget.getBoundingClientRect();
  return clientX >= left && clientX <= right && clientY >= top && clientY <= bottom;
}
