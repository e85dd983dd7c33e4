/**
 * What a formula of one's own gives, beside what it should give: each number that is wrong says
 * whether it should be larger or smaller.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Level } from "../lib/fitting.js"
 * @import { Tensor } from "../lib/types.js"
 * @import { Own, Verdict } from "../state/practice/reducer.js"
 */

import { isProduct } from "../lib/annotated.js";
import { words } from "../lib/code.js";
import { cellWidth } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { tintOf } from "../lib/tint.js";
import { exact, printShape } from "../lib/numbers.js";
import { aligned, cellText, printing } from "../lib/printing.js";
import { asTensor, unravel } from "../lib/tensor.js";
import { codeView } from "./code.js";

/** As the service judges: relative to the right number, and never finer than this. */
const ENOUGH = { float32: 1e-4, float64: 1e-9 };

/**
 * For each number whether it is right (0), should be larger (1) or smaller (-1); null where the
 * shape is another one, or there are too many.
 *
 * @param {Verdict} verdict
 * @param {"float32" | "float64"} [dtype]
 * @returns {number[] | null}
 */
export function marksOf({ value, difference, expected_shape: shape }, dtype = "float64") {
  if (!difference || !value || !shape) return null;
  const [yours, off] = [asTensor(value, shape).data, asTensor(difference, shape).data];
  return Array.from(off, (one, at) => {
    const right = yours[at] - one;
    if (Math.abs(one) <= ENOUGH[dtype] * Math.max(1, Math.abs(right))) return 0;
    return one < 0 ? 1 : one > 0 ? -1 : NaN;
  });
}

/** How many numbers are wrong. @param {Verdict} verdict @param {"float32" | "float64"} [dtype] */
export function wrongCount(verdict, dtype) {
  const marks = marksOf(verdict, dtype) ?? [];
  return { wrong: marks.filter((mark) => mark !== 0).length, all: marks.length };
}

/**
 * @typedef {object} Options
 * @property {number} digits
 * @property {Level} level   of the cells
 * @property {import("../lib/scale.js").Scales} scales
 * @property {(name: string) => boolean} isTensor
 * @property {(index: number[]) => void} explain  an element of one's own result
 * @property {(event: KeyboardEvent) => void} move  in its grid
 */

/**
 * The parts, and the result, as they are laid out.
 *
 * @param {Own} own
 * @param {Tensor} result
 */
export function partsOf({ pieces, values }, result) {
  const parts = pieces.flatMap(({ text, shape }, at) => {
    const value = values[at];
    return shape && value !== null && value !== undefined
      ? [{ text, tensor: asTensor(value, shape) }]
      : [];
  });
  const whole = parts.length === pieces.filter(({ shape }) => shape).length;
  return whole
    ? { parts, product: isProduct(pieces, result.shape) }
    : { parts: [], product: false };
}

/**
 * @param {Own} own
 * @param {Tensor} result
 * @param {number[] | null} marks
 * @param {Options} options
 * @returns {VNode}
 */
export function ownView(own, result, marks, options) {
  const { parts, product } = partsOf(own, result);
  const yours = gridOf("yours", result, options, marks);
  if (product)
    return h(
      "div",
      { class: "falk", key: "own" },
      h("div", { class: "falk-left" }, gridOf(parts[0].text, parts[0].tensor, options)),
      h("div", { class: "falk-top" }, gridOf(parts[1].text, parts[1].tensor, options)),
      h("div", { class: "falk-meet" }, yours),
    );
  let next = 0;
  return h(
    "div",
    { class: "inline", key: "own" },
    parts.length > 0 &&
      own.pieces.map(({ text, shape }, at) =>
        shape
          ? h("div", { key: at }, gridOf(text, parts[next++].tensor, options))
          : h("span", { key: at, class: "between" }, text),
      ),
    parts.length > 0 && h("span", { key: "is", class: "between" }, "="),
    h("div", { key: "yours" }, yours),
  );
}

/** The rows and columns in which a tensor is laid down. @param {number[]} shape @returns {[number, number]} */
export function laid(shape) {
  const columns = shape[shape.length - 1] ?? 1;
  return [shape.slice(0, -1).reduce((product, length) => product * length, 1), columns];
}

/**
 * @param {string} title
 * @param {Tensor} tensor
 * @param {Options} options
 * @param {number[] | null} [marks] there for one's own result, whose cells can be chosen
 */
function gridOf(title, tensor, options, marks) {
  const { digits, level, scales, isTensor } = options;
  const ofGradients =
    marks !== undefined || words(title, isTensor).some(({ kind }) => kind === "gradient");
  const largest = ofGradients ? scales.gradient : scales.value;
  const [rows, columns] = laid(tensor.shape);
  const { style, places, width } = printing([tensor], digits);
  const mine = marks !== undefined;
  const cellOf = (/** @type {number} */ at) => {
    const number = tensor.data[at];
    const { sign, strength } = tintOf(number, largest);
    const mark = marks?.[at] ?? 0;
    const text = cellText(number, style);
    const index = unravel(at, tensor.shape);
    const says = mark > 0 ? ", should be larger" : mark < 0 ? ", should be smaller" : "";
    return h(
      "span",
      {
        role: "gridcell",
        key: at,
        class: ["cell", sign, mark === 0 ? "" : "off"].join(" ").trim(),
        tabindex: mine && at === 0 ? "0" : "-1",
        "aria-label": `${title}[${index.join(", ")}]${says}`,
        "data-value": exact(number),
        style: { "--heat": `${strength}%`, ...aligned(text, places) },
        onclick: mine && (() => options.explain(index)),
        onkeydown:
          mine &&
          ((/** @type {KeyboardEvent} */ event) =>
            event.key === "Enter" ? options.explain(index) : options.move(event)),
      },
      mark !== 0 && h("b", { "aria-hidden": "true" }, mark > 0 ? "↑" : mark < 0 ? "↓" : "≠"),
      text,
    );
  };
  return h(
    "figure",
    { class: "tensor" },
    h(
      "figcaption",
      null,
      h("span", { class: "tensor-name" }, ...(mine ? [title] : codeView(title, isTensor))),
      h("span", { class: "shape" }, printShape(tensor.shape)),
    ),
    h(
      "div",
      {
        role: "grid",
        class: `matrix own${mine || !Array.from(tensor.data).every(Number.isInteger) ? "" : " whole"}`,
        "aria-label": mine ? "Yours" : title,
        "aria-readonly": "true",
        style: {
          "--cell-width": `${cellWidth(level, width + (mine ? 2 : 0))}px`,
          "--letters": String(width),
        },
      },
      Array.from({ length: rows }, (_, row) =>
        h(
          "div",
          { role: "row", key: row },
          Array.from({ length: columns }, (__, column) => cellOf(row * columns + column)),
        ),
      ),
    ),
  );
}
