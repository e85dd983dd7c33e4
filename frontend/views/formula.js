/**
 * A formula as the service typeset it, as small as need be to fit its place, and then on several
 * lines: browsers break none. Letters of axes can be pointed at.
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";

/** Smaller type is not read; what is still too wide is broken into lines. */
const SMALLEST = 12;
/** So much is left for what stands before a fraction that is as wide as its place. */
const SIGN = 46;
/** Lines begin with these; in a product only where it is too wide for a line. */
const [SIGNS, BREAKS] = [/^[=+−]$/, /^[=+−·×]$/];

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
  math.classList.remove("broken");
  const [size, wide] = [parseFloat(getComputedStyle(math).fontSize), widthOf(math)];
  const least = size * (room / wide);
  Object.assign(style, {
    width: "",
    fontSize: wide > room ? `${Math.max(SMALLEST, Math.floor(10 * least) / 10)}px` : "",
  });
  if (least < SMALLEST) broken(math, room);
}

/** @param {Element} math @param {number} room */
function broken(math, room) {
  math.classList.add("broken");
  const row = math.firstElementChild;
  if (!row || row.classList.contains("lines")) return;
  const wide = [...row.querySelectorAll("mfrac > mrow")].filter((side) => widthOf(side) > room);
  const parts = partsOf(row, room); // as wide as they are before fractions are broken
  for (const side of wide) {
    /** @type {any} */ (side).style.width = `${room - SIGN}px`;
    inLines(side, partsOf(side, room - SIGN));
  }
  inLines(row, parts);
}

/** @param {Element} row @param {Element[]} parts */
function inLines(row, parts) {
  /** @type {Element[][]} */
  const pieces = [[]];
  for (const part of parts) {
    if (isOne(part, BREAKS) && pieces[pieces.length - 1].length) pieces.push([]);
    pieces[pieces.length - 1].push(part);
  }
  row.classList.add("lines");
  row.replaceChildren(...pieces.map(pieceOf));
}

/** @param {Element[]} parts */
function pieceOf(parts) {
  const piece = document.createElementNS("http://www.w3.org/1998/Math/MathML", "mrow");
  piece.classList.add("piece");
  if (isOne(parts[0], BREAKS)) parts[0].setAttribute("form", "infix");
  piece.append(...parts);
  return piece;
}

/**
 * Of a row, of the sums in it, and of what is wider than a line.
 *
 * @param {Element} row
 * @param {number} room
 * @returns {Element[]}
 */
function partsOf(row, room) {
  return [...row.children].flatMap((part) => {
    const isSum = [...part.children].slice(1).some((one) => isOne(one, SIGNS));
    return part.localName === "mrow" && (isSum || widthOf(part) > room)
      ? partsOf(part, room)
      : [part];
  });
}

/** @param {Element} part @param {RegExp} signs */
function isOne({ localName, textContent }, signs) {
  return localName === "mo" && signs.test(textContent ?? "");
}

/** @param {Element} element */
function widthOf(element) {
  return element.getBoundingClientRect().width;
}
