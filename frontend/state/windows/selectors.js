/**
 * The part of a tensor that is at hand, its numbers, and the picture of the whole.
 *
 * @import { Place, Slices, Window } from "../../lib/slices.js"
 * @import { Aim, Tensor } from "../../lib/types.js"
 * @import { State } from "../state.js"
 */

import { isLargePlane, turnedOver } from "../../lib/overview.js";
import { isSampled } from "../../lib/samples.js";
import {
  cropped,
  firstPlace,
  slicesOf,
  windowOf as windowIn,
  windowText,
} from "../../lib/slices.js";
import { asTensor, size } from "../../lib/tensor.js";
import { listedIn, partKey } from "../trace/selectors.js";

/**
 * Whoever picks a sample picks it for all tensors that have samples.
 *
 * @param {State} state
 * @param {string} name
 * @param {number[]} shape
 * @returns {Place}
 */
export function placeOf({ places, shown, sample }, name, shape) {
  const place = Object.hasOwn(places, name) ? places[name] : firstPlace(shape);
  return shown && isSampled(shown.trace.tensors, name, shape)
    ? { ...place, lead: [sample, ...place.lead.slice(1)] }
    : place;
}

/** @param {State} state @param {string} name @param {number[]} shape @returns {Slices} */
export function slicesIn(state, name, shape) {
  const sampled = state.shown !== null && isSampled(state.shown.trace.tensors, name, shape);
  return slicesOf(name, shape, placeOf(state, name, shape), sampled);
}

/**
 * Start and stop per axis of the part at hand.
 *
 * @param {State} state
 * @param {string} name
 * @param {number[]} shape
 * @returns {Window}
 */
export function windowOf(state, name, shape) {
  return windowIn(shape, placeOf(state, name, shape));
}

/**
 * The numbers at hand of a tensor: its window out of the trace, or out of the parts that were
 * fetched.
 *
 * @param {State} state
 * @param {string} name
 * @param {Aim} field
 * @returns {Tensor | null}
 */
export function partOf(state, name, field) {
  const { shown } = state;
  const record = shown?.trace.tensors[name];
  if (!shown || !record) return null;
  const nested = listedIn(record, field);
  if (nested === null) return null;
  const window = windowOf(state, name, record.shape);
  if (nested === undefined)
    return state.parts[partKey(shown, name, field, windowText(window))] ?? null;
  return cropped(asTensor(nested, record.shape), window);
}

/** What names the picture of a whole tensor among the parts. @param {number[]} lead */
export function overviewText(lead) {
  return `overview ${lead}`;
}

/**
 * The picture of a tensor that is too large to be at hand; undefined of any other, null while it is on
 * its way.
 *
 * @param {State} state
 * @param {string} name
 * @param {Aim} field
 * @param {boolean} transposed
 * @returns {import("../../lib/overview.js").Overview | null | undefined}
 */
export function overviewIn(state, name, field, transposed) {
  const { shown } = state;
  const record = shown?.trace.tensors[name];
  if (!shown || !record || !isLargePlane(record.shape)) return undefined;
  const lead = windowOf(state, name, record.shape)
    .slice(0, -2)
    .map(([start]) => start);
  const listed = listedIn(record, field);
  const found =
    typeof listed === "object" && listed !== null
      ? wholePlane(asTensor(listed, record.shape), lead)
      : state.parts[partKey(shown, name, field, overviewText(lead))];
  if (!found) return null;
  const overview = remembered(found);
  return transposed ? turnedOver(overview) : overview;
}

/** The same of numbers that come with the step. @param {{value?: any, shape: number[]}} listed */
export function inlineOverview({ value, shape }) {
  return typeof value === "object" && value !== null && isLargePlane(shape)
    ? remembered(
        wholePlane(
          asTensor(value, shape),
          shape.slice(0, -2).map(() => 0),
        ),
      )
    : undefined;
}

/** @type {WeakMap<Tensor, import("../../lib/overview.js").Overview>} */
const overviews = new WeakMap();

/** A picture has the sizes of its blocks as its whole. @param {Tensor} tensor */
function remembered(tensor) {
  const known = overviews.get(tensor);
  if (known) return known;
  const made = {
    tensor,
    block: /** @type {[number, number]} */ ([tensor.whole[0], tensor.whole[1]]),
  };
  overviews.set(tensor, made);
  return made;
}

/** @type {WeakMap<Tensor, Map<string, Tensor>>} */
const planes = new WeakMap();

/** All numbers of the last two axes as a picture. @param {Tensor} tensor @param {number[]} lead @returns {Tensor} */
function wholePlane(tensor, lead) {
  const known = planes.get(tensor)?.get(String(lead));
  if (known) return known;
  const shape = [tensor.shape.at(-2) ?? 1, tensor.shape.at(-1) ?? 1];
  const begin =
    lead.reduce((at, position, axis) => at * tensor.shape[axis] + position, 0) * size(shape);
  const data = Float64Array.from({ length: size(shape) }, (_, at) => tensor.data[begin + at]);
  const made = { shape, offset: [0, 0], whole: [1, 1], data };
  planes.set(tensor, (planes.get(tensor) ?? new Map()).set(String(lead), made));
  return made;
}
