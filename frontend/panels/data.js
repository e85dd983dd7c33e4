/**
 * The dialog in which a file of data is looked at before it is used.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Inspected } from "../lib/answers.js"
 * @import { Looked } from "../lib/data.js"
 */

import { sentence } from "../lib/files.js";
import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { problemView } from "../views/problem.js";
import { modal } from "./modal.js";

const TOKENS = ["characters", "words"];
const PREDICT = [
  ["classes", "a class"],
  ["numbers", "a number"],
];

/** @param {State} state @param {Commands} commands */
export function dataDialog({ data: looked, alert }, commands) {
  if (!looked) return null;
  const { answer, name, use } = looked;
  const { fits, models } = answer;
  const possible = use ? models.some((model) => model.name === use) : fits !== null;
  return modal(
    "Use this data",
    commands,
    "opening data-dialog",
    h("p", { key: "what" }, h("strong", null, name), `: ${sentence(answer.summary)}`),
    ...answer.warnings.map((note) => h("p", { key: note, class: "note" }, sentence(note))),
    answer.holds === "table" && tableView(looked),
    answer.text !== null && h("pre", { key: "text", class: "data-text" }, answer.text),
    choicesView(looked, commands),
    alert && problemView(alert, { role: "alert" }),
    useView(looked, commands),
    h(
      "p",
      { key: "go", class: "actions" },
      h(
        "button",
        {
          type: "button",
          class: "primary",
          autofocus: true,
          disabled: !possible || null,
          onclick: commands.data.go,
        },
        use ? "Start a new run" : "Put it into the current run",
      ),
      h("button", { type: "button", onclick: () => commands.files.showDialog(null) }, "Cancel"),
    ),
  );
}

/** The first rows, with the column of the label marked. @param {Looked} looked */
function tableView({ answer, choices }) {
  const label = labelOf(answer, choices);
  const isLabel = (/** @type {number} */ at) => answer.columns[at].name === label;
  return h(
    "div",
    { key: "table", class: "data-table", tabindex: "0", role: "group", "aria-label": "First rows" },
    h(
      "table",
      null,
      h(
        "thead",
        null,
        h(
          "tr",
          null,
          answer.columns.map(({ name }, at) =>
            h(
              "th",
              { key: at, scope: "col", class: isLabel(at) ? "label" : null },
              name,
              isLabel(at) && h("small", null, " label"),
            ),
          ),
        ),
      ),
      h(
        "tbody",
        null,
        answer.head.map((row, at) =>
          h(
            "tr",
            { key: at },
            row.map((cell, column) =>
              h("td", { key: column, class: isLabel(column) ? "label" : null }, cell),
            ),
          ),
        ),
      ),
    ),
  );
}

/** @param {Inspected} answer @param {Looked["choices"]} choices */
function labelOf({ fits, label }, choices) {
  return choices.label ?? (fits ? fits.label : label);
}

/** What may be chosen about such a file. @param {Looked} looked @param {Commands} commands */
function choicesView({ answer, choices, use }, commands) {
  const { holds, columns, predict } = answer;
  const fields = [];
  if (holds === "table") {
    const names = columns.map(({ name }) => [name, name]);
    const label = labelOf(answer, choices);
    const options = label === null ? [["", "as their names say"], ...names] : names;
    fields.push(
      chosen("Label or target", options, label ?? "", (value) =>
        commands.data.choose({ label: value, predict: undefined }),
      ),
    );
    if (use && predict)
      fields.push(
        chosen("Predict", PREDICT, predict, (value) => commands.data.choose({ predict: value })),
      );
  }
  if (holds === "text") {
    const tokens = choices.tokens ?? TOKENS[0];
    const options = TOKENS.map((one) => [one, one]);
    fields.push(
      chosen("Cut into", options, tokens, (value) => commands.data.choose({ tokens: value })),
      counted("A row has", choices.length, (length) => commands.data.choose({ length })),
      counted("The next row begins after", choices.stride, (stride) =>
        commands.data.choose({ stride }),
      ),
    );
  }
  if (holds === "pictures" && !use)
    fields.push(
      h(
        "label",
        { key: "class" },
        h("span", { class: "field-name" }, "Their class "),
        h("input", {
          type: "text",
          size: "12",
          value: choices.label ?? "",
          placeholder: "such as 3",
          onchange: (/** @type {any} */ event) =>
            commands.data.choose({ label: event.target.value }),
        }),
      ),
    );
  return fields.length > 0 && h("div", { key: "choices", class: "data-choices" }, fields);
}

/**
 * @param {string} name
 * @param {string[][]} options values and texts
 * @param {string} value
 * @param {(value: string) => void} choose
 */
function chosen(name, options, value, choose) {
  return h(
    "label",
    { key: name },
    h("span", { class: "field-name" }, `${name} `),
    h(
      "select",
      { onchange: (/** @type {any} */ event) => choose(event.target.value) },
      options.map(([one, text]) =>
        h("option", { key: one, value: one, selected: one === value }, text),
      ),
    ),
  );
}

/** @param {string} name @param {string | undefined} value @param {(value: string) => void} choose */
function counted(name, value, choose) {
  return h(
    "label",
    { key: name },
    h("span", { class: "field-name" }, `${name} `),
    h("input", {
      type: "number",
      min: "1",
      placeholder: "usual",
      value: value ?? "",
      onchange: (/** @type {any} */ event) => choose(event.target.value),
    }),
  );
}

/** Where it goes. @param {Looked} looked @param {Commands} commands */
function useView({ answer, use }, commands) {
  const { fits, problem, models, no_model: none } = answer;
  const run = fits
    ? [
        fits.tensors
          .map(
            ({ name, before, after }) =>
              `${name} ${printShape(before)} becomes ${printShape(after)}`,
          )
          .join(", "),
        ...fits.warnings.map(sentence),
      ]
    : problem
      ? [sentence(problem.detail)]
      : [];
  return h(
    "fieldset",
    { key: "use", class: "data-use" },
    h("legend", null, "Use it for"),
    choice("", "the current run", use, run, commands, fits === null),
    ...models.map(({ name, title, program, warnings }) =>
      choice(
        name,
        `a new run: ${title}`,
        use,
        use === name ? [h("pre", null, program), ...warnings.map(sentence)] : [],
        commands,
        false,
      ),
    ),
    models.length === 0 &&
      none &&
      h("p", { class: "note" }, `${sentence(none.detail)} ${sentence(none.hint ?? "")}`),
  );
}

/**
 * @param {string} value
 * @param {string} text
 * @param {string} use what is chosen
 * @param {any[]} notes
 * @param {Commands} commands
 * @param {boolean} impossible
 */
function choice(value, text, use, notes, commands, impossible) {
  return h(
    "div",
    { key: value || "run" },
    h(
      "label",
      null,
      h("input", {
        type: "radio",
        name: "data-use",
        checked: use === value && !impossible,
        disabled: impossible || null,
        onchange: () => commands.data.chooseUse(value),
      }),
      ` ${text}`,
    ),
    notes.length > 0 &&
      h(
        "div",
        { class: "note" },
        notes.map((note, at) => (typeof note === "string" ? h("p", { key: at }, note) : note)),
      ),
  );
}
