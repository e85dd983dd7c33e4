/**
 * A cell of a product of two matrices as the sum that it is.
 *
 * @import { CellPlace } from "../lib/types.js"
 * @import { Equation } from "./picture.js"
 */

import { size } from "../lib/tensor.js";

/**
 * The sum of products behind a cell of a product, written out as far as it fits.
 *
 * @param {Equation} equation
 * @param {CellPlace | null} chosen
 * @param {(number: number) => string} show
 * @returns {string | null}
 */
export function productTerms({ kind, operands: [left, right], result }, chosen, show) {
  if (
    kind !== "product" ||
    chosen?.matrix !== result.id ||
    !left?.part ||
    !right?.part ||
    left.hidden ||
    right.hidden
  )
    return null;
  const [row, column] = chosen.index;
  const inner = left.shape[1];
  if (
    size(left.part.shape) !== size(left.shape) ||
    size(right.part.shape) !== size(right.shape) ||
    inner > 12
  )
    return null;
  const terms = Array.from({ length: inner }, (_, at) => {
    const [a, b] = [
      left.part?.data[row * inner + at] ?? NaN,
      right.part?.data[at * right.shape[1] + column] ?? NaN,
    ];
    return `${show(a)} × ${show(b)}`;
  });
  return terms.join(" + ");
}
