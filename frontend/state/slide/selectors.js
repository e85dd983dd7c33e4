/**
 * The step at the cursor as one tensor laid on another: for which element, for which sample, and the
 * place at which one points.
 *
 * @import { Slide, SlideOperand } from "../../lib/answers.js"
 * @import { Layout, Lead, Letters, Meeting } from "../../lib/slide.js"
 * @import { Tensor } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @import { Sliding } from "./reducer.js"
 * @typedef {object} SlidePicture
 * @property {Layout} layout
 * @property {[Tensor, Tensor]} tensors  as the operands of the slide
 * @property {number[]} index            the element of the result
 * @property {Letters} picks
 * @property {Meeting[][]} rows
 * @property {number[] | null} sums      per position of the first lead
 * @property {number} added              what is added besides the products
 * @property {string | null} addedCode
 * @property {number} total
 * @property {[number, number] | null} at
 */

import { isSampled } from "../../lib/samples.js";
import { layoutOf, leadSums, meetings, placeIn, solved } from "../../lib/slide.js";
import { asTensor, cell, ravel } from "../../lib/tensor.js";
import { subjectOf } from "../explanation/selectors.js";
import { asking } from "../learning/selectors.js";
import { currentStep } from "../stage/selectors.js";

/** What the picks belong to. @param {State} state */
function slidingKey({ run, cursor, shown }) {
  return [run?.id, cursor, shown?.open].join("|");
}

/** @param {State} state @returns {Sliding} */
export function slidingOf(state) {
  const key = slidingKey(state);
  return state.sliding.key === key ? state.sliding : { key, picks: {}, at: null };
}

/** @type {WeakMap<Slide, Layout | null>} */
const layouts = new WeakMap();

/** @param {Slide} slide @param {State} state */
function layoutIn(slide, { shown }) {
  const known = layouts.get(slide);
  if (known !== undefined) return known;
  const tensors = shown?.trace.tensors ?? {};
  const made = layoutOf(slide, ({ tensor, shape }) => isSampled(tensors, tensor, shape));
  layouts.set(slide, made);
  return made;
}

/** The numbers of a tensor, where the trace lists them and they may be seen. @param {State} state @param {SlideOperand} operand */
function listedIn({ shown }, { tensor, field }) {
  const record = shown?.trace.tensors[tensor];
  const listed = record?.[field];
  if (!record || (field === "gradient" && record.hidden) || typeof listed !== "object" || !listed)
    return null;
  return asTensor(listed, record.shape);
}

/** @type {{depends: unknown[], sums: number[] | null} | null} */
let lastSums = null;

/** Adding up is done once for an element. @param {Layout} layout @param {[Tensor, Tensor]} tensors @param {number[]} index */
function sumsOf(layout, tensors, index) {
  const depends = [layout, ...tensors, String(index)];
  if (!lastSums?.depends.every((one, at) => one === depends[at]))
    lastSums = { depends, sums: leadSums(layout, tensors, index) };
  return lastSums.sums;
}

/**
 * The step as a picture of sliding; null where it is none, or where not all of its numbers are here.
 *
 * @param {State} state
 * @returns {SlidePicture | null}
 */
export function slidePicture(state) {
  const step = currentStep(state);
  const slide = step?.picture.slide;
  if (!step || !slide || step.hidden || !state.shown) return null;
  const layout = layoutIn(slide, state);
  const [first, second] = slide.operands.map((operand) => listedIn(state, operand));
  const result = listedIn(state, {
    tensor: step.of.tensor,
    field: step.of.field === "gradient" ? "gradient" : "value",
    shape: step.shape,
    axes: [],
  });
  const added = slide.added ? listedIn(state, slide.added) : null;
  if (!layout || !first || !second || !result || step.of.part || (slide.added && !added))
    return null;
  const tensors = /** @type {[Tensor, Tensor]} */ ([first, second]);
  const index = elementOf(state, step);
  const sums = sumsOf(layout, tensors, index);
  const { picks, at } = slidingOf(state);
  const chosen = Object.fromEntries(
    layout.leads.map((lead, place) => [
      lead.letter,
      picks[lead.letter] ?? firstPick(state, lead, place === 0 ? sums : null),
    ]),
  );
  const letters = solved(slide, index, {}) ?? {};
  const place = slide.added && placeIn(slide.added.axes, letters);
  return {
    layout,
    tensors,
    index,
    picks: chosen,
    rows: meetings(layout, tensors, index, chosen),
    sums,
    added: added && place ? (cell(added, place) ?? 0) : 0,
    addedCode: slide.added && place ? `${slide.added.tensor}[${place.join(", ")}]` : null,
    total: result.data[ravel(index, step.shape)],
    at,
  };
}

/**
 * The element: at which one points, that was chosen, or an example; while a lesson asks for an
 * element, another one.
 *
 * @param {State} state
 * @param {import("../../lib/types.js").Step} step
 * @returns {number[]}
 */
function elementOf(state, step) {
  const { highlighted } = state;
  const first = step.shape.map(() => 0);
  const candidates = [
    highlighted?.matrix === "result" ? { ...step.of, index: highlighted.index } : null,
    subjectOf(state),
    { ...step.of, index: first },
  ];
  const asked = asking(state)?.of;
  const found = candidates.find(
    (one) =>
      one?.tensor === step.of.tensor &&
      one.field === step.of.field &&
      one.index &&
      !(asked?.tensor === one.tensor && String(asked.index) === String(one.index)),
  );
  return [...(found?.index ?? step.shape.map((length) => length - 1))];
}

/** The sample on the screen, else where the sum is largest. @param {State} state @param {Lead} lead @param {number[] | null} sums */
function firstPick({ sample }, { batch }, sums) {
  if ((batch && sample > 0) || !sums) return batch ? sample : 0;
  return sums.reduce((best, sum, at) => (Math.abs(sum) > Math.abs(sums[best]) ? at : best), 0);
}
