/**
 * The explanation of any element of a tensor by the form that all of them have: the terms of one
 * element, and how the indices in them move with the element's.
 *
 * @import { Aim, Explanation, Target, Trace, Wire } from "./types.js"
 * @typedef {{steps: number[], start: number, letter?: string}} Dimension
 * @typedef {object} FormFactor
 * @property {string} code
 * @property {boolean} loose
 * @property {Wire} [value]  of a constant
 * @property {string} [tensor]
 * @property {Aim} [field]
 * @property {Dimension[]} [dimensions]
 * @property {number[][]} [places]  its index in each term of the element 0
 * @typedef {{terms: number[], letters: string[], places: number[][], factors: FormFactor[]}} FormGroup
 * @typedef {object} Form
 * @property {any} common
 * @property {FormGroup[]} groups
 * @property {(number | null)[]} samples
 * @property {number[]} sample_steps
 * @property {object[][]} [zeros]  of each element, and each of its terms, why that is 0
 */

import { fromWire, toWire } from "./numbers.js";
import { ravel } from "./tensor.js";

/** Of the sum of what is added up, when the order of the sum was another. */
const ROUNDING = 1e-6;

/**
 * Null where the terms do not add up to the number: then it is not told.
 *
 * @param {Form} form
 * @param {Trace} trace
 * @param {{tensor: string, field: string, index: number[]}} target
 * @returns {Explanation | null}
 */
export function explainedBy(
  { common, groups, samples, sample_steps: steps, zeros },
  trace,
  { tensor, field, index },
) {
  /** @type {any[]} */
  const terms = [];
  for (const group of groups)
    group.terms.forEach((place, at) => {
      const factors = group.factors.map((factor) => factorAt(factor, at, index, trace));
      const value = factors.reduce((product, one) => product * fromWire(one.value), 1);
      const sample = samples[place];
      terms[place] = {
        value: toWire(value),
        factors,
        ...(sample === null ? {} : { sample: sample + along({ steps }, index) }),
        ...zeros?.[ravel(index, common.shape)][place],
      };
    });
  const value = numberAt(trace, tensor, /** @type {Aim} */ (field), index);
  const numbers = terms.map((term) => fromWire(term.value));
  // A form with `zeros` was compared with every explanation.
  if (value === undefined || !(zeros || addsUp(numbers, fromWire(value)))) return null;
  return /** @type {any} */ ({
    ...common,
    tensor,
    field,
    index,
    value,
    terms,
    groups: groups.map((group) => ({
      letters: group.letters,
      places: group.places,
      terms: group.terms,
      factors: group.factors.map((factor) => ({
        code: generalCode(factor, index),
        loose: factor.loose,
      })),
    })),
  });
}

/** @param {FormFactor} factor @param {number} at @param {number[]} index @param {Trace} trace */
function factorAt({ code, value, tensor, field, dimensions, places }, at, index, trace) {
  if (!tensor || !field || !dimensions || !places)
    return { code, value: /** @type {Wire} */ (value), cells: [] };
  const place = places[at].map((start, axis) => start + along(dimensions[axis], index));
  const found = numberAt(trace, tensor, field, place) ?? NaN;
  return {
    code: place.length ? `${code}[${place.join(", ")}]` : code,
    value: found,
    cells: [{ tensor, field, index: place, value: found }],
  };
}

/**
 * A number of the trace; of a next value, of the step that makes it.
 *
 * @param {Trace} trace
 * @param {string} tensor
 * @param {Aim} field
 * @param {number[]} index
 * @returns {Wire | undefined}
 */
function numberAt({ tensors, steps }, tensor, field, index) {
  const nested =
    field === "next"
      ? steps.find(({ of }) => of.tensor === tensor && of.field === "next" && !of.part)?.value
      : tensors[tensor]?.[field];
  return nested === undefined || nested === null
    ? undefined
    : index.reduce((/** @type {any} */ list, at) => list[at], nested);
}

/** @param {{steps: number[]}} dimension @param {number[]} index */
function along({ steps }, index) {
  return steps.reduce((sum, step, axis) => sum + step * index[axis], 0);
}

/** In letters. @param {FormFactor} factor @param {number[]} index */
function generalCode({ code, dimensions }, index) {
  if (!dimensions?.length) return code;
  const texts = dimensions.map((dimension) => {
    const number = dimension.start + along(dimension, index);
    if (!dimension.letter) return String(number);
    return number === 0
      ? dimension.letter
      : `${dimension.letter} ${number > 0 ? "+" : "-"} ${Math.abs(number)}`;
  });
  return `${code}[${texts.join(", ")}]`;
}

/** @param {number[]} terms @param {number} value */
function addsUp(terms, value) {
  const size = terms.reduce((sum, term) => sum + Math.abs(term), Math.abs(value));
  const sum = terms.reduce((all, term) => all + term, 0);
  return (
    Object.is(sum, value) || !Number.isFinite(value) || Math.abs(sum - value) <= ROUNDING * size
  );
}
