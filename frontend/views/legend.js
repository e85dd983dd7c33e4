/**
 * The colour scale of what is on the stage, and what else its cells can look like.
 *
 * @import { Matrix } from "../lib/types.js"
 * @import { Scales } from "../lib/scale.js"
 */

import { h } from "../lib/h.js";
import { MINUS, printOne } from "../lib/numbers.js";
import { span } from "../lib/tint.js";

/** Shares of the largest magnitude. */
const MARKS = [-1, -0.56, -0.25, -0.06, 0, 0.06, 0.25, 0.56, 1];
const FEW = [-1, -0.25, 0, 0.25, 1];

/**
 * @param {Matrix[]} drawn  on the stage: operands and the result
 * @param {Scales} scales
 * @param {string | null} hatched
 * @param {(field: "value" | "gradient") => boolean} [covered]  whether the ends of its scale are not to be seen
 */
export function legendView(drawn, scales, hatched, covered = () => false) {
  const fields = /** @type {const} */ (["value", "gradient"]).filter(
    (field) => scales[field] > 0 && drawn.some((matrix) => isOn(matrix, field, scales[field])),
  );
  return h(
    "div",
    { class: "legend", key: "legend" },
    hatched && h("span", { class: "hatched-text" }, hatched),
    fields.map((field) =>
      scaleView(
        field,
        covered(field) ? null : scales[field],
        fields.length > 1 ? `${field}s ` : null,
      ),
    ),
  );
}

/**
 * A single number beyond the scale, such as the gradient of the loss, has no place on it.
 *
 * @param {Matrix} matrix
 * @param {"value" | "gradient"} field
 * @param {number} largest
 */
function isOn(matrix, field, largest) {
  if ((matrix.field === "gradient" ? "gradient" : "value") !== field) return false;
  return matrix.shape.length > 0 || span(matrix.part?.data ?? []) <= largest;
}

/**
 * @param {"value" | "gradient"} field
 * @param {number | null} largest  null: not to be seen
 * @param {string | null} name where there is more than one scale
 */
export function scaleView(field, largest, name) {
  return h(
    "span",
    { class: "scale", key: field, title: `One scale for every ${field} of this document` },
    h("span", { class: field }, name ?? ""),
    h("span", null, largest === null ? MINUS : `${MINUS}${printOne(largest, 2)}`),
    (name === null ? MARKS : FEW).map((mark) =>
      h("i", {
        class: mark < 0 ? "cell neg" : mark > 0 ? "cell pos" : "cell zero",
        style: { "--heat": `${Math.round(100 * Math.sqrt(Math.abs(mark)))}%` },
      }),
    ),
    h("span", null, largest === null ? "+" : printOne(largest, 2)),
  );
}
