/**
 * What the page knows of a run's past.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Change } from "../../lib/timeline.js"
 * @import { Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{run: string, moment: Moment | null}} Side  a moment of a run; null: now
 * @typedef {object} Past
 * @property {string | null} key        of the state of the run that it tells of
 * @property {string | null} run
 * @property {Change[]} events
 * @property {Side | null} one          what is compared
 * @property {Side | null} other
 * @property {any} comparison           the service's answer; null until it is here
 * @property {string | null} tensor     whose difference is shown, with its field: `w1 gradient`
 * @property {Problem | null} problem
 * @property {import("../film/reducer.js").Film} film
 */

/** @type {Past} */
export const initialHistory = {
  key: null,
  run: null,
  events: [],
  one: null,
  other: null,
  comparison: null,
  tensor: null,
  problem: null,
  film: { rows: null, frames: {}, hovered: null, playing: false, tab: "compare" },
};

/** @param {State} state @param {Partial<State["past"]>} part @returns {State} */
export function updateHistory(state, part) {
  return { ...state, past: { ...state.past, ...part } };
}
