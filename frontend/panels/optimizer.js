/**
 * What an iteration goes by: the optimizer with its options, and which rows of the data.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Tuning } from "../state/optimizer/reducer.js"
 * @import { BatchTold, Run, Trace, Problem } from "../lib/types.js"
 * @import { OptimizerRecord } from "../service/client.js"
 */

import { h } from "../lib/h.js";
import { exact, fromWire, parseNumber, printOne } from "../lib/numbers.js";
import { optionsOf } from "../state/optimizer/selectors.js";
import { problemView } from "../views/problem.js";
import { validationForm } from "../views/validation.js";

/** How many rows a batch has at first, and how many of a batch's rows are named. */
const FIRST_SIZE = 16;
const NAMED = 3;

const TROUBLE = "optimizer-trouble";

/** Of the details of this name one is open. */
const TOGETHER = "goes-by";

/**
 * @typedef {object} Props
 * @property {Run | null} run
 * @property {boolean} past
 * @property {OptimizerRecord[]} optimizers
 * @property {Trace | null} trace of the iteration on the screen: what expressions give there, and
 *   which rows it takes
 * @property {Tuning} tuning
 */

/**
 * What an iteration goes by, in a few words.
 *
 * @param {Pick<Props, "run" | "optimizers">} props
 */
export function optimizerText({ run, optimizers }) {
  const present = run?.optimizer;
  if (!present) return "Optimizer";
  const scheduled = optimizers.find(({ name }) => name === present.name)?.scheduled ?? [];
  const rates = Object.entries(optionsOf(optimizers, present))
    .filter(([name]) => scheduled.includes(name))
    .map(([name, value]) => `, ${name} ${typeof value === "number" ? value : "by formula"}`);
  return `${present.name}${rates.slice(0, 1).join("")}${run.batch ? `, batch ${run.batch.size}` : ""}`;
}

/**
 * It has a key: a bar that appears in front of it must not take its place, what is open in it, and
 * what is typed.
 *
 * @param {Props} props
 * @param {Commands} commands
 */
export function optimizerForm(props, commands) {
  const { run, optimizers, tuning } = props;
  const present = run?.optimizer ?? null;
  if (!run) return null;
  const names = [
    ...new Set([...optimizers.map(({ name }) => name), ...(present ? [present.name] : [])]),
  ];
  const record = optimizers.find(({ name }) => name === present?.name);
  const scheduled = record?.scheduled ?? [];
  const fields = Object.entries(optionsOf(optimizers, present)).filter(
    ([name, value]) =>
      scheduled.includes(name) || typeof value === "number" || typeof value === "boolean",
  );
  const [rates, rest] = [
    fields.filter(([name]) => scheduled.includes(name)),
    fields.filter(([name]) => !scheduled.includes(name)),
  ];
  const problem =
    tuning && tuning.part !== "batch"
      ? tuning.problem
      : rates.map(([name]) => foreseen(name, props)).find(Boolean);
  const told = problem && problemView(problem, { id: TROUBLE, role: "alert", key: "trouble" });
  const within = rest.some(([name]) => name === tuning?.part);
  return h(
    "div",
    { class: "optimizer", key: "optimizer" },
    h(
      "div",
      { class: "row" },
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Optimizer"),
        h(
          "select",
          {
            value: present?.name ?? "",
            onchange: (/** @type {any} */ event) => commands.optimizer.choose(event.target.value),
          },
          present === null && h("option", { value: "", disabled: true }, "none"),
          names.map((name) => h("option", { value: name, key: name }, name)),
        ),
      ),
      present && rates.map(([name, value]) => rateField(name, value, props, commands)),
    ),
    !within && told,
    h(
      "div",
      { class: "goes-by", key: "goes-by" },
      present &&
        rest.length > 0 &&
        h(
          "details",
          { key: "options", name: TOGETHER },
          h("summary", null, "Optimizer options"),
          h(
            "div",
            { class: "row" },
            rest.map(([name, value]) => optionField(name, value, tuning, commands)),
            within && told,
          ),
        ),
      batchForm(run, props, commands),
      validationForm(run, {
        problem: tuning?.part === "validation" ? tuning.problem : null,
        name: TOGETHER,
        hold: commands.optimizer.validation,
      }),
    ),
  );
}

/**
 * A number, or an expression of the iteration beside what it gives now.
 *
 * @param {string} name
 * @param {unknown} value
 * @param {Props} props
 * @param {Commands} commands
 */
function rateField(name, value, props, commands) {
  const wrong = props.tuning?.part === name || foreseen(name, props) !== null;
  const now = rateNow(name, props);
  return h(
    "label",
    { class: "field rate", key: name },
    h("span", { class: "field-name" }, name),
    h(
      "span",
      { class: "rate-box" },
      h("input", {
        type: "text",
        class: typeof value === "string" || wrong ? "formula" : "",
        autocomplete: "off",
        spellcheck: "false",
        title: "A number, or an expression such as 0.5 * 0.9 ** iteration",
        ...typed(name, value, props.tuning, commands),
        ...markedAs(wrong),
      }),
      now !== null && h("span", { class: "rate-now", title: exact(now) }, `= ${printOne(now, 4)}`),
    ),
  );
}

/**
 * What a rate that is an expression gives at the iteration on the screen.
 *
 * @param {string} name
 * @param {Props} props
 */
function rateNow(name, { trace }) {
  return trace?.rates?.[name] === undefined ? null : fromWire(trace.rates[name]);
}

/**
 * What is wrong at this iteration with a rate that the service took.
 *
 * @param {string} name
 * @param {Props} props
 * @returns {Problem | null}
 */
function foreseen(name, props) {
  const now = rateNow(name, props);
  if (now === null || (Number.isFinite(now) && now >= 0)) return null;
  const objection = `${name} is ${now < 0 ? "negative" : "no finite number"} at this iteration`;
  return {
    detail: props.past ? objection : `${objection}: training will refuse`,
    hint: null,
    where: {},
    status: 0,
    code: "rate",
  };
}

/** @param {string} name @param {unknown} value @param {Tuning} tuning @param {Commands} commands */
function optionField(name, value, tuning, commands) {
  const input =
    typeof value === "boolean"
      ? h("input", {
          type: "checkbox",
          checked: value,
          onchange: (/** @type {any} */ event) =>
            commands.optimizer.option(name, event.target.checked),
        })
      : h("input", {
          type: "number",
          step: "any",
          ...typed(name, value, tuning, commands),
          ...markedAs(tuning?.part === name),
        });
  return h("label", { class: "field", key: name }, h("span", { class: "field-name" }, name), input);
}

/** @param {boolean} wrong  as the problem tells */
function markedAs(wrong) {
  return { "aria-invalid": wrong ? "true" : null, "aria-describedby": wrong ? TROUBLE : null };
}

/**
 * Props of a field for an option: emptied, or left by Escape, it shows what there is; what is
 * refused stands.
 *
 * @param {string} name
 * @param {unknown} value
 * @param {Tuning} tuning
 * @param {Commands} commands
 */
function typed(name, value, tuning, commands) {
  const keep = (/** @type {HTMLInputElement} */ input) => {
    input.value = String(value);
    commands.optimizer.keep(name);
  };
  return {
    value: String(value),
    onchange(/** @type {any} */ { target }) {
      const text = target.value.trim();
      const given = parseNumber(text) ?? text;
      if (text === "" || given === value) keep(target);
      else commands.optimizer.option(name, given);
    },
    onkeydown(/** @type {any} */ event) {
      if (event.key !== "Escape" || event.target.value === String(value)) return;
      event.preventDefault();
      event.stopPropagation();
      keep(event.target);
    },
    hook: (/** @type {HTMLInputElement} */ input) =>
      follow(input, tuning?.part === name ? tuning : null, value),
  };
}

/** What was refused last in each field. @type {WeakMap<HTMLInputElement, Tuning>} */
const stood = new WeakMap();

/**
 * A refusal that is over leaves no text behind; one that is in the way of a training is gone to.
 *
 * @param {HTMLInputElement} input
 * @param {Tuning} refused
 * @param {unknown} value
 */
function follow(input, refused, value) {
  const before = stood.get(input) ?? null;
  stood.set(input, refused);
  if (before && !refused) input.value = String(value);
  if (!refused || refused.sought <= (before?.sought ?? 0)) return;
  input.closest("details")?.setAttribute("open", "");
  const popover = /** @type {HTMLElement | null} */ (input.closest("[popover]"));
  if (popover && !popover.matches(":popover-open")) popover.showPopover();
  input.focus();
}

/**
 * Which rows are in the batch, and how the data is cut.
 *
 * @param {Run} run
 * @param {Props} props
 * @param {Commands} commands
 */
function batchForm(run, { trace, tuning }, commands) {
  const [cut, batch] = [run.batch ?? null, trace?.batch];
  const submit = (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const { size, shuffle } = /** @type {any} */ (event.target).elements;
    commands.optimizer.batch({ size: size.valueAsNumber, shuffle: shuffle.checked });
  };
  return h(
    "details",
    { class: "batches", key: "batches", name: TOGETHER },
    h(
      "summary",
      null,
      cut && batch
        ? h(
            "span",
            { title: `Rows ${batch.rows.join(", ")} of ${batch.count}` },
            `Batch ${batch.batch} of ${batch.batches}, epoch ${batch.epoch}`,
            h("small", null, rowsText(batch)),
          )
        : batch
          ? `Batch: all ${batch.rows.length} rows that are not held out`
          : "Batch: all rows",
    ),
    h(
      "form",
      { class: "row", onsubmit: submit },
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Rows in a batch"),
        h("input", {
          type: "number",
          name: "size",
          min: "1",
          step: "1",
          required: true,
          value: String(cut?.size ?? FIRST_SIZE),
        }),
      ),
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Shuffle"),
        h("input", { type: "checkbox", name: "shuffle", checked: cut?.shuffle ?? true }),
      ),
      h("button", { type: "submit", class: "small" }, cut ? "Change" : "Use batches"),
      cut &&
        h(
          "button",
          { type: "button", class: "small", onclick: () => commands.optimizer.batch(null) },
          "All rows",
        ),
      batch && h("p", { class: "rows", key: "rows" }, `On the screen: ${rowsText(batch)}`),
      tuning?.part === "batch" && problemView(tuning.problem, { role: "alert", key: "trouble" }),
    ),
  );
}

/** The first rows of a batch. @param {BatchTold} batch */
function rowsText({ rows, count }) {
  return `${rows.length === 1 ? "row" : "rows"} ${rows.slice(0, NAMED).join(", ")}${rows.length > NAMED ? ", …" : ""} of ${count}`;
}
