/**
 * What a glance does not tell about a tensor's numbers.
 *
 * @import { Matrix, Tensor } from "../lib/types.js"
 */

import { MINUS } from "../lib/numbers.js";

/**
 * How many of a mask are true, and how many numbers are none or without end.
 *
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @returns {string | null}
 */
export function remark({ mask, hidden }, { data }) {
  if (hidden || data.length < 2) return null;
  const numbers = Array.from(data);
  const count = (/** @type {(number: number) => boolean} */ pass) => numbers.filter(pass).length;
  /** @type {[number, string][]} */
  const kinds = [
    [mask ? count((number) => number !== 0) : 0, "true"],
    [count((number) => number === -Infinity), `${MINUS}∞`],
    [count((number) => number === Infinity), "∞"],
    [count(Number.isNaN), "NaN"],
  ];
  const told = kinds.flatMap(([many, word]) =>
    many ? [`${many} of ${numbers.length} ${word}`] : [],
  );
  return told.join(", ") || null;
}
