/**
 * A number that is typed or dragged.
 *
 * @import { Trace, Trouble } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{matrix: string, name: string, index: number[], text: string, typed: boolean, trouble: Trouble | null}}
 *   CellEdit
 * @typedef
 *   {{name: string, index: number[], from: number, value: number, before: Trace, whole: Trace, seen: number, slice: import("../../lib/answers.js").SlicePlot | null}}
 *   Drag a number that is being dragged: what it was, what it is now, the trace before; `seen`: the
 *   value whose trace is on the screen; `slice`: the loss along it
 *
 * @typedef {object} CellsState
 * @property {CellEdit | null} edit
 * @property {Drag | null} drag
 */

import { withCells } from "../../lib/tensor.js";
import { veiled } from "../../lib/veil.js";
import { coverOf } from "../practice/selectors.js";

/** @type {CellsState} */
export const initialCells = { edit: null, drag: null };

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

/**
 * @param {State} state
 * @param {string} name
 * @param {number[]} index
 * @param {number} value
 * @returns {State}
 */
export function beginDrag(state, name, index, value) {
  if (!state.shown) return state;
  const { trace, whole } = state.shown;
  const drag = { name, index, from: value, value, seen: value, before: trace, whole, slice: null };
  return { ...state, drag, edit: null };
}

/**
 * @param {State} state
 * @param {Partial<Drag>} part
 * @returns {State}
 */
export function updateDrag(state, part) {
  return state.drag ? { ...state, drag: { ...state.drag, ...part } } : state;
}

/**
 * The trace with the dragged number in place; nothing of it is kept.
 *
 * @param {State} state
 * @param {Trace} trace
 * @param {number} value
 * @returns {State}
 */
export function showPreview(state, trace, value) {
  if (!state.drag || !state.shown) return state;
  const shown = { ...state.shown, trace: veiled(trace, coverOf(state)), whole: trace };
  return { ...state, shown, drag: { ...state.drag, seen: value } };
}

/** The numbers before are on the screen again. @param {State} state @returns {State} */
export function endDrag(state) {
  if (!state.drag || !state.shown) return { ...state, drag: null };
  const { before, whole } = state.drag;
  return { ...state, drag: null, shown: { ...state.shown, trace: before, whole } };
}
