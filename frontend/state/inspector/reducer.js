/**
 * The selected tensor.
 *
 * @import { State } from "../state.js"
 *
 * @typedef {object} InspectorState
 * @property {string | null} selected
 */

import { SILENT } from "../messages/reducer.js";

/** @type {InspectorState} */
export const initialInspector = { selected: null };

/** @param {State} state @param {string | null} name @returns {State} */
export function selectTensor(state, name) {
  const known = name !== null && state.shown !== null && name in state.shown.trace.tensors;
  return { ...state, ...SILENT, selected: known ? name : null, edit: null };
}
