/**
 * The column of a Jacobian that is one number's: how each number of the result moves with it, times the slopes,
 * summed. That is the number's gradient, by the table that is never built.
 *
 * @import { Jacobian, Target, Wire } from "../lib/types.js"
 * @typedef
 *   {{isTensor: (name: string) => boolean, digits: number, chosen: Target | null, point: (cells: Target[] | null) => void}}
 *   ColumnOptions
 */

import { h } from "../lib/h.js";
import { fromWire, print, styleFor } from "../lib/numbers.js";
import { unravel } from "../lib/tensor.js";
import { codeView } from "./code.js";
import { placeText } from "./jacobianfigure.js";

/** A longer column is not listed. */
const LISTED = 40;

/**
 * Which column is that of the element that is explained; -1 where it is none's.
 *
 * @param {Jacobian} answer
 * @param {Target | null} chosen
 */
export function columnOf({ input, input_shape: inner, columns }, chosen) {
  if (!chosen || chosen.tensor !== input || chosen.index.length !== inner.length) return -1;
  const place = chosen.index.reduce((sum, at, axis) => sum * inner[axis] + at, 0);
  return columns ? columns.indexOf(place) : place;
}

/** @param {Jacobian} answer @param {Wire[][]} value @param {ColumnOptions} options */
export function columnView(answer, value, options) {
  const { input, input_shape: inner, contraction } = answer;
  const at = columnOf(answer, options.chosen);
  if (at < 0 || !contraction || value.length > LISTED) return null;
  const slopes = contraction.incoming_value.map(fromWire);
  const column = value.map((row) => fromWire(row[at]));
  const products = column.map((derivative, row) =>
    derivative === 0 ? 0 : derivative * slopes[row],
  );
  const total = fromWire(contraction.result_value[at]);
  const styles = [column, slopes, [...products, total]].map((one) => styleFor(one, options.digits));
  const name = placeText(input, inner, at);
  return h(
    "div",
    { class: "terms-box", key: "column" },
    h(
      "table",
      {
        class: "jacobian-table",
        "aria-label": `The column of ${name}, times ${contraction.incoming}`,
      },
      h("thead", null, headings(answer.output, name, contraction.incoming, options)),
      h(
        "tbody",
        null,
        column.map((derivative, row) =>
          rowView(answer, [derivative, slopes[row], products[row]], row, styles, options),
        ),
      ),
      h(
        "tfoot",
        null,
        h(
          "tr",
          { class: "total" },
          h("th", { scope: "row", colspan: "3" }, `sum, ${placeText(`${input}.g`, inner, at)}`),
          h("td", null, print(total, styles[2])),
        ),
      ),
    ),
  );
}

/** @param {string} output @param {string} name @param {string} incoming @param {ColumnOptions} options */
function headings(output, name, incoming, { isTensor }) {
  const code = (/** @type {string} */ text) => h("code", null, ...codeView(text, isTensor));
  return h(
    "tr",
    null,
    h("th", { scope: "col" }, code(output)),
    h("th", { scope: "col" }, "column of ", code(name)),
    h("th", { scope: "col" }, "× ", code(incoming)),
    h("th", { scope: "col" }, "="),
  );
}

/**
 * @param {Jacobian} answer
 * @param {number[]} numbers
 * @param {number} row
 * @param {import("../lib/numbers.js").Style[]} styles
 * @param {ColumnOptions} options
 */
function rowView({ output, output_shape: outer }, numbers, row, styles, { point }) {
  const cell = {
    tensor: output,
    field: /** @type {const} */ ("value"),
    index: unravel(row, outer),
  };
  return h(
    "tr",
    {
      key: row,
      class: numbers[2] === 0 ? "nothing" : "",
      onmouseenter: () => point([cell]),
      onmouseleave: () => point(null),
    },
    h(
      "th",
      { scope: "row", "aria-label": placeText(output, outer, row) },
      placeText("", outer, row),
    ),
    numbers.map((number, at) =>
      h("td", { key: at }, number === 0 ? "0" : print(number, styles[at])),
    ),
  );
}
