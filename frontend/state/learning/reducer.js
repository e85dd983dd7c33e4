/**
 * The lesson that is being played, and how far one is in each.
 *
 * @import { ChapterAnswer, Judged, LessonSummary } from "../../lib/answers.js"
 * @import { Progress } from "../../lib/lessons.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} Stop  a chapter in the overview
 * @property {string} title
 * @property {string} text
 * @property {string} ask
 * @property {boolean} halts
 * @property {number} iteration
 * @property {boolean} fresh
 * @property {boolean} drags
 * @property {string | null} seeks  the tensor for whose gradient a formula is asked
 *
 * @typedef {object} Course  a lesson that is being played
 * @property {string} key          the name under which progress is kept
 * @property {string | object} lesson  its name, or all of it
 * @property {string} address      what stands for it in an address: its name, or all of it, encoded
 * @property {string} title
 * @property {Stop[]} stops
 * @property {number} at           the chapter, from 0
 * @property {number[]} settled    the chapters whose question is answered
 * @property {string | null} base  the run that it is played on
 * @property {string | null} fresh its variant
 * @property {boolean} ready       whether the run and the iteration of the chapter are here
 * @property {boolean} arriving    whether the stage is still to go to the chapter's step
 * @property {string | null} filled  of which numbers the chapter is
 * @property {ChapterAnswer | null} chapter
 * @property {string} text         what was typed
 * @property {string[]} marked     the cells that were marked
 * @property {number | null} chosen  the choice that was made last
 * @property {number | null} from  where the weight to drag was at first
 * @property {number | null} dragged  where it was when it was judged last
 * @property {Judged | null} verdict
 * @property {number} tries
 * @property {string | null} pointed  the tensor in the text at which one points
 * @property {boolean} over        whether one is through, and is told what there is next
 *
 * @typedef {object} Learning
 * @property {LessonSummary[]} list
 * @property {Record<string, Progress>} progress
 * @property {Course | null} course
 * @property {Awaited | null} awaited  the lesson whose run is still being opened
 * @property {boolean} offered     whether a first visitor is offered the first lesson
 *
 * @typedef {object} Awaited
 * @property {string} address      what stands for it in an address
 * @property {number | null} at    the chapter, from 0; null where one left it
 */

import { withHidden } from "../../lib/hiding.js";
import { stillThere } from "../explanation/selectors.js";
import { coverKey, coverOf } from "../practice/selectors.js";

/** @type {Learning} */
export const initialLearning = {
  list: [],
  progress: {},
  course: null,
  awaited: null,
  offered: false,
};

/** What belongs to one chapter alone. */
export const UNTOLD = {
  ready: false,
  arriving: true,
  filled: null,
  chapter: null,
  text: "",
  marked: [],
  chosen: null,
  from: null,
  dragged: null,
  verdict: null,
  tries: 0,
  pointed: null,
  over: false,
};

/** @param {State} state @param {Partial<Learning>} part @returns {State} */
export function updateLearning(state, part) {
  return recovered(state, { ...state, learning: { ...state.learning, ...part } });
}

/** The lesson goes on. @param {State} state @param {Partial<Course>} part @returns {State} */
export function updateCourse(state, part) {
  const { course } = state.learning;
  if (!course) return state;
  const next = { ...state.learning, course: { ...course, ...part } };
  return recovered(state, { ...state, learning: next });
}

/** @param {State} state @param {string} text @returns {State} */
export function typeAnswer(state, text) {
  return updateCourse(state, { text, verdict: null });
}

/** Cells are marked, or are not any more. @param {State} state @param {string[]} cells @param {boolean} on @returns {State} */
export function markCells(state, cells, on) {
  const taken = new Set(cells);
  const others = (state.learning.course?.marked ?? []).filter((one) => !taken.has(one));
  return updateCourse(state, { marked: on ? [...others, ...cells] : others, verdict: null });
}

/** @param {State} state @param {string | null} pointed @returns {State} */
export function pointInLesson(state, pointed) {
  return state.learning.course?.pointed === pointed ? state : updateCourse(state, { pointed });
}

/** A first visitor is offered the first lesson. @param {State} state @returns {State} */
export function offerLesson(state) {
  return { ...state, learning: { ...state.learning, offered: true } };
}

/** @param {State} state @returns {State} */
export function declineLesson(state) {
  return state.learning.offered
    ? { ...state, learning: { ...state.learning, offered: false } }
    : state;
}

/** What is covered may be other tensors now. @param {State} before @param {State} next @returns {State} */
function recovered(before, next) {
  if (!next.shown || coverKey(next) === coverKey(before)) return next;
  const trace = withHidden(next.shown.whole, coverOf(next));
  return {
    ...next,
    shown: { ...next.shown, trace },
    explained: stillThere(next.explained, trace),
    asked: stillThere(next.asked, trace),
  };
}
