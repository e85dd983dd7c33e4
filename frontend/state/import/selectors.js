/**
 * What follows from what is asked about a missing tensor.
 *
 * @import { Asking } from "./reducer.js"
 */

/** The shape that follows from its use as what it is to be added, as one writes it. @param {Asking} asking */
export function guessText({ guess, role }) {
  const found = guess[role];
  return found ? `(${found.shape.join(", ")}${found.shape.length === 1 ? "," : ""})` : "";
}
