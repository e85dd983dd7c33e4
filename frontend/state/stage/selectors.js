/**
 * The step at the cursor as matrices. Derived from the state, never stored.
 *
 * @import { Matrix, Operand, Step } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{step: Step, operands: Matrix[], result: Matrix}} StepMatrices
 */

import { GRID_CELLS, cropped } from "../../lib/slices.js";
import { asTensor, size, swapped, transpose } from "../../lib/tensor.js";
import { isHidden, isHiddenPart, isLeaf, isMask, studyKey } from "../trace/selectors.js";
import { inlineOverview, overviewIn, partOf, slicesIn } from "../windows/selectors.js";

/** @param {State} state */
export function currentStep(state) {
  return state.shown?.trace.steps[state.cursor] ?? null;
}

/**
 * The named parts of the step at the cursor; empty where it has none, or they are not here.
 *
 * @param {State} state
 * @returns {import("../../lib/answers.js").StepPart[]}
 */
export function partsOf(state) {
  const { studies, cursor, drag } = state;
  const key = studyKey(state, "parts", { step: String(cursor) });
  return !drag && currentStep(state)?.parts && key !== null && studies.parts?.key === key
    ? (studies.parts.answer?.parts ?? [])
    : [];
}

/** What a choice among the parts belongs to. @param {State} state */
export function partPlace({ run, shown, cursor }) {
  return [run?.id, shown?.open, cursor].join("|");
}

/**
 * Which part is on the stage: the chosen one, else what the step makes; -1 for a call as a whole.
 *
 * @param {State} state
 */
export function partAt(state) {
  const parts = partsOf(state);
  if (state.part?.key === partPlace(state) && state.part.at < parts.length) return state.part.at;
  const step = currentStep(state);
  if (step?.phase === "forward") return -1;
  return parts.findIndex((part, at) => part.step === state.cursor && isLast(parts, at));
}

/** Does it make what its step makes? @param {import("../../lib/answers.js").StepPart[]} parts @param {number} at */
function isLast(parts, at) {
  return parts[at + 1]?.step !== parts[at].step;
}

/** The part on the stage as a step. @param {State} state @returns {Step | null} */
function partStep(state) {
  const step = currentStep(state);
  const parts = partsOf(state);
  const part = parts[partAt(state)];
  if (!step || !part) return null;
  const { name, code, tokens, shape, picture, value } = part;
  const drawn = { ...step, code, tokens, shape, picture };
  if (isLast(parts, parts.indexOf(part))) return drawn;
  return { ...drawn, output: name, value, of: { ...step.of, field: "value", part: 1 } };
}

/** @param {State} state @returns {StepMatrices | null} */
export function stepMatrices(state) {
  const whole = currentStep(state);
  if (!whole || !state.shown) return null;
  const step = partStep(state) ?? whole;
  return {
    step,
    operands: (step.picture?.operands ?? []).flatMap((operand, at) =>
      operand.constant && operand.shape.length === 0
        ? []
        : [operandMatrix(state, step, operand, at)],
    ),
    result: resultMatrix(state, step),
  };
}

/**
 * @param {State} state
 * @param {Step} step
 * @param {Operand} operand
 * @param {number} at
 * @returns {Matrix}
 */
function operandMatrix(state, step, operand, at) {
  const transposed = operand.transposed === true;
  const named = operand.value === undefined && operand.tensor !== null && operand.field !== null;
  const slices = slicesIn(
    state,
    named && operand.tensor ? operand.tensor : operand.code,
    named && transposed ? swapped(operand.shape) : operand.shape,
  );
  const inline =
    operand.value === undefined
      ? null
      : cropped(asTensor(operand.value, operand.shape), slices.window);
  const part =
    named && operand.tensor && operand.field
      ? partOf(state, operand.tensor, operand.field)
      : inline;
  const stretched =
    step.picture?.kind === "elementwise" && isStretched(operand, step) ? step.shape : null;
  return {
    id: `operand ${at}`,
    operand: at,
    code: operand.code,
    name: named ? operand.tensor : null,
    field: operand.field,
    shape: operand.shape,
    part: part && transposed && named ? transpose(part) : part,
    transposed: transposed && named,
    ready: true,
    editable: named && isLeaf(state, operand.tensor, operand.field),
    labels: operand.labels,
    origin: operand.origin ?? null,
    stretched,
    slices,
    overview:
      named && operand.tensor && operand.field
        ? overviewIn(state, operand.tensor, operand.field, transposed)
        : inlineOverview(operand),
    mask: isMask(state, named ? operand.tensor : null, operand.value),
    note: null,
    hidden: named
      ? isHidden(state, operand.tensor, operand.field)
      : isHiddenPart(state, operand.code),
    naming: named && operand.tensor === state.selected ? "plain" : "contract",
  };
}

/** @param {Operand} operand @param {Step} step */
export function isStretched({ shape, labels }, step) {
  return (
    labels !== null &&
    shape.length > 0 &&
    size(shape) < size(step.shape) &&
    size(step.shape) <= GRID_CELLS &&
    step.shape.length <= 2
  );
}

/** @param {State} state @param {Step} step @returns {Matrix} */
function resultMatrix(state, step) {
  const { tensor: name, field: aim, part: contribution } = step.of;
  const field = aim === "gradient" ? aim : "value";
  const listed = step.value;
  const slices = slicesIn(state, contribution ? step.output : name, step.shape);
  const value = listed === undefined ? null : cropped(asTensor(listed, step.shape), slices.window);
  return {
    id: "result",
    code: step.output,
    name: contribution ? null : name,
    field,
    shape: step.shape,
    part: value ?? (contribution ? null : partOf(state, name, aim)),
    transposed: false,
    ready: true,
    editable: false,
    labels: step.picture?.labels ?? null,
    origin: null,
    stretched: null,
    slices,
    overview: contribution ? inlineOverview(step) : overviewIn(state, name, aim, false),
    mask: field === "value" && isMask(state, name, listed),
    hidden: step.hidden || isHidden(state, name, field),
    note: step.phase === "update" ? "after the update" : null,
    naming: step.phase === "update" ? "new" : name === state.selected ? "plain" : "contract",
  };
}
