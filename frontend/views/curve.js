/**
 * The loss over the iterations as a line that is its own slider: the control lies on the drawing,
 * value for value at the same place.
 *
 * @import { VNode } from "../lib/h.js"
 */

import { h } from "../lib/h.js";
import { printOne } from "../lib/numbers.js";
import { drawn } from "./lossfigure.js";

/** Units of the drawing, which is stretched to its room; room for the numbers at the left, below. */
const [WIDTH, HEIGHT] = [1000, 100];
/** From this ratio on, losses are drawn by their logarithm. */
const LOGARITHMIC = 300;
/** As many iterations are drawn at least where the run may go on. */
const FEW = 20;

/**
 * @typedef {object} What
 * @property {(number | null)[]} losses
 * @property {number} at  the iteration on the screen
 * @property {number | null} diverged
 * @property {(number | null)[]} [held]  the losses on rows that are held out
 * @property {number} [first]  the iteration with which the losses begin; `at` and `diverged` count from there
 * @property {number} [room]  as many iterations are drawn at least
 *
 * @param {What} what
 * @returns {{points: string, heldPoints: string, x: number, y: number | null, lost: number | null, most: number, least:
 *   number, last: number}} in percent of the room
 */
export function curveOf({ losses, at, diverged, held = [], room = FEW }) {
  const last = Math.max(losses.length - 1, room);
  const finite = [...losses, ...held]
    .filter((loss) => loss !== null && Number.isFinite(loss))
    .map(Number);
  const [most, least] = [Math.max(...finite, 0), Math.min(...finite)];
  const log = least > 0 && most / least > LOGARITHMIC;
  const height = (/** @type {number} */ loss) => {
    if (most === 0) return HEIGHT;
    const share = log
      ? Math.log(loss / least) / Math.log(most / least)
      : (loss - Math.min(0, least)) / (most - Math.min(0, least));
    return HEIGHT * (1 - share);
  };
  const line = (/** @type {(number | null)[]} */ list) =>
    drawn(list, 400)
      .flatMap(([iteration, loss]) =>
        loss === null
          ? []
          : [`${((WIDTH * iteration) / last).toFixed(1)},${height(loss).toFixed(1)}`],
      )
      .join(" ");
  const here = losses[at];
  return {
    points: line(losses),
    heldPoints: line(held),
    x: at / last,
    y: here === null || here === undefined || !Number.isFinite(here) ? null : height(here) / HEIGHT,
    lost: diverged === null ? null : diverged / last,
    most,
    least: log ? least : Math.min(0, least),
    last,
  };
}

/**
 * @param {What} what
 * @param {{moments: number, position: number, moment: string, view: (position: number) => void}} slider
 * @returns {VNode}
 */
export function curveView(what, { moments, position, moment, view }) {
  const { points, heldPoints, x, y, lost, most, least, last } = curveOf(what);
  const { first = 0 } = what;
  const known = what.losses.filter((loss) => loss !== null);
  const told =
    known.length < 2
      ? "Nothing is trained yet."
      : `The loss over ${what.losses.length - 1} iterations, ` +
        `from ${printOne(known[0] ?? NaN, 4)} to ${printOne(known[known.length - 1] ?? NaN, 4)}.`;
  const held = (what.held ?? []).filter((loss) => loss !== null);
  const toldHeld = held.length
    ? ` The validation loss, dashed, is ${printOne(held[held.length - 1] ?? NaN, 4)} in the end.`
    : "";
  return h(
    "div",
    {
      class: "curve",
      "data-losses": known.join(" "),
      "data-held": held.length ? held.join(" ") : null,
    },
    h("span", { class: "unseen", id: "curve-text" }, told + toldHeld),
    h("span", { class: "scale-top", "aria-hidden": "true" }, known.length ? printOne(most, 2) : ""),
    h(
      "span",
      { class: "scale-bottom", "aria-hidden": "true" },
      known.length > 1 ? printOne(least, 2) : "",
    ),
    h(
      "div",
      { class: "curve-room" },
      h(
        "svg",
        { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: "none", "aria-hidden": "true" },
        lost !== null &&
          h("rect", {
            class: "lost",
            x: lost * WIDTH,
            y: 0,
            width: WIDTH * (1 - lost),
            height: HEIGHT,
          }),
        h("line", { class: "axis", x1: 0, x2: WIDTH, y1: HEIGHT, y2: HEIGHT }),
        h("line", { class: "axis", x1: 0, x2: WIDTH, y1: 0, y2: 0 }),
        heldPoints &&
          h("polyline", {
            class: "held",
            points: heldPoints,
            "vector-effect": "non-scaling-stroke",
          }),
        h("polyline", { class: "losses", points, "vector-effect": "non-scaling-stroke" }),
      ),
      h("i", { class: "cursor", style: { left: `${100 * x}%` } }),
      y !== null && h("i", { class: "here", style: { left: `${100 * x}%`, top: `${100 * y}%` } }),
      h("input", {
        type: "range",
        min: "0",
        max: String(Math.max(1, moments - 1)),
        step: "1",
        value: String(position),
        disabled: moments < 2,
        "aria-label": "Viewing iteration",
        "aria-describedby": "curve-text",
        "aria-valuetext": moment,
        title: moment,
        style: { width: `${100 * Math.min(1, (moments - 1) / last)}%` },
        oninput: (/** @type {any} */ event) => view(Number(event.target.value)),
      }),
    ),
    h("span", { class: "scale-start", "aria-hidden": "true" }, String(first)),
    h("span", { class: "scale-end", "aria-hidden": "true" }, String(first + last)),
  );
}
