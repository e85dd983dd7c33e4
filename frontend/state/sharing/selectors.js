/**
 * Links: the document itself where it fits into one, else the run to look at.
 *
 * @import { State } from "../state.js"
 * @import { Sharing } from "./reducer.js"
 */

import { documentAddress, runAddress, viewAddress } from "../../lib/address.js";

/** @param {Sharing} sharing */
export function linkOf({ base, view, encoded, copied: _, ...options }) {
  return encoded === null
    ? viewAddress(base, view, options)
    : documentAddress(base, encoded, options);
}

/** The lesson that is played, for an address. @param {State} state */
export function playedIn({ learning: { course } }) {
  return course ? { lesson: course.address, chapter: course.at + 1 } : {};
}

/**
 * The address of the run that is open, with what a reload should keep.
 *
 * @param {string} base
 * @param {State} state
 */
export function presentAddress(base, state) {
  const { run, borrowed, hidden, practice } = state;
  return (borrowed ? viewAddress : runAddress)(base, run?.id ?? "", {
    hide: hidden,
    practice: practice.hiding,
    ...playedIn(state),
  });
}
