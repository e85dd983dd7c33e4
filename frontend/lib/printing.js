/**
 * The numbers of a tensor as they stand in cells.
 *
 * @import { Tensor } from "./types.js"
 */

import { MINUS, print, styleFor } from "./numbers.js";

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
 * A number in a cell: zeros at its end are left out where the number is exactly what remains, so that
 * one sees which numbers are round.
 *
 * @param {number} number
 * @param {import("./numbers.js").Style} style
 */
export function cellText(number, style) {
  if (number === 0) return "0";
  const text = print(number, style);
  if (style.decimals === 0 || style.scientific || !text.includes(".")) return text;
  const short = text.replace(/\.?0+$/, "");
  return Number(short.replace(MINUS, "-")) === number ? short : text;
}
