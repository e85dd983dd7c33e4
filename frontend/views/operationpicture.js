/**
 * The picture of an operation: the curve of a function with its slope, or its sample's shapes.
 *
 * @import { Curve, Drawing, Drawn } from "../lib/answers.js"
 */

import { h } from "../lib/h.js";
import { printShape, signed } from "../lib/numbers.js";
import { sheetView } from "./gallery.js";

const WIDTH = 220;
const HEIGHT = 130;
const EDGE = 6;
/** What goes beyond is cut off: a pole would flatten everything else. */
const HIGHEST = 4;

/** @param {Drawing | null} picture @param {string} name */
export function operationPicture(picture, name) {
  if (!picture) return null;
  const { curve, operands, result } = picture;
  if (curve) return curveView(curve, name);
  return (
    result &&
    h(
      "div",
      { class: "operation-picture shapes" },
      operands.flatMap((tensor, at) => [
        at > 0 && h("span", { class: "between" }, ","),
        labelled(tensor),
      ]),
      h("span", { class: "between" }, "→"),
      labelled(result),
    )
  );
}

/** @param {Drawn} tensor */
function labelled(tensor) {
  return h(
    "span",
    { class: "labelled" },
    sheetView(tensor),
    h("code", null, tensor.name),
    h("small", null, printShape(tensor.shape)),
  );
}

/** @param {Curve} curve @param {string} name */
function curveView({ x, y, slope }, name) {
  const [left, right] = [x[0], x[x.length - 1]];
  const inside = [...y, ...slope].filter((value) => value !== null && Math.abs(value) <= HIGHEST);
  const low = Math.min(-0.5, .../** @type {number[]} */ (inside));
  const high = Math.max(1, .../** @type {number[]} */ (inside));
  const across = (/** @type {number} */ value) =>
    EDGE + ((value - left) / (right - left)) * (WIDTH - 2 * EDGE);
  const down = (/** @type {number} */ value) =>
    HEIGHT - EDGE - ((value - low) / (high - low)) * (HEIGHT - 2 * EDGE);
  const path = (/** @type {(number | null)[]} */ values) => {
    let drawing = false;
    return values
      .map((value, at) => {
        const seen = value !== null && value >= low && value <= high;
        const step = seen
          ? `${drawing ? "L" : "M"}${across(x[at]).toFixed(1)} ${down(value).toFixed(1)}`
          : "";
        drawing = seen;
        return step;
      })
      .join("");
  };
  const axis = { class: "axis", "vector-effect": "non-scaling-stroke" };
  return h(
    "figure",
    { class: "operation-picture" },
    h(
      "svg",
      {
        viewBox: `0 0 ${WIDTH} ${HEIGHT}`,
        width: String(WIDTH),
        height: String(HEIGHT),
        role: "img",
        "aria-label": `${name} from ${left} to ${right}, and its slope`,
      },
      h("path", { ...axis, d: `M${EDGE} ${down(0)}H${WIDTH - EDGE}` }),
      left < 0 && right > 0 && h("path", { ...axis, d: `M${across(0)} ${EDGE}V${HEIGHT - EDGE}` }),
      h("path", { class: "slope", d: path(slope) }),
      h("path", { class: "curve", d: path(y) }),
    ),
    h(
      "figcaption",
      null,
      h("span", { class: "value" }, "y"),
      " and its slope ",
      h("span", { class: "gradient" }, "dy/dx"),
      signed(`, from ${left} to ${right}`),
    ),
  );
}
