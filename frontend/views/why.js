/**
 * Why a step, or one element of it, is what it is: one sentence, the formula, the terms as bars, and
 * questions that open.
 *
 * @import { Agreement, Explanation, Why } from "../lib/types.js"
 * @import { BarOptions } from "./bars.js"
 * @import { Speech } from "./prose.js"
 * @typedef {object} OwnOptions
 * @property {(step: number) => void} goTo
 * @property {(number: number) => string} print
 * @property {(name: string) => number[] | undefined} shapeOf
 * @typedef {BarOptions & Speech & OwnOptions} WhyOptions
 */

import { h } from "../lib/h.js";
import { fromWire, printShape, signed } from "../lib/numbers.js";
import { sumText } from "../lib/telling.js";
import { barsView } from "./bars.js";
import { codeView, statementView } from "./code.js";
import { comparisonView, effectView } from "./effect.js";
import { formulaView } from "./formula.js";
import { stepLink } from "./path.js";
import { proseView } from "./prose.js";
import { questionView, questionsView, storyView } from "./questions.js";

/** Which answer comes first, the best one first. */
const FIRST = ["reason", "product", "loss", "update", "composite"];

/**
 * @param {Why} why
 * @param {Explanation | null} answer of one element
 * @param {WhyOptions} options
 */
export function whyView(why, answer, options) {
  const first = FIRST.map((kind) => why.story.find((one) => one.kind === kind)).find(Boolean);
  const sum = answer && why.phase === "forward" && !first ? sumText(answer) : "";
  const told = sum || (first ?? why.story[0])?.text || "";
  return [
    told && h("p", { class: "first", key: "told" }, ...proseView(told, options.isTensor, options)),
    !isVacuous(why.formula.code) &&
      h(
        "div",
        { class: "index-form", key: "formula" },
        formulaView(
          why.formula.mathml,
          options.letters && options.pointLetter ? options : undefined,
        ),
      ),
    why.comparison && comparisonView(why.comparison, options, why.code),
    ...(why.effect ? effectView(why.effect, options, why.tensor) : []),
    answer && !why.effect && !why.comparison && barsView(answer, options, true),
    questionsView(questionsOf(why, sum ? null : (first ?? why.story[0]), options)),
  ];
}

/** Does it say no more than the code, `m[n, i] = max_pool2d(a)[n, i]`? @param {string} code */
function isVacuous(code) {
  return /^[\w.]+(\[[^\]]*\]) = .*\)\1$/.test(code);
}

/**
 * What else one may ask about it.
 *
 * @param {Why} why
 * @param {Why["story"][number] | null | undefined} told  what is answered already
 * @param {WhyOptions} options
 */
export function questionsOf(why, told, options) {
  return [
    ...storyView(
      why.story.filter((one) => one !== told),
      options,
    ),
    shapeQuestion(why, options),
    pairView(why, options),
    why.agreement && agreementView(why.agreement, options),
  ];
}

/** A gradient has a slope for every element. @param {Why} why @param {WhyOptions} options */
function shapeQuestion({ tensor, field }, options) {
  const shape = field === "gradient" && options.shapeOf(tensor);
  if (!shape || shape.length === 0) return null;
  return questionView(
    `Why does it have the shape of \`${tensor}\`?`,
    [
      h(
        "p",
        null,
        ...proseView(
          `\`${tensor}.g\` holds one slope for each element of \`${tensor}\`: how much the loss changes per unit ` +
            `of change in that element alone. So its shape is ${printShape(shape)}, too.`,
          options.isTensor,
        ),
      ),
    ],
    options,
  );
}

/** The forward step and its way back. @param {Why} why @param {WhyOptions} options */
function pairView({ forward, step, output, code }, options) {
  if (!forward) return null;
  const rows = [
    { phase: "forward", ...forward },
    { phase: "backward", step, output, code },
  ];
  return questionView(
    "Which forward step does it belong to?",
    [
      h(
        "ul",
        { class: "readers", "aria-label": "The forward step and its backward step" },
        rows.map((row) =>
          h(
            "li",
            { key: row.phase },
            h("span", { class: "phase" }, row.phase),
            stepLink(row, options),
          ),
        ),
      ),
    ],
    options,
  );
}

/**
 * The short rule of a composite, and the long way through it.
 *
 * @param {Agreement} agreement
 * @param {WhyOptions} options
 */
function agreementView({ composite, closed, steps, max_abs_difference: difference }, options) {
  const most = fromWire(difference);
  return questionView(
    `Does the chain rule through \`${composite}\` give the same numbers?`,
    [
      h("p", null, "In short: ", h("code", null, ...codeView(signed(closed), options.isTensor))),
      h(
        "ol",
        { class: "long-way" },
        steps.map((step) =>
          h(
            "li",
            { key: step.output },
            h("code", null, ...statementView(step, () => true, signed)),
          ),
        ),
      ),
      h(
        "p",
        null,
        most === 0
          ? "Yes, both agree to the last digit."
          : `Yes; the largest difference is ${options.print(most)}, which is rounding.`,
      ),
    ],
    options,
  );
}
