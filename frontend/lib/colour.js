/** Colours as the browser tells them: `rgb(r, g, b)`. */

/**
 * So much of the second colour in the first.
 *
 * @param {string} one
 * @param {string} other
 * @param {number} share
 */
export function mix(one, other, share) {
  const [from, to] = [channels(one), channels(other)];
  return `rgb(${from.map((channel, at) => Math.round(channel + (to[at] - channel) * share)).join(", ")})`;
}

/** @param {string} colour */
function channels(colour) {
  return (colour.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
}
