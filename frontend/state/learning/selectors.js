/**
 * The lesson: what is asked, what is covered, and what of the stage it lights.
 *
 * @import { Place } from "../../lib/answers.js"
 * @import { Matrix, Target } from "../../lib/types.js"
 * @import { State } from "../state.js"
 */

import { shows } from "../../lib/explanation.js";
import { placeName } from "../../lib/lessons.js";
import { asTensor, cell, ownIndex, ravel } from "../../lib/tensor.js";

/** @type {Place[]} */
const NOTHING = [];

/** Does the strip offer a first visitor the first lesson? @param {State} state */
export function isOffering({ learning, lesson, mode, brought }) {
  return (
    learning.offered &&
    learning.course === null &&
    learning.list.length > 0 &&
    lesson.intro === null &&
    mode === "explore" &&
    !brought
  );
}

/** Is the chapter's question answered, or is there none? @param {State} state */
export function isSettled({ learning: { course } }) {
  return !course?.chapter?.question || course.over || course.settled.includes(course.at);
}

/** The question that is to be answered. @param {State} state */
export function asking(state) {
  return isSettled(state) ? null : (state.learning.course?.chapter?.question ?? null);
}

/** What the lesson covers. @param {State} state */
export function coveredPlaces(state) {
  const { course } = state.learning;
  if (!course?.chapter || course.over || (course.chapter.question && isSettled(state)))
    return NOTHING;
  return course.chapter.hide;
}

/** Does the lesson cover that number? @param {State} state @param {Target} target */
export function isElementCovered(state, { tensor, field, index }) {
  return coveredPlaces(state).some(
    (place) =>
      place.tensor === tensor &&
      place.field === field &&
      (place.index === undefined || String(place.index) === String(index)),
  );
}

/**
 * What the explanation is about once the question is answered: the number that was asked for, else
 * what the chapter names, else the first of the cells that were right. Where a whole tensor was
 * asked for, the step that computes it is explained; null then. What would tell a formula that the
 * lesson is still to ask for is not explained.
 *
 * @param {State} state
 * @returns {Target | null}
 */
export function askedTarget(state) {
  const {
    learning: { course },
    shown,
  } = state;
  const chapter = course?.chapter;
  if (!chapter) return null;
  const asked = chapter.question?.of;
  const tells =
    asked?.field === "gradient" && !asked.index && soughtGradients(state).includes(asked.tensor);
  const of = tells ? undefined : asked;
  const shape = of && shown?.trace.tensors[of.tensor]?.shape;
  const at = (/** @type {Place} */ { tensor, field }, /** @type {readonly number[]} */ index) => ({
    tensor,
    field,
    index: [...index],
  });
  if (of && (of.index || shape?.length === 0)) return at(of, of.index ?? []);
  if (chapter?.selection) return at(chapter.selection, chapter.selection.index ?? []);
  if (!of || !shape) return null;
  const computed = shown?.trace.steps[chapter.index]?.of;
  if (chapter.question?.kind !== "cells")
    return computed?.tensor === of.tensor && computed.field === of.field
      ? null
      : at(
          of,
          shape.map(() => 0),
        );
  const marked = course?.marked.map((text) => text.split(",").map(Number)) ?? [];
  const [first] = marked.sort((one, other) => ravel(one, shape) - ravel(other, shape));
  return first ? at(of, first) : null;
}

/** Is a formula asked for? @param {{kind: string} | null | undefined} question */
export function asksFormula(question) {
  return question?.kind === "formula" || question?.kind === "mend";
}

/** Where a formula is asked for, the steps that tell it are covered with the numbers. @param {State} state */
function coversCode({ learning: { course } }) {
  const question = course?.chapter?.question;
  return !question || asksFormula(question);
}

/**
 * The tensors for whose gradients the lesson is still to ask a formula; what was found once is known.
 *
 * @param {State} state
 * @returns {string[]}
 */
export function soughtGradients({ learning: { course } }) {
  if (!course || course.over) return [];
  const found = course.settled.map((at) => course.stops[at]?.seeks);
  return course.stops.flatMap(({ seeks }) =>
    seeks === null || found.includes(seeks) ? [] : [seeks],
  );
}

/** The tensors whose gradients the lesson covers, with the way to them. @param {State} state */
export function coveredGradients(state) {
  if (!coversCode(state)) return [];
  const places = coveredPlaces(state).filter(
    ({ field, index }) => field === "gradient" && index === undefined,
  );
  return places.map(({ tensor }) => tensor);
}

/**
 * Does a matrix show the tensor whose shape is asked for?
 *
 * @param {State} state
 * @param {Matrix} matrix
 */
export function isShapeAsked(state, matrix) {
  const question = asking(state);
  return question?.kind === "shape" && question.of !== undefined && shows(matrix, question.of);
}

/**
 * Does the lesson cover all numbers of a tensor, but not how they are computed?
 *
 * @param {State} state
 * @param {string} name
 * @param {import("../../lib/types.js").Field} asked
 */
export function areNumbersCovered(state, name, asked) {
  return coveredPlaces(state).some(
    ({ tensor, field, index }) =>
      tensor === name &&
      field === asked &&
      index === undefined &&
      (field === "value" || !coversCode(state)),
  );
}

/** Does the lesson cover numbers of this tensor, one or all? @param {State} state @param {string} name */
export function isPartlyCovered(state, name) {
  return coveredPlaces(state).some(({ tensor }) => tensor === name);
}

/**
 * What a lesson makes of cells: which are marked or wrongly so, and which are covered.
 *
 * @param {State} state
 * @returns {{mark: (matrix: Matrix, index: number[]) => string | null, veiled: (matrix: Matrix, index: number[]) => boolean} | null}
 */
export function lessonCells(state) {
  const { course } = state.learning;
  if (!course?.chapter) return null;
  const question = course.chapter.question;
  const veils = coveredPlaces(state).filter(({ index }) => index !== undefined);
  const of = question?.kind === "cells" ? question.of : undefined;
  if (!veils.length && !of) return null;
  const off = new Set(course.verdict?.off?.map((index) => index.join()));
  const marked = new Set(course.marked);
  return {
    mark(matrix, index) {
      if (!of || !shows(matrix, of)) return null;
      const key = ownIndex(matrix, index).join();
      if (!marked.has(key)) return asking(state) ? "open" : null;
      return off.has(key) ? "off" : "marked";
    },
    veiled: (matrix, index) =>
      veils.some(
        (place) => shows(matrix, place) && String(place.index) === String(ownIndex(matrix, index)),
      ),
  };
}

/** Is a tensor lit by the chapter, or because one points at it in the text? @param {State} state */
export function litTensors(state) {
  const { course } = state.learning;
  if (!course?.chapter || course.over) return null;
  const lit = new Set(course.chapter.lit.map(placeName));
  const question = asking(state);
  if (question?.kind === "drag" && question.of) lit.add(question.of.tensor);
  if (course.pointed !== null) lit.add(course.pointed);
  return lit;
}

/** The number of the weight that a question is about. @param {State} state */
export function weightNow({ learning: { course }, shown }) {
  const place = course?.chapter?.question?.of;
  const record = place && shown?.trace.tensors[place.tensor];
  if (!place || !record || record.value === undefined) return null;
  return cell(asTensor(record.value, record.shape), [...(place.index ?? [])]) ?? null;
}
