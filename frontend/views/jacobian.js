/**
 * The Jacobian of a step as a matrix of blocks: a block per row of the result and row of the input;
 * its product with the incoming gradient; what it costs.
 *
 * @import { Jacobian, Palette, Target } from "../lib/types.js"
 * @typedef {object} JacobianOptions
 * @property {(name: string) => boolean} isTensor
 * @property {number} digits
 * @property {Palette | null} palette
 * @property {string[]} inputs
 * @property {Target | null} chosen
 * @property {(input: string) => void} by
 * @property {(cells: Target[] | null) => void} point
 */

import { h } from "../lib/h.js";
import { fromWire, printOne, printShape } from "../lib/numbers.js";
import { unravel } from "../lib/tensor.js";
import { draw, purge } from "../lib/plotly.js";
import { codeView } from "./code.js";
import { columnOf, columnView } from "./jacobiancolumn.js";
import { jacobianFigure, placeText } from "./jacobianfigure.js";
import { proseView } from "./prose.js";
import { questionView, questionsView } from "./questions.js";

/** More numbers are not listed beside the picture. */
const LISTED = 400;

/** @param {Jacobian} answer @param {JacobianOptions} options */
export function jacobianView(answer, options) {
  const { isTensor } = options;
  const { value } = answer;
  return [
    h("p", { class: "first", key: "told" }, ...proseView(sizeText(answer), isTensor)),
    inputView(answer, options),
    value
      ? pictureView(answer, value, options)
      : h(
          "p",
          { class: "hint", key: "large" },
          `Too large to be drawn here: more than ${(answer.limit ?? 0).toLocaleString("en")} derivatives.`,
        ),
    value && columnView(answer, value, options),
    costView(answer),
    answer.at_scale && h("p", { key: "scale" }, ...proseView(answer.at_scale, isTensor)),
    questionsView([
      questionView(
        "Why is it never built?",
        [h("p", null, ...proseView(answer.text, isTensor)), contractionView(answer, options)],
        options,
      ),
      value &&
        value.length * value[0].length <= LISTED &&
        questionView("Which numbers are in it?", [tableView(answer, value, options)], options),
    ]),
  ];
}

/** @param {Jacobian} answer */
function sizeText({ output, output_shape: outer, input, input_shape: inner, cost }) {
  const [rows, columns] = [outer, inner].map((shape) => shape.reduce((a, b) => a * b, 1));
  const count = (/** @type {number} */ number) => number.toLocaleString("en");
  return `How each of the ${count(rows)} numbers of \`${output}\` depends on each of the ${count(columns)} of \`${input}\`: ${count(rows)} × ${count(columns)} = ${count(cost.jacobian_elements)} derivatives.`;
}

/** @param {Jacobian} answer @param {JacobianOptions} options */
function inputView({ output, input, sample }, { inputs, by, isTensor }) {
  const part =
    sample !== undefined && h("small", null, `only sample ${sample}: the whole is too large`);
  const name = h("code", null, ...codeView(output, isTensor));
  if (inputs.length < 2)
    return h(
      "p",
      { class: "row", key: "input" },
      "∂ ",
      name,
      " / ∂ ",
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
      h("span", { class: "field-name" }, "with respect to"),
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
function pictureView(answer, value, { palette, point, chosen }) {
  const marked = columnOf(answer, chosen);
  const part = answer.sample === undefined ? "" : `, only sample ${answer.sample}`;
  const label = `The Jacobian of ${answer.output} with respect to ${answer.input}${part}: ${value.length} rows, ${value[0].length} columns`;
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
          draw(
            element,
            [value, palette, marked],
            (width) => jacobianFigure(answer, value, palette, width, marked),
            {
              hover: ({ x, y }) => point(numbersAt(answer, y, x)),
              unhover: () => point(null),
            },
          ),
      }),
  );
}

/**
 * The two numbers that a derivative is about.
 *
 * @param {Jacobian} answer
 * @param {number} row
 * @param {number} column
 * @returns {Target[]}
 */
export function numbersAt(
  { output, output_shape: outer, input, input_shape: inner, rows, columns },
  row,
  column,
) {
  const target = (
    /** @type {string} */ tensor,
    /** @type {number} */ at,
    /** @type {number[]} */ shape,
  ) => ({ tensor, field: /** @type {const} */ ("value"), index: unravel(at, shape) });
  return [
    target(output, rows?.[row] ?? row, outer),
    target(input, columns?.[column] ?? column, inner),
  ];
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
        h("small", null, "the rule"),
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
    bar("in the Jacobian", cost.jacobian_elements),
    bar("in the gradient", cost.rule_elements),
  );
}

/**
 * @param {Jacobian} answer
 * @param {import("../lib/types.js").Wire[][]} value
 * @param {JacobianOptions} options
 */
function tableView(answer, value, { digits, point }) {
  const { output, output_shape: outer, input, input_shape: inner, rows, columns: across } = answer;
  const columns = value[0].map((_, at) => placeText(input, inner, across?.[at] ?? at));
  const head = h(
    "tr",
    null,
    h("td", null),
    columns.map((column) => h("th", { scope: "col", key: column }, column)),
  );
  const row = (/** @type {import("../lib/types.js").Wire[]} */ list, /** @type {number} */ at) =>
    h(
      "tr",
      { key: at },
      h("th", { scope: "row" }, placeText(output, outer, rows?.[at] ?? at)),
      list.map((number, column) =>
        h(
          "td",
          {
            key: column,
            class: number === 0 ? "nothing" : "",
            onmouseenter: () => point(numbersAt(answer, at, column)),
            onmouseleave: () => point(null),
          },
          number === 0 ? "0" : printOne(fromWire(number), digits),
        ),
      ),
    );
  return h(
    "div",
    { class: "terms-box" },
    h(
      "table",
      {
        class: "jacobian-table",
        "aria-label": `The Jacobian of ${output} with respect to ${input}`,
      },
      h("thead", null, head),
      h("tbody", null, value.map(row)),
    ),
  );
}
