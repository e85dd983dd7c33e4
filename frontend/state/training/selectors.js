/**
 * What there is to say after a training.
 *
 * @import { Run } from "../../lib/types.js"
 */

import { fromWire, printLoss, signed } from "../../lib/numbers.js";

/** A loss that is so many times the first one is on its way to infinity. */
const GROWN = 1000;

/**
 * What to say after a training.
 *
 * @param {Run & {stopped?: {detail: string} | null}} run
 * @param {number} done
 * @param {number} count
 * @param {number | null} first the loss at iteration 0, where it is known
 * @param {number} digits
 */
export function told(run, done, count, first, digits) {
  const problem = problemWith(run, first);
  if (done === count && problem) return problem;
  if (done === count)
    return done === 1
      ? `Iteration ${run.iteration} begins.`
      : `Trained ${done} iterations: the loss is ${printLoss(run.loss, digits)}.`;
  const why = run.stopped ? ` (${run.stopped.detail})` : "";
  const loss = problem ? `. ${problem}` : `: the loss is ${printLoss(run.loss, digits)}.`;
  return `Trained ${done} of ${count} iterations, then stopped${why}${loss} Undo takes them back.`;
}

/**
 * Why this is no success: the loss is not finite any more, or on its way there.
 *
 * @param {Run} run
 * @param {number | null} first
 * @returns {string | null}
 */
export function problemWith({ loss, divergence }, first) {
  if (divergence) return divergence;
  const last = fromWire(loss);
  if (first === null || !(Math.abs(first) > 0) || !(last > GROWN * Math.abs(first))) return null;
  return `The loss is diverging (${short(first)} → ${short(last)}). Try a smaller learning rate.`;
}

/** A number as one would say it. @param {number} number */
function short(number) {
  return signed(String(Number(number.toPrecision(3))).replace("e+", "e"));
}
