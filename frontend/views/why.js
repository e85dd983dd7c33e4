/**
 * Why a step, or one element of it, is what it is: its formula, the story in questions and answers,
 * and the step beside the one that it undoes.
 *
 * @import { Agreement, StepReference, Why } from "../lib/types.js"
 * @typedef
 *   {{isTensor: (name: string) => boolean, goTo: (step: number) => void, print: (number: number) => string}}
 *   WhyOptions
 */

import { h } from "../lib/h.js";
import { fromWire, signed } from "../lib/numbers.js";
import { codeView, statementView } from "./code.js";
import { formulaView } from "./formula.js";
import { proseView } from "./prose.js";

/** @param {Why} why @param {WhyOptions} options */
export function whyView(why, options) {
  const { formula, numbers, story } = why;
  return [
    h(
      "div",
      { class: "index-form", key: "formula" },
      formulaView(formula.mathml),
      numbers &&
        h(
          "p",
          { class: "in-numbers" },
          h("code", null, ...codeView(signed(numbers.code), options.isTensor)),
        ),
    ),
    ...story.map(({ title, text }) =>
      h(
        "div",
        { class: "answer", key: title },
        h("h4", null, ...proseView(title, options.isTensor)),
        h("p", null, ...proseView(text, options.isTensor)),
      ),
    ),
    pairView(why, options),
    why.agreement && agreementView(why.agreement, options),
  ];
}

/**
 * The forward step and its way back, one above the other.
 *
 * @param {Why} why
 * @param {WhyOptions} options
 */
function pairView({ forward, step, output, code }, options) {
  if (!forward) return null;
  return h(
    "table",
    { class: "pair-of-steps", key: "pair", "aria-label": "The step forward and its way back" },
    stepRow("forward", forward, options),
    stepRow("backward", { step, output, code }, options),
  );
}

/** @param {string} phase @param {StepReference} reference @param {WhyOptions} options */
function stepRow(phase, { step, output, code }, { isTensor, goTo }) {
  const text = `${output} = ${signed(code)}`;
  return h(
    "tr",
    { key: phase },
    h("th", { scope: "row" }, phase),
    h(
      "td",
      null,
      h(
        "button",
        { type: "button", class: "name-link", title: "Go to this step", onclick: () => goTo(step) },
        h("code", null, ...codeView(text, isTensor)),
      ),
    ),
  );
}

/**
 * The short rule of a composite, and the long way through it.
 *
 * @param {Agreement} agreement
 * @param {WhyOptions} options
 */
function agreementView(
  { composite, closed, steps, max_abs_difference: difference },
  { isTensor, print },
) {
  const most = fromWire(difference);
  return h(
    "details",
    { class: "agreement", key: "agreement" },
    h("summary", null, `The long way through ${composite} gives the same numbers`),
    h("p", null, "In short: ", h("code", null, ...codeView(signed(closed), isTensor))),
    h(
      "ol",
      null,
      steps.map((step) =>
        h("li", { key: step.output }, h("code", null, ...statementView(step, () => true, signed))),
      ),
    ),
    h(
      "p",
      null,
      most === 0
        ? "Both agree to the last digit."
        : `The largest difference is ${print(most)}, which is rounding.`,
    ),
  );
}
