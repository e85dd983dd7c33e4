/**
 * Changes of how the graph is drawn: its size, which loops are folded, and what is searched in it.
 * @import { State } from "./state.js"
 * @typedef {object} Drawing
 * @property {number} zoom
 * @property {Record<string, boolean>} folded  what a person said of a loop, by its key
 * @property {string} query
 * @property {number} choice  which of what was found Enter takes
 */

const [SMALLEST, LARGEST] = [0.1, 2.5];

/** @type {Drawing} */
export const drawnFirst = { zoom: 1, folded: {}, query: "", choice: 0 };

/** @param {State} state @param {number} zoom @returns {State} */
export function zoomed(state, zoom) {
  return { ...state, drawing: { ...state.drawing, zoom: Math.max(SMALLEST, Math.min(LARGEST, zoom)) } };
}

/** @param {State} state @param {string} loop @param {boolean} folded @returns {State} */
export function loopFolded(state, loop, folded) {
  return { ...state, drawing: { ...state.drawing, folded: { ...state.drawing.folded, [loop]: folded } } };
}

/** @param {State} state @param {string} query @returns {State} */
export function searched(state, query) {
  return { ...state, drawing: { ...state.drawing, query, choice: 0 } };
}

/** @param {State} state @param {number} choice @returns {State} */
export function choiceMoved(state, choice) {
  return { ...state, drawing: { ...state.drawing, choice } };
}
