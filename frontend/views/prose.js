/**
 * Sentences of the service: what stands in backticks is code.
 *
 * @import { VNode } from "../lib/h.js"
 */

import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";
import { codeView } from "./code.js";

/**
 * @param {string} text
 * @param {(name: string) => boolean} isTensor
 * @returns {(VNode | string)[]}
 */
export function proseView(text, isTensor) {
  return text
    .split("`")
    .map((piece, at) => (at % 2 ? h("code", null, ...codeView(signed(piece), isTensor)) : piece))
    .filter((piece) => piece !== "");
}
