/**
 * Row-major tensors: from nested lists, their cells, and their names.
 *
 * @import { Field, Nested, Tensor } from "./types.js"
 */

import { fromWire } from "./numbers.js";

/** Is it a type with fractions? Whole numbers are labels and places. @param {string} dtype */
export function isFloat(dtype) {
  return /^float/.test(dtype);
}

/** @param {number[]} shape */
export function size(shape) {
  return shape.reduce((product, length) => product * length, 1);
}

/** @param {Nested} nested @param {number[]} shape @returns {Tensor} */
export function fromNested(nested, shape) {
  const data = new Float64Array(size(shape));
  let at = 0;
  /** @param {any} item */
  const walk = (item) => {
    if (Array.isArray(item)) item.forEach(walk);
    else data[at++] = fromWire(item);
  };
  walk(nested);
  return { shape, offset: shape.map(() => 0), whole: shape, data };
}

/** @type {WeakMap<object, Tensor>} */
const flat = new WeakMap();

/**
 * `fromNested`, remembered: the same list gives the same tensor, so that plots and views can
 * compare by identity.
 *
 * @param {Nested} nested
 * @param {number[]} shape
 */
export function asTensor(nested, shape) {
  if (typeof nested !== "object") return fromNested(nested, shape);
  const known = flat.get(nested);
  if (known) return known;
  const made = fromNested(nested, shape);
  flat.set(nested, made);
  return made;
}

/** @param {number} at @param {number[]} shape @returns {number[]} */
export function unravel(at, shape) {
  const index = new Array(shape.length);
  for (let axis = shape.length - 1; axis >= 0; axis -= 1) {
    index[axis] = at % shape[axis];
    at = Math.floor(at / shape[axis]);
  }
  return index;
}

/** @param {number[]} index @param {number[]} shape */
export function ravel(index, shape) {
  return index.reduce((at, position, axis) => at * shape[axis] + position, 0);
}

/**
 * The number at an index of the whole tensor; undefined outside the part at hand.
 *
 * @param {Tensor} tensor
 * @param {number[]} index
 */
export function cell(tensor, index) {
  const local = index.map((position, axis) => position - tensor.offset[axis]);
  if (local.some((position, axis) => position < 0 || position >= tensor.shape[axis]))
    return undefined;
  return tensor.data[ravel(local, tensor.shape)];
}

/** Swap the last two axes. @template T @param {T[]} list @returns {T[]} */
export function swapped(list) {
  const copy = [...list];
  const last = copy.length - 1;
  [copy[last - 1], copy[last]] = [copy[last], copy[last - 1]];
  return copy;
}

/** @type {WeakMap<Tensor, Tensor>} */
const turned = new WeakMap();

/**
 * Remembered, so that what is drawn can be compared by identity.
 *
 * @param {Tensor} tensor
 * @returns {Tensor}
 */
export function transpose(tensor) {
  const known = turned.get(tensor) ?? transposed(tensor);
  turned.set(tensor, known);
  return known;
}

/** @param {Tensor} tensor @returns {Tensor} */
function transposed(tensor) {
  const shape = swapped(tensor.shape);
  const data = new Float64Array(tensor.data.length);
  for (let at = 0; at < data.length; at += 1) {
    data[at] = tensor.data[ravel(swapped(unravel(at, shape)), tensor.shape)];
  }
  return { shape, offset: swapped(tensor.offset), whole: swapped(tensor.whole), data };
}

/**
 * `w1[0, 1] gradient`; a scalar has no brackets.
 *
 * @param {string} name
 * @param {number[]} index
 * @param {Field | null} field
 */
export function cellName(name, index, field) {
  return [index.length ? `${name}[${index.join(", ")}]` : name, field ?? ""].join(" ").trim();
}

/**
 * A new nested list with other numbers at some places; only the rows on the way are copied.
 *
 * @param {any} nested
 * @param {{index: number[], value: number}[]} cells
 */
export function withCells(nested, cells) {
  /** @param {any} list @param {number[]} index @param {number} value @returns {any} */
  const put = (list, [first, ...rest], value) => {
    if (first === undefined) return value;
    const copy = [...list];
    copy[first] = put(copy[first], rest, value);
    return copy;
  };
  return cells.reduce((list, { index, value }) => put(list, index, value), nested);
}

/**
 * The index of a drawn cell in the tensor that it belongs to.
 *
 * @param {{transposed: boolean}} matrix
 * @param {number[]} index
 */
export function ownIndex(matrix, index) {
  return matrix.transposed ? swapped(index) : index;
}

/**
 * All indices of the block whose corners are two of them.
 *
 * @param {number[]} from
 * @param {number[]} to
 * @returns {number[][]}
 */
export function blockBetween(from, to) {
  return from.reduce(
    (/** @type {number[][]} */ found, start, axis) => {
      const [low, high] = [Math.min(start, to[axis]), Math.max(start, to[axis])];
      const places = Array.from({ length: high - low + 1 }, (_, at) => low + at);
      return found.flatMap((index) => places.map((place) => [...index, place]));
    },
    [[]],
  );
}

/**
 * All indices of the row, or of the column, that goes through one.
 *
 * @param {number[]} index
 * @param {number[]} shape
 * @param {boolean} row
 */
export function lineThrough(index, shape, row) {
  const axis = row || shape.length < 2 ? shape.length - 1 : shape.length - 2;
  if (axis < 0) return [index];
  return Array.from({ length: shape[axis] }, (_, at) => index.with(axis, at));
}
