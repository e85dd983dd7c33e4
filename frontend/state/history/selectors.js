/**
 * All moments of the run.
 *
 * @import { Change, Timeline } from "../../lib/timeline.js"
 * @import { State } from "../state.js"
 */

import { chainOf, plainTimeline, timelineOf } from "../../lib/timeline.js";

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
