/**
 * Changes of the run go one after the other; what takes longer than a blink says so. What was refused
 * for the moment is not made again by itself: whoever wanted it may say so.
 *
 * @import { Store } from "./store.js"
 * @typedef {<T>(label: string, work: () => Promise<T>) => Promise<T | undefined>} Change
 * @typedef {object} Refused  what becomes of a change that failed
 * @property {(error: unknown) => void} report
 * @property {(label: string, work: () => Promise<unknown>) => void} overtaken by somebody else's
 * @property {(label: string, work: () => Promise<unknown>, error: unknown) => void} postponed  it may
 *   succeed a little later
 */

import { isOvertaken, isPassing } from "../service/refusal.js";
import { setBusy } from "./messages/reducer.js";

const SLOW = 300;

/** @param {Store} store @param {Refused} refused @returns {Change} */
export function createChanges({ apply }, { report, overtaken, postponed }) {
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();

  return (label, work) => {
    const turn = queue.then(async () => {
      const slow = setTimeout(
        () => apply(setBusy, { label, done: 0, total: 0, stop: false }),
        SLOW,
      );
      try {
        return await work();
      } catch (error) {
        if (isOvertaken(error)) overtaken(label, work);
        else if (isPassing(error)) postponed(label, work, error);
        else report(error);
        return undefined;
      } finally {
        clearTimeout(slow);
        apply(setBusy, null);
      }
    });
    queue = turn;
    return turn;
  };
}
