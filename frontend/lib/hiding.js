/**
 * Practice with the answers covered: gradients that are to be found have no numbers, and their
 * lines say nothing but that they are missing.
 * @import { Nested, Step, TensorRecord, Token, Trace } from "./types.js"
 * @typedef {(name: string, record: TensorRecord) => boolean} Cover whether a tensor's gradient is
 *   covered
 */

import { size } from "./tensor.js";

export const COVERED = "?";

/** Cells of larger tensors are not drawn one by one, so they need no blanks. */
const MOST_BLANKS = 400;

/** What the backward pass names inside of a composite is no tensor of the trace. @type {any} */
const INSIDE = { role: "intermediate" };

/** @param {Trace} trace @param {Cover | null} cover @returns {Trace} */
export function withHidden(trace, cover) {
  if (!cover) return trace;
  const hides = (/** @type {string} */ name) => {
    const own = trace.tensors[name]?.alias ?? name;
    const record = trace.tensors[own];
    return record !== undefined && record.gradient !== null && cover(own, record);
  };
  const hidesStep = (/** @type {string} */ name) =>
    Object.hasOwn(trace.tensors, name) ? hides(name) : cover(name, INSIDE);
  const tensors = Object.fromEntries(
    Object.entries(trace.tensors).map(([name, record]) => [
      name,
      hides(name) ? blanked(record) : record,
    ]),
  );
  return {
    ...trace,
    tensors,
    steps: trace.steps.map((step) => hiddenStep(step, hides, hidesStep)),
  };
}

/** @param {TensorRecord} record @returns {TensorRecord} */
function blanked(record) {
  return {
    ...record,
    hidden: true,
    gradient: size(record.shape) <= MOST_BLANKS ? blanks(record.shape) : null,
  };
}

/** @param {number[]} shape @returns {Nested} */
function blanks([length, ...rest]) {
  return length === undefined ? "NaN" : Array.from({ length }, () => blanks(rest));
}

/**
 * The way to a covered gradient is covered; of an update by it, the result.
 *
 * @param {Step} step
 * @param {(name: string) => boolean} hides
 * @param {(name: string) => boolean} hidesStep
 * @returns {Step}
 */
function hiddenStep(step, hides, hidesStep) {
  if (step.phase === "backward" && hidesStep(step.of.tensor)) {
    return {
      ...withoutCode(step),
      value: undefined,
      hidden: true,
      picture: { kind: "composite", labels: null, operands: [] },
    };
  }
  if (step.phase !== "update" || !step.tokens.some((token) => tells(token, hides))) return step;
  return {
    ...step,
    value: undefined,
    hidden: true,
    picture: step.picture && {
      ...step.picture,
      operands: step.picture.operands.map((operand) =>
        operand.tensor === null ? { ...operand, value: undefined } : operand,
      ),
    },
  };
}

/** A step whose formula is not told. @param {Step} step @returns {Step} */
export function withoutCode(step) {
  return { ...step, code: COVERED, tokens: [{ text: COVERED }], mathml: undefined };
}

/**
 * Does what an update reads tell a covered gradient? It is one, or the optimizer has just made it
 * of one.
 *
 * @param {Token} token
 * @param {(name: string) => boolean} hides
 */
function tells({ tensor, field }, hides) {
  if (tensor === undefined) return false;
  return field === "gradient"
    ? hides(tensor)
    : tensor.includes(".") && hides(tensor.slice(0, tensor.lastIndexOf(".")));
}
