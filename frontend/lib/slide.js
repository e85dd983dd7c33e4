/**
 * A step in which one tensor slides along another, seen for one element of its result: which places
 * of a picture meet which places of the tensor that is laid on it, and what they add up to.
 *
 * The step says where each letter leads in each tensor; everything else follows from that. The tensor
 * that moves by two letters at once is the ground, the other one is laid on it.
 *
 * @import { Tensor } from "./types.js"
 * @import { Slide, SlideAxis, SlideOperand } from "./answers.js"
 * @typedef {Record<string, number>} Letters  the values of letters
 * @typedef {{laid: number[], ground: number[] | null, value: [number, number], product: number}} Meeting
 *   indices in both tensors; `ground`: null where there is nothing to meet, outside of the tensor
 *   where it is padded; the two numbers, the one of the ground first
 * @typedef {{letter: string, length: number, operand: number, axis: number, batch: boolean}} Lead a
 *   letter that is summed over and picked by a person; which axis of which operand it runs along
 * @typedef {{rows: [number, number], columns: [number, number], turned: boolean[]}} Extent first and last
 *   row and column as drawn; whether rows and columns run backwards
 */

import { MINUS } from "./numbers.js";
import { ravel, size } from "./tensor.js";

/** Sums over more products are not drawn. */
const MOST = 200_000;

/**
 * What does not depend on numbers, nor on the element.
 *
 * @typedef {object} Layout
 * @property {Slide} slide
 * @property {0 | 1} ground  the position of the operand on which the other is laid
 * @property {0 | 1} laid
 * @property {number} rank   how many of the last axes are drawn: one or two
 * @property {Lead[]} leads
 * @property {[string | null, string | null]} letters  of the rows and columns of what is laid
 */

/** @param {SlideAxis} axis @param {Letters} at */
function along({ start, steps }, at) {
  return Object.entries(steps).reduce(
    (sum, [letter, step]) => sum + step * (at[letter] ?? 0),
    start,
  );
}

/** @param {SlideAxis[]} axes @param {Letters} at @returns {number[]} */
export function placeIn(axes, at) {
  return axes.map((axis) => along(axis, at));
}

/**
 * The letters that follow from an element of the result and from those that are known; null where
 * nothing meets for these.
 *
 * @param {Slide} slide
 * @param {number[]} index  of the result
 * @param {Letters} known
 * @returns {Letters | null}
 */
export function solved({ result }, index, known) {
  const at = { ...known };
  for (const [axis, { start, steps }] of result.entries()) {
    const open = Object.keys(steps).filter((letter) => at[letter] === undefined);
    if (open.length > 1) continue;
    const rest = index[axis] - along({ start, steps }, at);
    if (open.length === 0 && rest !== 0) return null;
    if (open.length === 0) continue;
    const value = rest / steps[open[0]];
    if (!Number.isInteger(value)) return null;
    at[open[0]] = value;
  }
  return at;
}

/** @param {SlideOperand} operand @param {number} rank */
function drawnAxes({ axes }, rank) {
  return axes.slice(axes.length - rank);
}

/** @param {SlideOperand} operand @param {number} rank */
function drawnSize({ shape }, rank) {
  return size(shape.slice(shape.length - rank));
}

/**
 * Which operand is laid on which; null where it cannot be drawn.
 *
 * @param {Slide} slide
 * @param {(operand: SlideOperand) => boolean} isSampled
 * @returns {Layout | null}
 */
export function layoutOf(slide, isSampled) {
  const paired = (/** @type {SlideAxis} */ { steps }) =>
    slide.pairs.some((pair) => pair.every((letter) => letter in steps));
  const rank = Math.min(2, slide.pairs.length);
  const within = slide.operands.findIndex(({ axes }) => axes.some(paired));
  const [first, second] = slide.operands;
  const smaller = drawnSize(first, rank) < drawnSize(second, rank) ? 0 : 1;
  const laid = within < 0 ? smaller : 1 - within;
  const own = drawnAxes(slide.operands[laid], rank).map(({ steps }) => Object.keys(steps));
  if (own.length < rank || own.some((letters) => letters.length > 1)) return null;
  const letters = own.map(([letter]) => letter ?? null);
  const fixed = solved(
    slide,
    slide.result.map(({ start }) => start),
    {},
  );
  if (!fixed) return null;
  const open = { ...fixed };
  for (const letter of letters) if (letter !== null) open[letter] = 0;
  /** @type {Lead[]} */
  const leads = [];
  for (const at of [laid, 1 - laid])
    for (const [axis, { steps }] of slide.operands[at].axes.entries())
      for (const letter of Object.keys(steps)) {
        if (letter in follow(slide, open)) continue;
        open[letter] = 0;
        if (slide.letters[letter] > 1)
          leads.push({
            letter,
            length: slide.letters[letter],
            operand: at,
            axis,
            batch: axis === 0 && isSampled(slide.operands[at]),
          });
      }
  leads.sort((a, b) => Number(b.batch) - Number(a.batch));
  return {
    slide,
    laid: /** @type {0 | 1} */ (laid),
    ground: /** @type {0 | 1} */ (1 - laid),
    rank,
    leads,
    letters: /** @type {[string | null, string | null]} */ (
      rank === 1 ? [null, letters[0]] : [letters[0], letters[1]]
    ),
  };
}

/** All letters that follow from these, whatever their values. @param {Slide} slide @param {Letters} known */
function follow({ result }, known) {
  const found = { ...known };
  for (const { steps } of result) {
    const open = Object.keys(steps).filter((letter) => !(letter in found));
    if (open.length === 1) found[open[0]] = 0;
  }
  return found;
}

/** @param {Slide} slide @param {Letters} at */
function isThere({ letters }, at) {
  return Object.entries(at).every(
    ([letter, value]) => !(letter in letters) || (value >= 0 && value < letters[letter]),
  );
}

/** The number at an index, 0 outside of the tensor. @param {Tensor} tensor @param {number[]} index */
function number({ data, shape }, index) {
  return index.every((at, axis) => at >= 0 && at < shape[axis]) ? data[ravel(index, shape)] : 0;
}

/**
 * What meets for an element: one meeting for each place of what is laid, row by row.
 *
 * @param {Layout} layout
 * @param {[Tensor, Tensor]} tensors  the whole ones, as the operands
 * @param {number[]} index  of the result
 * @param {Letters} picks  of the leads
 * @returns {Meeting[][]}
 */
export function meetings(layout, tensors, index, picks) {
  const { slide, laid, ground, letters } = layout;
  const count = (/** @type {string | null} */ letter) => (letter ? slide.letters[letter] : 1);
  return Array.from({ length: count(letters[0]) }, (_, row) =>
    Array.from({ length: count(letters[1]) }, (__, column) => {
      const known = { ...picks };
      if (letters[0]) known[letters[0]] = row;
      if (letters[1]) known[letters[1]] = column;
      const at = solved(slide, index, known);
      const own = placeIn(slide.operands[laid].axes, at ?? known);
      const there = at && placeIn(slide.operands[ground].axes, at);
      const meets = at !== null && there !== null && isThere(slide, at);
      const mine = number(tensors[laid], own);
      const other = meets ? number(tensors[ground], there) : 0;
      return {
        laid: own,
        ground: there,
        value: /** @type {[number, number]} */ ([other, mine]),
        product: meets ? (ground === 0 ? other * mine : mine * other) : 0,
      };
    }),
  );
}

/** @param {Meeting[][]} rows */
export function sumOf(rows) {
  return rows.reduce((sum, row) => row.reduce((part, { product }) => part + product, sum), 0);
}

/**
 * The sums per position of the first lead, over all other leads; null where there is no lead, or too
 * much to add up.
 *
 * @param {Layout} layout
 * @param {[Tensor, Tensor]} tensors
 * @param {number[]} index
 * @returns {number[] | null}
 */
export function leadSums(layout, tensors, index) {
  const { leads, slide, letters } = layout;
  const plane = size(letters.map((letter) => (letter ? slide.letters[letter] : 1)));
  if (leads.length === 0 || plane * size(leads.map(({ length }) => length)) > MOST) return null;
  const [first, ...others] = leads;
  return Array.from({ length: first.length }, (_, at) =>
    choices(others).reduce(
      (sum, picks) =>
        sum + sumOf(meetings(layout, tensors, index, { ...picks, [first.letter]: at })),
      0,
    ),
  );
}

/** @param {Lead[]} leads @returns {Letters[]} */
function choices([first, ...others]) {
  if (!first) return [{}];
  const rest = choices(others);
  return Array.from({ length: first.length }, (_, at) =>
    rest.map((picks) => ({ ...picks, [first.letter]: at })),
  ).flat();
}

/**
 * Rows and columns of the ground as it is drawn for whatever element: with all of its padding, and
 * with the places beyond it that what is laid on it sticks out to.
 *
 * @param {Layout} layout
 * @param {number[]} shape  of the result
 * @returns {Extent}
 */
export function groundExtent({ slide, ground, rank, letters }, shape) {
  const operand = slide.operands[ground];
  const axes = drawnAxes(operand, rank);
  const spans = axes.map((axis, at) => {
    let [low, high] = [axis.start, axis.start];
    for (const [letter, step] of Object.entries(axis.steps)) {
      const [first, last] = lettersRange(slide, letter, shape);
      [low, high] = [
        low + Math.min(step * first, step * last),
        high + Math.max(step * first, step * last),
      ];
    }
    const length = operand.shape[operand.shape.length - rank + at];
    return /** @type {[number, number]} */ ([Math.min(0, low), Math.max(length - 1, high)]);
  });
  const turned = axes.map((axis, at) => runsBackwards(slide, axis, letters[2 - rank + at]));
  return {
    rows: rank === 1 ? [0, 0] : spans[0],
    columns: spans[rank - 1],
    turned: rank === 1 ? [false, ...turned] : turned,
  };
}

/**
 * The axis of the result along which a letter runs together with another one, and that one.
 *
 * @param {Slide} slide
 * @param {string} letter
 */
function companion({ result, pairs }, letter) {
  for (const [at, axis] of result.entries()) {
    const pair = pairs.find(
      (one) => one.includes(letter) && one.every((each) => each in axis.steps),
    );
    if (pair) return { at, axis, other: pair[0] === letter ? pair[1] : pair[0] };
  }
  return null;
}

/**
 * The least and the greatest value of a letter for any element, also those that nothing stands at.
 *
 * @param {Slide} slide
 * @param {string} letter
 * @param {number[]} shape  of the result
 */
function lettersRange(slide, letter, shape) {
  const found = companion(slide, letter);
  if (!found) return [0, slide.letters[letter] - 1];
  const { at, axis, other } = found;
  const values = [0, shape[at] - 1].flatMap((index) =>
    [0, slide.letters[other] - 1].map(
      (value) => (index - axis.start - axis.steps[other] * value) / axis.steps[letter],
    ),
  );
  return [Math.floor(Math.min(...values)), Math.ceil(Math.max(...values))];
}

/**
 * Does the place in the ground go back where the letter goes on? What is laid on it is drawn turned
 * then, as it lies.
 *
 * @param {Slide} slide
 * @param {SlideAxis} axis  of the ground
 * @param {string | null} letter
 */
function runsBackwards(slide, { steps }, letter) {
  if (letter === null) return false;
  if (letter in steps) return steps[letter] < 0;
  const found = companion(slide, letter);
  if (!found) return false;
  const { axis, other } = found;
  return axis.steps[letter] * axis.steps[other] * (steps[other] ?? 0) > 0;
}

/**
 * How the numbers of a plane are written in three or four letters: all multiplied by a power of ten.
 *
 * @param {number[]} numbers
 * @param {boolean} wide whether there is room for four letters
 * @returns {{power: number, text: (number: number) => string}}
 */
export function briefly(numbers, wide) {
  const largest = Math.max(0, ...numbers.filter(Number.isFinite).map(Math.abs));
  const size = largest > 0 ? Math.floor(Math.log10(largest)) : 0;
  const power = largest === 0 || (size >= -1 && size < 2) ? 0 : 3 * Math.ceil((-1 - size) / 3) || 0;
  return { power, text: (number) => briefText(number * 10 ** power, wide) };
}

/** @param {number} number @param {boolean} wide */
function briefText(number, wide) {
  if (Number.isNaN(number)) return "NaN";
  if (!Number.isFinite(number)) return number > 0 ? "∞" : `${MINUS}∞`;
  if (number === 0) return "0";
  const size = Math.abs(number);
  const narrow = number < 0 && !wide;
  const decimals = size >= 9.95 || (narrow && size >= 0.95) ? 0 : size >= 0.995 || narrow ? 1 : 2;
  const text = size.toFixed(decimals).replace(/^0\./, ".");
  return `${number < 0 ? MINUS : ""}${Number(text) === 0 ? ".0" : text}`;
}
