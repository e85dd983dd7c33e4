/**
 * A number that is given: what its gradient means, the loss along it, what the update makes of it,
 * and where it goes.
 *
 * @import { Explanation, Role, Target, Uses } from "../lib/types.js"
 * @import { Study } from "../state/studies/reducer.js"
 * @import { PathOptions } from "./path.js"
 * @typedef {{uses: Study | null, next: Study | null}} GivenStudies
 * @typedef {{target: Target, role: Role, gradient: number | null, covered: boolean}} GivenElement
 */

import { h } from "../lib/h.js";
import { fromWire, printOne } from "../lib/numbers.js";
import { slopeText } from "../lib/telling.js";
import { stepLink } from "./path.js";
import { proseView } from "./prose.js";
import { questionView, questionsView } from "./questions.js";

/** More terms or factors are not written out. */
const WRITTEN = 3;

/**
 * @param {GivenElement} element
 * @param {GivenStudies} studies
 * @param {PathOptions} options
 * @param {{plot: any, told: string}} [slice]  the loss along it, and what that tells
 */
export function givenView(element, { uses, next }, options, slice) {
  const { target, role, gradient, covered } = element;
  return [
    h(
      "p",
      { class: "first", key: "told" },
      ...proseView(firstText(element, options.digits), options.isTensor),
    ),
    slice?.plot,
    !covered && next?.answer && updateView(next.answer, target, options),
    !covered && uses?.answer && whereView(uses.answer, options),
    questionsView([
      slice && questionView("Where is the loss lowest?", [h("p", null, slice.told)], options),
      role === "parameter" &&
        gradient !== null &&
        questionView(
          "Is a weight not a constant during the pass?",
          [
            h(
              "p",
              null,
              "Yes, and its gradient answers what would happen if it were not: how the loss would change",
              " if this one number were a little different and every other weight and input stayed the same.",
              " The update then uses that answer.",
            ),
          ],
          options,
        ),
    ]),
  ];
}

/** @param {GivenElement} element @param {number} digits */
function firstText({ target, role, gradient, covered }, digits) {
  const words = {
    input: `\`${target.tensor}\` is an input: its numbers are given.`,
    parameter: `\`${target.tensor}\` is a parameter: training sets it.`,
  };
  const kind =
    role === "input" || role === "parameter"
      ? words[role]
      : `\`${target.tensor}\` is kept by the optimizer from the iteration before.`;
  if (gradient === null)
    return covered ? `${kind} Its gradient is hidden until it is solved.` : kind;
  return role === "parameter"
    ? slopeText(target, gradient, digits)
    : `${kind} ${slopeText(target, gradient, digits)}`;
}

/**
 * What the update makes of it, written out where that is short.
 *
 * @param {Explanation} answer
 * @param {Target} target
 * @param {PathOptions} options
 */
function updateView(answer, target, options) {
  const written = writtenOut(answer, options.digits);
  const next = printOne(fromWire(answer.value), options.digits);
  return h(
    "p",
    { class: "first", key: "update" },
    "The update makes it ",
    h("code", null, written && `${written} = `, h("b", null, next)),
    " ",
    h(
      "button",
      {
        type: "button",
        class: "name-link next",
        onclick: () => options.follow({ ...target, field: "next" }),
      },
      "(its terms)",
    ),
  );
}

/**
 * `1 − 0.5 × 0.333`, or null where it is longer.
 *
 * @param {Explanation} answer
 * @param {number} digits
 * @returns {string | null}
 */
export function writtenOut({ terms, term_count: count }, digits) {
  if (count > WRITTEN || terms.some(({ factors }) => factors.length > WRITTEN)) return null;
  return terms
    .map(({ factors }, at) => {
      const numbers = factors.map(({ value }) => fromWire(value));
      const negative = numbers.filter((number) => number < 0).length % 2 === 1;
      const sizes = numbers
        .map(Math.abs)
        .filter(
          (number, place) =>
            number !== 1 || numbers.length === 1 || factors[place].cells.length > 0,
        );
      const text = sizes.map((number) => shortest(number, digits)).join(" × ") || "1";
      return `${at === 0 ? (negative ? "−" : "") : negative ? " − " : " + "}${text}`;
    })
    .join("");
}

/** @param {Uses} uses @param {PathOptions} options */
function whereView({ branches }, options) {
  if (branches.length === 0) return null;
  return h(
    "div",
    { class: "used-in", key: "used-in" },
    h("p", null, "It is used in"),
    h(
      "ul",
      { class: "readers" },
      branches.map((branch) => h("li", { key: branch.step }, stepLink(branch, options))),
    ),
  );
}

/** Without zeros at its end: `0.5`. @param {number} number @param {number} digits */
function shortest(number, digits) {
  const plain = String(number);
  const text = printOne(number, digits);
  return plain.length <= text.length ? plain : text;
}
