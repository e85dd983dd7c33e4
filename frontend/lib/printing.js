/**
 * The numbers of a tensor as they stand in cells.
 *
 * @import { Tensor } from "./types.js"
 */

import { MINUS, print, styleFor } from "./numbers.js";

/**
 * One way of printing for all of them, the most decimals that one of them has, and the characters
 * that the widest number takes, with its point below those of the others.
 *
 * @param {Tensor[]} parts
 * @param {number} digits
 */
export function printing(parts, digits) {
  const numbers = parts.flatMap(({ data }) => Array.from(data));
  const style = styleFor(numbers, digits);
  const texts = numbers.map((number) => cellText(number, style));
  const places = texts.reduce((most, text) => Math.max(most, decimalsOf(text) ?? 0), 0);
  const width = texts.reduce(
    (most, text) => Math.max(most, text.length + missing(text, places)),
    1,
  );
  return { style, places, width };
}

/**
 * The same as a style: so much the number stands away from the right edge.
 *
 * @param {string} text
 * @param {number} places
 */
export function aligned(text, places) {
  const short = missing(text, places);
  return short === 0 ? {} : { "--short": `${short}ch` };
}

/** The letters behind the point; null for a number that is not written with one. @param {string} text */
function decimalsOf(text) {
  if (!/^.?\d+(\.\d+)?$/.test(text)) return null;
  return text.split(".")[1]?.length ?? 0;
}

/**
 * So many letters a number is short of the decimals of the others, so that the points of a column
 * stand below each other although no zeros are written.
 *
 * @param {string} text
 * @param {number} places
 */
function missing(text, places) {
  const decimals = decimalsOf(text);
  if (decimals === null || places === 0) return 0;
  return places - decimals + (decimals === 0 ? 1 : 0);
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
