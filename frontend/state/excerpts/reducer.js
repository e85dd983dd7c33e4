/**
 * The parts of tensors that are too large to come with a trace, as far as they are here.
 *
 * @import { Tensor } from "../../lib/types.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} ExcerptsState
 * @property {Record<string, Tensor>} parts
 */

/** @type {ExcerptsState} */
export const initialExcerpts = { parts: {} };

/** @param {State} state @param {string} key @param {Tensor} part @returns {State} */
export function addExcerpt(state, key, part) {
  const recent = Object.entries(state.parts).slice(-60);
  return { ...state, parts: { ...Object.fromEntries(recent), [key]: part } };
}
