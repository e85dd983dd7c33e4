/**
 * Where an element goes: the strongest path to the loss, forward and back in one picture, and what
 * each step that uses the element passes back.
 *
 * @import { Branch, Cell, StepReference, Uses, UsedCell, Wire } from "../lib/types.js"
 * @import { BarOptions } from "./bars.js"
 * @import { Speech } from "./prose.js"
 * @typedef {BarOptions & Speech & {goTo: (step: number) => void}} PathOptions
 */

import { targetCode } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { exact, fromWire, printOne, signed, styleFor } from "../lib/numbers.js";
import { barScale } from "../lib/terms.js";
import { barCell, cellLink, numberCell, plainRow, pointing } from "./bars.js";
import { codeView } from "./code.js";
import { proseView } from "./prose.js";
import { questionView, questionsView } from "./questions.js";

/** So many numbers are all shown; of more, so many. */
const [FEW, SHOWN] = [12, 8];

/** @param {Uses} uses @param {PathOptions} options */
export function pathView(uses, options) {
  const { branches } = uses;
  return [
    h(
      "p",
      { class: "first", key: "told" },
      ...proseView(pathText(uses, options), options.isTensor),
    ),
    chainView(uses, options),
    ...branches.map((branch) => branchView(branch, options, branches.length > 1)),
    questionsView([
      branches.length > 0 &&
        questionView("Why is a gradient a sum over paths?", [sumOfPaths(uses, options)], options),
      readersView(uses, options),
    ]),
  ];
}

/** @param {Uses} uses @param {PathOptions} options */
function pathText(
  { tensor, field, index, branches, gradient, chain, chain_product: product },
  { digits },
) {
  const code = targetCode({ tensor, field, index });
  if (branches.length === 0)
    return gradient === 1
      ? `\`${tensor}\` is where the forward pass ends.`
      : `Nothing in the program uses \`${tensor}\` any further.`;
  const count = branches.reduce((sum, { cell_count: cells }) => sum + cells, 0);
  const numbers = count === 1 ? "one number" : `${count.toLocaleString("en")} numbers`;
  const where = branches.map(({ output }) => `\`${output}\``).join(", ");
  const share =
    product === null || gradient === null || chain.length < 2
      ? ""
      : shareText(fromWire(product), fromWire(gradient), isAlone(branches), (one) =>
          printOne(one, digits),
        );
  return `\`${code}\` goes into ${numbers} of ${where}.${share}`;
}

/**
 * Does something come back from one number alone?
 *
 * @param {Branch[]} branches
 */
function isAlone(branches) {
  const listed = branches.flatMap(({ cells }) => cells);
  const own = listed.filter(({ contribution }) => fromWire(contribution) !== 0);
  return own.length < 2 && branches.every(({ rest }) => !rest || fromWire(rest) === 0);
}

/**
 * How much of a gradient one path carries.
 *
 * @param {number} own @param {number} all
 * @param {boolean} alone  nothing comes back along others
 * @param {(one: number) => string} number
 */
function shareText(own, all, alone, number) {
  if (all === 0) return " Its gradient is 0: what comes back along the paths is 0 or cancels.";
  if (own === all && !alone)
    return (
      ` The strongest path to the loss carries as much as its whole gradient, ${number(all)}: ` +
      "what comes back along the others cancels."
    );
  if (own === all) return ` One path to the loss carries all of its gradient, ${number(all)}.`;
  return ` The strongest path to the loss carries ${number(own)} of its gradient, ${number(all)}.`;
}

/** The path from the element down to the loss. @param {Uses} uses @param {PathOptions} options */
function chainView({ chain, chain_product: product }, options) {
  if (product === null || chain.length < 2) return null;
  const sofar = productsFromTheLoss(chain.map(({ derivative }) => derivative));
  return h(
    "div",
    { class: "path", key: "chain", role: "group", "aria-label": "The strongest path to the loss" },
    h(
      "p",
      { class: "path-head", "aria-hidden": "true" },
      h("span", { class: "value" }, "value ↓"),
      h("span", null, "× derivative"),
      h("span", { class: "gradient" }, "↑ product"),
    ),
    h(
      "ol",
      { class: "chain" },
      chain.map((link, at) =>
        h(
          "li",
          { key: targetCode(link), ...pointing([link], options) },
          link.derivative !== null &&
            h(
              "span",
              { class: "by", title: signed(exact(fromWire(link.derivative))) },
              `× ${printOne(fromWire(link.derivative), options.digits)}`,
            ),
          h(
            "span",
            { class: "stop" },
            cellLink(link, targetCode(link), options),
            ` = ${printOne(fromWire(link.value), options.digits)}`,
          ),
          h("b", { title: signed(exact(sofar[at])) }, printOne(sofar[at], options.digits)),
        ),
      ),
    ),
  );
}

/**
 * Counted from the loss, where it is 1: the product of the derivatives behind each link.
 *
 * @param {(Wire | null)[]} derivatives of each link with respect to the one before it
 */
export function productsFromTheLoss(derivatives) {
  const list = new Array(derivatives.length).fill(1);
  for (let at = derivatives.length - 2; at >= 0; at -= 1)
    list[at] = list[at + 1] * fromWire(derivatives[at + 1]);
  return list;
}

/** @param {Branch} branch @param {PathOptions} options @param {boolean} several */
function branchView(
  { step, output, code, cells, cell_count: count, contribution, rest },
  options,
  several,
) {
  const [total, left] = [fromWire(contribution), rest === undefined ? 0 : fromWire(rest)];
  const { kept, smaller, zeros } = largest(cells);
  const fewer = smaller.reduce((sum, { contribution: own }) => sum + fromWire(own), 0);
  const values = [total, left, fewer, ...kept.map((cell) => fromWire(cell.contribution))];
  const look = { scale: barScale(values), style: styleFor(values, options.digits) };
  const foot = [
    smaller.length > 0 && plainRow(`${smaller.length} smaller`, fewer, look, "more"),
    zeros > 0 && plainRow(`${zeros.toLocaleString("en")} that are 0`, 0, look, "nothing"),
    rest !== undefined &&
      plainRow(`${(count - cells.length).toLocaleString("en")} more`, left, look, "more"),
    (count > 1 || several) &&
      plainRow(several ? "passed back here" : "its gradient", total, look, "total"),
  ];
  return h(
    "div",
    { class: "branch", key: output },
    h("p", { class: "made" }, stepLink({ step, output, code }, options)),
    h(
      "table",
      { class: "bars wide", "aria-label": `What it changes in ${output}` },
      h(
        "tbody",
        null,
        h(
          "tr",
          { class: "bars-head" },
          h("th", { scope: "col" }, "number"),
          h("th", { scope: "col", colspan: "3" }, "local derivative × its gradient"),
        ),
        kept.map((cell) => cellRow(cell, look, options)),
      ),
      foot.some(Boolean) && h("tfoot", null, foot),
    ),
  );
}

/**
 * Of many numbers those through which most comes back.
 *
 * @param {UsedCell[]} cells
 * @returns {{kept: UsedCell[], smaller: UsedCell[], zeros: number}}
 */
function largest(cells) {
  if (cells.length <= FEW) return { kept: cells, smaller: [], zeros: 0 };
  const back = (/** @type {UsedCell} */ { contribution }) => Math.abs(fromWire(contribution));
  const others = cells.filter((cell) => back(cell) !== 0).sort((a, b) => back(b) - back(a));
  return {
    kept: others.slice(0, SHOWN),
    smaller: others.slice(SHOWN),
    zeros: cells.length - others.length,
  };
}

/** @param {UsedCell} cell @param {any} look @param {PathOptions} options */
function cellRow(cell, look, options) {
  const back = fromWire(cell.contribution);
  const [derivative, gradient] = [fromWire(cell.derivative), fromWire(cell.gradient)];
  const number = (/** @type {number} */ one) => printOne(one, options.digits);
  return h(
    "tr",
    { key: targetCode(cell), class: back === 0 ? "nothing" : "", ...pointing([cell], options) },
    h(
      "th",
      { scope: "row", class: "place" },
      cellLink(cell, shortCode(cell), options, targetCode(cell)),
    ),
    h("td", { class: "product" }, `${number(derivative)} × ${number(gradient)}`),
    barCell(back, look),
    numberCell(back, look),
  );
}

/** Its place alone: the tensor stands in the heading. @param {Cell} cell */
function shortCode({ tensor, index }) {
  return index.length ? `[${index.join(", ")}]` : tensor;
}

/** @param {Uses} uses @param {PathOptions} options */
function sumOfPaths({ tensor, field, index, branches, gradient }, options) {
  const code = targetCode({ tensor, field, index });
  const many = branches.length > 1 ? `${branches.length} steps use it. ` : "";
  const sum = gradient === null ? "" : `, ${printOne(fromWire(gradient), options.digits)}`;
  return h(
    "p",
    null,
    ...proseView(
      `${many}A change of \`${code}\` reaches the loss along every path. Along one path the local ` +
        `derivatives multiply; over all paths these products add up to the gradient${sum}.`,
      options.isTensor,
    ),
  );
}

/** @param {Uses} uses @param {PathOptions} options */
function readersView({ read_by: readers }, options) {
  if (readers.length === 0) return null;
  return questionView(
    "Which other steps read it?",
    [
      h(
        "ul",
        { class: "readers" },
        readers.map((reader) =>
          h(
            "li",
            { key: reader.step },
            h("span", { class: "phase" }, reader.phase),
            stepLink(reader, options),
          ),
        ),
      ),
    ],
    options,
  );
}

/** @param {StepReference} reference @param {{isTensor: (name: string) => boolean, goTo: (step: number) => void}} options */
export function stepLink({ step, output, code }, { isTensor, goTo }) {
  return h(
    "button",
    {
      type: "button",
      class: "name-link",
      title: `Go to step ${step + 1}`,
      onclick: () => goTo(step),
    },
    h("span", { class: "step-number" }, String(step + 1)),
    " ",
    h("code", null, ...codeView(signed(`${output} = ${code}`), isTensor)),
  );
}
