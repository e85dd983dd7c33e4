/**
 * What became of code that was brought along, and what is missing in it.
 *
 * @import { Note } from "../lib/answers.js"
 * @import { Commands } from "../state/commands.js"
 * @import { Bringing } from "../state/import/reducer.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";

/** @type {Record<Note["code"], string>} */
const KINDS = {
  left_out: "left out",
  parameter: "parameter",
  input: "input",
  training: "training",
  init: "initial numbers",
  dialect: "library",
};

/** As a sentence; a name at its beginning stays as it is written. @param {string} message */
function stopped(message) {
  return /[.!?]$/.test(message) ? message : `${message}.`;
}

/** The notes, line by line. @param {Note[]} notes */
export function notesView(notes) {
  return h(
    "ol",
    { class: "code-notes", tabindex: "0", "aria-label": "What became of your code" },
    notes.map(({ line, code, message }, at) =>
      h(
        "li",
        { key: at },
        h("span", { class: "note-line" }, line === null ? "" : `Line ${line}`),
        h("span", { class: "note-kind" }, KINDS[code]),
        h("span", null, stopped(message)),
      ),
    ),
  );
}

/**
 * A tensor that the text uses and does not define, to be added. It takes the focus when it appears,
 * so Escape leaves what it stands in.
 *
 * @param {Bringing} bringing
 * @param {Commands["import"]} commands
 * @param {() => void} [leave]
 */
export function missingView({ asking, initialisers }, commands, leave) {
  if (!asking) return null;
  const { name, role, shape, init, problem, guess } = asking;
  const radio = (/** @type {typeof role} */ value, /** @type {string} */ text) =>
    h(
      "label",
      null,
      h("input", {
        type: "radio",
        name: "missing-role",
        checked: role === value,
        onchange: () => commands.describeTensor({ role: value }),
      }),
      ` ${text}`,
    );
  return h(
    "form",
    {
      class: "missing",
      key: "missing",
      "aria-label": `Add ${name}`,
      onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), commands.add()),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        event.stopPropagation();
        if (event.key === "Escape") leave?.();
      },
    },
    h(
      "fieldset",
      null,
      h("legend", null, h("code", null, name), " is not known. Add it as"),
      radio("inputs", "an input"),
      radio("parameters", "a parameter"),
    ),
    h(
      "label",
      null,
      h("span", { class: "field-name" }, "Shape or numbers "),
      h("input", {
        type: "text",
        key: name,
        hook: (/** @type {HTMLElement} */ element) => {
          if (!element.dataset.begun) afterDrawing(() => element.focus());
          element.dataset.begun = "yes";
        },
        value: shape,
        placeholder: "10, 2",
        spellcheck: "false",
        autocomplete: "off",
        "aria-invalid": problem ? "true" : null,
        "aria-describedby": problem ? "missing-trouble" : null,
        oninput: (/** @type {any} */ event) =>
          commands.describeTensor({ shape: event.target.value }),
      }),
    ),
    h(
      "label",
      null,
      h("span", { class: "field-name" }, "Filled with "),
      h(
        "select",
        {
          onchange: (/** @type {any} */ event) =>
            commands.describeTensor({ init: event.target.value }),
        },
        initialisers.map((one) =>
          h("option", { key: one, value: one, selected: one === init }, one.replaceAll("_", " ")),
        ),
      ),
    ),
    // Below the button, which stays where it is when the answer comes.
    h("button", { type: "submit", class: "primary small" }, `Add ${name}`),
    h(
      "p",
      { class: "note", key: "guess" },
      !guess[role]
        ? "Write its shape, or its numbers."
        : `This shape follows from how ${name} is used.${guess[role]?.whole ? " Its numbers are whole, and 0 at first." : ""}`,
    ),
    problem && h("p", { class: "trouble", id: "missing-trouble", role: "alert" }, problem),
  );
}
