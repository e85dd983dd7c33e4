/** What an iteration goes by: the optimizer with its options, and which rows of the data. @import { Acts } from "./acts.js" @import { Tuning } from "../state/tuning.js" @import { BatchTold, Optimizer, Run, Trace } from "../lib/types.js" @import { OptimizerRecord } from "../service/client.js" */

import { h } from "../lib/h.js";
import { exact, fromWire, parseNumber, printOne } from "../lib/numbers.js";
import { troubleView } from "../views/trouble.js";

/** How many rows a batch has at first, and how many of a batch's rows are named. */
const FIRST_SIZE = 16;
const NAMED = 3;

/**
 * @typedef {object} Props
 * @property {Run | null} run
 * @property {OptimizerRecord[]} optimizers
 * @property {Trace | null} trace  of the iteration on the screen: what expressions give there, and which rows it takes
 * @property {Tuning} tuning
 */

/** @param {Props} props @param {Acts} acts */
export function optimizerForm(props, acts) {
  const { run, optimizers, tuning } = props;
  const present = run?.optimizer ?? null;
  if (!run) return null;
  const names = [...new Set([...optimizers.map(({ name }) => name), ...(present ? [present.name] : [])])];
  const record = optimizers.find(({ name }) => name === present?.name);
  const scheduled = record?.scheduled ?? [];
  const fields = Object.entries({ ...record?.options, ...present }).filter(([name, value]) => name !== "name" && (scheduled.includes(name) || typeof value === "number" || typeof value === "boolean"));
  const [rates, rest] = [fields.filter(([name]) => scheduled.includes(name)), fields.filter(([name]) => !scheduled.includes(name))];
  const choose = (/** @type {string} */ name) => acts.tuning.optimizer({ ...optimizers.find((other) => other.name === name)?.options, name });
  const trouble = tuning && tuning.part !== "batch" ? tuning : null;
  return h("div", { class: "optimizer" },
    h("div", { class: "row" },
      h("label", { class: "field" }, h("span", { class: "field-name" }, "Optimizer"),
        h("select", { value: present?.name ?? "", onchange: (/** @type {any} */ event) => choose(event.target.value) },
          present === null && h("option", { value: "", disabled: true }, "none"), names.map((name) => h("option", { value: name, key: name }, name)))),
      present && rates.map(([name, value]) => rateField(name, value, present, props, acts))),
    trouble && troubleView(trouble.trouble, { id: "optimizer-trouble", role: "alert", key: "trouble" }),
    h("div", { class: "goes-by", key: "goes-by" },
      present && rest.length > 0 && h("details", { key: "options" }, h("summary", null, "Optimizer's options"), h("div", { class: "row" }, rest.map(([name, value]) => optionField(name, value, present, acts)))),
      batchForm(run, props, acts)));
}

/** A number, or an expression of the iteration beside what it gives now. @param {string} name @param {unknown} value @param {Optimizer} present @param {Props} props @param {Acts} acts */
function rateField(name, value, present, { trace, tuning }, acts) {
  const refused = tuning?.part === name;
  const now = trace?.rates?.[name] === undefined ? null : fromWire(trace.rates[name]);
  const set = (/** @type {string} */ text) => {
    if (text === "" || text === String(value)) return acts.tuning.keep();
    acts.tuning.optimizer({ ...present, [name]: parseNumber(text) ?? text }, name);
  };
  return h("label", { class: "field rate", key: name }, h("span", { class: "field-name" }, name),
    h("span", { class: "rate-box" }, h("input", {
      type: "text", class: typeof value === "string" || refused ? "formula" : "", value: String(value), autocomplete: "off", spellcheck: "false", title: "A number, or an expression such as 0.5 * 0.9 ** iteration",
      "aria-invalid": refused ? "true" : null, "aria-describedby": refused ? "optimizer-trouble" : null, onchange: (/** @type {any} */ event) => set(event.target.value.trim()),
    }),
    now !== null && h("span", { class: "rate-now", title: exact(now) }, `= ${printOne(now, 4)}`)));
}

/** @param {string} name @param {unknown} value @param {Optimizer} present @param {Acts} acts */
function optionField(name, value, present, acts) {
  const set = (/** @type {unknown} */ given) => acts.tuning.optimizer({ ...present, [name]: given }, name);
  const input = typeof value === "boolean"
    ? h("input", { type: "checkbox", checked: value, onchange: (/** @type {any} */ event) => set(event.target.checked) })
    : h("input", { type: "number", step: "any", value: String(value), onchange: (/** @type {any} */ event) => event.target.value !== "" && set(event.target.valueAsNumber) });
  return h("label", { class: "field", key: name }, h("span", { class: "field-name" }, name), input);
}

/** Which rows are in the batch, and how the data is cut. @param {Run} run @param {Props} props @param {Acts} acts */
function batchForm(run, { trace, tuning }, acts) {
  const [cut, batch] = [run.batch ?? null, trace?.batch];
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { size, shuffle } = /** @type {any} */ (event.target).elements;
    acts.tuning.batch({ size: size.valueAsNumber, shuffle: shuffle.checked });
  };
  return h("details", { class: "batches", key: "batches" },
    h("summary", null, batch ? h("span", { title: `Rows ${batch.rows.join(", ")} of ${batch.count}` }, `Batch ${batch.batch} of ${batch.batches}, epoch ${batch.epoch}`, h("small", null, rowsText(batch))) : "All rows at once"),
    h("form", { class: "row", onsubmit: submit },
      h("label", { class: "field" }, h("span", { class: "field-name" }, "Rows in a batch"), h("input", { type: "number", name: "size", min: "1", step: "1", required: true, value: String(cut?.size ?? FIRST_SIZE) })),
      h("label", { class: "field" }, h("span", { class: "field-name" }, "Shuffle"), h("input", { type: "checkbox", name: "shuffle", checked: cut?.shuffle ?? true })),
      h("button", { type: "submit", class: "small" }, cut ? "Change" : "Use batches"),
      cut && h("button", { type: "button", class: "small", onclick: () => acts.tuning.batch(null) }, "All rows"),
      batch && h("p", { class: "rows", key: "rows" }, `On the screen: ${rowsText(batch)}`),
      tuning?.part === "batch" && troubleView(tuning.trouble, { role: "alert", key: "trouble" })));
}

/** The first rows of a batch. @param {BatchTold} batch */
export function rowsText({ rows, count }) {
  return `${rows.length === 1 ? "row" : "rows"} ${rows.slice(0, NAMED).join(", ")}${rows.length > NAMED ? ", …" : ""} of ${count}`;
}
