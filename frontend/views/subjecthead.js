/**
 * The head of the explanation: which number, and what it is. Two lines, whatever there is to say.
 *
 * @typedef {object} Told  what the head says
 * @property {string} code
 * @property {number | null} value  null: not known yet
 * @property {string} shape  where there is no single number
 * @property {number | null} was  before it was dragged
 * @property {boolean} next  the number is that after the update
 * @property {string} kind   gradient, value, weight, …
 * @property {{number: number, phase: string, code: string, go: (() => void) | null} | null} step
 * @property {{now: number | null, was: number | null} | null} gradient of a number that is given
 * @property {{text: string, go: () => void} | null} birth  where a number that is none was made
 * @property {(() => void) | null} close
 * @property {(name: string) => boolean} isTensor
 * @property {(number: number) => string} print
 * @property {(number: number) => string} typed  the same of a number that may have been typed
 */

import { h } from "../lib/h.js";
import { exact, signed } from "../lib/numbers.js";
import { codeView } from "./code.js";

/** @param {Told} told */
export function headView(told) {
  const { code, value, shape, was, next, close, isTensor, print, typed } = told;
  const text = value === null ? "" : was === null ? print(value) : signed(String(value));
  return h(
    "div",
    { class: "explained-head", key: "head" },
    h(
      "h3",
      {
        class: "claim",
        tabindex: "-1",
        "data-home": "",
        title: signed(`${code}${value === null ? "" : ` = ${exact(value)}`}`),
      },
      h("code", null, ...codeView(signed(code), isTensor)),
      value !== null && h("span", { class: "equals" }, next ? " becomes " : " = "),
      value !== null && h("b", { "data-value": exact(value) }, text),
      value === null && shape && h("span", { class: "shape" }, ` ${shape}`),
      was !== null && h("span", { class: "was" }, ` was ${typed(was)}`),
    ),
    h("div", { class: "what-line" }, whatView(told), close && closeButton(close)),
  );
}

/** @param {() => void} close */
function closeButton(close) {
  return h(
    "button",
    {
      type: "button",
      class: "small quiet close",
      "aria-label": "Close the explanation",
      onclick: close,
    },
    "Close",
  );
}

/** @param {Told} told */
function whatView({ kind, step, gradient, birth, print }) {
  if (birth)
    return h(
      "p",
      { class: "what" },
      h(
        "button",
        {
          type: "button",
          class: "name-link birth",
          title: `${birth.text}. Go there.`,
          onclick: birth.go,
        },
        birth.text,
      ),
    );
  return h(
    "p",
    { class: "what" },
    kind,
    gradient?.now !== null &&
      gradient?.now !== undefined &&
      [
        gradient.was === null ? " · gradient " : " · gradient now ",
        h("span", { class: "gradient" }, print(gradient.now)),
        gradient.was !== null && [", was ", h("span", { class: "gradient" }, print(gradient.was))],
      ].flat(),
    step && [
      " · ",
      step.go
        ? h(
            "button",
            { type: "button", class: "name-link", title: `Go to ${step.code}`, onclick: step.go },
            `step ${step.number}`,
          )
        : `step ${step.number}`,
      `, ${step.phase}`,
    ],
  );
}
