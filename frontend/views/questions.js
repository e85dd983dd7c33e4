/**
 * Questions that open: a list of lines, each with its answer below it.
 *
 * @import { VNode, Child } from "../lib/h.js"
 * @import { Speech } from "./prose.js"
 */

import { h } from "../lib/h.js";
import { proseView } from "./prose.js";

/**
 * @param {string} title with code in backticks
 * @param {Child[]} answer
 * @param {Speech} speech
 */
export function questionView(title, answer, speech) {
  return h(
    "details",
    { class: "question", key: title },
    h("summary", null, h("span", null, ...proseView(title, speech.isTensor, speech))),
    h("div", { class: "answer" }, answer),
  );
}

/**
 * @param {{title: string, text: string}[]} story
 * @param {Speech} speech
 */
export function storyView(story, speech) {
  return story.map(({ title, text }) =>
    questionView(title, [h("p", null, ...proseView(text, speech.isTensor, speech))], speech),
  );
}

/** @param {(VNode | null | false | undefined)[]} list */
export function questionsView(list) {
  return list.some(Boolean) && h("div", { class: "questions", key: "questions" }, list);
}
