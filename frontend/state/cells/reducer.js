/**
 * The cell at which one points, and a number that is typed.
 *
 * @import { CellPlace, Trouble } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{matrix: string, name: string, index: number[], text: string, typed: boolean, trouble: Trouble | null}}
 *   CellEdit
 *
 * @typedef {object} CellsState
 * @property {CellPlace | null} lit the cell at which one points
 * @property {CellEdit | null} edit
 */

import { withCells } from "../../lib/tensor.js";

/** @type {CellsState} */
export const initialCells = { lit: null, edit: null };

/** @param {State} state @param {CellPlace | null} lit @returns {State} */
export function highlightCell(state, lit) {
  if (
    lit === state.lit ||
    (lit &&
      state.lit &&
      lit.matrix === state.lit.matrix &&
      String(lit.index) === String(state.lit.index))
  )
    return state;
  return { ...state, lit, pointed: lit ? null : state.pointed };
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
  return { ...state, edit: { matrix, name, index, text, typed, trouble: null }, alert: null };
}

/** @param {State} state @param {string} text @returns {State} */
export function typeEdit(state, text) {
  return state.edit ? { ...state, edit: { ...state.edit, text, trouble: null } } : state;
}

/** What was typed is no number; it stays. @param {State} state @param {Trouble} trouble @returns {State} */
export function refuseEdit(state, trouble) {
  return state.edit ? { ...state, edit: { ...state.edit, trouble } } : state;
}

/** @param {State} state @returns {State} */
export function leaveEdit(state) {
  return state.edit ? { ...state, edit: null } : state;
}
