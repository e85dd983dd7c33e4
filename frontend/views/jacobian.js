/**
 * The Jacobian of a step as a matrix of blocks: a block per row of the result and row of the input;
 * its product with the incoming gradient; what it costs.
 *
 * @import { Jacobian, Palette } from "../lib/types.js"
 * @typedef
 *   {{isTensor: (name: string) => boolean, digits: number, palette: Palette | null, inputs: string[], by: (input: string) => void}}
 *   JacobianOptions
 */

import { h } from "../lib/h.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { codeView } from "./code.js";
import { jacobianFigure, placeText } from "./jacobianfigure.js";
import { proseView } from "./prose.js";

/** More numbers are not listed beside the picture. */
const LISTED = 400;

/** @param {Jacobian} answer @param {JacobianOptions} options */
export function jacobianView(answer, options) {
  const { isTensor } = options;
  return [
    inputView(answer, options),
    answer.value
      ? pictureView(answer, answer.value, options)
      : h(
          "p",
          { class: "hint", key: "large" },
          `Too large to be drawn here: more than ${(answer.limit ?? 0).toLocaleString("en")} derivatives.`,
        ),
    h("p", { key: "text" }, ...proseView(answer.text, isTensor)),
    answer.contraction && contractionView(answer, options),
    costView(answer),
    answer.value &&
      answer.value.length * answer.value[0].length <= LISTED &&
      tableView(answer, answer.value, options),
  ];
}

/** @param {Jacobian} answer @param {JacobianOptions} options */
function inputView({ output, input, sample }, { inputs, by, isTensor }) {
  const part =
    sample !== undefined &&
    h("small", null, `the part of sample ${sample}: the whole is too large`);
  const name = h("code", null, ...codeView(output, isTensor));
  if (inputs.length < 2)
    return h(
      "p",
      { class: "row", key: "input" },
      name,
      " by ",
      h("code", null, ...codeView(input, isTensor)),
      part,
    );
  return h(
    "p",
    { class: "row", key: "input" },
    name,
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "by"),
      h(
        "select",
        { value: input, onchange: (/** @type {any} */ event) => by(event.target.value) },
        inputs.map((one) => h("option", { value: one, key: one }, one)),
      ),
    ),
    part,
  );
}

/**
 * @param {Jacobian} answer
 * @param {import("../lib/types.js").Wire[][]} value
 * @param {JacobianOptions} options
 */
function pictureView(answer, value, { palette }) {
  const part = answer.sample === undefined ? "" : `, the part of sample ${answer.sample}`;
  const label = `The Jacobian of ${answer.output} by ${answer.input}${part}: ${value.length} rows, ${value[0].length} columns`;
  return h(
    "div",
    { class: "jacobian-plot", key: "plot" },
    palette &&
      h("div", {
        class: "plot",
        role: "img",
        "aria-label": label,
        unhook: purge,
        hook: (/** @type {HTMLElement} */ element) =>
          draw(element, [value, palette], (width) => jacobianFigure(answer, value, palette, width)),
      }),
  );
}

/**
 * A row times the matrix is what the short rule gives.
 *
 * @param {Jacobian} answer
 * @param {JacobianOptions} options
 */
function contractionView(
  { contraction, output_shape: outer, input_shape: inner, input },
  { isTensor },
) {
  if (!contraction) return null;
  const { incoming, rule, result, max_abs_difference: difference } = contraction;
  const most = fromWire(difference);
  const [rows, columns] = [outer, inner].map((shape) => shape.reduce((a, b) => a * b, 1));
  const name = result ?? `${input}.g`;
  return h(
    "table",
    {
      class: "collapse-to-rule",
      key: "contraction",
      "aria-label": "The product with the incoming gradient",
    },
    h(
      "tr",
      null,
      h(
        "td",
        null,
        h("code", null, ...codeView(incoming, isTensor)),
        h("small", null, `1 × ${rows}`),
      ),
      h("td", null, "·"),
      h("td", null, "Jacobian", h("small", null, `${rows} × ${columns}`)),
      h("td", null, "="),
      h(
        "td",
        null,
        h("code", null, ...codeView(name, isTensor)),
        h("small", null, `1 × ${columns}`),
      ),
    ),
    h(
      "tr",
      null,
      h(
        "td",
        { colspan: "3" },
        h("code", null, ...codeView(rule, isTensor)),
        h("small", null, "the short rule"),
      ),
      h("td", null, "="),
      h(
        "td",
        null,
        h("code", null, ...codeView(name, isTensor)),
        h(
          "small",
          null,
          `${printShape(inner)}, ${most === 0 ? "the same to the last digit" : "the same but for rounding"}`,
        ),
      ),
    ),
  );
}

/** @param {Jacobian} answer */
function costView({ cost }) {
  const share = (/** @type {number} */ part) =>
    `${Math.max(0.4, (100 * part) / cost.jacobian_elements)}%`;
  const bar = (/** @type {string} */ label, /** @type {number} */ elements) =>
    h(
      "div",
      { class: "cost", key: label },
      h("span", null, label),
      h("span", { class: "bar" }, h("span", { style: { width: share(elements) } })),
      h("b", null, elements.toLocaleString("en")),
    );
  return h(
    "div",
    { class: "costs", key: "costs", role: "group", "aria-label": "Numbers to compute" },
    bar("numbers in the Jacobian", cost.jacobian_elements),
    bar("numbers in the gradient", cost.rule_elements),
  );
}

/**
 * @param {Jacobian} answer
 * @param {import("../lib/types.js").Wire[][]} value
 * @param {JacobianOptions} options
 */
function tableView(
  { output, output_shape: outer, input, input_shape: inner, rows, columns: across },
  value,
  { digits },
) {
  const columns = value[0].map((_, at) => placeText(input, inner, across?.[at] ?? at));
  return h(
    "details",
    { key: "table" },
    h("summary", null, "All its numbers"),
    h(
      "div",
      { class: "terms-box" },
      h(
        "table",
        { class: "jacobian-table", "aria-label": `The Jacobian of ${output} by ${input}` },
        h(
          "thead",
          null,
          h(
            "tr",
            null,
            h("td", null),
            columns.map((column) => h("th", { scope: "col", key: column }, column)),
          ),
        ),
        h(
          "tbody",
          null,
          value.map((row, at) =>
            h(
              "tr",
              { key: at },
              h("th", { scope: "row" }, placeText(output, outer, rows?.[at] ?? at)),
              row.map((number, column) =>
                h(
                  "td",
                  { key: column, class: number === 0 ? "nothing" : "" },
                  printOne(fromWire(number), digits),
                ),
              ),
            ),
          ),
        ),
      ),
    ),
  );
}
