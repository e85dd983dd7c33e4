/**
 * Which tensor shows the samples of a document as images: an input, or what it is rearranged to.
 *
 * @import { Trace } from "./types.js"
 */

import { size } from "./tensor.js";

/** Rows and columns of what is seen as an image. */
const [SMALLEST, LARGEST] = [6, 64];
/** More numbers are not read for it. */
const MOST = 100_000;

/**
 * Its name; null where samples are no images.
 *
 * @param {Trace} trace
 * @returns {string | null}
 */
export function imageTensor({ tensors, steps }) {
  const moved = new Set(
    steps.flatMap(({ phase, inputs, output, shape }) => {
      const [only] = phase === "forward" && inputs.length === 1 ? inputs : [];
      const from = only === undefined ? undefined : tensors[only];
      return from?.role === "input" && size(from.shape) === size(shape) ? [output] : [];
    }),
  );
  const found = Object.entries(tensors).find(
    ([name, { role, shape }]) =>
      (role === "input" || moved.has(name)) &&
      shape.length > 2 &&
      size(shape) <= MOST &&
      shape.slice(-2).every((length) => length >= SMALLEST && length <= LARGEST),
  );
  return found ? found[0] : null;
}
