/**
 * The dialogs of files, and what is in them.
 *
 * @import { Files } from "../../lib/files.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} FilesState
 * @property {"help" | "open" | "opened" | "export" | "data" | "lessons" | null} dialog
 * @property {Files} files
 * @property {string} opening  text in the dialog "Open"
 * @property {{id: string, title: string, opened: string}[]} recent  runs that this browser opened
 */

import { unopened } from "../../lib/files.js";

/** @type {FilesState} */
export const initialFiles = { dialog: null, files: unopened, opening: "", recent: [] };

/** @param {State} state @param {Partial<State["files"]>} part @returns {State} */
export function updateFiles(state, part) {
  return { ...state, files: { ...state.files, ...part } };
}

/**
 * @param {State} state
 * @param {State["dialog"]} dialog
 * @param {State["recent"]} [recent]
 * @returns {State}
 */
export function showDialog(state, dialog, recent = []) {
  return { ...state, dialog, recent, alert: null };
}

/** @param {State} state @param {State["recent"]} recent @returns {State} */
export function setRecent(state, recent) {
  return { ...state, recent };
}

/** @param {State} state @param {string} opening @returns {State} */
export function typeOpening(state, opening) {
  return { ...state, opening };
}
