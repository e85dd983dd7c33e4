/**
 * A number that is dragged.
 *
 * @import { Trace } from "../../lib/types.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} Drag a number that is being dragged: what it was, what it is now, the trace before; `seen`: the
 *   value whose trace is on the screen; `slice`: the loss along it
 * @property {string} name
 * @property {number[]} index
 * @property {number} from
 * @property {number} value
 * @property {Trace} before
 * @property {Trace} whole
 * @property {number} seen
 * @property {import("../../lib/answers.js").SlicePlot | null} slice
 */

import { withHidden } from "../../lib/hiding.js";
import { coverOf } from "../practice/selectors.js";

/** @type {{drag: Drag | null}} */
export const initialScrubbing = { drag: null };

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
  const shown = { ...state.shown, trace: withHidden(trace, coverOf(state)), whole: trace };
  return { ...state, shown, drag: { ...state.drag, seen: value } };
}

/** The numbers before are on the screen again. @param {State} state @returns {State} */
export function endDrag(state) {
  if (!state.drag || !state.shown) return { ...state, drag: null };
  const { before, whole } = state.drag;
  return { ...state, drag: null, shown: { ...state.shown, trace: before, whole } };
}
