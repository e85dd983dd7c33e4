/**
 * What the page knows of a run's past.
 *
 * @import { Moment } from "../lib/moment.js"
 * @import { Change, Timeline } from "../lib/timeline.js"
 * @import { Trouble } from "../lib/types.js"
 * @import { State } from "./state.js"
 * @typedef {{run: string, moment: Moment | null}} Side  a moment of a run; null: now
 * @typedef {object} Past
 * @property {string | null} key        of the state of the run that it tells of
 * @property {string | null} run
 * @property {Change[]} events
 * @property {Side | null} one          what is compared
 * @property {Side | null} other
 * @property {any} comparison           the service's answer; null until it is here
 * @property {string | null} tensor     whose difference is shown, with its field: `w1 gradient`
 * @property {Trouble | null} trouble
 * @property {import("./film.js").Film} film
 */

import { chainOf, plainTimeline, timelineOf } from "../lib/timeline.js";

/** @type {Past} */
export const untold = {
  key: null,
  run: null,
  events: [],
  one: null,
  other: null,
  comparison: null,
  tensor: null,
  trouble: null,
  film: { rows: null, frames: {}, hovered: null, playing: false, tab: "compare" },
};

/** Equal while nothing changes the run. @param {State} state */
export function keyOf({ run, revision }) {
  return run && `${run.id}|${revision}`;
}

/** @type {WeakMap<Change[], Timeline>} */
const timelines = new WeakMap();

/**
 * All moments of the run; iterations alone while its history is on its way.
 *
 * @param {State} state
 * @returns {Timeline}
 */
export function timelineIn(state) {
  const { run, past } = state;
  if (run === null || past.key !== keyOf(state) || past.events.length === 0)
    return plainTimeline(run?.iteration ?? 0);
  const made = timelines.get(past.events) ?? timelineOf(chainOf(past.events));
  timelines.set(past.events, made);
  return made;
}
