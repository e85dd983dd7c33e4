/** The number that was chosen: what it is made of, term by term, and the rule behind it. @import { Acts } from "./acts.js" @import { Explained, State } from "../state/state.js" @import { Explanation, Target } from "../lib/types.js" */

import { groupsOf, targetCode } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { explanationKey } from "../state/state.js";
import { readyAt } from "../state/scene.js";
import { claimView, termsView } from "../views/terms.js";
import { codeView } from "../views/code.js";
import { troubleView } from "../views/trouble.js";

/** How numbers come about, by the family of the operation. @type {Record<string, string>} */
const STORIES = {
  contraction: "Numbers meet in pairs: the two of each pair are multiplied, and the products added up.",
  reduction: "Many numbers collapse into this one.",
  elementwise: "It is computed cell by cell, from what stands at the same place.",
  movement: "Numbers only change their place here.",
  scatter: "What was read from this place in the forward pass comes back to it, added up.",
  composite: "Several operations in one, multiplied out.",
};

/** What stands at the same place may be a sum itself: its terms are listed, too. */
const THROUGH = "It is computed cell by cell; what goes into it is a sum itself, taken apart here.";

/** @param {State} state */
export function select(state) {
  const { explained, shown, digits } = state;
  return { explained, shown, digits, current: explained?.key === explanationKey(state) };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts @param {State} state */
export function view({ explained, digits, current }, acts, state) {
  const title = h("span", { id: "explanation-title" }, "Explanation");
  if (!explained) return [h("h2", null, title), h("p", { class: "hint" }, "Click any number to see what made it.")];
  const close = h("button", { type: "button", class: "small", "aria-label": "Close the explanation", onclick: acts.closeExplanation }, "Close");
  return [
    h("h2", null, title, h("span", { class: "space" }), close),
    h("div", { class: "explained", key: "explained", "aria-busy": current ? null : "true", onkeydown: acts.explanationKey }, trail(explained, acts), ...content(explained, digits, acts, state)),
  ];
}

/** @param {Explained} explained @param {number} digits @param {Acts} acts @param {State} state */
function content({ target, trail, answer, trouble }, digits, acts, state) {
  if (!answer) return [trouble && troubleView(trouble)];
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(state.shown?.trace.tensors ?? {}, name);
  const groups = groupsOf(answer.terms, isTensor);
  const leaf = answer.family === "leaf" || groups.every(({ terms }) => terms.every(({ factors }) => factors.every(({ cells }) => cells.length === 0)));
  const follow = (/** @type {Target} */ cell) => acts.follow(cell, [...trail, target]);
  const options = { digits, isTensor, follow, point: acts.pointTerm };
  return [
    h("h3", { class: "claim", tabindex: "-1", "data-home": "" }, ...claimView(answer, leaf ? [] : groups, options)),
    leaf ? null : termsView(answer, groups, options),
    ...story(answer, acts, state),
  ];
}

/** By which elements one came. @param {Explained} explained @param {Acts} acts */
function trail({ target, trail }, acts) {
  if (trail.length === 0) return null;
  return h("nav", { "aria-label": "Trail", class: "trail" }, h("ol", null,
    trail.map((one, at) => h("li", { key: targetCode(one) }, h("button", { type: "button", class: `name-link ${one.field}`, onclick: () => acts.follow(one, trail.slice(0, at)) }, targetCode(one)))),
    h("li", { key: "here", "aria-current": "true" }, h("span", { class: target.field }, targetCode(target)))));
}

/** @param {Explanation} answer @param {Acts} acts @param {State} state */
function story(answer, acts, state) {
  const { tensor, field, family } = answer;
  const record = state.shown?.trace.tensors[tensor];
  if (record?.role === "loss" && field === "gradient") return [h("p", null, "The loss grows by 1 where the loss grows by 1: the backward pass begins here.")];
  if (family === "leaf") return [h("p", null, `${tensor} is ${record?.role === "input" ? "an input" : record?.role === "parameter" ? "a parameter" : "kept from the iteration before"}: nothing in the program computes it.`)];
  return [
    h("p", { class: "made" }, ...made(answer, acts, state)),
    h("p", null, family === "elementwise" && answer.term_count > 1 ? THROUGH : STORIES[family] ?? ""),
    h("div", { class: "rule" }, h("span", { class: "formula", key: answer.mathml, mathml: answer.mathml })),
  ];
}

/** The step that computes it, to go to. @param {Explanation} answer @param {Acts} acts @param {State} state */
function made({ tensor, field, code }, acts, { shown }) {
  if (!shown) return [];
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(shown.trace.tensors, name);
  const name = field === "gradient" ? `${tensor}.g` : tensor;
  const step = shown.trace.steps[readyAt(shown, tensor)[field]];
  const text = codeView(`${name} = ${code}`, isTensor);
  if (step?.output !== name) return [h("code", null, ...text)];
  return [`${step.phase === "forward" ? "Forward" : "Backward"}: `, h("button", { type: "button", class: "name-link", title: "Go to this step", onclick: () => acts.goTo(step.index) }, h("code", null, ...text))];
}
