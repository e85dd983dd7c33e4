/**
 * The cell at which one points, and a number that is typed.
 *
 * @import { CellPlace, Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{matrix: string, name: string, index: number[], text: string, typed: boolean, problem: Problem | null}}
 *   CellEdit
 *
 * @typedef {object} CellsState
 * @property {CellPlace | null} highlighted the cell at which one points
 * @property {CellEdit | null} edit
 */

import { withCells } from "../../lib/tensor.js";

/** @type {CellsState} */
export const initialCells = { highlighted: null, edit: null };

/** @param {State} state @param {CellPlace | null} highlighted @returns {State} */
export function highlightCell(state, highlighted) {
  if (
    highlighted === state.highlighted ||
    (highlighted &&
      state.highlighted &&
      highlighted.matrix === state.highlighted.matrix &&
      String(highlighted.index) === String(state.highlighted.index))
  )
    return state;
  return { ...state, highlighted, pointed: highlighted ? null : state.pointed };
}

/**
 * Edited cells show their new numbers before the new trace is here.
 *
 * @param {State} state
 * @param {string} name
 * @param {{index: number[], value: number}[]} cells
 * @returns {State}
 */
export function writeCells(state, name, cells) {
  const record = state.shown?.trace.tensors[name];
  if (!state.shown || !record || record.value === undefined) return state;
  const tensors = {
    ...state.shown.trace.tensors,
    [name]: { ...record, value: withCells(record.value, cells) },
  };
  return { ...state, shown: { ...state.shown, trace: { ...state.shown.trace, tensors } } };
}

/**
 * @param {State} state
 * @param {string} matrix
 * @param {string} name
 * @param {number[]} index
 * @param {string} text
 * @param {boolean} [typed] rather than the number that is there
 * @returns {State}
 */
export function beginEdit(state, matrix, name, index, text, typed = true) {
  return { ...state, edit: { matrix, name, index, text, typed, problem: null }, alert: null };
}

/** @param {State} state @param {string} text @returns {State} */
export function typeEdit(state, text) {
  return state.edit ? { ...state, edit: { ...state.edit, text, problem: null } } : state;
}

/** What was typed is no number; it stays. @param {State} state @param {Problem} problem @returns {State} */
export function refuseEdit(state, problem) {
  return state.edit ? { ...state, edit: { ...state.edit, problem } } : state;
}

/** @param {State} state @returns {State} */
export function leaveEdit(state) {
  return state.edit ? { ...state, edit: null } : state;
}
