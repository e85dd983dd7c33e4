/**
 * Which axis stands for the samples of a batch: the first one of the inputs, and of what is
 * computed from them.
 *
 * @import { TensorRecord } from "./types.js"
 */

/** @type {WeakMap<object, number | null>} */
const lengths = new WeakMap();

/**
 * How many samples there are; null where the inputs do not agree.
 *
 * @param {Record<string, TensorRecord>} tensors
 */
export function sampleCount(tensors) {
  const known = lengths.get(tensors);
  if (known !== undefined) return known;
  const inputs = Object.values(tensors).filter(
    ({ role, shape }) => role === "input" && shape.length > 0,
  );
  const most = Math.max(...inputs.map(({ shape }) => shape.length));
  const all = new Set(
    inputs.filter(({ shape }) => shape.length === most).map(({ shape }) => shape[0]),
  );
  const count = all.size === 1 ? [...all][0] : null;
  lengths.set(tensors, count);
  return count;
}

/**
 * Does axis 0 of a tensor stand for the samples? Of what has no more than two axes all are shown
 * anyway.
 *
 * @param {Record<string, TensorRecord>} tensors
 * @param {string} name
 * @param {number[]} shape
 */
export function isSampled(tensors, name, shape) {
  const role = Object.hasOwn(tensors, name) ? tensors[name].role : "intermediate";
  return (
    shape.length > 2 &&
    (role === "input" || role === "intermediate") &&
    shape[0] === sampleCount(tensors)
  );
}
