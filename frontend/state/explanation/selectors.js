/**
 * What the explanation is about: the element that was chosen, else an element of what the step at
 * the cursor computes, so that there is always a number to look at; and what can be asked about it.
 *
 * @import { Aspect, Field, Step, Target, Trace } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @import { Shown } from "../trace/reducer.js"
 * @import { Question } from "./reducer.js"
 */

import { exists } from "../../lib/explanation.js";
import { at } from "../../lib/moment.js";
import { isSampled } from "../../lib/samples.js";
import { asTensor, size, unravel } from "../../lib/tensor.js";
import { areNumbersCovered, asking, isPartlyCovered } from "../learning/selectors.js";
import { coverOf } from "../practice/selectors.js";
import { currentStep } from "../stage/selectors.js";

/** What should be explained on the screen. @param {State} state @returns {Question | null} */
export function wanted({ asked, explained }) {
  return asked ?? explained;
}

/**
 * The text that names what should be explained, with the numbers that it is about; null where
 * nothing should.
 *
 * @param {State} state
 */
export function explanationKey(state) {
  const want = wanted(state);
  if (!state.run || !state.shown || !want) return null;
  const { tensor, field, index } = want.target;
  return [
    state.shown.run,
    state.shown.revision,
    at(state.shown),
    state.open,
    tensor,
    field,
    index,
  ].join("|");
}

/** @template {Question} Q @param {Q | null} question @param {Trace} trace @returns {Q | null} */
export function stillThere(question, trace) {
  return question && exists(question.target, trace.tensors) ? question : null;
}

/** In the order of the tabs. @type {Aspect[]} */
export const ASPECTS = ["why", "terms", "shapes", "jacobian", "uses"];

/**
 * The element that is explained, or null where it is the step.
 *
 * @param {State} state
 * @returns {Target | null}
 */
export function chosen(state) {
  return wanted(state)?.target ?? null;
}

/**
 * Of what the step computes the first element that is not 0, else the first one. Null where the step
 * computes only a part of a tensor, or what is covered.
 *
 * @param {State} state
 * @returns {Target | null}
 */
export function exampleOf(state) {
  const step = currentStep(state);
  if (!step || !state.shown || step.of.part || step.hidden) return null;
  const { tensors } = state.shown.trace;
  const { tensor, field } = step.of;
  if (!Object.hasOwn(tensors, tensor) || size(step.shape) === 0) return null;
  const target = { tensor, field, index: exampleIndex(state, step) };
  return exists(target, tensors) && !isHidden(state, target, step) ? target : null;
}

/**
 * That of the lesson's chapter, if it names one; where its numbers are covered, they do not choose.
 *
 * @param {State} state
 * @param {Step} step
 */
function exampleIndex(state, step) {
  const { tensor, field } = step.of;
  const named = state.learning.course?.chapter?.selection;
  if (named?.tensor === tensor && named.field === field && named.index) return [...named.index];
  const covered = field !== "next" && areNumbersCovered(state, tensor, field);
  const record = /** @type {Shown} */ (state.shown).trace.tensors[tensor];
  const listed = covered ? null : (step.value ?? (field === "next" ? undefined : record[field]));
  const place = step.picture?.slide ? largestPlace(state, listed, step) : firstPlace(listed, step);
  return unravel(place, step.shape);
}

/** @param {any} listed @param {Step} step */
function firstPlace(listed, { shape }) {
  if (listed === undefined || listed === null) return 0;
  const { data } = asTensor(listed, shape);
  for (let at = 0; at < data.length; at += 1) if (data[at] !== 0) return at;
  return 0;
}

/**
 * Where one tensor slides along another, the largest number tells the most: of the sample on the
 * screen, where the result has samples.
 *
 * @param {State} state
 * @param {any} listed
 * @param {Step} step
 */
function largestPlace({ shown, sample }, listed, { shape, of }) {
  if (listed === undefined || listed === null || !shown) return 0;
  const { data } = asTensor(listed, shape);
  const sampled = isSampled(shown.trace.tensors, of.tensor, shape);
  const count = sampled ? size(shape.slice(1)) : data.length;
  const begin = sampled ? sample * count : 0;
  let best = begin;
  for (let at = begin; at < begin + count; at += 1)
    if (Math.abs(data[at]) > Math.abs(data[best])) best = at;
  return best;
}

/** The chosen element, else the example. @param {State} state @returns {Target | null} */
export function subjectOf(state) {
  return chosen(state) ?? exampleOf(state);
}

/**
 * Is the element given, so that nothing computes it?
 *
 * @param {State} state
 * @param {Target} target
 */
export function isGiven({ shown }, { tensor, field }) {
  const role = shown?.trace.tensors[tensor]?.role;
  return field === "value" && (role === "input" || role === "parameter" || role === "state");
}

/** Does the loss have a derivative with respect to it? @param {State} state @param {string} tensor */
export function hasGradient({ shown }, tensor) {
  const record = shown?.trace.tensors[tensor];
  return record !== undefined && record.gradient !== null && !record.dtype.match(/^(int|bool)/);
}

/**
 * What cannot be asked, and why not.
 *
 * @param {State} state
 * @returns {Partial<Record<Aspect, string>>}
 */
export function senseless(state) {
  const target = chosen(state);
  const subject = target ?? exampleOf(state);
  const covered = asking(state)
    ? "Hidden until you answer the question"
    : "Hidden until all gradients are solved";
  /** @type {Partial<Record<Aspect, string>>} */
  const found = {};
  if (!subject) {
    found.terms = "This step computes one contribution of several, which has no terms of its own";
    found.uses = "Choose a number to follow it to the loss";
    if (currentStep(state)?.hidden) found.terms = found.uses = covered;
  } else if (isGiven(state, subject)) {
    found.terms = `${subject.tensor} is given: it is not computed from other numbers`;
    if (!hasGradient(state, subject.tensor))
      found.shapes =
        found.jacobian = `The loss has no derivative with respect to ${subject.tensor}`;
  }
  if (subject?.field === "next")
    found.jacobian = found.uses = "The update is not part of what is differentiated";
  if (asking(state)?.kind === "shape") found.shapes = covered;
  if (isPartlyCovered(state, currentStep(state)?.of.tensor ?? "")) found.terms ??= covered;
  if (coverOf(state) !== null) {
    // the Jacobian's rule and what comes back would tell the answers
    found.jacobian ??= covered;
    found.uses ??= covered;
    if (target && isGiven(state, target)) found.shapes ??= covered;
  }
  return found;
}

/** What can be asked. @param {State} state @returns {Aspect[]} */
export function aspectsOf(state) {
  const none = senseless(state);
  return ASPECTS.filter((aspect) => !(aspect in none));
}

/** What is shown. @param {State} state @returns {Aspect} */
export function aspectOf(state) {
  const possible = aspectsOf(state);
  if (state.aspect && possible.includes(state.aspect)) return state.aspect;
  const target = chosen(state);
  return target && possible.includes("terms") ? "terms" : "why";
}

/**
 * Is it about what is covered until it is found, or about an element that is computed from such?
 *
 * @param {State} state
 */
export function isCovered(state) {
  const target = chosen(state);
  const shown = target ?? currentStep(state)?.of;
  if (shown && shown.field !== "next" && areNumbersCovered(state, shown.tensor, shown.field))
    return true;
  const tensors = state.shown?.trace.tensors ?? {};
  const own = target && (tensors[target.tensor]?.alias ?? target.tensor);
  const step = target
    ? state.shown?.trace.steps.find(
        ({ of }) => of.tensor === own && of.field === target.field && !of.part,
      )
    : currentStep(state);
  return step ? isHidden(state, target, step) : false;
}

/**
 * @param {State} state
 * @param {Target | null} target
 * @param {Step} step that computes it
 */
function isHidden({ shown }, target, step) {
  const tensors = shown?.trace.tensors ?? {};
  return (
    step.phase !== "forward" &&
    (step.hidden === true ||
      (target !== null &&
        step.tokens.some(
          ({ tensor, field }) =>
            tensor !== undefined && field === "gradient" && tensors[tensor]?.hidden,
        )))
  );
}

/**
 * The number of an element, where the trace lists it.
 *
 * @param {State} state
 * @param {Target} target
 * @returns {number | null}
 */
export function numberOf({ shown }, { tensor, field, index }) {
  const record = shown?.trace.tensors[tensor];
  if (!shown || !record) return null;
  if (field === "gradient" && record.hidden) return null;
  const listed =
    field === "next"
      ? shown.trace.steps.find(({ of }) => of.tensor === tensor && of.field === "next")?.value
      : record[/** @type {Field} */ (field)];
  if (listed === undefined || listed === null) return null;
  const { data, shape } = asTensor(listed, record.shape);
  return data[index.reduce((at, position, axis) => at * shape[axis] + position, 0)] ?? null;
}
