/**
 * What the service refused of the optimizer's options, batches and held-out rows.
 *
 * @import { Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{run: string, part: string, given: unknown, problem: Problem, sought: number} | null}
 *   Tuning
 *   what was refused last: an option by its name, "optimizer", "batch" or "validation"; what is `given` stands in
 *   the field of the option, null where nothing does;
 *   how often it was in the way, and the field is to be gone to
 */

/** @type {{tuning: Tuning}} */
export const initialTuning = { tuning: null };

/** @param {State} state @param {Tuning} tuning @returns {State} */
export function setRefusal(state, tuning) {
  return { ...state, tuning };
}
