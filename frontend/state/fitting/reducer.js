/**
 * The room for the picture of a step.
 *
 * @import { State } from "../state.js"
 *
 * @typedef {object} FittingState
 * @property {{width: number, height: number}} room  for the picture of a step, in pixels
 * @property {{key: string, level: number}} tight by how much the picture of a step was made smaller
 *   than it was reckoned, because it did not fit
 */

/** @type {FittingState} */
export const initialFitting = { room: { width: 700, height: 420 }, tight: { key: "", level: 0 } };

/** @param {State} state @param {number} width @param {number} height @returns {State} */
export function measureStage(state, width, height) {
  return width === state.room.width && height === state.room.height
    ? state
    : { ...state, room: { width, height } };
}

/** The picture of a step is to be smaller. @param {State} state @param {string} key @param {number} level @returns {State} */
export function tightenStage(state, key, level) {
  return { ...state, tight: { key, level } };
}
