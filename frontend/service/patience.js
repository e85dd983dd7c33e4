/**
 * Reads that the service refuses for the moment are tried again, when it said or later each time. Only
 * reads: whether a change is made is for a person to say.
 *
 * @import { Problem } from "../lib/types.js"
 * @typedef {{detail: string, seconds: number} | null} Waiting  why and how long it waits; null: it goes on
 * @typedef {ReturnType<typeof createPatience>} Patience
 */

import { PASSING } from "./refusal.js";

/** So often a read is tried, and so long it waits at most before it is refused. */
const [MOST_TRIES, LONGEST] = [5, 60];

/** What there is to say of it. @param {Waiting} waiting */
export function waitingText(waiting) {
  if (!waiting) return "";
  const { detail, seconds } = waiting;
  return `${detail}${/[.!?]$/.test(detail) ? "" : "."} The page asks again in ${seconds} s.`;
}

/**
 * @param {(waiting: Waiting) => void} tell
 * @param {(seconds: number) => Promise<void>} sleep
 */
export function createPatience(tell, sleep) {
  /** @type {Promise<void> | null} */
  let pause = null;

  return {
    /** Whoever comes while others wait, waits with them. */
    turn: () => pause ?? Promise.resolve(),

    /**
     * Resolves when the read may be tried again; false, at once, where it may not.
     *
     * @param {Problem} problem
     * @param {number} tried  how often it was
     * @returns {Promise<boolean>}
     */
    async wait({ status, detail, after }, tried) {
      const seconds = Math.max(after ?? 1, 2 ** (tried - 1));
      if (!PASSING.has(status) || tried >= MOST_TRIES || seconds > LONGEST) return false;
      if (!pause) {
        tell({ detail, seconds });
        pause = sleep(seconds).then(() => {
          pause = null;
          tell(null);
        });
      }
      await pause;
      return true;
    },
  };
}
