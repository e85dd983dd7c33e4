/**
 * The dialogs: the keys, and files.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { KEYS } from "./keys.js";
import { modal } from "./modal.js";
import { exportDialog, openDialog, openedDialog } from "./opening.js";

/** @type {Record<NonNullable<State["dialog"]>, (state: State, acts: Acts) => any>} */
const DIALOGS = {
  help: (_, acts) => help(acts),
  open: openDialog,
  opened: openedDialog,
  export: exportDialog,
};

/** @param {State} state */
export function select({ dialog, opening, document, alert, recent, files, run, shown }) {
  const behind = dialog === "export" ? { run, shown } : null;
  return {
    dialog,
    opening,
    document,
    alert,
    recent,
    files,
    ...behind,
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts @param {State} state */
export function view({ dialog }, acts, state) {
  return dialog ? [DIALOGS[dialog](state, acts)] : [];
}

/** @param {Acts} acts */
function help(acts) {
  return modal(
    "Keys",
    acts,
    "",
    h(
      "dl",
      { class: "keys" },
      KEYS.flatMap(([keys, what]) => [h("dt", null, keys), h("dd", null, what)]),
    ),
    h(
      "p",
      null,
      "Blue stands for values, orange for gradients, everywhere. Cells are green above zero and purple below.",
    ),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", class: "primary", onclick: () => acts.dialog(null) }, "Close"),
    ),
  );
}
