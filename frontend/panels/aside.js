/**
 * The right column of the page: the explanation, or the exercise where one practises and has selected
 * nothing.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { exerciseView } from "./exercise.js";
import * as explanation from "./explanation.js";

export const select = explanation.select;

/** @param {ReturnType<typeof select>} props @param {Commands} commands @param {State} state */
export function view(props, commands, state) {
  return state.mode === "practice" && state.selected === null
    ? exerciseView(state, commands)
    : explanation.view(props, commands, state);
}
