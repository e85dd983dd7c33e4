/**
 * What of a run is to be found, and what was tried.
 *
 * @import * as answers from "../../lib/answers.js"
 * @import { Piece } from "../../lib/annotated.js"
 * @import { Nested, Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {answers.ToFind} Exercise
 * @typedef {answers.Practice} ExerciseSet
 * @typedef {answers.VerdictAnswer} Verdict
 * @typedef {answers.Hint} Hint
 * @typedef {answers.ExerciseSummary} Listed
 * @typedef {{pieces: Piece[], family: string | null, values: (Nested | null)[]}} Own  one's own formula in
 *   its parts, with their numbers
 * @typedef {object} Draft
 * @property {string} key
 * @property {number[] | null} shape
 * @property {boolean} fits
 * @property {Pick<Problem, "detail" | "hint" | "where"> | null} problem
 * @property {Piece[]} pieces
 * @property {string | null} family
 * @typedef {{value: any, factors: {code: string, value: any}[]}} Term
 * @typedef {object} Answer
 * @property {string} tensor
 * @property {string} text
 * @property {number} revision
 * @property {Verdict} verdict
 * @property {Own | null} picture
 * @property {{index: number[], value: any, terms: Term[], term_count: number} | null} element
 * @typedef {object} Practice
 * @property {Listed[]} list               the exercises that come with the service
 * @property {ExerciseSet | null} exerciseSet          what of this run is to be found
 * @property {string | null} key           of the numbers that the exercises are about
 * @property {string | null} tensor        whose gradient is tried
 * @property {Record<string, string>} texts  what was typed, by tensor
 * @property {Draft | null} draft  the shape of what is typed, and of its parts
 * @property {Answer | null} answer
 * @property {string} pass                 a whole backward pass as it was pasted
 * @property {{verdicts: Record<string, Verdict>, blame: string[], revision: number} | null} judged  what
 *   is said about it
 * @property {Record<string, Hint[]>} hints
 * @property {"answer" | "hint" | null} newest  which of them came last
 * @property {{losses: number[], truth: number[], names: string[], until: number} | null} race  `until`:
 *   the iteration that it led to
 * @property {any} numeric                 the numeric check
 * @property {{curve: any, at: number} | null} slice the loss around one weight, and the point on it
 * @property {boolean} hiding              whether answers are covered
 * @property {string[]} shown              tensors whose solution was shown
 */

import { withHidden } from "../../lib/hiding.js";
import { stillThere } from "../explanation/selectors.js";
import { coverKey, coverOf } from "./selectors.js";

/** @type {Practice} */
export const initialPractice = {
  list: [],
  exerciseSet: null,
  key: null,
  tensor: null,
  texts: {},
  draft: null,
  answer: null,
  pass: "",
  judged: null,
  hints: {},
  newest: null,
  race: null,
  numeric: null,
  slice: null,
  hiding: false,
  shown: [],
};

/**
 * Practice goes on; what was found, or is covered from now on, changes what the trace shows.
 *
 * @param {State} state
 * @param {Partial<Practice>} part
 * @returns {State}
 */
export function updatePractice(state, part) {
  const next = { ...state, practice: { ...state.practice, ...part } };
  if (!next.shown || coverKey(next) === coverKey(state)) return next;
  const trace = withHidden(next.shown.whole, coverOf(next));
  return {
    ...next,
    shown: { ...next.shown, trace },
    explained: stillThere(next.explained, trace),
    asked: stillThere(next.asked, trace),
  };
}
