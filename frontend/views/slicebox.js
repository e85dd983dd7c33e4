/**
 * The loss along the number that is being dragged: where it was, where it is, and the slopes there,
 * which are its gradients.
 *
 * @import { Drag } from "../state/scrubbing/reducer.js"
 * @import { Trace } from "../lib/types.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { fromWire, printOne, signed } from "../lib/numbers.js";
import { asTensor, cell, cellName } from "../lib/tensor.js";

const [WIDTH, HEIGHT] = [400, 190];
const EDGE = { left: 46, right: 12, top: 8, bottom: 36 };
const DIGITS = 3;
/** How wide a bold letter is at most, nearly. */
const LETTER = 8;

/** @param {Drag} drag @param {Trace} trace */
export function sliceBox(drag, trace) {
  const name = cellName(drag.name, drag.index, null);
  const [before, after] = [fromWire(drag.before.loss), fromWire(trace.loss)];
  const change = after - before;
  return h(
    "aside",
    {
      class: "slice-box",
      key: "slice",
      "aria-label": `The loss along ${name}`,
      hook: drag.slice ? makeWay : null,
    },
    h(
      "p",
      null,
      h("b", null, "Loss "),
      h("code", null, `${printOne(before, DIGITS)} → ${printOne(after, DIGITS)} `),
      change !== 0 &&
        h(
          "b",
          { class: change > 0 ? "rise" : "fall" },
          `${change > 0 ? "+" : ""}${printOne(change, DIGITS)}`,
        ),
      h("span", { class: "hint" }, "[ ] 0.1 · Enter keeps · Esc returns"),
    ),
    drag.slice && curve(drag, trace, name),
  );
}

/** In the corners where it may stand: from the left or the right, above or below. */
const CORNERS = ["", "right", "low", "low right"];

/** It stands where it does not cover the number that is dragged. @param {HTMLElement} box */
function makeWay(box) {
  if (box.dataset.placed) return;
  afterDrawing(() => {
    const cell = box.parentElement?.querySelector(".cell.dragged");
    if (!cell) return;
    box.dataset.placed = "yes";
    for (const corner of CORNERS) {
      box.className = `slice-box ${corner}`;
      if (!overlap(box.getBoundingClientRect(), cell.getBoundingClientRect())) return;
    }
    box.className = "slice-box";
  });
}

/** @param {DOMRect} one @param {DOMRect} other */
function overlap(one, other) {
  return (
    one.left < other.right &&
    other.left < one.right &&
    one.top < other.bottom &&
    other.top < one.bottom
  );
}

/** @param {Drag} drag @param {Trace} trace @param {string} name */
function curve({ slice, from, value, name: tensor, index, before }, trace, name) {
  if (!slice) return null;
  const [x, y] = [slice.values.map(fromWire), slice.losses.map(fromWire)];
  const here = fromWire(trace.loss);
  const there = fromWire(before.loss);
  const finite = [...y, here].filter(Number.isFinite);
  const [low, high] = [Math.min(...finite), Math.max(...finite)];
  const [left, right] = [Math.min(x[0], value), Math.max(x[x.length - 1], value)];
  const across = (/** @type {number} */ at) =>
    EDGE.left + ((WIDTH - EDGE.left - EDGE.right) * (at - left)) / (right - left || 1);
  const down = (/** @type {number} */ loss) =>
    HEIGHT - EDGE.bottom - ((HEIGHT - EDGE.top - EDGE.bottom) * (loss - low)) / (high - low || 1);
  const slope = (/** @type {Trace} */ { tensors }) => {
    const { gradient, shape } = tensors[tensor];
    return gradient ? (cell(asTensor(gradient, shape), index) ?? NaN) : NaN;
  };
  const tangent = (
    /** @type {number} */ at,
    /** @type {number} */ loss,
    /** @type {number} */ steep,
    /** @type {string} */ kind,
  ) => {
    const reach = 0.16 * (right - left);
    return (
      Number.isFinite(steep) &&
      h("line", {
        class: kind,
        x1: across(at - reach),
        x2: across(at + reach),
        y1: down(loss - steep * reach),
        y2: down(loss + steep * reach),
      })
    );
  };
  const text = (
    /** @type {number} */ tx,
    /** @type {number} */ ty,
    /** @type {string} */ words,
    /** @type {string} */ kind = "",
    anchor = "middle",
  ) => h("text", { x: tx, y: ty, class: kind || null, "text-anchor": anchor }, words);
  const [old, now] = [slope(before), slope(trace)];
  const moved = value !== from;
  const label = `slope ${printOne(now, DIGITS)}`;
  const room = LETTER * label.length + 12;
  const isFree = { start: across(value) + room < WIDTH, end: across(value) - room > 0 };
  const wanted = now >= 0 ? "end" : "start";
  const side = isFree[wanted] ? wanted : wanted === "end" ? "start" : "end";
  return h(
    "svg",
    {
      viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
      role: "img",
      "aria-label": `Slope ${printOne(old, DIGITS)} at ${printOne(from, DIGITS)}, ${printOne(now, DIGITS)} at ${printOne(value, DIGITS)}`,
    },
    ...[low, (low + high) / 2, high].flatMap((loss) => [
      h("line", {
        class: "axis",
        x1: EDGE.left,
        x2: WIDTH - EDGE.right,
        y1: down(loss),
        y2: down(loss),
      }),
      text(EDGE.left - 6, down(loss) + 4, printOne(loss, 2), "", "end"),
    ]),
    [left, (left + right) / 2, right].map((at) =>
      text(across(at), HEIGHT - 20, signed(String(Number(at.toPrecision(3))))),
    ),
    text((EDGE.left + WIDTH) / 2, HEIGHT - 4, name),
    h("polyline", {
      class: "losses",
      points: x
        .map((at, place) => `${across(at).toFixed(1)},${down(y[place]).toFixed(1)}`)
        .join(" "),
    }),
    moved && tangent(from, there, old, "tangent old"),
    moved && h("circle", { class: "old", cx: across(from), cy: down(there), r: 5 }),
    tangent(value, here, now, "tangent"),
    h("circle", { class: "now", cx: across(value), cy: down(here), r: 6 }),
    Number.isFinite(now) &&
      text(across(value) + (side === "end" ? -12 : 12), down(here) - 10, label, "slope", side),
  );
}
