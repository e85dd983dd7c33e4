/**
 * Says what happened, and what went wrong.
 *
 * @import { Store } from "../store.js"
 */

import { refusal, problemOf } from "../../service/refusal.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";

/** @param {Store} store @param {(text: string) => Promise<void>} write  to the clipboard */
export function createMessages({ apply }, write) {
  const messages = {
    ...bind(apply, reducers),

    /** @param {string} text @param {boolean} [concern] */
    say: (text, concern = false) => apply(reducers.setStatus, text, concern),

    /** @param {unknown} error */
    report: (error) => apply(reducers.setAlert, problemOf(error)),

    /** To the clipboard. @param {string} text @param {string} what */
    async copy(text, what) {
      try {
        await write(text);
        messages.say(`Copied ${what}.`);
      } catch {
        messages.report(
          refusal(
            "The browser does not let the page write to the clipboard.",
            "Select the numbers and copy them by hand.",
          ),
        );
      }
    },
  };
  return messages;
}
