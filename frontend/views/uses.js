/**
 * Where an element goes: per step that uses it the elements that it moves, what each passes back,
 * and the strongest way to the loss.
 *
 * @import { Branch, Cell, StepReference, Target, Uses, UsedCell, Wire } from "../lib/types.js"
 * @typedef
 *   {{isTensor: (name: string) => boolean, digits: number, follow: (target: Target) => void, goTo: (step: number) => void, point: (cells: Target[] | null) => void}}
 *   UsesOptions
 */

import { targetCode } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { exact, fromWire, print, printOne, signed, styleFor } from "../lib/numbers.js";
import { codeView } from "./code.js";

/** @param {Uses} uses @param {UsesOptions} options */
export function usesView(uses, options) {
  const { branches, gradient } = uses;
  return [
    h(
      "p",
      { key: "whose" },
      "From ",
      h("code", null, ...codeView(targetCode({ ...uses, field: "value" }), options.isTensor)),
      " to the loss: what it moves, and how much of the gradient comes back that way.",
    ),
    branches.length === 0 && h("p", { key: "none" }, nowhere(uses)),
    branches.length > 1 &&
      h("p", { key: "several" }, `It is used ${branches.length} times; what comes back adds up.`),
    ...branches.map((branch) => branchView(branch, options)),
    branches.length > 0 &&
      gradient !== null &&
      h(
        "p",
        { class: "total-back", key: "total" },
        branches.length > 1 ? "Together its gradient: " : "That is its gradient: ",
        h("b", { title: exact(fromWire(gradient)) }, printOne(fromWire(gradient), options.digits)),
      ),
    chainView(uses, options),
    readersView(uses, options),
  ];
}

/** @param {Uses} uses */
function nowhere({ tensor, gradient }) {
  return gradient === 1
    ? `${tensor} is where the forward pass ends.`
    : `Nothing in the program uses ${tensor} any further.`;
}

/** @param {Branch} branch @param {UsesOptions} options */
function branchView({ step, output, code, cells, cell_count: count, contribution, rest }, options) {
  const { isTensor, goTo, digits } = options;
  const style = (/** @type {"derivative" | "gradient" | "contribution"} */ key) =>
    styleFor(
      cells.map((cell) => fromWire(cell[key])),
      digits,
    );
  const styles = {
    derivative: style("derivative"),
    gradient: style("gradient"),
    contribution: style("contribution"),
  };
  return h(
    "div",
    { class: "branch", key: output },
    h(
      "p",
      null,
      "In ",
      h(
        "button",
        { type: "button", class: "name-link", title: "Go to this step", onclick: () => goTo(step) },
        h("code", null, ...codeView(`${output} = ${signed(code)}`, isTensor)),
      ),
      ` it is part of ${count === 1 ? "one number" : `${count.toLocaleString("en")} numbers`}:`,
    ),
    h(
      "div",
      { class: "terms-box" },
      h(
        "table",
        { class: "terms", "aria-label": `What it moves in ${output}` },
        h(
          "tbody",
          null,
          h(
            "tr",
            null,
            h("td", null),
            h("th", { scope: "col" }, "derivative by it"),
            h("td", null),
            h("th", { scope: "col" }, "its gradient"),
            h("td", null),
            h("th", { scope: "col" }, "passed back"),
          ),
          cells.map((cell) => cellRow(cell, styles, options)),
        ),
        h(
          "tfoot",
          null,
          rest !== undefined &&
            h(
              "tr",
              { class: "more" },
              h(
                "th",
                { scope: "row", colspan: "4" },
                `… and ${(count - cells.length).toLocaleString("en")} more`,
              ),
              h("td", null),
              h("td", null, printOne(fromWire(rest), digits)),
            ),
          count > 1 &&
            h(
              "tr",
              { class: "total" },
              h("th", { scope: "row", colspan: "4" }, "added up"),
              h("td", { class: "between-numbers" }, "="),
              h("td", { class: "product" }, print(fromWire(contribution), styles.contribution)),
            ),
        ),
      ),
    ),
  );
}

/** @param {UsedCell} cell @param {Record<string, any>} styles @param {UsesOptions} options */
function cellRow(cell, styles, options) {
  const back = fromWire(cell.contribution);
  const pointing = {
    onmouseenter: () => options.point([cell]),
    onmouseleave: () => options.point(null),
    onfocusin: () => options.point([cell]),
    onfocusout: () => options.point(null),
  };
  return h(
    "tr",
    { key: targetCode(cell), class: back === 0 ? "nothing" : "", ...pointing },
    h("th", { scope: "row", class: "place" }, cellLink(cell, options)),
    h("td", null, print(fromWire(cell.derivative), styles.derivative)),
    h("td", { class: "between-numbers" }, "×"),
    h("td", null, print(fromWire(cell.gradient), styles.gradient)),
    h("td", { class: "between-numbers" }, "="),
    h("td", { class: "product", title: exact(back) }, print(back, styles.contribution)),
  );
}

/** @param {Cell} cell @param {UsesOptions} options */
function cellLink(cell, { follow }) {
  const { tensor, field, index } = cell;
  return h(
    "button",
    {
      type: "button",
      class: `name-link ${field}`,
      title: `${targetCode(cell)} = ${exact(fromWire(cell.value))}`,
      onclick: () => follow({ tensor, field, index }),
    },
    targetCode(cell),
  );
}

/** The derivatives along the way, multiplied. @param {Uses} uses @param {UsesOptions} options */
function chainView({ chain, chain_product: product }, options) {
  if (product === null || chain.length < 2) return null;
  const number = (/** @type {Wire | null} */ wire) => printOne(fromWire(wire ?? 0), options.digits);
  return h(
    "div",
    { class: "answer", key: "chain" },
    h("h4", null, "The strongest way to the loss"),
    h(
      "ol",
      { class: "chain" },
      chain.map((link) =>
        h(
          "li",
          { key: targetCode(link) },
          link.derivative !== null && h("span", { class: "by" }, `× ${number(link.derivative)} →`),
          cellLink(link, options),
        ),
      ),
    ),
    h(
      "p",
      null,
      "The derivatives along it, multiplied: ",
      h("b", null, number(product)),
      ". Over all ways they add up to the gradient.",
    ),
  );
}

/** @param {Uses} uses @param {UsesOptions} options */
function readersView({ read_by: readers }, { isTensor, goTo }) {
  if (readers.length === 0) return null;
  const item = (/** @type {StepReference & {phase: string}} */ { step, phase, output, code }) =>
    h(
      "li",
      { key: step },
      h("span", { class: "phase" }, phase),
      h(
        "button",
        { type: "button", class: "name-link", title: "Go to this step", onclick: () => goTo(step) },
        h("code", null, ...codeView(`${output} = ${signed(code)}`, isTensor)),
      ),
    );
  return h(
    "div",
    { class: "answer", key: "readers" },
    h("h4", null, "Also read by"),
    h("ul", { class: "readers" }, readers.map(item)),
  );
}
