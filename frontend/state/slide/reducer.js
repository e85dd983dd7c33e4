/**
 * Which sample of a step that slides one tensor along another is on the screen, and the place at which one points.
 *
 * @import { Lead } from "../../lib/slide.js"
 * @import { State } from "../state.js"
 * @typedef {{key: string, picks: import("../../lib/slide.js").Letters, at: [number, number] | null}} Sliding
 *   `picks`: of letters that are summed over; `at`: row and column of what is laid, at which one points
 */

import { slidingOf } from "./selectors.js";

/** @type {Sliding} */
export const initialSliding = { key: "", picks: {}, at: null };

/**
 * A position of a letter that is summed over is picked; whoever picks a sample picks it for all
 * tensors that have samples.
 *
 * @param {State} state
 * @param {Lead} lead
 * @param {number} at
 * @returns {State}
 */
export function pickLead(state, { letter, length, batch }, at) {
  const kept = Math.max(0, Math.min(length - 1, at));
  const before = slidingOf(state);
  const sliding = { ...before, picks: { ...before.picks, [letter]: kept } };
  return { ...state, sliding, sample: batch ? kept : state.sample };
}

/** @param {State} state @param {[number, number] | null} at @returns {State} */
export function pointAtPlace(state, at) {
  return String(slidingOf(state).at) === String(at)
    ? state
    : { ...state, sliding: { ...slidingOf(state), at } };
}
