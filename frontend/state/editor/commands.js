/**
 * The text of the program is typed, and tried.
 *
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {() => void} typed
 * @property {(text: string) => Promise<unknown>} tryText
 */

import { bind } from "../store.js";
import * as reducers from "./reducer.js";

/** @param {Store} store @param {Means} means */
export function createEditor({ get, apply }, { typed, tryText }) {
  return {
    ...bind(apply, reducers),

    /** @param {string | null} text */
    typeDraft(text) {
      apply(reducers.typeDraft, text);
      typed();
    },

    applyDraft() {
      const { draft } = get();
      if (draft) void tryText(draft.text);
    },
  };
}
