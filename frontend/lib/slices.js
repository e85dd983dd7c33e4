/**
 * Tensors of three and more axes on a screen of two: the last two axes are a panel, the axes before
 * them are spread into panels
 * side by side where that fits, and of the others one position is picked.
 *
 * @import { Matrix, Tensor } from "./types.js"
 * @typedef {[number, number][]} Window  start and stop per axis
 * @typedef {object} Place which part of a tensor is at hand, and where in it the grid of a large
 *   one begins
 * @property {number[]} lead  the picked position per leading axis
 * @property {number} row
 * @property {number} column
 * @property {number} gridRow
 * @property {number} gridColumn
 * @property {boolean} [numbers]  whether numbers stand in the cells; undefined where nobody chose
 * @typedef {{axis: number, length: number, at: number, count: number}} Picker `count` positions
 *   from `at` on are shown
 * @typedef
 *   {{key: string, whole: number[], window: Window, pickers: Picker[], place: Place, sampled: boolean}}
 *   Slices `sampled`: axis 0 stands for the samples of a batch
 */

import { ravel, size, unravel } from "./tensor.js";

/** The most rows and columns at hand. */
export const WINDOW = 100;
/** The most cells that are drawn one by one. */
export const GRID_CELLS = 400;
/**
 * More numbers than this do not stand in the cells unless one asks for it: of several panels by
 * themselves, of several among other tensors, of one panel.
 */
const NUMBERS = { alone: 48, among: 16, single: 100 };
/** From this length on a panel is an image. */
const IMAGE = 6;

/** @param {number[]} shape @returns {Place} */
export function firstPlace(shape) {
  return { lead: shape.slice(0, -2).map(() => 0), row: 0, column: 0, gridRow: 0, gridColumn: 0 };
}

/**
 * How many positions of every leading axis are shown at once.
 *
 * @param {number[]} shape
 * @returns {number[]}
 */
export function spreadOf(shape) {
  const panel = Math.min(WINDOW, shape.at(-2) ?? 1) * Math.min(WINDOW, shape.at(-1) ?? 1);
  const lead = shape.slice(0, -2);
  if (size(shape) <= GRID_CELLS) return lead;
  let [cells, open] = [panel, true];
  return lead.reduceRight((/** @type {number[]} */ counts, length) => {
    const count = open
      ? Math.max(1, Math.min(length, Math.floor(GRID_CELLS / Math.max(1, cells))))
      : 1;
    const fits = count === length;
    const kept = fits || counts.length === 0 ? count : 1; // only the panels' own axis is shown in part
    open = open && fits;
    cells *= kept;
    return [kept, ...counts];
  }, []);
}

/**
 * Start and stop per axis of the part at hand.
 *
 * @param {number[]} shape
 * @param {Place} place
 * @returns {Window}
 */
export function windowOf(shape, { lead, row, column }) {
  const counts = spreadOf(shape);
  const starts = [
    ...counts.map((_, axis) => lead[axis] ?? 0),
    ...(shape.length > 1 ? [row, column] : [column]),
  ].slice(-shape.length || shape.length);
  return shape.map((length, axis) => {
    const room = axis < counts.length ? counts[axis] : shape.length === 1 ? GRID_CELLS : WINDOW;
    const most = axis < counts.length ? length - room : length - 1;
    const start = Math.max(0, Math.min(starts[axis] ?? 0, most));
    return [start, Math.min(length, start + room)];
  });
}

/** @param {Window} window */
export function windowText(window) {
  return window.map(([start, stop]) => `${start}:${stop}`).join(",");
}

/**
 * Which rows and columns a part has, in words, where it has not all of them: `rows 0–99 of 2,000`.
 *
 * @param {Tensor} part
 * @param {number[]} whole the shape that it is a part of
 */
export function partText({ shape, offset }, whole) {
  const words = whole.length === 1 ? ["elements"] : ["rows", "columns"];
  return words
    .flatMap((word, at) => {
      const axis = whole.length - words.length + at;
      const [start, count, length] = [offset[axis], shape[axis], whole[axis]];
      return count < length
        ? [`${word} ${grouped(start)}–${grouped(start + count - 1)} of ${grouped(length)}`]
        : [];
    })
    .join(", ");
}

/** @param {number} number */
function grouped(number) {
  return number.toLocaleString("en");
}

/**
 * The leading axes that do not show all their positions.
 *
 * @param {number[]} shape
 * @param {Window} window
 * @returns {Picker[]}
 */
export function pickersOf(shape, window) {
  return shape.slice(0, -2).flatMap((length, axis) => {
    const [at, stop] = window[axis];
    return stop - at < length ? [{ axis, length, at, count: stop - at }] : [];
  });
}

/**
 * @param {string} key
 * @param {number[]} whole
 * @param {Place} place
 * @param {boolean} sampled
 * @returns {Slices}
 */
export function slicesOf(key, whole, place, sampled) {
  const window = windowOf(whole, place);
  return { key, whole, window, pickers: pickersOf(whole, window), place, sampled };
}

/**
 * The axes that are picked together: those that the step calls by the same letter.
 *
 * @param {Matrix[]} matrices
 * @param {Matrix} from
 * @param {number} axis
 * @returns {{key: string, whole: number[], axis: number}[]}
 */
export function followers(matrices, from, axis) {
  if (!from.slices) return [];
  const { key, whole } = from.slices;
  const label = (from.labels ??
    matrices.find(({ slices, labels }) => slices?.key === key && labels)?.labels)?.[axis];
  const others = matrices.flatMap(({ slices, labels }) => {
    const at = label && slices && slices.key !== key ? (labels?.indexOf(label) ?? -1) : -1;
    return slices && at >= 0 && at < slices.whole.length - 2 && slices.whole[at] === whole[axis]
      ? [{ key: slices.key, whole: slices.whole, axis: at }]
      : [];
  });
  return [{ key, whole, axis }, ...others];
}

/**
 * A place with another position on one axis.
 *
 * @param {Place} place
 * @param {number} axis
 * @param {number} at
 * @returns {Place}
 */
export function moved(place, axis, at) {
  return { ...place, lead: place.lead.map((old, other) => (other === axis ? at : old)) };
}

/**
 * The panels of a part: the positions on the leading axes of each.
 *
 * @param {Tensor} part
 * @returns {number[][]}
 */
export function panelsOf({ shape, offset }) {
  const lead = shape.slice(0, -2);
  return Array.from({ length: size(lead) }, (_, at) =>
    unravel(at, lead).map((position, axis) => position + offset[axis]),
  );
}

/** One panel of a part. @param {Tensor} part @param {number[]} lead @returns {Tensor} */
export function panelOf(part, lead) {
  const window = part.shape.map(
    (length, axis) =>
      /** @type {[number, number]} */ (
        axis < lead.length
          ? [lead[axis], lead[axis] + 1]
          : [part.offset[axis], part.offset[axis] + length]
      ),
  );
  return cropped(part, window);
}

/**
 * How many panels stand in a row: all of the last axes that are spread, about as many as there are
 * rows. Null: as many as there is room for.
 *
 * @param {Tensor} part
 */
export function panelColumns({ shape }) {
  const spread = shape.slice(0, -2).filter((length) => length > 1);
  const aim = 1.3 * Math.sqrt(size(spread));
  const possible = spread.slice(1).map((_, at) => size(spread.slice(at + 1)));
  return possible.length
    ? possible.reduce((best, count) =>
        Math.abs(Math.log(count / aim)) < Math.abs(Math.log(best / aim)) ? count : best,
      )
    : null;
}

/**
 * Are the panels drawn as images, without a number in every cell?
 *
 * @param {Tensor} part
 * @param {Place} place
 * @param {"alone" | "among"} [where]
 */
export function isImage({ shape }, { numbers }, where = "among") {
  if (shape.length < 3) return false;
  if (numbers !== undefined) return !numbers;
  const [rows, columns] = shape.slice(-2);
  const square =
    Math.min(rows, columns) >= IMAGE && Math.max(rows, columns) <= 2 * Math.min(rows, columns);
  return square || size(shape) > (size(shape.slice(0, -2)) > 1 ? NUMBERS[where] : NUMBERS.single);
}

/** Is an element in the part at hand? @param {Window} window @param {number[]} index */
export function isWithin(window, index) {
  return window.every(([start, stop], axis) => index[axis] >= start && index[axis] < stop);
}

/**
 * The place that shows an element, changed as little as need be.
 *
 * @param {number[]} shape
 * @param {Place} place
 * @param {number[]} index
 * @returns {Place}
 */
export function placeShowing(shape, place, index) {
  const window = windowOf(shape, place);
  const [row, column] = shape.length > 1 ? index.slice(-2) : [0, index[0] ?? 0];
  const aimed = { ...place, gridRow: row, gridColumn: column };
  if (isWithin(window, index)) return aimed;
  const lead = window
    .slice(0, -2)
    .map(([start, stop], axis) =>
      index[axis] >= start && index[axis] < stop ? (place.lead[axis] ?? 0) : index[axis],
    );
  const [down, right] = shape.length > 1 ? window.slice(-2) : [[0, 1], window[0] ?? [0, 1]];
  const along = (
    /** @type {number} */ at,
    /** @type {number[]} */ [start, stop],
    /** @type {number} */ old,
  ) => (at >= start && at < stop ? old : Math.max(0, at - WINDOW / 2));
  return {
    ...aimed,
    lead,
    row: along(row, down, place.row),
    column: along(column, right, place.column),
  };
}

/** @type {WeakMap<Tensor, Map<string, Tensor>>} */
const crops = new WeakMap();

/**
 * A part of a part, given by positions in the whole; remembered.
 *
 * @param {Tensor} tensor
 * @param {Window} window
 * @returns {Tensor}
 */
export function cropped(tensor, window) {
  const key = windowText(window);
  if (
    window.every(
      ([start, stop], axis) => start === tensor.offset[axis] && stop - start === tensor.shape[axis],
    )
  )
    return tensor;
  const known = crops.get(tensor)?.get(key);
  if (known) return known;
  const shape = window.map(([start, stop]) => stop - start);
  const data = new Float64Array(size(shape));
  for (let at = 0; at < data.length; at += 1) {
    const index = unravel(at, shape).map(
      (position, axis) => position + window[axis][0] - tensor.offset[axis],
    );
    data[at] = tensor.data[ravel(index, tensor.shape)];
  }
  const made = { shape, offset: window.map(([start]) => start), whole: tensor.whole, data };
  if (!crops.has(tensor)) crops.set(tensor, new Map());
  crops.get(tensor)?.set(key, made);
  return made;
}
