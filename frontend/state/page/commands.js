/**
 * What stands in the stage's place, and where the keys lead.
 *
 * @import { Browser } from "../commands.js"
 * @import { State } from "../state.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {Record<State["mode"], (() => void) | null>} begin  what a mode needs at first
 * @property {(hiding: boolean) => void} cover
 * @property {(text: string) => void} say
 */

import { presentAddress } from "../sharing/selectors.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";

/** @param {Store} store @param {Browser} browser @param {Means} means */
export function createPage({ get, apply }, browser, { begin, cover, say }) {
  return {
    ...bind(apply, reducers),

    /**
     * What stands in the stage's place. Practice begins with the gradients covered, and leaves them
     * open behind it, unless one goes on finding them.
     *
     * @param {State["mode"]} mode
     * @param {boolean} [covered]
     */
    chooseMode(mode, covered = mode === "practice") {
      const before = get().mode;
      if (mode === before) return;
      apply(reducers.chooseMode, mode);
      if (mode === "practice" || before === "practice") cover(covered);
      begin[mode]?.();
    },

    /** All regions again, after a link had hidden some. */
    showRegions() {
      apply(reducers.hideRegions, []);
      browser.setAddress(presentAddress(browser.base, get()));
      say("All regions are shown.");
    },
  };
}
