/**
 * A formula as the service typeset it, as small as need be to fit its place; browsers break no line
 * of one.
 */

import { h } from "../lib/h.js";

const SMALLEST = 9;

/**
 * The room a formula was fitted to, so that an unchanged one is not measured again.
 *
 * @type {WeakMap<HTMLElement, number>}
 */
const fittedTo = new WeakMap();

/** @param {string} mathml */
export function formulaView(mathml) {
  return h("span", { class: "formula", key: mathml, mathml, hook: fit });
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
