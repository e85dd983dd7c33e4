/** The losses of a training, thinned out for a drawing. */

/**
 * What is known of the losses, at most so many points: of each stretch of a long list the least and
 * the greatest, so that no peak is lost. A loss that is not finite interrupts the line.
 *
 * @param {(number | null)[]} losses
 * @param {number} most
 * @returns {[number, number | null][]}
 */
export function drawn(losses, most) {
  /** @type {[number, number | null][]} */
  const known = losses.flatMap((loss, at) =>
    loss === null ? [] : [[at, Number.isFinite(loss) ? loss : null]],
  );
  if (known.length <= most) return known;
  const size = (2 * known.length) / most;
  const stretches = Array.from({ length: Math.ceil(most / 2) }, (_, at) =>
    known.slice(Math.floor(at * size), Math.floor((at + 1) * size)),
  );
  return stretches.flatMap((stretch) => {
    const [least, greatest] = [extreme(stretch, -1), extreme(stretch, 1)];
    return least[0] === greatest[0]
      ? [least]
      : [least, greatest].sort(([one], [other]) => one - other);
  });
}

/** @param {[number, number | null][]} stretch @param {1 | -1} sign */
function extreme(stretch, sign) {
  return stretch.reduce((best, point) =>
    point[1] !== null && (best[1] === null || sign * point[1] > sign * best[1]) ? point : best,
  );
}
