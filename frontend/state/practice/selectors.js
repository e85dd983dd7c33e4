/**
 * What is covered until it is found, and what is tried.
 *
 * @import { Step } from "../../lib/types.js"
 * @import { Cover } from "../../lib/hiding.js"
 * @import { State } from "../state.js"
 * @import { Exercise, Hint, Practice } from "./reducer.js"
 */

import { coveredGradients } from "../learning/selectors.js";

/**
 * The tensors whose gradients are to be found still; null while one does not know.
 *
 * @param {State} state
 * @returns {Exercise[] | null}
 */
function missing({ practice: { exerciseSet, shown } }) {
  return (
    exerciseSet &&
    exerciseSet.exercises.filter(({ tensor, found }) => !found && !shown.includes(tensor))
  );
}

/**
 * Whose gradients are covered: what a lesson asks for, what is to be found still; and while anything is that counts, those
 * without a name on the way to it.
 * @param {State} state @returns {Cover | null}
 */
export function coverOf(state) {
  const asked = coveredGradients(state);
  const own = practiceCover(state);
  if (!asked.length) return own;
  return (name, record) => asked.includes(name) || (own?.(name, record) ?? false);
}

/** @param {State} state @returns {Cover | null} */
function practiceCover(state) {
  if (!state.practice.hiding) return null;
  const open = missing(state);
  if (open?.length === 0) return null;
  const named = new Set(state.practice.exerciseSet?.exercises.map(({ tensor }) => tensor));
  const left = new Set(open?.map(({ tensor }) => tensor));
  const underway = open === null || open.some(({ optional }) => !optional);
  return (name, { role }) => role !== "loss" && (named.has(name) ? left.has(name) : underway);
}

/** Equal for equal covers. @param {State} state */
export function coverKey(state) {
  const found = state.practice.hiding
    ? (missing(state)
        ?.map(({ tensor }) => tensor)
        .join() ?? "all")
    : "";
  return `${found}|${coveredGradients(state).join()}`;
}

/**
 * What is tried: the one that was chosen, else the next to find.
 *
 * @param {State} state
 * @returns {Exercise | null}
 */
export function tried({ practice: { exerciseSet, tensor } }) {
  if (!exerciseSet) return null;
  const chosen = exerciseSet.exercises.find((one) => one.tensor === tensor);
  return (
    chosen ??
    exerciseSet.exercises.find((one) => one.tensor === exerciseSet.next) ??
    exerciseSet.exercises[0] ??
    null
  );
}

/** @param {State} state */
export function typed(state) {
  const exercise = tried(state);
  return exercise && Object.hasOwn(state.practice.texts, exercise.tensor)
    ? state.practice.texts[exercise.tensor]
    : "";
}

/**
 * The hints towards a tensor's gradient so far. A tensor may be called like a property that every
 * object has.
 *
 * @param {Practice} practice
 * @param {string} tensor
 * @returns {Hint[]}
 */
export function hintsFor({ hints }, tensor) {
  return Object.hasOwn(hints, tensor) ? hints[tensor] : [];
}

/**
 * The step that computes what is tried.
 *
 * @param {State} state
 * @returns {Step | null}
 */
export function stepOf(state) {
  const exercise = tried(state);
  return (
    state.shown?.trace.steps.find(
      ({ phase, output }) => phase === "backward" && output === exercise?.gradient,
    ) ?? null
  );
}

/**
 * The formulas of one's own that can be trained with: those that were found right, and the one that
 * is being written where its shape fits.
 *
 * @param {State} state
 * @returns {Record<string, string>}
 */
export function ownFormulas(state) {
  const { exerciseSet, texts, draft } = state.practice;
  const exercise = tried(state);
  const text = typed(state);
  const fits = exercise && draft?.fits && draft.key === `${exercise.tensor} ${text}`;
  const right = (exerciseSet?.exercises ?? []).filter(
    ({ tensor, found }) => found && Object.hasOwn(texts, tensor) && texts[tensor].trim(),
  );
  return {
    ...Object.fromEntries(right.map(({ tensor }) => [tensor, texts[tensor]])),
    ...(fits ? { [exercise.tensor]: text } : {}),
  };
}
