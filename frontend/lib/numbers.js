/**
 * Numbers: as they travel, exactly, and as they are printed in a column.
 *
 * @import { Wire } from "./types.js"
 */

export const MINUS = "\u2212";

/** @param {Wire | null | undefined} wire @returns {number} */
export function fromWire(wire) {
  return wire === null || wire === undefined ? NaN : Number(wire);
}

/** @param {number} number @returns {Wire} */
export function toWire(number) {
  return Number.isFinite(number) ? number : /** @type {Wire} */ (String(number));
}

/**
 * The shortest text that reads back to the same number; the sign of a zero is kept.
 *
 * @param {number} number
 */
export function exact(number) {
  return Object.is(number, -0) ? "-0" : String(number);
}

/**
 * What a person typed as a number, or null where it is none.
 *
 * @param {string} text
 * @returns {number | null}
 */
export function parseNumber(text) {
  const plain = text.trim().replace(/\u2212/g, "-");
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i.test(plain)) return null;
  const number = Number(plain);
  return Number.isFinite(number) ? number : null;
}

/** Is it written like a number, but beyond the largest one? @param {string} text */
export function isTooLarge(text) {
  return (
    parseNumber(text) === null && Math.abs(Number(text.trim().replace(/\u2212/g, "-"))) === Infinity
  );
}

/**
 * How a set of numbers is printed, so that decimal points stand in one line.
 * @typedef {{decimals: number, scientific: boolean}} Style
 * @param {ArrayLike<number>} numbers
 * @param {number} digits  after the decimal point
 * @returns {Style}
 */
export function styleFor(numbers, digits) {
  let largest = 0;
  let whole = true;
  for (let at = 0; at < numbers.length; at += 1) {
    const number = numbers[at];
    if (!Number.isFinite(number)) continue;
    largest = Math.max(largest, Math.abs(number));
    if (!Number.isInteger(number)) whole = false;
  }
  if (whole && largest < 1e6) return { decimals: 0, scientific: false };
  return {
    decimals: digits,
    scientific: largest >= 1e6 || (largest > 0 && largest < 10 ** -digits),
  };
}

/**
 * The same for numbers that are read with their sum: the largest has `digits` digits other than
 * leading zeros, so that what is added can be followed.
 *
 * @param {number[]} numbers
 * @param {number} digits
 * @returns {Style}
 */
export function styleForSum(numbers, digits) {
  const style = styleFor(numbers, digits);
  const largest = Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs));
  if (style.scientific || style.decimals === 0 || largest === 0) return style;
  const zeros = Math.max(0, -1 - Math.floor(Math.log10(largest)));
  return { ...style, decimals: digits + zeros };
}

/** @param {number} number @param {Style} style */
export function print(number, style) {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : `${MINUS}∞`;
  if (number === 0) return "0"; // what is exactly zero is told from what is only small
  if (style.scientific)
    return signed(number.toExponential(Math.max(1, style.decimals - 1)).replace("e+", "e"));
  const fixed = number.toFixed(style.decimals);
  return signed(Number(fixed) === 0 ? number.toExponential(0) : fixed);
}

/** What is no longer than this was typed by a person, or could have been. */
const TYPED = 7;

/** A number as one would type it, where that is short; else rounded. @param {number} number @param {number} digits */
export function printTyped(number, digits) {
  const text = String(number);
  return text.length <= TYPED ? signed(text) : printOne(number, digits);
}

/** One number by itself. @param {number} number @param {number} digits */
export function printOne(number, digits) {
  return print(number, styleFor([number], digits));
}

/** A loss with the chosen digits, but four at least: it changes little from step to step. @param {Wire} loss @param {number} digits */
export function printLoss(loss, digits) {
  return printOne(fromWire(loss), Math.max(4, digits));
}

/** @param {string} text */
export function signed(text) {
  return text.replace(/-/g, MINUS);
}

/** `(6, 2)`, `(2,)` and `scalar`: NumPy's way of writing a shape. @param {number[]} shape */
export function printShape(shape) {
  if (shape.length === 0) return "scalar";
  return shape.length === 1 ? `(${shape[0]},)` : `(${shape.join(", ")})`;
}
