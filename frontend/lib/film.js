/**
 * The film strip: which moments of a run are its columns, which tensors its rows, and what there is
 * to say about two of its columns.
 *
 * @import { Field, Tensor, Trace } from "./types.js"
 * @typedef {{name: string, field: Field}} Row
 */

import { isFloat, asTensor } from "./tensor.js";
import { thinned } from "./thin.js";

/** As many columns can be told apart. */
export const MOST_COLUMNS = 40;
/** Of a tensor so many rows and columns are drawn. */
export const FACE = 64;

/** A row's name as code. @param {Row} row */
export function rowCode({ name, field }) {
  return field === "gradient" ? `${name}.g` : name;
}

/** @param {Row} one @param {Row} other */
export function sameRow(one, other) {
  return one.name === other.name && one.field === other.field;
}

/** The positions that are columns. @param {number} length @returns {number[]} */
export function columnPositions(length) {
  return thinned(length, MOST_COLUMNS);
}

/** The column nearest to a position. @param {number[]} positions @param {number} position */
export function nearest(positions, position) {
  let best = 0;
  positions.forEach((one, at) => {
    if (Math.abs(one - position) < Math.abs(positions[best] - position)) best = at;
  });
  return best;
}

/**
 * What the loss is computed from: the prediction and, where it is given as numbers, the target.
 * `shown` is the tensor with a name of its own that the prediction is a part of.
 *
 * @param {Trace} trace
 * @returns {{prediction: string, target: string | null, shown: string} | null}
 */
export function predictionOf({ steps, tensors }) {
  const loss = steps.filter(({ phase }) => phase === "forward").at(-1);
  const given = (/** @type {string} */ name) => tensors[name]?.role === "input";
  const prediction = loss?.inputs.find((name) => tensors[name]?.role === "intermediate");
  if (!loss || prediction === undefined) return null;
  const target = loss.inputs.find(
    (name) =>
      given(name) && isFloat(tensors[name].dtype) && alike(tensors[name], tensors[prediction]),
  );
  return { prediction, target: target ?? null, shown: namedSource(prediction, steps, tensors) };
}

/** @param {{shape: number[]}} one @param {{shape: number[]}} other */
function alike(one, other) {
  return String(one.shape) === String(other.shape);
}

/** @param {string} name @param {Trace["steps"]} steps @param {Trace["tensors"]} tensors @returns {string} */
function namedSource(name, steps, tensors) {
  if (tensors[name]?.named !== false) return name;
  const step = steps.find(({ phase, output }) => phase === "forward" && output === name);
  const source = step?.inputs.length === 1 ? step.inputs[0] : undefined;
  return source === undefined ? name : namedSource(source, steps, tensors);
}

/**
 * The first parameter and its gradient, the prediction, and the layer before it.
 *
 * @param {Trace} trace
 * @returns {Row[]}
 */
export function firstRows(trace) {
  const names = Object.keys(trace.tensors);
  const floats = names.filter((name) => isFloat(trace.tensors[name].dtype));
  const parameter = floats.find((name) => trace.tensors[name].role === "parameter");
  const prediction = predictionOf(trace)?.shown;
  const layers = floats.filter((name) => {
    const { role, named, shape } = trace.tensors[name];
    return role === "intermediate" && named && shape.length > 1 && name !== prediction;
  });
  const layer = layers.at(-1);
  /** @type {(Row | false | undefined)[]} */
  const rows = [
    parameter !== undefined && { name: parameter, field: "value" },
    parameter !== undefined && { name: parameter, field: "gradient" },
    prediction !== undefined && { name: prediction, field: "value" },
    layer !== undefined && { name: layer, field: "value" },
  ];
  return rows.filter((row) => row !== false && row !== undefined);
}

/**
 * The part of a tensor that a column draws, as it is asked for: the first sample's face.
 *
 * @param {number[]} shape
 * @returns {{window: string, shape: number[]}}
 */
export function faceWindow(shape) {
  const part = shape.map((length, axis) => (axis < shape.length - 2 ? 1 : Math.min(length, FACE)));
  const whole = part.every((length, axis) => length === shape[axis]);
  return { window: whole ? "" : part.map((length) => `0:${length}`).join(), shape: part };
}

/**
 * The largest group of samples with one and the same prediction although their targets differ; null
 * where there is none.
 *
 * @param {ArrayLike<number>} predictions
 * @param {ArrayLike<number>} targets
 * @returns {number[] | null}
 */
export function sharedPrediction(predictions, targets) {
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  for (let at = 0; at < predictions.length; at += 1) {
    const key = predictions[at].toPrecision(9);
    groups.set(key, [...(groups.get(key) ?? []), at]);
  }
  const torn = [...groups.values()].filter((group) =>
    group.some((at) => targets[at] !== targets[group[0]]),
  );
  torn.sort((one, other) => other.length - one.length);
  return torn[0] ?? null;
}

/**
 * Are all units of a layer 0 for these samples?
 *
 * @param {Tensor} layer rows are samples
 * @param {number[]} samples
 */
export function isSilent({ data, shape }, samples) {
  const units = shape.slice(1).reduce((product, length) => product * length, 1);
  return samples.every((sample) => {
    for (let unit = 0; unit < units; unit += 1) if (data[sample * units + unit] !== 0) return false;
    return true;
  });
}

/**
 * B minus A: the service subtracts the other way round.
 *
 * @param {import("./types.js").Nested} difference
 * @param {number[]} shape
 * @returns {Tensor}
 */
export function gained(difference, shape) {
  const { data, ...rest } = asTensor(difference, shape);
  return { ...rest, data: Float64Array.from(data, (number) => (number === 0 ? 0 : -number)) };
}

/**
 * How many numbers moved, in words.
 *
 * @param {ArrayLike<number>} difference
 * @param {number} decimals  with which they are printed: what reads 0.10 counts as 0.1
 * @returns {{many: number, threshold: number, still: number, all: number}}
 */
export function movement(difference, decimals) {
  const sizes = Array.from(difference, Math.abs);
  const seen = (/** @type {number} */ size) => Math.max(size, Number(size.toFixed(decimals)));
  const most = Math.max(0, ...sizes.filter(Number.isFinite));
  const threshold = most === 0 ? 0 : 10 ** Math.floor(Math.log10(most));
  return {
    many: sizes.filter((size) => size > 0 && seen(size) >= threshold).length,
    threshold,
    still: sizes.filter((size) => size === 0).length,
    all: sizes.length,
  };
}

/** `0, 3 and 5` @param {(string | number)[]} list */
export function listed(list) {
  return list.length < 2 ? list.join() : `${list.slice(0, -1).join(", ")} and ${list.at(-1)}`;
}
