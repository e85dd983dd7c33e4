/**
 * The editor of the program: what is typed is read while one types, and applied on request.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Bringing, Reading } from "../state/import/reducer.js"
 * @import { Draft } from "../state/editor/reducer.js"
 * @import { Problem } from "../lib/types.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { missingView } from "../views/brought.js";
import { problemView } from "../views/problem.js";

/** @param {Commands} commands */
export function discardButton(commands) {
  return h(
    "button",
    {
      type: "button",
      class: "small",
      key: "discard",
      onclick: () => commands.editor.typeDraft(null),
    },
    "Discard changes",
  );
}

/**
 * @param {Draft} draft
 * @param {string} program  as it is without the draft
 * @param {Bringing | null} bringing
 * @param {Commands} commands
 */
export function editorView({ text, problem }, program, bringing, commands) {
  const lines = text.split("\n");
  const reading = text === program ? null : (bringing?.reading ?? null);
  const current = reading?.text === text ? reading : null;
  const { line, column } = (problem ?? current?.problem)?.where ?? {};
  return h(
    "div",
    { class: "editor" },
    h(
      "div",
      { class: "editor-text", style: { "--lines": String(Math.max(4, lines.length + 1)) } },
      h(
        "div",
        { class: "gutter", "aria-hidden": "true" },
        lines.map((_, at) => h("span", { class: at + 1 === line ? "wrong" : "" }, String(at + 1))),
      ),
      h(
        "div",
        { class: "typing" },
        h("textarea", {
          "aria-label": "Program text",
          spellcheck: "false",
          autocapitalize: "off",
          wrap: "off",
          value: text,
          "aria-invalid": problem ? "true" : null,
          "aria-describedby": problem ? "program-trouble" : null,
          oninput: (/** @type {any} */ event) => commands.editor.typeDraft(event.target.value),
          onkeydown: (/** @type {KeyboardEvent} */ event) => editorKey(event, commands),
          hook: (/** @type {HTMLElement} */ element) => {
            if (!element.dataset.begun) afterDrawing(() => beginTyping(element));
            element.dataset.begun = "yes";
          },
        }),
        line &&
          h("span", {
            class: "caret",
            "aria-hidden": "true",
            style: {
              "--line": String(line - 1),
              "--column": String(Math.max(0, (column ?? 1) - 1)),
            },
          }),
      ),
      h(
        "div",
        { class: "line-shapes", "aria-hidden": "true" },
        lines.map((_, at) => {
          const shape = reading?.shapes[at + 1];
          const printed = shape ? printShape(shape) : "";
          return h("span", { title: printed || null }, printed);
        }),
      ),
    ),
    h(
      "p",
      { class: "live-reading", "aria-live": "off" },
      ...liveView(text, program, problem, current),
    ),
    h("div", { role: "alert" }, problem && problemView(problem, { id: "program-trouble" })),
    bringing?.asking?.origin === "editor" &&
      missingView(bringing, commands.import, commands.editor.closeDraft),
    h(
      "p",
      { class: "actions" },
      h(
        "button",
        { type: "button", class: "primary small", onclick: commands.editor.applyDraft },
        "Apply",
      ),
      h(
        "button",
        { type: "button", class: "small", key: "close", onclick: commands.editor.closeDraft },
        "Close",
      ),
      text !== program && discardButton(commands),
      h(
        "span",
        { class: "hint" },
        "Ctrl + Enter applies. Esc closes the editor and keeps your text.",
      ),
    ),
  );
}

/** @param {KeyboardEvent} event @param {Commands} commands */
function editorKey(event, commands) {
  if (event.key === "Escape") commands.editor.closeDraft();
  else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) commands.editor.applyDraft();
  else return;
  event.preventDefault();
}

/**
 * What the text gives as far as it is typed, in a place that is always there.
 *
 * @param {string} text
 * @param {string} program
 * @param {Problem | null} refused  what was said when it was applied
 * @param {Reading | null} reading
 */
function liveView(text, program, refused, reading) {
  if (text === program || refused) return [];
  if (!reading) return ["…"];
  const { problem, missing } = reading;
  if (!problem) return ["✓ It can be applied."];
  const { line } = problem.where;
  return [
    line ? h("b", null, `Line ${line}: `) : "",
    missing
      ? `${missing.name} is not known yet. Apply lets you add it.`
      : `${problem.detail}${/[.!?]$/.test(problem.detail) ? "" : "."}`,
  ];
}

/** Where the program begins: at the end of a long line its other lines would be out of sight. @param {HTMLElement} field */
function beginTyping(field) {
  /** @type {HTMLTextAreaElement} */ (field).setSelectionRange(0, 0);
  field.focus();
}
