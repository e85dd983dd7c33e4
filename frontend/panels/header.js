/**
 * Title, examples, documents, undo and the looks.
 *
 * @import { Acts } from "./acts.js"
 * @import { State, Theme } from "../state/state.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { shareView } from "./share.js";

/** @type {never[]} */
const none = [];

/** @param {State} state */
export function select({ examples, example, run, digits, theme, busy, sharing, cursor, shown }) {
  return {
    sharing,
    cursor,
    steps: shown?.trace.steps ?? none,
    examples,
    example,
    undo: run?.can_undo ?? false,
    redo: run?.can_redo ?? false,
    ready: run !== null,
    digits,
    theme,
    busy: busy !== null,
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view(props, acts) {
  return [
    h("h1", null, "Backprop Explorer"),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "Example"),
      exampleBox(props, acts),
    ),
    button("Open", () => acts.dialog("open"), { "aria-haspopup": "dialog" }),
    h("a", { href: "./ops" }, "Operations"),
    h("span", { class: "space" }),
    button("Undo", props.undo ? acts.undo : null, idleWhen(!props.undo)),
    button("Redo", props.redo ? acts.redo : null, idleWhen(!props.redo)),
    button("Share", acts.share, {
      disabled: !props.ready,
      "aria-haspopup": "dialog",
      "aria-expanded": String(props.sharing !== null),
    }),
    shareView(props.sharing, props.cursor, props.steps, acts),
    button("Export", () => acts.dialog("export"), {
      disabled: !props.ready,
      "aria-haspopup": "dialog",
    }),
    h(
      "select",
      {
        "aria-label": "Precision",
        value: String(props.digits),
        onchange: (/** @type {any} */ event) => acts.digits(Number(event.target.value)),
      },
      [2, 3, 4, 6, 9, 12, 15].map((digits) =>
        h("option", { value: String(digits) }, `${digits} digits`),
      ),
    ),
    h(
      "select",
      {
        "aria-label": "Theme",
        value: props.theme,
        onchange: (/** @type {any} */ event) => acts.theme(event.target.value),
      },
      /** @type {Theme[]} */ (["system", "light", "dark"]).map((theme) =>
        h("option", { value: theme }, theme[0].toUpperCase() + theme.slice(1)),
      ),
    ),
    button("?", () => acts.dialog("help"), {
      "aria-label": "Keys and help",
      "aria-haspopup": "dialog",
      title: "Keys and help",
    }),
  ];
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
function exampleBox({ examples, example }, acts) {
  return h(
    "select",
    {
      "aria-label": "Example",
      value: example ?? "",
      onchange: (/** @type {any} */ event) => acts.example(event.target.value),
    },
    example === null &&
      h("option", { value: "", disabled: true, hidden: true, selected: true }, "your own"),
    examples.map(({ name, title, description }) =>
      h("option", { value: name, key: name, title: description ?? title ?? null }, name),
    ),
  );
}

/**
 * @param {string} text
 * @param {(() => void) | null} onclick
 * @param {Record<string, any>} [props]
 */
function button(text, onclick, props = {}) {
  return h("button", { type: "button", onclick, ...props }, text);
}
