/**
 * A formula as the service typeset it, as small as need be to fit its place; browsers break no line
 * of one. Letters of axes can be pointed at.
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";

/** Smaller type is not read; what is still too wide is scrolled. */
const SMALLEST = 12;

/**
 * The room a formula was fitted to, so that an unchanged one is not measured again.
 *
 * @type {WeakMap<HTMLElement, number>}
 */
const fittedTo = new WeakMap();

/**
 * @param {string} mathml
 * @param {{letters?: string[], pointLetter?: (letter: string | null) => void}} [alive]
 */
export function formulaView(mathml, { letters = [], pointLetter } = {}) {
  return h("span", {
    class: "formula",
    key: mathml,
    mathml,
    hook: (/** @type {HTMLElement} */ element) => afterDrawing(() => fit(element)),
    onmouseover: (/** @type {any} */ { target }) => {
      const letter = target.closest?.("mi:not([class])")?.textContent;
      pointLetter?.(letters.includes(letter) ? letter : null);
    },
    onmouseleave: () => pointLetter?.(null),
  });
}

/** @param {HTMLElement} element */
function fit(element) {
  const [math, room] = [element.querySelector("math"), element.parentElement?.clientWidth ?? 0];
  if (!(math instanceof Element) || !room || fittedTo.get(element) === room) return;
  fittedTo.set(element, room);
  const { style } = /** @type {any} */ (math);
  Object.assign(style, { fontSize: "", width: "max-content" });
  const [size, wide] = [
    parseFloat(getComputedStyle(math).fontSize),
    math.getBoundingClientRect().width,
  ];
  Object.assign(style, {
    width: "",
    fontSize:
      wide > room ? `${Math.max(SMALLEST, Math.floor(10 * size * (room / wide)) / 10)}px` : "",
  });
}
