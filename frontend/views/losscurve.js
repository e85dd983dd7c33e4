/**
 * The loss along one number: where it stands, and the slope there, which is its gradient.
 *
 * @typedef {{at: number, loss: number, slope: number}} Point  of the curve, and its derivative there
 *
 * @typedef {object} Axes  the least and the greatest of both, and where these lie in the picture
 * @property {number} left
 * @property {number} right
 * @property {number} low
 * @property {number} high
 * @property {(at: number) => number} across
 * @property {(loss: number) => number} down
 * @property {number} width
 *
 * @typedef {object} Curve
 * @property {string} name    of the number
 * @property {string} label   what the picture shows, in words
 * @property {number[]} values   of the number
 * @property {number[]} losses   at these, some of which may be infinite or none at all
 * @property {Point} now
 * @property {Point | null} old  where it was before it was changed
 * @property {number} width  in which it has room, in pixels: where it is drawn smaller, so is its text
 */

import { h } from "../lib/h.js";
import { printOne, signed } from "../lib/numbers.js";

const HEIGHT = 190;
const EDGE = { left: 46, right: 12, top: 8, bottom: 36 };
const DIGITS = 3;
/** How wide a bold letter is at most, nearly. */
const LETTER = 8;
/** How far a tangent reaches to either side, of the whole width. */
const REACH = 0.16;

/** @param {Curve} curve */
export function lossCurve({ name, label, values, losses, now, old, width }) {
  const known = [...losses, now.loss].filter(Number.isFinite);
  if (known.length === 0) return null;
  const [low, high] = [Math.min(...known), Math.max(...known)];
  const ends = [values[0], values[values.length - 1], now.at].filter(Number.isFinite);
  const [left, right] = [Math.min(...ends), Math.max(...ends)];
  const across = (/** @type {number} */ at) =>
    EDGE.left + ((width - EDGE.left - EDGE.right) * (at - left)) / (right - left || 1);
  const down = (/** @type {number} */ loss) =>
    HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * (loss - low)) / (high - low || 1);
  const tangent = (/** @type {Point} */ { at, loss, slope }, /** @type {string} */ kind) => {
    const reach = REACH * (right - left);
    return (
      Number.isFinite(slope) &&
      Number.isFinite(loss) &&
      h("line", {
        class: kind,
        x1: across(at - reach),
        x2: across(at + reach),
        y1: down(loss - slope * reach),
        y2: down(loss + slope * reach),
      })
    );
  };
  const spot = (/** @type {Point} */ { at, loss }, /** @type {string} */ kind, r = 6) =>
    Number.isFinite(loss) && h("circle", { class: kind, cx: across(at), cy: down(loss), r });
  return h(
    "svg",
    {
      class: "loss-curve",
      viewBox: `0 0 ${width} ${HEIGHT}`,
      role: "img",
      "aria-label": label,
    },
    ...axes(name, { left, right, low, high, across, down, width }),
    h("path", { class: "losses", d: drawn(values.map(across), losses.map(down)) }),
    old && tangent(old, "tangent old"),
    old && spot(old, "old", 5),
    tangent(now, "tangent"),
    spot(now, "now"),
    Number.isFinite(now.slope) &&
      Number.isFinite(now.loss) &&
      slopeText(now, { across, down, width }),
  );
}

/**
 * Three lines across with their losses, three numbers below, and the name of what varies.
 *
 * @param {string} name @param {Axes} axes
 */
function axes(name, { left, right, low, high, across, down, width }) {
  const losses = low === high ? [low] : [low, (low + high) / 2, high];
  return [
    ...losses.flatMap((loss) => [
      h("line", {
        class: "axis",
        x1: EDGE.left,
        x2: width - EDGE.right,
        y1: down(loss),
        y2: down(loss),
      }),
      text(EDGE.left - 6, down(loss) + 4, printOne(loss, 2), { anchor: "end" }),
    ]),
    ...[left, (left + right) / 2, right].map((at) =>
      text(across(at), HEIGHT - 20, signed(String(Number(at.toPrecision(3))))),
    ),
    text((EDGE.left + width) / 2, HEIGHT - 4, name),
  ];
}

/** A line, which is interrupted where there is no finite loss. @param {number[]} x @param {number[]} y */
function drawn(x, y) {
  let pen = "M";
  let path = "";
  x.forEach((at, place) => {
    const known = Number.isFinite(y[place]);
    if (known) path += `${pen}${at.toFixed(1)} ${y[place].toFixed(1)}`;
    pen = known ? "L" : "M";
  });
  return path;
}

/**
 * Above the number, on the side away from its tangent where there is room.
 *
 * @param {Point} point @param {Pick<Axes, "across" | "down" | "width">} axes
 */
function slopeText({ at, loss, slope }, { across, down, width }) {
  const label = `slope ${printOne(slope, DIGITS)}`;
  const room = LETTER * label.length + 12;
  const isFree = { start: across(at) + room < width, end: across(at) - room > 0 };
  const wanted = slope >= 0 ? "end" : "start";
  const anchor = isFree[wanted] ? wanted : wanted === "end" ? "start" : "end";
  const x = across(at) + (anchor === "end" ? -12 : 12);
  return text(x, down(loss) - 10, label, { kind: "slope", anchor });
}

/** @param {number} x @param {number} y @param {string} words @param {{kind?: string, anchor?: string}} [how] */
function text(x, y, words, { kind, anchor = "middle" } = {}) {
  return h("text", { x, y, class: kind ?? null, "text-anchor": anchor }, words);
}
