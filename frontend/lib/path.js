/**
 * A path from an element to the loss: the local derivatives along it, multiplied from the loss on.
 *
 * @import { Uses } from "./types.js"
 * @typedef {{tensor: string, index: number[], derivative: number, gradient: number}} Link
 *   `derivative` by the link before (1 for the first); `gradient`: the product of the derivatives
 *   from here to the loss
 * @typedef {Link[]} Path
 */

import { fromWire } from "./numbers.js";

/** @param {Pick<Uses, "chain">} answer @returns {Path} */
export function pathOf({ chain }) {
  let gradient = 1;
  return chain
    .map(({ tensor, index, derivative }) => ({
      tensor,
      index,
      derivative: derivative === null ? 1 : fromWire(derivative),
      gradient: 1,
    }))
    .reverse()
    .map((link) => {
      const own = { ...link, gradient };
      gradient *= link.derivative;
      return own;
    })
    .reverse();
}
