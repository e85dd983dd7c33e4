/**
 * Changes of what is being changed: a number that is typed or dragged, and the text of the program.
 *
 * @import { Trace, Trouble } from "../lib/types.js"
 * @import { State } from "./state.js"
 */

import { veiled } from "../lib/veil.js";
import { coverOf } from "./sheet.js";

/**
 * @param {State} state
 * @param {string} matrix
 * @param {string} name
 * @param {number[]} index
 * @param {string} text
 * @param {boolean} [typed] rather than the number that is there
 * @returns {State}
 */
export function editBegun(state, matrix, name, index, text, typed = true) {
  return { ...state, edit: { matrix, name, index, text, typed, trouble: null }, alert: null };
}

/**
 * @param {State} state
 * @param {string} name
 * @param {number[]} index
 * @param {number} value
 * @returns {State}
 */
export function dragBegun(state, name, index, value) {
  if (!state.shown) return state;
  const { trace, whole } = state.shown;
  const drag = { name, index, from: value, value, seen: value, before: trace, whole, slice: null };
  return { ...state, drag, edit: null };
}

/**
 * @param {State} state
 * @param {Partial<import("./state.js").Drag>} part
 * @returns {State}
 */
export function dragged(state, part) {
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
export function previewShown(state, trace, value) {
  if (!state.drag || !state.shown) return state;
  const shown = { ...state.shown, trace: veiled(trace, coverOf(state)), whole: trace };
  return { ...state, shown, drag: { ...state.drag, seen: value } };
}

/** The numbers before are on the screen again. @param {State} state @returns {State} */
export function dragEnded(state) {
  if (!state.drag || !state.shown) return { ...state, drag: null };
  const { before, whole } = state.drag;
  return { ...state, drag: null, shown: { ...state.shown, trace: before, whole } };
}

/** @param {State} state @param {string} text @returns {State} */
export function editTyped(state, text) {
  return state.edit ? { ...state, edit: { ...state.edit, text, trouble: null } } : state;
}

/** What was typed is no number; it stays. @param {State} state @param {Trouble} trouble @returns {State} */
export function editRefused(state, trouble) {
  return state.edit ? { ...state, edit: { ...state.edit, trouble } } : state;
}

/** @param {State} state @returns {State} */
export function editLeft(state) {
  return state.edit ? { ...state, edit: null } : state;
}

/** @param {State} state @param {string | null} text @returns {State} */
export function draftTyped(state, text) {
  return { ...state, draft: text === null ? null : { text, trouble: null, open: true } };
}

/**
 * The editor opens with what was left in it, else with the program.
 *
 * @param {State} state
 * @returns {State}
 */
export function draftOpened(state) {
  return state.draft
    ? { ...state, draft: { ...state.draft, open: true } }
    : draftTyped(state, state.document?.program ?? "");
}

/** The editor closes; what was changed in it is kept. @param {State} state @returns {State} */
export function draftClosed(state) {
  const { draft, document } = state;
  return {
    ...state,
    draft: draft === null || draft.text === document?.program ? null : { ...draft, open: false },
  };
}

/**
 * The program in the editor was refused; the one on the screen stays.
 *
 * @param {State} state
 * @param {Trouble} trouble
 * @returns {State}
 */
export function draftRefused(state, trouble) {
  return state.draft ? { ...state, draft: { ...state.draft, trouble, open: true } } : state;
}

/**
 * The program is the one that was in the editor; what was typed since then stays.
 *
 * @param {State} state
 * @param {string} program
 * @returns {State}
 */
export function draftApplied(state, program) {
  return state.draft?.text === program ? { ...state, draft: null } : state;
}
