/**
 * What may be chosen about a plot: a layer, a weight or two, a tensor; and how sizes are drawn.
 *
 * @import { VNode } from "../../lib/h.js"
 * @import { Plots } from "../../state/plots/reducer.js"
 * @import { State } from "../../state/state.js"
 *
 * @typedef {(part: Record<string, string | null>) => void} Choose options by their keys; null: as
 *   the service thinks right
 * @typedef {{state: State, answer: any, choose: Choose, set: (part: Partial<Plots>) => void}}
 *   Choosing
 * @typedef {(choosing: Choosing) => VNode | null | false} Choice
 */

import { h } from "../../lib/h.js";
import { fromWire, printShape } from "../../lib/numbers.js";

/** @type {Choice} */
export function logBox({ state, set }) {
  return h(
    "label",
    { class: "field", key: "log" },
    h("input", {
      type: "checkbox",
      checked: state.plots.log,
      onchange: (/** @type {any} */ event) => set({ log: event.target.checked }),
    }),
    h("span", { class: "field-name" }, "Logarithmic"),
  );
}

/** @type {Choice} */
export function layerBox({ state, answer, choose }) {
  /** @type {{name: string, shape: number[], dead: number | null, saturated: number | null}[]} */
  const layers = answer?.layers ?? [];
  const text = (/** @type {typeof layers[0]} */ { name, shape, dead, saturated }) =>
    [
      `${name} ${printShape(shape)}`,
      dead ? `${dead} dead` : "",
      saturated ? `${saturated} saturated` : "",
    ]
      .filter(Boolean)
      .join(", ");
  return h(
    "label",
    { class: "field", key: "layer" },
    h("span", { class: "field-name" }, "Layer"),
    h(
      "select",
      {
        value: state.plots.chosen.layer ?? "",
        onchange: (/** @type {any} */ event) => choose({ layer: event.target.value }),
      },
      layers.map((layer) => h("option", { value: layer.name, key: layer.name }, text(layer))),
    ),
  );
}

/**
 * A parameter, and an index for each of its axes.
 *
 * @param {string} label
 * @param {string} [prefix] of the options
 * @returns {Choice}
 */
export function weightBox(label, prefix = "") {
  return ({ state, choose }) => {
    const tensors = state.shown?.trace.tensors ?? {};
    const parameter = state.plots.chosen[`${prefix}parameter`];
    if (parameter === undefined) return null;
    const index = (state.plots.chosen[`${prefix}index`] ?? "")
      .split(",")
      .filter(Boolean)
      .map(Number);
    const put = (/** @type {string} */ name, /** @type {number[]} */ at) =>
      choose({ [`${prefix}parameter`]: name, [`${prefix}index`]: at.join() });
    const names = Object.keys(tensors).filter((name) => tensors[name].role === "parameter");
    const options = names.map((name) =>
      h("option", { value: name, key: name }, `${name} ${printShape(tensors[name].shape)}`),
    );
    return h(
      "div",
      { class: "field weight-choice", key: label, role: "group", "aria-label": label },
      h("span", { class: "field-name", "aria-hidden": "true" }, label),
      h(
        "select",
        {
          value: parameter,
          "aria-label": `${label}: parameter`,
          onchange: (/** @type {any} */ { target }) =>
            put(
              target.value,
              tensors[target.value].shape.map(() => 0),
            ),
        },
        options,
      ),
      (tensors[parameter]?.shape ?? []).map((length, axis) =>
        countBox(
          `${label}: index along axis ${axis}`,
          length,
          index[axis] ?? 0,
          (at) =>
            put(
              parameter,
              index.map((old, one) => (one === axis ? at : old)),
            ),
          axis,
        ),
      ),
    );
  };
}

/** How far a slice goes to both sides. @type {Choice} */
export function reachBox({ state, answer, choose }) {
  /** @type {import("../../lib/types.js").Wire[] | undefined} */
  const values = answer?.values;
  if (!values) return null;
  const reach =
    state.plots.chosen.reach ??
    String(
      Number(((fromWire(values[values.length - 1]) - fromWire(values[0])) / 2).toPrecision(6)),
    );
  const change = (/** @type {any} */ { target }) => {
    if (target.valueAsNumber > 0) choose({ reach: String(target.valueAsNumber) });
    else target.value = reach;
  };
  return h(
    "label",
    { class: "field", key: "reach" },
    h("span", { class: "field-name" }, "±"),
    h("input", {
      type: "number",
      min: "0",
      step: "any",
      value: reach,
      "aria-label": "How far to both sides",
      onchange: change,
    }),
  );
}

/** The prediction, or a tensor with a row for each sample. @type {Choice} */
export function surfaceBox({ state, answer, choose }) {
  const rows = answer?.samples.x.length;
  const tensors = Object.entries(state.shown?.trace.tensors ?? {}).filter(
    ([, { role, shape, named }]) =>
      role === "intermediate" && named && shape.length > 0 && shape.length < 3 && shape[0] === rows,
  );
  return h(
    "label",
    { class: "field", key: "tensor" },
    h("span", { class: "field-name" }, "Of"),
    h(
      "select",
      {
        value: state.plots.chosen.surface ?? "",
        onchange: (/** @type {any} */ { target }) =>
          choose({ surface: target.value || null, unit: target.value ? "0" : null }),
      },
      h("option", { value: "" }, "the prediction"),
      tensors.map(([name, { shape }]) =>
        h("option", { value: name, key: name }, `${name} ${printShape(shape)}`),
      ),
    ),
  );
}

/** Which column of it. @type {Choice} */
export function unitBox({ state, answer, choose }) {
  const { surface, unit } = state.plots.chosen;
  const units =
    surface !== undefined
      ? (state.shown?.trace.tensors[surface]?.shape[1] ?? 1)
      : answer?.kind === "scores"
        ? answer.units
        : 1;
  if (units < 2) return null;
  return h(
    "label",
    { class: "field", key: "unit" },
    h("span", { class: "field-name" }, "unit"),
    countBox(null, units, Number(unit ?? 0), (at) => choose({ unit: String(at) })),
  );
}

/**
 * A whole number below `length`.
 *
 * @param {string | null} label
 * @param {number} length
 * @param {number} value
 * @param {(at: number) => void} put
 * @param {number} [key]
 */
function countBox(label, length, value, put, key) {
  const change = (/** @type {any} */ { target }) => {
    const at = target.valueAsNumber;
    if (Number.isInteger(at) && at >= 0 && at < length) put(at);
    else target.value = String(value);
  };
  return h("input", {
    type: "number",
    key,
    min: "0",
    max: String(length - 1),
    step: "1",
    value: String(value),
    "aria-label": label,
    onchange: change,
  });
}
