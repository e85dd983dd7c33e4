/** Blocks of numbers that are pasted in or copied out. @import { Tensor } from "./types.js" */

import { exact, parseNumber } from "./numbers.js";

/**
 * What may stand in front of an array's brackets, and behind them: `w = np.array(`, `,
 * dtype=float32)`.
 */
const FRONT = /^\s*(?:\w+\s*=\s*)?(?:[\w.]+\(\s*)?$/;
const BACK = /^\s*(?:,\s*\w+\s*=[^(),]*)*\)?[\s;]*$/;
/**
 * What stands around the brackets is short, or it is none of this; so no text takes long to be
 * refused.
 */
const LONGEST_AROUND = 200;

/**
 * Rows of a block from a spreadsheet (tabs), a CSV file (commas or semicolons), or brackets as
 * NumPy, PyTorch and Python print them.
 * @param {string} text
 * @returns {number[][] | null} null where something in it is not a number, or the rows differ in
 *   length
 */
export function parseBlock(text) {
  const rows = text.includes("[")
    ? bracketed(text)
    : lines(text.replace(/^\s*[\w.]*\((.*)\)\s*$/s, "$1"));
  const block = rows?.map((row) => row.map(blockNumber)) ?? [];
  const width = block[0]?.length ?? 0;
  if (!width || block.some((row) => row.length !== width || row.includes(null))) return null;
  return /** @type {number[][]} */ (block);
}

/** In a block, numbers that are not finite may stand by their names. @param {string} word */
function blockNumber(word) {
  const [, minus, name] = /^([+-]?)(nan|inf|infinity)$/i.exec(word.replace(/\u2212/g, "-")) ?? [];
  if (!name) return parseNumber(word);
  return /nan/i.test(name) ? NaN : minus === "-" ? -Infinity : Infinity;
}

/**
 * A row a line. With semicolons between the numbers a comma is a decimal one.
 *
 * @param {string} text
 */
function lines(text) {
  const plain = text.split(/\r?\n|\r/).filter((line) => line.trim());
  const decimal = text.includes(";") && text.includes(",");
  return plain.map((line) =>
    decimal
      ? words(line.replace(/,/g, "."), ";").map((word) => word.trim())
      : words(line, /\s*[\t,;]\s*|\s+/),
  );
}

/**
 * A row an innermost bracket, however long lines are broken.
 *
 * @param {string} text
 * @returns {string[][] | null}
 */
function bracketed(text) {
  const [start, end] = [text.indexOf("["), text.lastIndexOf("]") + 1];
  if (start > LONGEST_AROUND || text.length - end > LONGEST_AROUND) return null;
  const inside = text.slice(start, end);
  const around = inside.replace(/\[[^[\]]*\]/g, "").replace(/[\s,;]/g, "");
  const even =
    /^\[*\]*$/.test(around.replace(/\]\[/g, "")) &&
    around.length === 2 * (around.split("[").length - 1);
  if (!FRONT.test(text.slice(0, start)) || !BACK.test(text.slice(end)) || !even) return null;
  return [...inside.matchAll(/\[([^[\]]*)\]/g)].map(([, row]) => words(row, /\s*,\s*|\s+/));
}

/**
 * The numbers of a row, whatever stands after the last one.
 *
 * @param {string} row
 * @param {RegExp | string} between
 */
function words(row, between) {
  return row
    .trim()
    .replace(/^np\.|(?<=[\s,-])np\./g, "")
    .replace(/[,;]$/, "")
    .trim()
    .split(between);
}

/**
 * The cells that a block fills when its corner stands at `start`; null where it would stick out.
 * A block of one row or one column fills a 1-D tensor.
 * @param {number[][]} block @param {number[]} start @param {number[]} shape
 * @returns {{index: number[], value: number}[] | null}
 */
export function blockCells(block, start, shape) {
  const rows =
    shape.length === 1 && block[0].length === 1 ? [block.map(([value]) => value)] : block;
  const lead = start.slice(0, -2);
  const [top, left] = shape.length >= 2 ? start.slice(-2) : [0, start[0] ?? 0];
  const height = shape.length >= 2 ? shape[shape.length - 2] : 1;
  const width = shape[shape.length - 1] ?? 1;
  if (top + rows.length > height || left + rows[0].length > width) return null;
  return rows.flatMap((row, down) =>
    row.map((value, right) => {
      const place = [...lead, top + down, left + right];
      return { index: shape.length >= 2 ? place : shape.length === 1 ? [left + right] : [], value };
    }),
  );
}

/** @param {Tensor} tensor */
export function asTabs(tensor) {
  const width = tensor.shape[tensor.shape.length - 1] ?? 1;
  const texts = Array.from(tensor.data, exact);
  const rows = [];
  for (let at = 0; at < texts.length; at += width)
    rows.push(texts.slice(at, at + width).join("\t"));
  return rows.join("\n");
}

/** @param {Tensor} tensor */
export function asNumpy(tensor) {
  const texts = Array.from(tensor.data, numpyNumber);
  const body = nest(texts, tensor.shape, "array(".length + "np.".length);
  return `np.array(${body})`;
}

/** @param {number} number */
function numpyNumber(number) {
  if (Number.isNaN(number)) return "np.nan";
  if (!Number.isFinite(number)) return number > 0 ? "np.inf" : "-np.inf";
  const text = exact(number);
  return /[.e]/.test(text) ? text : `${text}.0`;
}

/** @param {string[]} texts @param {number[]} shape @param {number} indent @returns {string} */
function nest(texts, shape, indent) {
  if (!shape.length) return texts[0];
  if (shape.length === 1) return `[${texts.join(", ")}]`;
  const step = texts.length / (shape[0] || 1);
  const parts = Array.from({ length: shape[0] }, (_, row) =>
    nest(texts.slice(row * step, (row + 1) * step), shape.slice(1), indent + 1),
  );
  return `[${parts.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}
