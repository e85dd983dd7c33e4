/**
 * Practice with the answers covered: gradients that are to be found have no numbers, and their lines say nothing but that they are missing.
 * @import { Step, Trace } from "./types.js"
 */

import { gradientOf } from "./code.js";

export const COVERED = "?";

/** @param {Trace} trace @param {Set<string>} hidden  the tensors whose gradients are covered @returns {Trace} */
export function veiled(trace, hidden) {
  if (hidden.size === 0) return trace;
  const tensors = Object.fromEntries(Object.entries(trace.tensors).map(([name, record]) => [name, hidden.has(record.alias ?? name) ? { ...record, gradient: null } : record]));
  return { ...trace, tensors, steps: trace.steps.map((step) => (tells(step, hidden) ? covered(step) : step)) };
}

/** Does the step calculate one of them, or show its numbers? @param {Step} step @param {Set<string>} hidden */
function tells({ output, phase, inputs }, hidden) {
  const owner = gradientOf(output);
  if (phase === "backward") return owner !== null && hidden.has(owner);
  return phase === "update" && inputs.some((name) => hidden.has(gradientOf(name) ?? ""));
}

/** @param {Step} step @returns {Step} */
function covered(step) {
  return { ...step, code: COVERED, inputs: [], mathml: undefined, value: undefined, picture: { kind: "composite", labels: null, operands: [] } };
}
