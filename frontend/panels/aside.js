/**
 * The right column of the page: the explanation, or the exercise where one practises and has selected
 * nothing.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { isOffering } from "../state/learning/selectors.js";
import { proseView } from "../views/prose.js";
import { slicePlot } from "../views/sliceplot.js";
import { dragContent } from "./dragged.js";
import { exerciseView } from "./exercise.js";
import { known } from "./explaining.js";
import * as explanation from "./explanation.js";
import { storageView } from "./storage.js";

/** What a file does not show. */
const OTHERS = { introduction, dragged: dragContent, storage: storageView, slice: slicePlot };

export const select = explanation.select;

/** @param {ReturnType<typeof select>} props @param {Commands} commands @param {State} state */
export function view(props, commands, state) {
  return state.mode === "practice" && state.selected === null
    ? exerciseView(state, commands)
    : explanation.view(props, commands, state, OTHERS);
}

/** What an example asks, and what to try with it. @param {State} state */
function introduction(state) {
  const example = state.examples.find(({ name }) => name === state.example);
  if (!example?.question || state.mode !== "explore") return null;
  // It would compete with the lesson, or with the offer of one.
  if (state.learning.course || isOffering(state)) return null;
  const isTensor = known(state);
  return h(
    "section",
    { class: "introduction", key: "introduction", "aria-label": "About this example" },
    h("p", { class: "about-title" }, "A question to look at"),
    h("p", null, ...proseView(example.question, isTensor)),
    h("p", { class: "about-title" }, "Try this"),
    h("p", null, ...proseView(example.attempt, isTensor)),
  );
}
