/**
 * The diverging scale of cells: its middle is exactly zero, and the tint grows with the square root,
 * so that small numbers are seen beside large ones.
 */

/** The largest finite magnitude. @param {ArrayLike<number>} numbers */
export function span(numbers) {
  let largest = 0;
  for (let at = 0; at < numbers.length; at += 1) {
    if (Number.isFinite(numbers[at])) largest = Math.max(largest, Math.abs(numbers[at]));
  }
  return largest;
}

/**
 * The sign of a cell and how strongly it is tinted, in whole per cents, so that equal tints are
 * equal strings.
 * @param {number} number @param {number} largest
 * @returns {{sign: "pos" | "neg" | "zero" | "endless" | "bad", strength: number}}
 */
export function tintOf(number, largest) {
  if (Math.abs(number) === Infinity) return { sign: "endless", strength: 0 };
  if (Number.isNaN(number)) return { sign: "bad", strength: 0 };
  if (number === 0 || largest === 0) return { sign: "zero", strength: 0 };
  return {
    sign: number > 0 ? "pos" : "neg",
    strength: Math.round(100 * Math.min(1, Math.sqrt(Math.abs(number) / largest))),
  };
}

/**
 * The same scale for a plot. @param {{pos: string, neg: string, mid: string}} palette
 * @returns {[number, string][]}
 */
export function colorscale(palette) {
  return [
    [0, palette.neg],
    [0.5, palette.mid],
    [1, palette.pos],
  ];
}
