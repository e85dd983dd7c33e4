/**
 * Sentences of the service: what stands in backticks is code; in two of them, code in letters of its
 * own, none of which is a tensor of the program. Letters of axes are alive: who points at one sees on
 * the stage what it runs over.
 *
 * @import { VNode } from "../lib/h.js"
 * @typedef {object} Speech  how sentences are written
 * @property {(name: string) => boolean} isTensor
 * @property {string[]} [letters]  of the axes that can be pointed at
 * @property {(letter: string | null) => void} [pointLetter]
 */

import { words } from "../lib/code.js";
import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";

/** A letter of its own in running text: `over b`, not `be` or `a letter`. */
const LETTER = /(?<=\b(?:over|each|every|axis|axes|and|,) )([a-z])(?=[\s.,;:)]|$)/g;

/**
 * @param {string} text
 * @param {(name: string) => boolean} isTensor
 * @param {Partial<Speech>} [alive]
 * @returns {(VNode | string)[]}
 */
export function proseView(text, isTensor, alive = {}) {
  const speech = { ...alive, isTensor };
  const foreign = { isTensor: () => false };
  return text
    .split("``")
    .flatMap((part, at) => (at % 2 ? codePiece(part, foreign) : ownProse(part, speech)))
    .filter((piece) => piece !== "");
}

/** @param {string} text @param {Speech} speech */
function ownProse(text, speech) {
  return text
    .split("`")
    .flatMap((piece, at) => (at % 2 ? codePiece(piece, speech) : plainPiece(piece, speech)));
}

/** @param {string} code @param {Speech} speech */
function codePiece(code, speech) {
  return h(
    "code",
    null,
    words(signed(code), speech.isTensor).map(({ kind, text }) =>
      kind === "name" && isLetter(text, speech)
        ? letterView(text, speech)
        : h("span", { class: kind }, text),
    ),
  );
}

/** @param {string} text @param {Speech} speech */
function plainPiece(text, speech) {
  if (!speech.letters?.length) return [text];
  return text
    .split(LETTER)
    .map((piece, at) => (at % 2 && isLetter(piece, speech) ? letterView(piece, speech) : piece));
}

/** @param {string} text @param {Speech} speech */
function isLetter(text, { letters }) {
  return letters?.includes(text) ?? false;
}

/** @param {string} letter @param {Speech} speech */
function letterView(letter, { pointLetter }) {
  return h(
    "span",
    {
      class: "letter",
      onmouseenter: () => pointLetter?.(letter),
      onmouseleave: () => pointLetter?.(null),
    },
    letter,
  );
}
