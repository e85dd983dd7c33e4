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

/** Those of the few colours that most are mixed of. @type {Map<string, number[]>} */
const known = new Map();
const KEPT = 100;

/** @param {string} colour */
function channels(colour) {
  const found = known.get(colour) ?? parsed(colour);
  if (known.size < KEPT) known.set(colour, found);
  return found;
}

/** @param {string} colour */
function parsed(colour) {
  return (colour.match(/[\d.]+/g) ?? ["0", "0", "0"]).slice(0, 3).map(Number);
}
