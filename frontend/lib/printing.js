/**
 * The numbers of a tensor as they stand in cells.
 *
 * @import { Tensor } from "./types.js"
 */

import { print, styleFor } from "./numbers.js";

/**
 * One way of printing for all of them, and the characters that the widest number takes.
 *
 * @param {Tensor[]} parts
 * @param {number} digits
 */
export function printing(parts, digits) {
  const numbers = parts.flatMap(({ data }) => Array.from(data));
  const style = styleFor(numbers, digits);
  return {
    style,
    width: numbers.reduce((most, number) => Math.max(most, cellText(number, style).length), 1),
  };
}

/**
 * A number in a cell: one that is exactly zero is seen to be.
 *
 * @param {number} number
 * @param {import("./numbers.js").Style} style
 */
export function cellText(number, style) {
  return number === 0 ? "0" : print(number, style);
}
