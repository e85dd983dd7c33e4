/**
 * A file of data that was looked into, and what was chosen about it.
 *
 * @import { Looked } from "../../lib/data.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} DataState
 * @property {Looked | null} data
 */

/** @type {DataState} */
export const initialData = { data: null };

/** @param {State} state @param {Looked | null} data @returns {State} */
export function setData(state, data) {
  return { ...state, data };
}

/** What it is used for. @param {State} state @param {string} use @returns {State} */
export function chooseUse(state, use) {
  return state.data ? setData(state, { ...state.data, use }) : state;
}
