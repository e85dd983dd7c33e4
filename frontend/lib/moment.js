/**
 * A moment of a run: the last state at an iteration, on the way to now or to one of the changes.
 * @typedef {{iteration: number, event: number | null}} Moment `event` is the number of a change,
 *   done or undone
 */

/** The moment as the service is asked for it. @param {Moment} moment */
export function at({ iteration, event }) {
  return `iteration=${iteration}${event === null ? "" : `&event=${event}`}`;
}

/** The present of a run. @param {{iteration: number}} run @returns {Moment} */
export function now({ iteration }) {
  return { iteration, event: null };
}
