/** Of a long list some entries at even distances, the first and the last among them. */

/** @param {number} length @param {number} most @returns {number[]} the places of those that stay */
export function thinned(length, most) {
  if (length <= most) return Array.from({ length }, (_, at) => at);
  return Array.from({ length: most }, (_, at) => Math.round((at * (length - 1)) / (most - 1)));
}
