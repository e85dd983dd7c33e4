/** What a plot is of: a layer, a weight or two, a tensor; and how sizes are drawn. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" @import { Weight } from "../state/plotting.js" */

import { h } from "../lib/h.js";
import { fromWire, printShape } from "../lib/numbers.js";

/** @param {State} state @param {Acts} acts */
export function choicesView(state, acts) {
  const choices = CHOICES[state.plots.name]?.(state, acts);
  return choices && h("div", { class: "row plot-choices", key: "choices" }, choices);
}

/** @type {Record<string, (state: State, acts: Acts) => any>} */
const CHOICES = {
  loss: (state, acts) => [logBox(state, acts)],
  norms: (state, acts) => [logBox(state, acts)],
  histograms: (state, acts) => [layerBox(state, acts)],
  weight: (state, acts) => [weightBox("Weight", state.plots.weight, state, (weight) => acts.plots.choose({ weight }))],
  slice: (state, acts) => [weightBox("Weight", state.plots.weight, state, (weight) => acts.plots.choose({ weight })), reachBox(state, acts)],
  contour: (state, acts) => [
    weightBox("Across", state.plots.weight, state, (weight) => acts.plots.choose({ weight })),
    weightBox("Up", state.plots.other, state, (other) => acts.plots.choose({ other })),
  ],
  surface: (state, acts) => surfaceBoxes(state, acts),
};

/** @param {State} state @param {Acts} acts */
function logBox({ plots }, acts) {
  return h("label", { class: "field", key: "log" }, h("input", { type: "checkbox", checked: plots.log, onchange: (/** @type {any} */ event) => acts.plots.choose({ log: event.target.checked }) }), h("span", { class: "field-name" }, "Logarithmic"));
}

/** @param {State} state @param {Acts} acts */
function layerBox({ plots }, acts) {
  /** @type {{name: string, shape: number[], dead: number | null, saturated: number | null}[]} */
  const layers = plots.answers.histograms?.answer?.layers ?? [];
  return h("label", { class: "field", key: "layer" }, h("span", { class: "field-name" }, "Layer"),
    h("select", { value: plots.layer ?? "", onchange: (/** @type {any} */ event) => acts.plots.choose({ layer: event.target.value }) }, layers.map(({ name, shape, dead, saturated }) =>
      h("option", { value: name, key: name }, [`${name} ${printShape(shape)}`, dead ? `${dead} dead` : "", saturated ? `${saturated} saturated` : ""].filter(Boolean).join(", ")))));
}

/** A parameter, and an index for each of its axes. @param {string} label @param {Weight | null} weight @param {State} state @param {(weight: Weight) => void} choose */
function weightBox(label, weight, { shown }, choose) {
  const tensors = shown?.trace.tensors ?? {};
  const names = Object.keys(tensors).filter((name) => tensors[name].role === "parameter");
  if (!weight) return null;
  const shape = tensors[weight.parameter]?.shape ?? [];
  return h("div", { class: "field weight-choice", key: label, role: "group", "aria-label": label },
    h("span", { class: "field-name", "aria-hidden": "true" }, label),
    h("select", { value: weight.parameter, "aria-label": `${label}: parameter`, onchange: (/** @type {any} */ event) => choose({ parameter: event.target.value, index: tensors[event.target.value].shape.map(() => 0) }) },
      names.map((name) => h("option", { value: name, key: name }, `${name} ${printShape(tensors[name].shape)}`))),
    shape.map((length, axis) => h("input", {
      type: "number", key: axis, min: "0", max: String(length - 1), step: "1", value: String(weight.index[axis] ?? 0), "aria-label": `${label}: index along axis ${axis}`,
      onchange: (/** @type {any} */ event) => {
        const at = event.target.valueAsNumber;
        if (Number.isInteger(at) && at >= 0 && at < length) choose({ ...weight, index: weight.index.map((old, one) => (one === axis ? at : old)) });
        else event.target.value = String(weight.index[axis]);
      },
    })));
}

/** How far a slice goes to both sides. @param {State} state @param {Acts} acts */
function reachBox({ plots }, acts) {
  /** @type {import("../lib/types.js").Wire[] | undefined} */
  const values = plots.answers.slice?.answer?.values;
  if (!values) return null;
  const reach = String(plots.reach ?? Number(((fromWire(values[values.length - 1]) - fromWire(values[0])) / 2).toPrecision(6)));
  return h("label", { class: "field", key: "reach" }, h("span", { class: "field-name" }, "±"), h("input", {
    type: "number", min: "0", step: "any", value: reach, "aria-label": "How far to both sides",
    onchange: (/** @type {any} */ event) => {
      const wanted = event.target.valueAsNumber;
      if (wanted > 0) acts.plots.choose({ reach: wanted });
      else event.target.value = reach;
    },
  }));
}

/** The prediction, or a unit of a tensor with a row for each sample. @param {State} state @param {Acts} acts */
function surfaceBoxes({ plots, shown }, acts) {
  const answer = plots.answers.surface?.answer;
  const rows = answer?.samples.x.length;
  const tensors = Object.entries(shown?.trace.tensors ?? {}).filter(([, { role, shape, named }]) => role === "intermediate" && named && shape.length > 0 && shape.length < 3 && shape[0] === rows);
  const drawn = plots.drawn ?? { tensor: null, unit: 0 };
  const units = drawn.tensor !== null ? shown?.trace.tensors[drawn.tensor]?.shape[1] ?? 1 : answer?.kind === "scores" ? answer.units : 1;
  const choose = (/** @type {string} */ tensor) => acts.plots.choose({ drawn: tensor ? { tensor, unit: 0 } : null });
  return [
    h("label", { class: "field", key: "tensor" }, h("span", { class: "field-name" }, "Of"),
      h("select", { value: drawn.tensor ?? "", onchange: (/** @type {any} */ event) => choose(event.target.value) }, h("option", { value: "" }, "the prediction"), tensors.map(([name, { shape }]) => h("option", { value: name, key: name }, `${name} ${printShape(shape)}`)))),
    units > 1 && h("label", { class: "field", key: "unit" }, h("span", { class: "field-name" }, "unit"),
      h("input", { type: "number", min: "0", max: String(units - 1), step: "1", value: String(drawn.unit), onchange: (/** @type {any} */ event) => {
        const unit = event.target.valueAsNumber;
        if (Number.isInteger(unit) && unit >= 0 && unit < units) acts.plots.choose({ drawn: { ...drawn, unit } });
        else event.target.value = String(drawn.unit);
      } })),
  ];
}
