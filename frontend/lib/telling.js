/**
 * The one sentence that comes first: what a gradient means for the loss, and what a sum consists of.
 * Code stands in backticks.
 *
 * @import { Explanation, Target, Warning } from "./types.js"
 */

import { targetCode } from "./explanation.js";
import { fromWire, print, printOne, printTyped, signed, styleFor } from "./numbers.js";
import { groupsOf, samplesOf } from "./terms.js";

/** What is said with a new run that takes the place of one with changes. */
export const KEPT_BEFORE = " The run before is kept; see More, Open.";

/** By so much an element is raised in thought. */
const RAISED = 0.1;
/** A sample that has at least so much of the whole has most of it. */
const MOST = 0.5;

/**
 * A gradient as a slope: what the loss does when the element is raised a little.
 *
 * @param {Target} target
 * @param {number} gradient
 * @param {number} digits
 */
export function slopeText(target, gradient, digits) {
  const code = `\`${targetCode({ ...target, field: "value" })}\``;
  if (!Number.isFinite(gradient)) return `The slope of the loss along ${code} is not a number.`;
  if (gradient === 0) return `Raise ${code} a little and the loss does not change.`;
  const change = Math.abs(gradient * RAISED);
  const way = gradient > 0 ? "rises" : "falls";
  return `Raise ${code} by ${RAISED} and the loss ${way} by about ${printOne(change, digits)}.`;
}

/**
 * What a sum consists of; empty where there is nothing to say.
 *
 * @param {Explanation} answer
 */
export function sumText(answer) {
  const { terms, term_count: count } = answer;
  if (groupsOf(answer).length === 0 || count < 2) return "";
  const others = terms.filter(({ value }) => fromWire(value) !== 0);
  const word = terms.every(({ factors }) => factors.length > 1) ? "product" : "term";
  if (count > terms.length && !samplesOf(answer)) return `The sum of ${count} ${word}s.`;
  const shares = sampleShares(answer);
  if (shares) return sharesText(shares, fromWire(answer.value), shares.size);
  if (others.length === 0) return `The sum of ${count} ${word}s, all of which are 0.`;
  if (others.length === count) return `The sum of ${count} ${word}s.`;
  const few =
    others.length === 1 ? "Only one of them is not 0." : `Only ${others.length} of them are not 0.`;
  return `The sum of ${count} ${word}s. ${few}`;
}

/**
 * What each sample contributes, where the sum goes over samples.
 *
 * @param {Explanation} answer
 * @returns {Map<number, number> | null}
 */
function sampleShares(answer) {
  const rows = samplesOf(answer);
  if (rows) return new Map(rows.map(({ sample, value }) => [sample, value]));
  const samples = answer.terms.map(({ sample }) => sample);
  if (samples.includes(undefined) || new Set(samples).size < samples.length) return null;
  return new Map(answer.terms.map(({ sample, value }) => [Number(sample), fromWire(value)]));
}

/** @param {Map<number, number>} shares @param {number} total @param {number} count */
function sharesText(shares, total, count) {
  const own = [...shares].filter(([, value]) => value !== 0);
  if (own.length === 0) return `None of the ${count} samples contributes.`;
  if (own.length === 1) return `All of it comes from sample ${own[0][0]}.`;
  const whole = own.reduce((sum, [, value]) => sum + Math.abs(value), 0);
  const [sample, value] = own.reduce((a, b) => (Math.abs(b[1]) > Math.abs(a[1]) ? b : a));
  const told =
    own.length === count
      ? `All ${count} samples contribute`
      : `${own.length} of ${count} samples contribute`;
  const most = Math.abs(value) / whole >= MOST && Math.sign(value) === Math.sign(total);
  return most ? `${told}; most of it comes from sample ${sample}.` : `${told}.`;
}

/**
 * What dragging a number did to the loss, beside what its gradient promised.
 *
 * @param {{from: number, value: number, slopes: [number, number], losses: [number, number]}} drag
 * @param {number} digits
 */
export function promiseText({ from, value, slopes: [before, after], losses: [was, is] }, digits) {
  const style = styleFor([before, after, was, is], digits);
  const number = (/** @type {number} */ one) => print(one, style);
  const moved = Number((value - from).toPrecision(12));
  const [promised, real] = [before * moved, is - was];
  const way = real > 0 ? "rose" : real < 0 ? "fell" : "did not change";
  const change =
    real === 0 ? "The loss did not change" : `The loss ${way} by ${number(Math.abs(real))}`;
  const slope =
    before === after
      ? ": the slope is the same all the way."
      : `: the slope itself changed on the way, from ${number(before)} to ${number(after)}.`;
  return `The gradient promised ${number(before)} × ${printTyped(moved, digits)} = ${number(promised)}. ${change}${slope}`;
}

/**
 * What is said of units that are off now and were not before.
 *
 * @param {Warning[]} before
 * @param {Warning[]} after
 * @returns {string} sentences; empty where there are none
 */
export function newlyOff(before, after) {
  const key = (/** @type {Warning} */ { tensor, index }) => `${tensor} ${index ?? "many"}`;
  const off = (/** @type {Warning[]} */ list) => list.filter(({ code }) => code === "dead_unit");
  const known = new Set(off(before).map(key));
  return gathered(off(after).filter((one) => !known.has(key(one))))
    .map(({ message }) => `${message[0].toUpperCase()}${message.slice(1)}.`)
    .join(" ");
}

/** What concerns all numbers is told beside the curve of the loss, not with a line of the program. */
const ELSEWHERE = new Set(["recalculated"]);

/** Nothing is wrong with what these codes tell. */
const CALM = new Set(["left_out", "dead_unit"]);

/**
 * What a list of warnings says: the dead units of a layer in one line, where its first one stands.
 *
 * @param {Warning[]} warnings
 * @returns {{line: number | null, message: string, calm: boolean}[]}
 */
export function gathered(warnings) {
  /** @type {Map<unknown, Warning[]>} */
  const lines = new Map();
  for (const one of warnings.filter(({ code }) => !ELSEWHERE.has(code))) {
    const key = one.code === "dead_unit" ? one.tensor : one;
    lines.set(key, [...(lines.get(key) ?? []), one]);
  }
  return [...lines.values()].map((list) => {
    const [{ line, code, message }] = list;
    const text = list.length > 1 ? layerText(list) : message;
    return {
      line,
      message: code === "dead_unit" ? signed(text) : text,
      calm: CALM.has(code),
    };
  });
}

/** @param {Warning[]} units that are dead, of one layer */
function layerText(units) {
  const [{ tensor, units: all = 0 }] = units;
  if (units.length === all) return `all ${all} units of ${tensor} are off for all samples`;
  const which = units.map(({ index }) => index?.join()).join(", ");
  return `${units.length} of ${all} units of ${tensor} are off for all samples: ${which}`;
}

/**
 * The first step that made such a number, of those that come before; null where the number is finite.
 *
 * @param {Warning[]} warnings
 * @param {number} step that computes the number
 * @returns {any}
 */
export function birthOf(warnings, step) {
  const born = warnings.filter(({ code }) => code === "not_finite");
  return born.filter((one) => /** @type {any} */ (one.step ?? 0) <= step).at(0) ?? born[0] ?? null;
}
