/**
 * What was chosen, an element or else the step at the cursor: what it is made of, why it is so, how
 * shapes meet, where it goes.
 *
 * @import { Acts } from "./acts.js"
 * @import { Explained, State, Study } from "../state/state.js"
 * @import { Aspect, Explanation, Target } from "../lib/types.js"
 */

import { exerciseView } from "./exercise.js";
import { targetName } from "../lib/explanation.js";
import { h, idleWhen } from "../lib/h.js";
import { printOne, printShape, signed } from "../lib/numbers.js";
import { explanationKey, inThePast } from "../state/state.js";
import { currentStep, readyAt } from "../state/scene.js";
import { aspectOf, aspectsOf, isCovered, present } from "../state/studies.js";
import { claimView, termsView } from "../views/terms.js";
import { codeView, statementView } from "../views/code.js";
import { formulaView } from "../views/formula.js";
import { jacobianView } from "../views/jacobian.js";
import { alignmentView, waysView } from "../views/shapes.js";
import { troubleView } from "../views/trouble.js";
import { usesView } from "../views/uses.js";
import { whyView } from "../views/why.js";

/** @type {Record<Aspect, string>} */
const TITLES = {
  terms: "Terms",
  why: "Why",
  shapes: "Shapes",
  jacobian: "Jacobian",
  uses: "Where it goes",
};

const PHASES = { forward: "Forward", backward: "Backward", update: "Update" };

/** @param {State} state */
export function select(state) {
  const { explained, shown, digits, cursor, aspect, by, studies, palette, run, practice, mode } = state;
  return {
    mode,
    practice: mode === "practice" ? practice : practice.hiding && practice.sheet,
    iterations: mode === "practice" ? state.iterations : null,
    document: mode === "practice" ? state.document : null,
    explained,
    shown,
    digits,
    cursor,
    aspect,
    by,
    studies,
    palette,
    layout: run?.layout,
    current: explained?.key === explanationKey(state),
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts @param {State} state */
export function view({ explained, shown, current }, acts, state) {
  if (state.mode === "practice") return exerciseView(state, acts);
  const title = h("span", { id: "explanation-title" }, "Explanation");
  if (!shown) return [h("h2", null, title), h("p", { class: "pending" }, "Nothing is open yet.")];
  const close = h(
    "button",
    {
      type: "button",
      class: "small",
      "aria-label": "Close the explanation",
      onclick: acts.closeExplanation,
    },
    "Close",
  );
  return [
    h("h2", null, title, h("span", { class: "space" }), explained && close),
    h(
      "div",
      {
        class: "explained",
        key: "explained",
        "aria-busy": current || !explained ? null : "true",
        onkeydown: acts.explanationKey,
      },
      explained
        ? trail(explained, acts)
        : h(
            "p",
            { class: "hint", key: "hint" },
            "Of this step; click any number to see what made it.",
          ),
      explained ? elementHeading(explained, state) : stepHeading(state),
      tabs(state, acts),
      h(
        "div",
        {
          class: "aspect",
          key: aspectOf(state),
          role: "tabpanel",
          id: "aspect",
          tabindex: "0",
          "aria-labelledby": `aspect-${aspectOf(state)}`,
        },
        ...content(state, acts),
      ),
    ),
  ];
}

/** @param {State} state @returns {(name: string) => boolean} */
function known({ shown }) {
  return (name) => Object.hasOwn(shown?.trace.tensors ?? {}, name);
}

/**
 * The sums to be shown: none of what is given, or made of constants.
 *
 * @param {Explanation} answer
 */
function groups({ terms, groups: all, family }) {
  const constant = terms.every(({ factors }) => factors.every(({ cells }) => cells.length === 0));
  return family === "leaf" || constant ? [] : all;
}

/** @param {Explained} explained @param {State} state */
function elementHeading({ answer, target, trouble }, state) {
  if (!answer)
    return h(
      "div",
      { key: "claim" },
      h(
        "h3",
        { class: "claim", tabindex: "-1", "data-home": "" },
        h("code", null, targetName(target)),
      ),
      trouble && troubleView(trouble),
    );
  return h(
    "h3",
    { class: "claim", key: "claim", tabindex: "-1", "data-home": "" },
    ...claimView(answer, groups(answer), options(state)),
  );
}

/** @param {State} state */
function stepHeading(state) {
  const step = currentStep(state);
  return h(
    "h3",
    { class: "claim", key: "claim", tabindex: "-1", "data-home": "" },
    step &&
      h(
        "code",
        null,
        ...statementView(step, known(state), signed),
        h("span", { class: "shape" }, ` ${printShape(step.shape)}`),
      ),
  );
}

/** @param {State} state @param {Acts} [acts] */
function options(state, acts) {
  const explained = state.explained;
  const from = explained ? [...explained.trail, explained.target] : [];
  return {
    digits: state.digits,
    isTensor: known(state),
    palette: state.palette,
    print: (/** @type {number} */ number) => printOne(number, state.digits),
    follow: (/** @type {Target} */ target) => void acts?.follow(target, from),
    point: (/** @type {Target[] | null} */ cells) => acts?.pointTerm(cells),
    goTo: (/** @type {number} */ step) => acts?.explainAt(step),
  };
}

/** @param {State} state @param {Acts} acts */
function tabs(state, acts) {
  const [possible, now] = [aspectsOf(state), aspectOf(state)];
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const aim =
      event.key === "Home"
        ? possible[0]
        : event.key === "End"
          ? possible[possible.length - 1]
          : by && possible[(possible.indexOf(now) + by + possible.length) % possible.length];
    if (!aim) return;
    event.preventDefault();
    event.stopPropagation();
    acts.aspect(aim, true);
  };
  return h(
    "div",
    {
      class: "tabs",
      key: "tabs",
      role: "tablist",
      "aria-label": "What to explain",
      onkeydown: move,
    },
    possible.map((aspect) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          key: aspect,
          id: `aspect-${aspect}`,
          class: "small",
          "aria-selected": String(aspect === now),
          "aria-controls": "aspect",
          tabindex: aspect === now ? "0" : "-1",
          onclick: () => acts.aspect(aspect),
        },
        TITLES[aspect],
      ),
    ),
  );
}

/** @param {State} state @param {Acts} acts */
function content(state, acts) {
  const aspect = aspectOf(state);
  if (isCovered(state))
    return [
      h(
        "p",
        { key: "covered" },
        state.explained
          ? "Covered until all that it is made of is found."
          : "Covered until it is found: write its formula under Practice.",
      ),
    ];
  if (aspect === "terms") return termsContent(state, acts);
  const kind = aspect === "shapes" ? "why" : aspect;
  const study = present(state, kind) ?? state.studies[kind];
  const refused = aspect === "jacobian" && !study ? state.studies.why?.trouble : study?.trouble;
  if (aspect === "jacobian" && state.studies.why?.answer && !state.studies.why.answer.jacobian)
    return [h("p", null, "This step reads nothing by which it could be differentiated.")];
  const draw = {
    why: () => whyView(study?.answer, options(state, acts)),
    shapes: () => shapesContent(study?.answer, state, acts),
    jacobian: () => jacobianContent(/** @type {Study} */ (study), state, acts),
    uses: () => usesView(study?.answer, options(state, acts)),
  }[aspect];
  return [
    refused && troubleView(refused),
    study?.answer ? draw() : !refused && h("p", { class: "pending" }, "on its way…"),
  ].flat();
}

/** @param {State} state @param {Acts} acts */
function termsContent(state, acts) {
  const answer = state.explained?.answer;
  if (!answer) return [];
  const own = groups(answer);
  return [
    own.length > 0 && termsView(answer, own, options(state, acts)),
    ...story(answer, acts, state),
  ];
}

/** @param {import("../lib/types.js").Why} why @param {State} state @param {Acts} acts */
function shapesContent(why, state, acts) {
  return [
    why.shapes
      ? alignmentView(why.shapes, known(state))
      : h("p", { key: "none" }, "No axes meet here: numbers only change their place."),
    ...(why.candidates ? waysView(why.candidates, known(state)) : []),
    layoutView(state, acts),
  ];
}

/** The same network with its weights turned. @param {State} state @param {Acts} acts */
function layoutView(state, acts) {
  const layout = state.run?.layout;
  if (layout !== "in_out" && layout !== "out_in") return null;
  const other = layout === "in_out" ? "out_in" : "in_out";
  const words = {
    in_out: "(in, out), used as x @ w",
    out_in: "(out, in), used as x @ w.T as PyTorch stores them",
  };
  return h(
    "div",
    { class: "answer", key: "layout" },
    h("h4", null, "How are the weights stored?"),
    h(
      "p",
      null,
      `As ${words[layout]}. `,
      h(
        "button",
        {
          type: "button",
          class: "small",
          ...idleWhen(inThePast(state)),
          onclick: () => inThePast(state) || acts.layout(other),
        },
        `Show them as ${other === "in_out" ? "(in, out)" : "(out, in)"}`,
      ),
    ),
  );
}

/** @param {Study} study @param {State} state @param {Acts} acts */
function jacobianContent({ answer }, state, acts) {
  const inputs = state.shown?.trace.steps[answer.step]?.inputs ?? [];
  const numeric = inputs.filter(
    (name) => !state.shown?.trace.tensors[name]?.dtype.match(/^(int|bool)/),
  );
  return jacobianView(answer, { ...options(state, acts), inputs: numeric, by: acts.jacobianBy });
}

/** By which elements one came. @param {Explained} explained @param {Acts} acts */
function trail({ target, trail }, acts) {
  if (trail.length === 0) return null;
  return h(
    "nav",
    { "aria-label": "Trail", class: "trail" },
    h(
      "ol",
      null,
      trail.map((one, at) =>
        h(
          "li",
          { key: targetName(one) },
          h(
            "button",
            {
              type: "button",
              class: `name-link ${one.field}`,
              onclick: () => acts.follow(one, trail.slice(0, at)),
            },
            targetName(one),
          ),
        ),
      ),
      h(
        "li",
        { key: "here", "aria-current": "true" },
        h("span", { class: target.field }, targetName(target)),
      ),
    ),
  );
}

/** @param {Explanation} answer @param {Acts} acts @param {State} state */
function story(answer, acts, state) {
  const { tensor, field, family } = answer;
  const record = state.shown?.trace.tensors[tensor];
  if (record?.role === "loss" && field === "gradient")
    return [
      h(
        "p",
        { key: "story" },
        "The loss grows by 1 where the loss grows by 1: the backward pass begins here.",
      ),
    ];
  if (family === "leaf")
    return [
      h(
        "p",
        { key: "story" },
        `${tensor} is ${record?.role === "input" ? "an input" : record?.role === "parameter" ? "a parameter" : "kept from the iteration before"}: nothing in the program computes it.`,
      ),
    ];
  return [
    h("p", { class: "made", key: "made" }, ...made(answer, acts, state), about(answer.op, state)),
    h("div", { class: "rule", key: "rule" }, formulaView(answer.mathml)),
  ];
}

/**
 * Where the operation is described; a function of the program's own is not.
 *
 * @param {string} op
 * @param {State} state
 */
function about(op, { symbols }) {
  return (
    Object.hasOwn(symbols, op) &&
    h(
      "span",
      { class: "about" },
      " · ",
      h("a", { href: `./ops#${op}`, "aria-label": `${op} under Operations` }, op),
    )
  );
}

/**
 * The step that computes it, to go to.
 *
 * @param {Explanation} answer
 * @param {Acts} acts
 * @param {State} state
 */
function made({ tensor, field, code }, acts, { shown }) {
  if (!shown) return [];
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(shown.trace.tensors, name);
  const name = field === "gradient" ? `${tensor}.g` : tensor;
  const updated = field === "next" || shown.trace.tensors[tensor]?.role === "state";
  const step = updated
    ? shown.trace.steps.find(({ phase, output }) => phase === "update" && output === tensor)
    : shown.trace.steps[readyAt(shown, tensor)[field]];
  const text = codeView(`${name} = ${code}`, isTensor);
  if (step?.output !== name) return [h("code", null, ...text)];
  return [
    `${PHASES[step.phase]}: `,
    h(
      "button",
      {
        type: "button",
        class: "name-link",
        title: "Go to this step",
        onclick: () => acts.goTo(step.index),
      },
      h("code", null, ...text),
    ),
  ];
}
