/**
 * The network that is being built.
 *
 * @import { State } from "../state.js"
 */

import { unbuilt } from "../../lib/network.js";

export const initialBuilder = unbuilt;

/** @param {State} state @param {Partial<State["builder"]>} part @returns {State} */
export function updateBuilder(state, part) {
  return { ...state, builder: { ...state.builder, ...part } };
}
