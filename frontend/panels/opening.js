/**
 * The dialogs of files: opening one, what there is to know about it, and saving a run as one.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { runAddress } from "../lib/address.js";
import { accepted, exportPath, openable, sentence } from "../lib/files.js";
import { h } from "../lib/h.js";
import { inThePast } from "../state/trace/selectors.js";
import { missingView } from "../views/brought.js";
import { problemView } from "../views/problem.js";
import { modal } from "./modal.js";

/** What one is likely to look for comes first. @param {State} state @param {Commands} commands */
export function openDialog(state, commands) {
  const { alert, recent, files } = state;
  return modal(
    "Open a document",
    commands,
    "opening",
    alert && !state.opening.trim() && problemView(alert),
    files.numbers &&
      h(
        "p",
        { class: "actions" },
        h(
          "button",
          { type: "button", class: "primary", onclick: commands.files.take },
          "Put its numbers into the current run",
        ),
      ),
    examplesView(state, commands),
    recent.length > 0 && recentView(recent),
    fileView(files, commands),
    pasteView(state, commands),
  );
}

/** @param {State} state @param {Commands} commands */
function examplesView({ examples, example }, commands) {
  return h(
    "section",
    { key: "examples", "aria-label": "Examples" },
    h("h3", null, "Examples"),
    h(
      "ul",
      { class: "example-list" },
      examples.map(({ name, title, description }) =>
        h(
          "li",
          { key: name },
          h(
            "button",
            {
              type: "button",
              "aria-current": name === example ? "true" : null,
              title: description,
              onclick: () => commands.run.openExample(name),
            },
            title ?? name,
          ),
        ),
      ),
    ),
  );
}

/** @param {State["recent"]} recent */
function recentView(recent) {
  return h(
    "section",
    { key: "recent", "aria-label": "Recent runs" },
    h("h3", null, "Recent runs"),
    h(
      "ul",
      { class: "recent" },
      recent
        .slice(0, 8)
        .map(({ id, title, opened }) =>
          h(
            "li",
            { key: id },
            h("a", { href: runAddress("", id) }, title),
            h("span", { class: "note" }, ` ${new Date(opened).toLocaleString()}`),
          ),
        ),
    ),
  );
}

/** @param {State["files"]} files @param {Commands} commands */
function fileView({ formats }, commands) {
  return h(
    "section",
    { key: "file", "aria-label": "File" },
    h("h3", null, "File"),
    h(
      "div",
      { class: "drop-zone" },
      h(
        "label",
        { class: "file" },
        "Open a file… ",
        h("input", {
          type: "file",
          multiple: true,
          accept: accepted(formats),
          onchange: (/** @type {any} */ event) => chosen(event.target, commands),
        }),
      ),
      h(
        "p",
        { class: "note" },
        "Or drop it on the page; a network together with the file of its weights. " +
          (formats.length ? `It may be: ${openable(formats)}.` : ""),
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands */
function pasteView({ opening: text, document, files, bringing, alert }, commands) {
  const asking = bringing.asking?.origin === "dialog";
  return h(
    "details",
    { key: "paste", ...(text !== "" && { open: true }) },
    h("summary", null, h("span", null, "Paste a document"), " or Python code"),
    h("textarea", {
      "aria-label": "Document",
      rows: "10",
      spellcheck: "false",
      value: text,
      placeholder:
        "Python code with NumPy or PyTorch: a script, functions, a class. It is read, never run.\n" +
        "Or a JSON document with a program, inputs and parameters; or rows of a table, or text.",
      oninput: (/** @type {any} */ event) => commands.import.typeOpening(event.target.value),
    }),
    alert && text.trim() && problemView(alert, { role: "alert" }),
    asking && missingView(bringing, commands.import),
    h(
      "p",
      { class: "actions" },
      h(
        "button",
        {
          type: "button",
          class: files.numbers || asking ? "" : "primary",
          disabled: !text.trim(),
          onclick: () => commands.files.openText(text),
        },
        "Open",
      ),
      h(
        "button",
        {
          type: "button",
          disabled: !document,
          onclick: () => commands.import.typeOpening(JSON.stringify(document, null, 1)),
        },
        "Insert the current document",
      ),
    ),
  );
}

/** The same file may be chosen again. @param {HTMLInputElement} input @param {Commands} commands */
function chosen(input, commands) {
  openAll(input.files ?? [], commands);
  input.value = "";
}

/** @param {Iterable<File>} files @param {Commands} commands */
function openAll(files, commands) {
  const [file, ...others] = files;
  if (file) commands.files.open(file, ...others);
}

/** A file may be dropped anywhere on the page. @param {DragEvent} event @param {Commands} commands */
export function drag(event, commands) {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  if (event.type === "drop") openAll(event.dataTransfer.files, commands);
}

/** What was made up or left out. @param {State} state @param {Commands} commands */
export function openedDialog({ files }, commands) {
  return modal(
    "Opened, with notes",
    commands,
    "",
    h(
      "ul",
      { class: "notes" },
      files.notes.map((note) => h("li", { key: note }, sentence(note))),
    ),
    h(
      "p",
      { class: "actions" },
      h(
        "button",
        { type: "button", class: "primary", onclick: () => commands.files.showDialog(null) },
        "Close",
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands */
export function exportDialog(state, commands) {
  const { run, shown, files, alert } = state;
  if (!run) return null;
  const moment = shown ?? { iteration: run.iteration, event: null };
  return modal(
    "Export",
    commands,
    "",
    h(
      "p",
      null,
      `The run as a file, ${inThePast(state) ? `as it was at iteration ${moment.iteration}` : "as it is now"}. ` +
        "Each can be opened again, as a new run that begins with these numbers.",
    ),
    h(
      "ul",
      { class: "formats" },
      files.formats
        .filter(({ exports }) => exports)
        .map((format) =>
          h(
            "li",
            { key: format.name },
            h(
              "a",
              {
                href: `./api${exportPath(run.id, format, moment, files.first)}`,
                download: "",
                onclick: (/** @type {MouseEvent} */ event) => save(event, format, commands),
              },
              format.title,
            ),
            h("span", { class: "note" }, ` .${format.ending}`),
            h("p", { class: "note" }, format.summary),
            format.several && moment.iteration > 0 && firstField(files, moment, commands),
          ),
        ),
    ),
    alert && problemView(alert),
    h(
      "p",
      { class: "actions" },
      h("button", { type: "button", onclick: () => commands.files.showDialog(null) }, "Close"),
    ),
  );
}

/**
 * With which iteration a file of several begins.
 *
 * @param {State["files"]} files
 * @param {import("../lib/moment.js").Moment} moment  with which it ends
 * @param {Commands} commands
 */
function firstField({ first }, { iteration }, commands) {
  return h(
    "label",
    { class: "row note" },
    "Iterations",
    h("input", {
      type: "number",
      min: "0",
      max: String(iteration),
      step: "1",
      value: Number.isNaN(first) ? "" : String(first ?? iteration),
      "aria-label": `First iteration, of those up to ${iteration}`,
      oninput: (/** @type {any} */ event) => commands.files.chooseFirst(event.target.valueAsNumber),
    }),
    `to ${iteration}`,
  );
}

/**
 * What the service refuses is told here; the link itself would only save its answer.
 *
 * @param {MouseEvent} event
 * @param {import("../lib/files.js").Format} format
 * @param {Commands} commands
 */
function save(event, format, commands) {
  event.preventDefault();
  commands.files.save(format);
}
