/**
 * The dialogs: keyboard shortcuts with a legend, and files.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { MINUS } from "../lib/numbers.js";
import { dataDialog } from "./data.js";
import { KEYS } from "./keys.js";
import { lessonsDialog } from "./lessons.js";
import { modal } from "./modal.js";
import { exportDialog, openDialog, openedDialog } from "./opening.js";

/** @type {Record<NonNullable<State["dialog"]>, (state: State, commands: Commands) => any>} */
const DIALOGS = {
  help: (_, commands) => help(commands),
  open: openDialog,
  opened: openedDialog,
  export: exportDialog,
  data: dataDialog,
  lessons: lessonsDialog,
};

/** @param {State} state */
export function select({
  dialog,
  opening,
  document,
  alert,
  recent,
  files,
  data,
  bringing,
  run,
  shown,
  examples,
  example,
  learning,
}) {
  const behind = dialog === "export" ? { run, shown } : null;
  return {
    dialog,
    opening,
    document,
    alert,
    recent,
    files,
    data,
    bringing,
    examples: dialog === "open" ? examples : null,
    example,
    learning: dialog === "lessons" ? learning : null,
    ...behind,
  };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands @param {State} state */
export function view({ dialog }, commands, state) {
  return dialog ? [DIALOGS[dialog](state, commands)] : [];
}

/** @param {Commands} commands */
function help(commands) {
  return modal(
    "Keyboard shortcuts",
    commands,
    "shortcuts",
    legend(),
    h(
      "dl",
      { class: "keys" },
      KEYS.flatMap(([keys, what]) => [h("dt", null, keys), h("dd", null, what)]),
    ),
    h(
      "p",
      { class: "actions" },
      h(
        "button",
        {
          type: "button",
          class: "primary",
          autofocus: true,
          onclick: () => commands.files.showDialog(null),
        },
        "Close",
      ),
    ),
  );
}

/** What the page is, and what its colours mean. */
function legend() {
  const sample = (/** @type {string} */ kind, /** @type {string} */ text) =>
    h("i", { class: `sample ${kind}`, "aria-hidden": "true", style: { "--heat": "80%" } }, text);
  return h(
    "div",
    { class: "page-legend" },
    h(
      "p",
      null,
      "A debugger for backpropagation: every value and every gradient of a training iteration, step by step.",
    ),
    h(
      "ul",
      null,
      h("li", null, h("code", { class: "value" }, "w1"), h("span", null, "blue: a value")),
      h(
        "li",
        null,
        h("code", { class: "gradient" }, "w1.g"),
        h("span", null, "orange: a gradient, of the loss with respect to w1"),
      ),
      h("li", null, sample("cell pos", "0.5"), h("span", null, "green: positive")),
      h("li", null, sample("cell neg", `${MINUS}0.5`), h("span", null, "purple: negative")),
      h("li", null, sample("cell zero", "0"), h("span", null, "a grey 0: exactly zero")),
      h("li", null, sample("dotted", ""), h("span", null, "dotted: not computed yet, or hidden")),
      h("li", null, sample("hatched", ""), h("span", null, "hatched: nothing passes")),
    ),
  );
}
