/**
 * Code with its values, gradients and numbers told apart.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Word } from "../lib/code.js"
 * @import { Step } from "../lib/types.js"
 */

import { statement, words } from "../lib/code.js";
import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";

/** @param {string} code @param {(name: string) => boolean} isTensor @returns {VNode[]} */
export function codeView(code, isTensor) {
  return wordsView(words(code, isTensor));
}

/**
 * Code without tensors, as the page of operations has thousands of lines of: only comments stand out.
 *
 * @param {string} code
 * @returns {(VNode | string)[]}
 */
export function plainCodeView(code) {
  /** @type {(VNode | string)[]} */
  const parts = [];
  for (const { kind, text } of words(code, () => false)) {
    const last = parts.at(-1);
    if (kind === "comment") parts.push(h("span", { class: kind }, text));
    else if (typeof last === "string") parts[parts.length - 1] = last + text;
    else parts.push(text);
  }
  return parts;
}

/**
 * @param {Pick<Step, "output" | "of" | "tokens">} step
 * @param {(name: string) => boolean} isTensor
 * @param {(text: string) => string} [printed] how its text is written
 * @returns {VNode[]}
 */
export function statementView(step, isTensor, printed) {
  return wordsView(statement(step, isTensor), printed);
}

/** @param {Word[]} list @param {(text: string) => string} [printed] @returns {VNode[]} */
function wordsView(list, printed = String) {
  return list.map(({ kind, text }) => h("span", { class: kind }, printed(text)));
}

/**
 * A step with names that one can click to see the tensor.
 *
 * @param {Step} step
 * @param {(name: string) => boolean} isTensor
 * @param {(name: string) => void} select
 * @returns {VNode[]}
 */
export function linkedStatement(step, isTensor, select) {
  return statement(step, isTensor).map(({ kind, text, tensor }) => {
    if (!tensor) return h("span", { class: kind }, signed(text));
    return h(
      "button",
      {
        type: "button",
        class: `name-link ${kind}`,
        title: `Show ${tensor}`,
        onclick: () => select(tensor),
      },
      text,
    );
  });
}
