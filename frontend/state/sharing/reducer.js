/**
 * The link in the making.
 *
 * @import { Options } from "../../lib/address.js"
 * @import { State } from "../state.js"
 * @typedef {{base: string, view: string, encoded: string | null, copied: boolean | null} & Required<Options>}
 *   Sharing a link in the making; without a document it leads to the run, by the id to look at it
 *   (`view`); `copied`: as it is, null where that was not tried
 */

/** @type {{sharing: Sharing | null}} */
export const initialSharing = { sharing: null };

/** @param {State} state @param {State["sharing"]} sharing @returns {State} */
export function setSharing(state, sharing) {
  return { ...state, sharing };
}
