/** The two dialogs: the keys, and opening a document. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" */

import { h } from "../lib/h.js";
import { troubleView } from "../views/trouble.js";
import { KEYS } from "./keys.js";

/** @param {State} state */
export function select({ dialog, opening, document, alert, recent }) {
  return { dialog, opening, document, alert, recent };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ dialog, opening, document, alert, recent }, acts) {
  if (dialog === "help") return [help(acts)];
  return dialog === "open" ? [openDocument(opening, document, alert, recent, acts)] : [];
}

/** @param {string} title @param {Acts} acts @param {...any} content */
function modal(title, acts, ...content) {
  return h("dialog", {
    key: title, "aria-label": title, onclose: () => acts.dialog(null),
    hook: (/** @type {HTMLDialogElement} */ element) => element.isConnected && !element.open && element.showModal(),
    unhook: (/** @type {HTMLDialogElement} */ element) => element.close(),
  }, h("h2", null, title), ...content);
}

/** @param {Acts} acts */
function help(acts) {
  return modal("Keys", acts,
    h("dl", { class: "keys" }, KEYS.flatMap(([keys, what]) => [h("dt", null, keys), h("dd", null, what)])),
    h("p", null, "Blue stands for values, orange for gradients, everywhere. Cells are green above zero and purple below."),
    h("p", { class: "actions" }, h("button", { type: "button", class: "primary", onclick: () => acts.dialog(null) }, "Close")));
}

/** @param {string} text @param {any} document @param {State["alert"]} alert @param {State["recent"]} recent @param {Acts} acts */
function openDocument(text, document, alert, recent, acts) {
  return modal("Open a document", acts,
    h("p", null, "A JSON document with a program, inputs and parameters: choose a file, or paste it here."),
    h("label", { class: "file" }, "File ", h("input", { type: "file", accept: ".json,application/json", onchange: (/** @type {any} */ event) => event.target.files[0] && acts.openFile(event.target.files[0]) })),
    h("textarea", { "aria-label": "Document", rows: "14", spellcheck: "false", value: text, oninput: (/** @type {any} */ event) => acts.openingTyped(event.target.value) }),
    alert && troubleView(alert),
    h("p", { class: "actions" },
      h("button", { type: "button", class: "primary", disabled: !text.trim(), onclick: () => acts.openText(text) }, "Open"),
      h("button", { type: "button", disabled: !document, onclick: () => acts.openingTyped(JSON.stringify(document, null, 1)) }, "Start from the present one"),
      h("button", { type: "button", onclick: () => acts.dialog(null) }, "Cancel")),
    recent.length > 0 && h("h3", null, "Runs that this browser opened"),
    recent.length > 0 && h("ul", { class: "recent" }, recent.slice(0, 8).map(({ id, title, opened }) =>
      h("li", { key: id }, h("a", { href: `?run=${encodeURIComponent(id)}` }, title), ` ${new Date(opened).toLocaleString()}`))));
}
