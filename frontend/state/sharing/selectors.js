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

/** The lesson that is played or about to be, for an address. @param {Pick<State, "learning">} state */
export function playedIn({ learning: { course, awaited } }) {
  const { address, at } = awaited ?? course ?? {};
  if (address === undefined) return {};
  return { lesson: address, chapter: at == null ? null : at + 1 };
}

/**
 * The address of the run that is open, with what a reload should keep.
 *
 * @param {string} base
 * @param {Pick<State, "run" | "borrowed" | "hidden" | "practice" | "learning" | "embed">} state
 * @param {number | null} [step]
 */
export function presentAddress(base, state, step = null) {
  const { run, borrowed, hidden, practice, embed } = state;
  return (borrowed ? viewAddress : runAddress)(base, run?.id ?? "", {
    step,
    hide: hidden,
    practice: practice.hiding,
    embed,
    ...playedIn(state),
  });
}
