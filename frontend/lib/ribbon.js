/**
 * Paths of ribbons, pills and hatches, as SVG writes them.
 *
 * @typedef {{x: number, y: number}} Point
 */

/** Points per bend of a ribbon. */
const SAMPLES = 10;
const DOTS = 5;
/** What a circle is in Bézier curves. */
const ROUND = 0.5523;

/** @param {number} number */
function short(number) {
  return String(Math.round(number * 100) / 100);
}

/** @param {Point[]} points @param {boolean} [closed] */
export function pathOf(points, closed = false) {
  return (
    points.map(({ x, y }, at) => `${at ? "L" : "M"}${short(x)},${short(y)}`).join("") +
    (closed ? "Z" : "")
  );
}

/**
 * The line through points, level at each of them (or upright).
 *
 * @param {Point[]} points
 * @param {boolean} [upright]
 * @returns {Point[]}
 */
export function smooth(points, upright = false) {
  const line = [points[0]];
  points.slice(1).forEach((b) => {
    const a = line[line.length - 1];
    if (Math.hypot(b.x - a.x, b.y - a.y) < 0.5) return;
    const straight = upright ? Math.abs(a.x - b.x) < 0.5 : Math.abs(a.y - b.y) < 0.5;
    for (let part = 1; part <= (straight ? 1 : SAMPLES); part += 1) {
      const t = straight ? 1 : part / SAMPLES;
      // along: t as it is in a Bézier curve whose handles are half as long as the way; across: its ease
      const along = 1.5 * t * (1 - t) ** 2 + 1.5 * t * t * (1 - t) + t ** 3;
      const across = 3 * t * t - 2 * t ** 3;
      const [along_x, along_y] = upright ? [across, along] : [along, across];
      line.push({ x: a.x + along_x * (b.x - a.x), y: a.y + along_y * (b.y - a.y) });
    }
  });
  return line;
}

/**
 * The band between two distances at the left of a line.
 *
 * @param {Point[]} line
 * @param {number} from
 * @param {number} to
 */
export function band(line, from, to) {
  return pathOf([...beside(line, from), ...beside(line, to).reverse()], true);
}

/** @param {Point[]} line @param {number} by @returns {Point[]} */
export function beside(line, by) {
  return line.map((point, at) => {
    const [a, b] = [line[Math.max(0, at - 1)], line[Math.min(line.length - 1, at + 1)]];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    return { x: point.x + (by * (b.y - a.y)) / length, y: point.y - (by * (b.x - a.x)) / length };
  });
}

/**
 * What is left of a ribbon that nothing passes: a short end with a bar across.
 *
 * @param {Point[]} line whose end it is at
 * @param {number} width
 */
export function stump(line, width) {
  const [before, end] = line.slice(-2);
  const length = Math.hypot(end.x - before.x, end.y - before.y) || 1;
  const [dx, dy] = [(before.x - end.x) / length, (before.y - end.y) / length];
  const at = (/** @type {number} */ far) => ({ x: end.x + far * dx, y: end.y + far * dy });
  const reach = Math.min(9, length / 2);
  return (
    band([at(reach), end], 0, -width) + band([at(reach + 2), at(reach)], width * 0.4, -width * 1.4)
  );
}

/** @param {number} x @param {number} y @param {number} width @param {number} height of its middle */
export function box(x, y, width, height) {
  const [w, t] = [width / 2, height / 2];
  return pathOf(
    [
      { x: x - w, y: y - t },
      { x: x + w, y: y - t },
      { x: x + w, y: y + t },
      { x: x - w, y: y + t },
    ],
    true,
  );
}

/** A lying capsule. @param {number} x @param {number} y @param {number} width @param {number} height */
export function capsule(x, y, width, height) {
  const r = height / 2;
  const [s, k] = [width / 2 - r, ROUND * r];
  const point = (/** @type {number} */ dx, /** @type {number} */ dy) =>
    `${short(x + dx)},${short(y + dy)}`;
  return `M${point(-s, r)}L${point(s, r)}C${point(s + k, r)} ${point(s + r, k)} ${point(s + r, 0)}C${point(s + r, -k)} ${point(s + k, -r)} ${point(s, -r)}L${point(-s, -r)}C${point(-s - k, -r)} ${point(-s - r, -k)} ${point(-s - r, 0)}C${point(-s - r, k)} ${point(-s - k, r)} ${point(-s, r)}Z`;
}

/** Dots in a box. @param {number} x @param {number} y @param {number} width @param {number} height */
export function dots(x, y, width, height) {
  let path = "";
  for (let down = DOTS / 2; down < height; down += DOTS)
    for (let along = DOTS / 2; along < width; along += DOTS) {
      const at = { x: x - width / 2 + along, y: y - height / 2 + down };
      path += pathOf([at, { x: at.x + 1, y: at.y }]);
    }
  return path;
}

/**
 * A line that leads down from one place, along and up to another.
 *
 * @param {Point} from
 * @param {Point} to
 * @param {number} low how far down
 */
export function hanging(from, to, low) {
  const turn = Math.min(5, low - from.y, low - to.y, Math.abs(to.x - from.x) / 2);
  const way = Math.sign(to.x - from.x) || 1;
  const at = (/** @type {number} */ x, /** @type {number} */ y) => `${short(x)},${short(y)}`;
  return `M${at(from.x, from.y)}L${at(from.x, low - turn)}Q${at(from.x, low)} ${at(from.x + way * turn, low)}L${at(to.x - way * turn, low)}Q${at(to.x, low)} ${at(to.x, low - turn)}L${at(to.x, to.y)}`;
}
