/**
 * The loss curve of the film strip: where its points are, and where a label beside one covers none.
 *
 * @typedef {{x: number, y: number, at: number}} CurvePoint  parts of the drawing, from the upper left
 */

/** From this ratio on, losses are drawn by their logarithm. */
const LOGARITHMIC = 4;
/** A label beside a point reaches over so many columns, and over so much of the height. */
const LABEL = { columns: 3, height: 0.3, gap: 0.02 };

/**
 * The losses of the columns, as parts of the drawing's width and height.
 *
 * @param {{loss: number | null}[]} columns
 */
export function curveOf(columns) {
  const losses = columns.map(({ loss }) => (loss !== null && Number.isFinite(loss) ? loss : null));
  const known = losses.filter((loss) => loss !== null);
  const [most, least] = [Math.max(...known, 0), Math.min(...known)];
  const log = known.length > 0 && least > 0 && most > LOGARITHMIC * least;
  const height = (/** @type {number} */ loss) => {
    if (log) return Math.log(loss / least) / Math.log(most / least);
    return most === Math.min(0, least)
      ? 0
      : (loss - Math.min(0, least)) / (most - Math.min(0, least));
  };
  const points = losses.map((loss, at) =>
    loss === null ? null : { x: (at + 0.5) / columns.length, y: 0.92 - 0.84 * height(loss), at },
  );
  return { points: points.filter((point) => point !== null), log };
}

/**
 * Whether the label of a column's point stands below it rather than above: where the curve comes
 * from above.
 *
 * @param {CurvePoint[]} points
 * @param {number} column
 * @param {1 | -1} side  to which the label reaches
 */
export function isBelow(points, column, side) {
  const own = points.find(({ at }) => at === column);
  if (!own || own.y + LABEL.height > 1) return false;
  return points.some(({ at, y }) => {
    const [away, up] = [(at - column) * side, own.y - y];
    return away > 0 && away <= LABEL.columns && up > LABEL.gap && up < LABEL.height;
  });
}
