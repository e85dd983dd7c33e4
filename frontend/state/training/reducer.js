/**
 * How many iterations are trained at once.
 *
 * @import { State } from "../state.js"
 */

/** @type {{iterations: number}} */
export const initialTraining = { iterations: 20 };

/** @param {State} state @param {number} iterations @returns {State} */
export function setIterations(state, iterations) {
  return { ...state, iterations };
}
