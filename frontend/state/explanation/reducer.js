/**
 * What is explained, and what of it is shown.
 *
 * @import { Aspect, Explanation, Target, Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{target: Target, trail: Target[]}} Question an element, and those by which one came to
 *   it
 * @typedef {Question & {key: string, answer: Explanation | null, problem: Problem | null}}
 *   Explained
 *
 * @typedef {object} ExplanationState
 * @property {Explained | null} explained  the element whose explanation is on the screen
 * @property {Question | null} asked  the one that takes its place once the answer is here
 * @property {Target[] | null} pointed  the cells of the term at which one points
 * @property {Aspect | null} aspect  what was chosen to be shown of it
 * @property {string | null} by  the tensor by which the Jacobian is taken, where it was chosen
 */

import { exists, sameTarget } from "../../lib/explanation.js";
import { INTRO } from "../../lib/intro.js";
import { revealAll } from "../windows/reducer.js";
import { explanationKey, wanted } from "./selectors.js";

const LAST_SENTENCE = INTRO.length - 1;

/** @type {ExplanationState} */
export const initialExplanation = {
  explained: null,
  asked: null,
  pointed: null,
  aspect: null,
  by: null,
};

/**
 * An element is to be explained; what is on the screen stays until the answer is here.
 *
 * @param {State} state
 * @param {Target} target
 * @param {Target[]} trail
 * @returns {State}
 */
export function askExplanation(state, target, trail) {
  if (!state.shown || !exists(target, state.shown.trace.tensors)) return state;
  const back = trail.findIndex((one) => sameTarget(one, target));
  const { lesson } = state;
  return {
    ...state,
    asked: { target, trail: back < 0 ? trail : trail.slice(0, back) },
    // the last sentence of the introduction asks for this
    lesson: lesson.intro === LAST_SENTENCE ? { ...lesson, intro: null } : lesson,
  };
}

/** @param {State} state @param {string} key @param {Explanation} answer @returns {State} */
export function showExplanation(state, key, answer) {
  return explainedBy(state, key, { answer, problem: null });
}

/** @param {State} state @param {string} key @param {Problem} problem @returns {State} */
export function refuseExplanation(state, key, problem) {
  return explainedBy(state, key, { answer: null, problem });
}

/**
 * An answer to what is no longer asked changes nothing.
 *
 * @param {State} state
 * @param {string} key
 * @param {Pick<Explained, "answer" | "problem">} outcome
 * @returns {State}
 */
function explainedBy(state, key, outcome) {
  const want = wanted(state);
  if (!want || key !== explanationKey(state)) return state;
  const next = {
    ...state,
    explained: { target: want.target, trail: want.trail, key, ...outcome },
    asked: null,
    pointed: null,
  };
  if (!outcome.answer || (state.explained && sameTarget(state.explained.target, want.target)))
    return next;
  return revealAll(next, [
    want.target,
    ...outcome.answer.terms.flatMap(({ factors }) => factors.flatMap(({ cells }) => cells)),
  ]);
}

/** @param {State} state @returns {State} */
export function closeExplanation(state) {
  return state.explained || state.asked
    ? { ...state, explained: null, asked: null, pointed: null }
    : state;
}

/** @param {State} state @param {Target[] | null} pointed @returns {State} */
export function pointAtTerm(state, pointed) {
  return pointed === state.pointed ? state : { ...state, pointed };
}

/** @param {State} state @param {Aspect | null} aspect  null: the one that suits @returns {State} */
export function chooseAspect(state, aspect) {
  return { ...state, aspect };
}

/** @param {State} state @param {string} by @returns {State} */
export function chooseJacobianInput(state, by) {
  return { ...state, by };
}
