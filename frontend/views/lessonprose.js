/**
 * A lesson's sentences: who points at a tensor in them sees it lit on the stage.
 *
 * @import { VNode } from "../lib/h.js"
 */

import { words } from "../lib/code.js";
import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";

/**
 * @param {string} text
 * @param {(name: string) => boolean} isTensor
 * @param {(name: string | null) => void} point
 * @returns {(VNode | string)[]}
 */
export function lessonProse(text, isTensor, point) {
  return text
    .split("`")
    .map((piece, at) => (at % 2 ? codePiece(piece, isTensor, point) : piece))
    .filter((piece) => piece !== "");
}

/**
 * @param {string} code
 * @param {(name: string) => boolean} isTensor
 * @param {(name: string | null) => void} point
 */
function codePiece(code, isTensor, point) {
  return h(
    "code",
    null,
    words(signed(code), isTensor).map(({ kind, text, tensor }) =>
      tensor === undefined
        ? h("span", { class: kind }, text)
        : h(
            "span",
            {
              class: `${kind} alive`,
              onmouseenter: () => point(text),
              onmouseleave: () => point(null),
              onclick: () => point(text),
            },
            text,
          ),
    ),
  );
}
