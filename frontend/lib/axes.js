/**
 * What a letter of an axis runs over: cells of the tensors that have this axis, at the place of the
 * element that is explained.
 *
 * @import { Alignment, Target, TensorRecord } from "./types.js"
 */

import { words } from "./code.js";
import { size } from "./tensor.js";

/** More cells are not highlighted one by one. */
const MOST = 4000;

/**
 * @param {Alignment} shapes
 * @param {string} letter
 * @param {number[] | null} index of the result's element
 * @param {Record<string, TensorRecord>} tensors
 * @returns {Target[]}
 */
export function axisCells({ rows }, letter, index, tensors) {
  const result = rows.find((row) => row.result);
  const known = new Map(result?.axes.map((axis, at) => [axis.letter, index?.[at]]) ?? []);
  return rows.flatMap((row) => {
    const owner = ownerOf(row.code, row.shape, tensors);
    if (!owner || !row.axes.some((axis) => axis.letter === letter)) return [];
    const places = row.axes.map(({ letter: own, stretched }, at) => {
      const fixed = own === letter || stretched ? undefined : known.get(own);
      return fixed !== undefined && fixed < row.shape[at] ? [fixed] : range(row.shape[at]);
    });
    if (size(places.map((list) => list.length)) > MOST) return [];
    return product(places).map((place) => ({
      tensor: owner.tensor,
      field: owner.field,
      index: owner.turned ? [...place.slice(0, -2), ...place.slice(-2).reverse()] : place,
    }));
  });
}

/**
 * The tensor that a piece of code shows element by element, perhaps transposed.
 *
 * @param {string} code
 * @param {number[]} shape
 * @param {Record<string, TensorRecord>} tensors
 * @returns {{tensor: string, field: "value" | "gradient", turned: boolean} | null}
 */
function ownerOf(code, shape, tensors) {
  const named = words(code, (name) => Object.hasOwn(tensors, name)).filter(({ tensor }) => tensor);
  const [word] = named;
  if (named.length !== 1 || !word.tensor) return null;
  const turned = /\.m?T$/.test(code);
  const own = tensors[word.tensor].shape;
  const drawn = turned ? [...own.slice(0, -2), ...own.slice(-2).reverse()] : own;
  if (String(drawn) !== String(shape)) return null;
  return {
    tensor: word.tensor,
    field: word.kind === "gradient" ? "gradient" : "value",
    turned: turned && own.length > 1,
  };
}

/** @param {number} length */
function range(length) {
  return Array.from({ length }, (_, at) => at);
}

/** @param {number[][]} places @returns {number[][]} */
function product(places) {
  return places.reduce(
    (/** @type {number[][]} */ all, list) => all.flatMap((one) => list.map((at) => [...one, at])),
    [[]],
  );
}
