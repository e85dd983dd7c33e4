/** Blocks of numbers that are pasted in or copied out. @import { Tensor } from "./types.js" */

import { exact, parseNumber } from "./numbers.js";

/**
 * Rows of a block from a spreadsheet (tabs), a CSV file (commas or semicolons), or NumPy's and Python's brackets.
 * @param {string} text @returns {number[][] | null} null where something in it is not a number, or the rows differ in length
 */
export function parseBlock(text) {
  const lines = text.replace(/\r/g, "").replace(/^\s*(np\.)?array\(|\)\s*$/g, "").split(/\n|\](?=\s*,?\s*\[)/);
  const rows = lines.map((line) => line.replace(/[[\]]/g, " ").replace(/^\s*,|[,;\s]+$/g, "")).filter((line) => line.trim());
  const block = rows.map((row) => row.trim().split(/\s*[\t,;]\s*|\s+/).map(parseNumber));
  const width = block[0]?.length ?? 0;
  if (!width || block.some((row) => row.length !== width || row.includes(null))) return null;
  return /** @type {number[][]} */ (block);
}

/**
 * The cells that a block fills when its corner stands at `start`; null where it would stick out.
 * A block of one row or one column fills a 1-D tensor.
 * @param {number[][]} block @param {number[]} start @param {number[]} shape
 * @returns {{index: number[], value: number}[] | null}
 */
export function blockCells(block, start, shape) {
  const rows = shape.length === 1 && block[0].length === 1 ? [block.map(([value]) => value)] : block;
  const lead = start.slice(0, -2);
  const [top, left] = shape.length >= 2 ? start.slice(-2) : [0, start[0] ?? 0];
  const height = shape.length >= 2 ? shape[shape.length - 2] : 1;
  const width = shape[shape.length - 1] ?? 1;
  if (top + rows.length > height || left + rows[0].length > width) return null;
  return rows.flatMap((row, down) => row.map((value, right) => {
    const place = [...lead, top + down, left + right];
    return { index: shape.length >= 2 ? place : shape.length === 1 ? [left + right] : [], value };
  }));
}

/** @param {Tensor} tensor */
export function asTabs(tensor) {
  const width = tensor.shape[tensor.shape.length - 1] ?? 1;
  const texts = Array.from(tensor.data, exact);
  const rows = [];
  for (let at = 0; at < texts.length; at += width) rows.push(texts.slice(at, at + width).join("\t"));
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
  const parts = Array.from({ length: shape[0] }, (_, row) => nest(texts.slice(row * step, (row + 1) * step), shape.slice(1), indent + 1));
  return `[${parts.join(`,\n${" ".repeat(indent + 1)}`)}]`;
}
