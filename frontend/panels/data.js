/**
 * The dialog in which a file of data is looked at before it is used.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Inspected } from "../lib/answers.js"
 * @import { Looked } from "../lib/data.js"
 */

import { sentence } from "../lib/files.js";
import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { troubleView } from "../views/trouble.js";
import { modal } from "./modal.js";

const TOKENS = ["characters", "words"];
const PREDICT = [
  ["classes", "a class"],
  ["numbers", "a number"],
];

/** @param {State} state @param {Acts} acts */
export function dataDialog({ files, alert }, acts) {
  const looked = files.data;
  if (!looked) return null;
  const { answer, name, use } = looked;
  const { fits, models } = answer;
  const possible = use ? models.some((model) => model.name === use) : fits !== null;
  return modal(
    "Use this data",
    acts,
    "opening data-dialog",
    h("p", { key: "what" }, h("strong", null, name), `: ${sentence(answer.summary)}`),
    ...answer.warnings.map((note) => h("p", { key: note, class: "note" }, sentence(note))),
    answer.holds === "table" && tableView(looked),
    answer.text !== null && h("pre", { key: "text", class: "data-text" }, answer.text),
    choicesView(looked, acts),
    alert && troubleView(alert, { role: "alert" }),
    useView(looked, acts),
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
          onclick: acts.data.go,
        },
        use ? "Start a new run" : "Put it into the current run",
      ),
      h("button", { type: "button", onclick: () => acts.dialog(null) }, "Cancel"),
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

/** What may be chosen about such a file. @param {Looked} looked @param {Acts} acts */
function choicesView({ answer, choices, use }, acts) {
  const { holds, columns, predict } = answer;
  const fields = [];
  if (holds === "table") {
    const names = columns.map(({ name }) => [name, name]);
    const label = labelOf(answer, choices);
    const options = label === null ? [["", "as their names say"], ...names] : names;
    fields.push(
      chosen("Label or target", options, label ?? "", (value) =>
        acts.data.choose({ label: value, predict: undefined }),
      ),
    );
    if (use && predict)
      fields.push(
        chosen("Predict", PREDICT, predict, (value) => acts.data.choose({ predict: value })),
      );
  }
  if (holds === "text") {
    const tokens = choices.tokens ?? TOKENS[0];
    const options = TOKENS.map((one) => [one, one]);
    fields.push(
      chosen("Cut into", options, tokens, (value) => acts.data.choose({ tokens: value })),
      counted("A row has", choices.length, (length) => acts.data.choose({ length })),
      counted("The next row begins after", choices.stride, (stride) =>
        acts.data.choose({ stride }),
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
          onchange: (/** @type {any} */ event) => acts.data.choose({ label: event.target.value }),
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

/** Where it goes. @param {Looked} looked @param {Acts} acts */
function useView({ answer, use }, acts) {
  const { fits, trouble, models, no_model: none } = answer;
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
    : trouble
      ? [sentence(trouble.detail)]
      : [];
  return h(
    "fieldset",
    { key: "use", class: "data-use" },
    h("legend", null, "Use it for"),
    choice("", "the current run", use, run, acts, fits === null),
    ...models.map(({ name, title, program, warnings }) =>
      choice(
        name,
        `a new run: ${title}`,
        use,
        use === name ? [h("pre", null, program), ...warnings.map(sentence)] : [],
        acts,
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
 * @param {Acts} acts
 * @param {boolean} impossible
 */
function choice(value, text, use, notes, acts, impossible) {
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
        onchange: () => acts.data.use(value),
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
