/**
 * The loss along the number that is being dragged: where it was, where it is, and the slopes there,
 * which are its gradients.
 *
 * @import { Drag } from "../state/scrubbing/reducer.js"
 * @import { Trace } from "../lib/types.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";
import { asTensor, cell, cellName } from "../lib/tensor.js";
import { lossCurve } from "./losscurve.js";

const [DIGITS, WIDTH] = [3, 400];

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
  const point = (/** @type {number} */ at, /** @type {Trace} */ { loss, tensors }) => {
    const { gradient, shape } = tensors[tensor];
    const slope = gradient ? (cell(asTensor(gradient, shape), index) ?? NaN) : NaN;
    return { at, loss: fromWire(loss), slope };
  };
  const [old, now] = [point(from, before), point(value, trace)];
  const told = (/** @type {{at: number, slope: number}} */ { at, slope }) =>
    `${printOne(slope, DIGITS)} at ${printOne(at, DIGITS)}`;
  return lossCurve({
    name,
    label: `Slope ${told(old)}, ${told(now)}`,
    values: slice.values.map(fromWire),
    losses: slice.losses.map(fromWire),
    now,
    old: value === from ? null : old,
    width: WIDTH,
  });
}
