/** Code with its values, gradients and numbers told apart. @import { VNode } from "../lib/h.js" @import { Token } from "../lib/code.js" */

import { tokens } from "../lib/code.js";
import { h } from "../lib/h.js";

/** @param {string} code @param {(name: string) => boolean} isTensor @returns {VNode[]} */
export function codeView(code, isTensor) {
  return tokens(code, isTensor).map(({ kind, text }) => h("span", { class: kind }, text));
}

/** The same, with names that one can click to see the tensor. @param {string} code @param {(name: string) => boolean} isTensor @param {(name: string) => void} select @returns {VNode[]} */
export function linkedCode(code, isTensor, select) {
  return tokens(code, isTensor).map(({ kind, text, tensor }) => {
    if (!tensor) return h("span", { class: kind }, text);
    return h("button", { type: "button", class: `name-link ${kind}`, title: `Show ${tensor}`, onclick: () => select(tensor) }, text);
  });
}
