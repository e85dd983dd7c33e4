/**
 * How much flows: the norm of every value and every gradient, and the width of a ribbon for it.
 *
 * @import { Field, TensorRecord, Trace } from "./types.js"
 * @typedef {Record<Field, number | null>} Norms null where the numbers are not at hand
 */

import { fromWire } from "./numbers.js";
import { asTensor } from "./tensor.js";

/** Of a ribbon, in pixels. */
export const THINNEST = 1.5;
export const WIDEST = 10.5;
/** Where the norm is not known. */
export const UNKNOWN = 4;
/** So many powers of ten the widths tell apart at least. */
const LEAST_DECADES = 2;

/** @type {WeakMap<Trace, Map<string, Norms>>} */
const known = new WeakMap();

/** @param {Trace} trace @returns {Map<string, Norms>} by the tensor's name */
export function normsOf(trace) {
  const found = known.get(trace);
  if (found) return found;
  const norms = new Map(
    Object.entries(trace.tensors).map(([name, record]) => [
      name,
      { value: normOf(record, "value"), gradient: normOf(record, "gradient") },
    ]),
  );
  known.set(trace, norms);
  return norms;
}

/** @param {TensorRecord} record @param {Field} field @returns {number | null} */
function normOf(record, field) {
  if (field === "gradient" && record.hidden) return null;
  const told = /** @type {any} */ (record).norm?.[field];
  if (told !== undefined && told !== null) return fromWire(told);
  const listed = record[field];
  if (listed === undefined || listed === null) return null;
  const { data } = asTensor(listed, record.shape);
  let sum = 0;
  for (let at = 0; at < data.length; at += 1) sum += data[at] * data[at];
  return Math.sqrt(sum);
}

/**
 * The tensors whose gradient ends for some units at the step that uses them: what the units of an
 * activation get that are off.
 *
 * @param {Trace} trace
 * @returns {Set<string>}
 */
export function stoppedIn({ warnings, steps }) {
  return new Set(
    warnings.flatMap(({ code, step }) =>
      code === "dead_unit" && step !== undefined ? (steps[step]?.inputs.slice(0, 1) ?? []) : [],
    ),
  );
}

/**
 * The width of the ribbon for a norm: its logarithm, in whole powers of ten that hold all norms, so
 * that the scale stays while numbers change a little. Zero has no ribbon.
 *
 * @param {Map<string, Norms>} norms
 * @returns {(norm: number | null) => number}
 */
export function widths(norms) {
  const logs = [...norms.values()]
    .flatMap(({ value, gradient }) => [value, gradient])
    .filter((norm) => norm !== null && norm > 0 && Number.isFinite(norm))
    .map((norm) => Math.log10(/** @type {number} */ (norm)));
  const low = Math.floor(Math.min(0, ...logs));
  const high = Math.max(low + LEAST_DECADES, Math.ceil(Math.max(0, ...logs)));
  return (norm) => {
    if (norm === null) return UNKNOWN;
    if (norm === 0) return 0;
    if (!Number.isFinite(norm)) return WIDEST;
    return THINNEST + ((WIDEST - THINNEST) * (Math.log10(norm) - low)) / (high - low);
  };
}
