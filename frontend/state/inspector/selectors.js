/**
 * The selected tensor as matrices. Derived from the state, never stored.
 *
 * @import { Place } from "../../lib/slices.js"
 * @import { Field, Matrix, TensorRecord } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{name: string, record: TensorRecord, matrices: Matrix[], whole: number[], place: Place}} Inspected
 */

import { isHidden, isLeaf, readyAt } from "../trace/selectors.js";
import { overviewIn, partOf, placeOf, slicesIn } from "../windows/selectors.js";

/** @param {State} state @returns {Inspected | null} */
export function inspected(state) {
  const { selected: name, shown } = state;
  const record = name === null ? null : shown?.trace.tensors[name];
  if (!name || !record || !shown) return null;
  const ready = readyAt(shown, name);
  const fields = /** @type {Field[]} */ (
    (record.gradient === null && !record.hidden) || record.dtype.startsWith("int")
      ? ["value"]
      : ["value", "gradient"]
  );
  const matrices = fields.map((field) => inspectedMatrix(state, name, record, field, ready[field]));
  return { name, record, matrices, whole: record.shape, place: placeOf(state, name, record.shape) };
}

/**
 * @param {State} state
 * @param {string} name
 * @param {TensorRecord} record
 * @param {Field} field
 * @param {number} from
 * @returns {Matrix}
 */
function inspectedMatrix(state, name, record, field, from) {
  const ready = state.cursor >= from;
  const step = state.shown?.trace.steps[from];
  return {
    id: `selected ${field}`,
    code: field === "gradient" ? `${name}.g` : name,
    name,
    field,
    shape: record.shape,
    part: partOf(state, name, field),
    transposed: false,
    ready,
    editable: isLeaf(state, name, field),
    labels: null,
    origin: null,
    stretched: null,
    slices: slicesIn(state, name, record.shape),
    overview: overviewIn(state, name, field, false),
    mask: field === "value" && record.dtype === "bool",
    hidden: isHidden(state, name, field),
    naming: "contract",
    note: ready
      ? null
      : step
        ? `not yet: ${step.phase}, ${step.output} = ${step.code}`
        : "not needed for the parameters",
  };
}
