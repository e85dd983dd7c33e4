/**
 * How many rows are held out of the training, to be changed.
 *
 * @import { Run, Problem } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { printOne } from "../lib/numbers.js";
import { problemView } from "./problem.js";

/** Percent of the rows, where nothing was chosen yet. */
const USUAL = 20;

/**
 * @param {Run} run
 * @param {{problem: Problem | null, name: string, hold: (validation: unknown) => void}} how
 */
export function validationForm(run, { problem, name, hold }) {
  const split = run.validation ?? null;
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { amount, unit, order } = /** @type {any} */ (event.target).elements;
    const number = amount.valueAsNumber;
    const many = unit.value === "rows" ? { count: number } : { fraction: number / 100 };
    hold({ ...many, shuffle: order.value === "random" });
  };
  const inRows = split?.count !== undefined;
  const amount = inRows ? split?.count : split ? 100 * Number(split.fraction) : USUAL;
  return h(
    "details",
    { class: "batches", key: "validation", name },
    h(
      "summary",
      null,
      split
        ? `Validation: ${amount}${inRows ? " rows" : "\u00a0%"} held out`
        : "Validation: no rows held out",
    ),
    h(
      "form",
      { class: "row", onsubmit: submit },
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Hold out"),
        h("input", {
          type: "number",
          name: "amount",
          min: "0",
          step: "any",
          required: true,
          value: String(amount),
        }),
      ),
      choice("Counted in", "unit", inRows ? "rows" : "percent", [
        ["percent", "percent of the rows"],
        ["rows", "rows"],
      ]),
      choice("Which", "order", split?.shuffle === false ? "last" : "random", [
        ["random", "drawn by the seed"],
        ["last", "the last ones"],
      ]),
      h("button", { type: "submit", class: "small" }, split ? "Change" : "Hold out rows"),
      split &&
        h("button", { type: "button", class: "small", onclick: () => hold(null) }, "Train on all"),
      problem && problemView(problem, { role: "alert", key: "trouble" }),
    ),
  );
}

/** @param {string} label @param {string} name @param {string} value @param {string[][]} options */
function choice(label, name, value, options) {
  return h(
    "label",
    { class: "field" },
    h("span", { class: "field-name" }, label),
    h(
      "select",
      { name },
      options.map(([one, text]) =>
        h("option", { key: one, value: one, selected: one === value }, text),
      ),
    ),
  );
}

/** The loss on the held-out rows beside the other. @param {number | null | undefined} loss @param {number} digits */
export function heldLossView(loss, digits) {
  if (loss === null || loss === undefined) return null;
  return h(
    "div",
    { key: "validation" },
    h("dt", { title: "The loss on the rows that are held out" }, "validation"),
    h(
      "dd",
      { id: "validation-loss", "data-value": String(loss) },
      printOne(loss, Math.max(4, digits)),
    ),
  );
}
