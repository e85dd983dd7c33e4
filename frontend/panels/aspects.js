/**
 * What stands below the tabs: why, the terms, how the shapes meet, the Jacobian, the path to the loss.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Speaking } from "./explaining.js"
 * @import { State } from "../state/state.js"
 * @import { Study } from "../state/studies/reducer.js"
 * @import { Explanation, Why } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { fromWire } from "../lib/numbers.js";
import { slopeText, sumText } from "../lib/telling.js";
import { groupsOf, samplesOf } from "../lib/terms.js";
import { aspectOf, chosen, exampleOf, isCovered, isGiven } from "../state/explanation/selectors.js";
import { isConcealing } from "../state/learning/concealing.js";
import { asking } from "../state/learning/selectors.js";
import { coverOf } from "../state/practice/selectors.js";
import { currentStep } from "../state/stage/selectors.js";
import { present } from "../state/studies/selectors.js";
import { barsView } from "../views/bars.js";
import { formulaView } from "../views/formula.js";
import { givenView } from "../views/given.js";
import { jacobianView } from "../views/jacobian.js";
import { pathView, stepLink } from "../views/path.js";
import { proseView } from "../views/prose.js";
import { questionView, questionsView } from "../views/questions.js";
import { alignmentView, axesText, waysView } from "../views/shapes.js";
import { termsView } from "../views/terms.js";
import { problemView } from "../views/problem.js";
import { questionsOf, whyView } from "../views/why.js";
import { gradientOf, stepOf } from "./explaining.js";

/** Fewer terms are all in the picture. */
const LISTED = 12;
/** Longer code is not set as a formula, too. */
const SHORT = 48;

/**
 * @typedef {object} Others  what a page adds that more can be asked of
 * @property {(state: State, options: Speaking) => any} [dragged]  while a number is dragged
 * @property {(why: Why, state: State, commands: Commands, options: Speaking) => any} [storage]  below how the shapes meet
 * @property {typeof import("../views/sliceplot.js").slicePlot} [slice]  the loss along a number that is given
 *
 * @param {State} state
 * @param {Commands} commands
 * @param {Speaking} options
 * @param {Others} others
 */
export function contentOf(state, commands, options, others) {
  const aspect = aspectOf(state);
  if (isConcealing(state)) return [hiddenText("Explanations come after your answer.")];
  if (state.drag && aspect === "why" && others.dragged) return others.dragged(state, options);
  if (isCovered(state))
    return [
      hiddenText(
        asking(state)
          ? "Hidden until you answer the question."
          : state.explained
            ? "Hidden until everything it is computed from is solved."
            : "Hidden: solve it in Practice to reveal it.",
      ),
    ];
  const refused = state.explained?.problem;
  if (refused && aspect === "terms") return [problemView(refused, { key: "trouble" })];
  const target = state.explained?.target ?? chosen(state);
  if (aspect === "why" && target && isGiven(state, target))
    return givenContent(state, options, others);
  const answer = explanationOf(state);
  if (aspect === "terms") return answer ? termsContent(answer, state, options) : [pending()];
  const kind = aspect === "shapes" ? "why" : aspect;
  const study = present(state, kind) ?? state.studies[kind];
  const why = state.studies.why;
  if (aspect === "jacobian" && why?.answer && !why.answer.jacobian)
    return [h("p", { class: "first", key: "none" }, "This step has no differentiable input.")];
  const problem = aspect === "jacobian" && !study ? why?.problem : study?.problem;
  if (problem) return [problemView(problem, { key: "trouble" })];
  if (!study?.answer) return [pending()];
  if (aspect === "why")
    return [
      ...whyView(study.answer, answer, options),
      answer && aboutView(study.answer.about ?? answer.op, state),
    ];
  if (aspect === "shapes") return shapesContent(study.answer, state, commands, options, others);
  if (aspect === "jacobian") return jacobianContent(study, state, commands, options);
  return pathView(study.answer, options);
}

/** @param {string} told */
function hiddenText(told) {
  return h("p", { class: "first", key: "covered" }, told);
}

function pending() {
  return h("p", { class: "pending", key: "pending" }, "Loading…");
}

/**
 * The terms of what was chosen, or of the example; a step without one, such as a contribution to a
 * gradient, has none, and least of all those of the step before.
 *
 * @param {State} state @returns {Explanation | null}
 */
function explanationOf(state) {
  const { explained, studies } = state;
  if (explained) return explained.answer;
  return exampleOf(state) ? (studies.explain?.answer ?? null) : null;
}

/** @param {State} state @param {Speaking} options @param {Others} others */
function givenContent(state, options, others) {
  const target = /** @type {NonNullable<ReturnType<typeof chosen>>} */ (
    state.explained?.target ?? chosen(state)
  );
  const covered = coverOf(state) !== null;
  const role = state.shown?.trace.tensors[target.tensor].role ?? "input";
  const of = (/** @type {string} */ kind) => present(state, kind) ?? state.studies[kind] ?? null;
  const listed = gradientOf(state, target);
  const told = present(state, "uses")?.answer?.gradient;
  const gradient = covered
    ? null
    : (listed ?? (told === null || told === undefined ? null : fromWire(told)));
  const along = of("slice")?.answer;
  return givenView(
    { target, role, gradient, covered },
    { uses: of("uses"), next: of("next") },
    options,
    along && gradient !== null ? others.slice?.(along) : undefined,
  );
}

/** @param {Explanation} answer @param {State} state @param {Speaking} options */
function termsContent(answer, state, options) {
  const { tensor, field, family, term_count: count } = answer;
  const record = state.shown?.trace.tensors[tensor];
  if (record?.role === "loss" && field === "gradient")
    return [
      h(
        "p",
        { class: "first", key: "told" },
        "The derivative of the loss with respect to itself is 1. The backward pass starts here.",
      ),
    ];
  if (family === "leaf")
    return [
      h(
        "p",
        { class: "first", key: "told" },
        `${tensor} is given: nothing in the program computes it.`,
      ),
    ];
  const groups = groupsOf(answer);
  const why = (present(state, "why") ?? state.studies.why)?.answer;
  const slope = field === "gradient" ? slopeText(answer, fromWire(answer.value), state.digits) : "";
  const told = [slope, sumText(answer)].filter(Boolean).join(" ");
  const step = stepOf(state, answer);
  const computed = answer.terms.some(({ factors }) =>
    factors.some(({ cells }) => cells.length > 1),
  );
  const onebyone = groups.length > 0 && (computed || count > LISTED || samplesOf(answer));
  return [
    told && h("p", { class: "first", key: "told" }, ...proseView(told, options.isTensor, options)),
    barsView(answer, options),
    step &&
      h("p", { class: "made", key: "made" }, stepLink({ ...step, step: step.index }, options)),
    answer.code.length <= SHORT &&
      h("div", { class: "index-form", key: "rule" }, formulaView(answer.mathml)),
    questionsView([
      onebyone && questionView(listText(answer), [termsView(answer, groups, options)], options),
      ...(why ? questionsOf(why, null, options) : []),
    ]),
    aboutView(why?.about ?? answer.op, state),
  ];
}

/** @param {Explanation} answer */
function listText({ terms, term_count: count }) {
  if (count <= LISTED) return "What is each factor computed from?";
  const words = (/** @type {number} */ number) => number.toLocaleString("en");
  return count > terms.length
    ? `The first ${words(terms.length)} of ${words(count)} terms, one by one`
    : `All ${words(count)} terms, one by one`;
}

/**
 * Where the operation is described; a function of the program's own is not.
 *
 * @param {string} op
 * @param {State} state
 */
function aboutView(op, { symbols }) {
  return (
    Object.hasOwn(symbols, op) &&
    h(
      "p",
      { class: "about", key: "about" },
      "Operation: ",
      h("a", { href: `./ops#${op}`, "aria-label": `${op} under Operations` }, op),
    )
  );
}

/** Of a step without axes that could meet. @param {import("../lib/types.js").Step | null} step */
function nothingMeets(step) {
  const count = (/** @type {number[]} */ shape) => shape.reduce((all, length) => all * length, 1);
  const operands = step?.picture?.operands ?? [];
  const same = operands.some(({ shape }) => step && count(shape) === count(step.shape));
  return same ? "No axes meet here: elements are only rearranged." : "No axes meet here.";
}

/**
 * @param {Why} why
 * @param {State} state
 * @param {Commands} commands
 * @param {Speaking} options
 * @param {Others} others
 */
function shapesContent(why, state, commands, options, others) {
  const text = why.shapes ? axesText(why.shapes) : nothingMeets(currentStep(state));
  return [
    h("p", { class: "first", key: "told" }, ...proseView(text, options.isTensor, options)),
    why.shapes && alignmentView(why.shapes, options),
    questionsView([
      why.candidates &&
        questionView(
          "What else could one write?",
          waysView(why.candidates, options.isTensor),
          options,
        ),
      others.storage?.(why, state, commands, options),
    ]),
  ];
}

/** @param {Study} study @param {State} state @param {Commands} commands @param {Speaking} options */
function jacobianContent({ answer }, state, commands, options) {
  const inputs = state.shown?.trace.steps[answer.step]?.inputs ?? [];
  const numeric = inputs.filter(
    (name) => !state.shown?.trace.tensors[name]?.dtype.match(/^(int|bool)/),
  );
  return jacobianView(answer, {
    ...options,
    inputs: numeric,
    chosen: state.explained?.target ?? null,
    by: commands.explanation.chooseJacobianInput,
  });
}
