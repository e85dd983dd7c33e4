/**
 * What is at hand of tensors that are not on the screen as a whole.
 *
 * @import { Place } from "../../lib/slices.js"
 * @import { Target } from "../../lib/types.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} WindowsState
 * @property {Record<string, Place>} places which part of a tensor is at hand, by its name
 * @property {number} sample  the one that is shown of tensors that have samples
 * @property {string} framed  the matrix whose numbers are printed, of those that are too large
 */

import { isSampled } from "../../lib/samples.js";
import { isWithin, moved, placeShowing, windowOf } from "../../lib/slices.js";
import { placeOf } from "./selectors.js";

/** @type {WindowsState} */
export const initialWindows = { places: {}, sample: 0, framed: "result" };

/** @param {State} state @param {string} name @param {Place} place @returns {State} */
export function choosePlace(state, name, place) {
  return { ...state, places: { ...state.places, [name]: place }, highlighted: null };
}

/**
 * One position is picked on an axis of some tensors, or of all that have samples.
 *
 * @param {State} state
 * @param {{key: string, whole: number[], axis: number}[]} axes
 * @param {number} at
 * @returns {State}
 */
export function sliceAxes(state, axes, at) {
  const tensors = state.shown?.trace.tensors ?? {};
  return axes.reduce(
    (next, { key, whole, axis }) => {
      if (axis === 0 && isSampled(tensors, key, whole)) return { ...next, sample: at };
      return {
        ...next,
        places: { ...next.places, [key]: moved(placeOf(next, key, whole), axis, at) },
      };
    },
    /** @type {State} */ ({ ...state, highlighted: null }),
  );
}

/**
 * An element comes on the screen, wherever its tensor is drawn.
 *
 * @param {State} state
 * @param {string} key
 * @param {number[]} whole
 * @param {number[]} index
 * @returns {State}
 */
export function revealElement(state, key, whole, index) {
  const place = placeShowing(whole, placeOf(state, key, whole), index);
  const sampled = isSampled(state.shown?.trace.tensors ?? {}, key, whole);
  return {
    ...state,
    places: { ...state.places, [key]: place },
    sample: sampled ? place.lead[0] : state.sample,
  };
}

/**
 * The element and what it is made of come on the screen: of every tensor the first such cell,
 * unless one is there already.
 *
 * @param {State} state
 * @param {Target[]} targets
 * @returns {State}
 */
export function revealAll(state, targets) {
  /** @type {Map<string, Target[]>} */
  const groups = new Map();
  for (const target of targets)
    groups.set(target.tensor, [...(groups.get(target.tensor) ?? []), target]);
  return [...groups].reduce((next, [name, cells]) => {
    const shape = next.shown?.trace.tensors[name]?.shape;
    if (
      !shape ||
      cells.some(({ index }) => isWithin(windowOf(shape, placeOf(next, name, shape)), index))
    )
      return next;
    return revealElement(next, name, shape, cells[0].index);
  }, state);
}

/**
 * The frame of the numbers that are printed of large tensors is moved; it is the one of this matrix
 * whose numbers stand on the stage.
 *
 * @param {State} state
 * @param {string} matrix
 * @param {{key: string, place: Place}[]} moves
 * @returns {State}
 */
export function moveFrames(state, matrix, moves) {
  const places = { ...state.places };
  for (const { key, place } of moves) places[key] = place;
  return { ...state, places, framed: matrix, highlighted: null };
}
