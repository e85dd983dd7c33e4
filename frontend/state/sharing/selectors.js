/**
 * Links: the document itself where it fits into one, else the run to look at.
 *
 * @import { State } from "../state.js"
 * @import { Sharing } from "./reducer.js"
 */

import { documentAddress, forkAddress, runAddress } from "../../lib/address.js";

/** @param {Sharing} sharing */
export function linkOf({ base, id, encoded, copied: _, ...options }) {
  return encoded === null
    ? forkAddress(base, id, options)
    : documentAddress(base, encoded, options);
}

/**
 * The address of the run that is open, with what a reload should keep.
 *
 * @param {string} base
 * @param {State} state
 */
export function presentAddress(base, { run, borrowed, hidden, practice }) {
  return (borrowed ? forkAddress : runAddress)(base, run?.id ?? "", {
    hide: hidden,
    practice: practice.hiding,
  });
}
