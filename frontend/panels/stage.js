/**
 * The stage of the page: the step, or in practice what one's own formula gives; beside it the loss
 * along the number that is dragged, and the plot that is pinned.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { sliceBox } from "../views/slicebox.js";
import { answeringView } from "./answering.js";
import { pinnedView } from "./plots.js";
import { ownStage } from "./practice.js";
import * as slides from "./slides.js";
import * as tensors from "./tensors.js";

/** @param {State} state */
export function select(state) {
  return { ...tensors.select(state), course: state.learning.course };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands @param {State} state */
export function view(props, commands, state) {
  return tensors.view(props, commands, state, {
    instead: ownStage,
    beside: besideView,
    below: answeringView,
    slides,
  });
}

/** @param {State} state @param {Commands} commands */
function besideView(state, commands) {
  const { drag, shown } = state;
  return [drag && shown && sliceBox(drag, shown.trace), pinnedView(state, commands)];
}
