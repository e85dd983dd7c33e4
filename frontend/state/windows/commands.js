/**
 * Another part of a tensor comes to hand.
 *
 * @import { Matrix } from "../../lib/types.js"
 * @import { Store } from "../store.js"
 */

import { ownIndex } from "../../lib/tensor.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";

/** @param {Store["apply"]} apply */
export function createWindows(apply) {
  return {
    ...bind(apply, reducers),
    /** @param {Matrix} matrix @param {boolean} numbers */
    showNumbers: ({ slices }, numbers) =>
      slices && apply(reducers.choosePlace, slices.key, { ...slices.place, numbers }),
    /** @param {Matrix} matrix @param {number[]} index */
    reveal: (matrix, index) =>
      matrix.slices &&
      apply(
        reducers.revealElement,
        matrix.slices.key,
        matrix.slices.whole,
        ownIndex(matrix, index),
      ),
  };
}
