/**
 * One colour scale for all values of a document, and one for all gradients: the same number has the
 * same tint wherever it stands.
 *
 * @import { Field, Trace } from "./types.js"
 * @typedef {Record<Field, number>} Scales the magnitude with the strongest tint
 */

import { span } from "./tint.js";
import { isFloat, asTensor } from "./tensor.js";

/** @type {WeakMap<Trace, Scales>} */
const known = new WeakMap();

/**
 * Of all numbers that the trace lists; whole numbers are labels and places, of which no tint tells
 * anything, and a single number, such as the loss, has nothing to be compared with.
 *
 * @param {Trace} trace
 * @returns {Scales}
 */
export function scalesOf(trace) {
  const found = known.get(trace);
  if (found) return found;
  const several = Object.values(trace.tensors).some(({ shape }) => shape.length > 0);
  const scales = { value: 0, gradient: 0 };
  for (const { dtype, shape, value, gradient } of Object.values(trace.tensors)) {
    if (!isFloat(dtype) || (shape.length === 0 && several)) continue;
    if (value !== undefined && value !== null)
      scales.value = Math.max(scales.value, span(asTensor(value, shape).data));
    if (gradient !== undefined && gradient !== null)
      scales.gradient = Math.max(scales.gradient, span(asTensor(gradient, shape).data));
  }
  known.set(trace, scales);
  return scales;
}
