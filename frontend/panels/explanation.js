/**
 * The explanation: two lines that name a number, five tabs that never move, and below them what was
 * selected, one sentence, one picture, and questions that open.
 *
 * @import { Others } from "./aspects.js"
 * @import { Commands } from "../state/commands.js"
 * @import { Explained } from "../state/explanation/reducer.js"
 * @import { State } from "../state/state.js"
 * @import { Aspect } from "../lib/types.js"
 */

import { targetName } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { beginAtTop } from "../lib/scrolling.js";
import { ASPECTS, aspectOf, explanationKey, senseless } from "../state/explanation/selectors.js";
import { inspected } from "../state/inspector/selectors.js";
import { isConcealing } from "../state/learning/concealing.js";
import { isOffering, isSettled } from "../state/learning/selectors.js";
import { isAsking } from "../state/studies/selectors.js";
import { inspectorView } from "../views/inspector.js";
import { headView } from "../views/subjecthead.js";
import { contentOf } from "./aspects.js";
import { inspectorOptions, speechOf, subjectTold } from "./explaining.js";

/** @type {Record<Aspect, string>} */
const TITLES = {
  why: "Why",
  terms: "Terms",
  shapes: "Shapes",
  jacobian: "Jacobian",
  uses: "Path",
};

/** @param {State} state */
export function select(state) {
  const { explained, asked, shown, digits, cursor, aspect, by, studies, palette, run } = state;
  const { mode, examples, example, learning } = state;
  const { selected, highlighted, pointed, edit, places, sample, parts, drag, practice } = state;
  const watched = selected !== null;
  return {
    mode,
    examples,
    example,
    taught: learning.course !== null || isOffering(state),
    practice: mode === "practice" ? practice : practice.hiding && practice.exerciseSet,
    iterations: mode === "practice" ? state.iterations : null,
    // what a lesson covers
    chapter: state.learning.course?.chapter,
    settled: isSettled(state),
    document: mode === "practice" ? state.document : null,
    explained,
    asked,
    shown,
    digits,
    cursor,
    aspect,
    by,
    studies,
    palette,
    layout: run?.layout,
    iteration: run?.iteration,
    drag,
    selected,
    symbols: state.symbols,
    sample,
    // only what is selected is drawn as numbers
    highlighted: watched && highlighted,
    pointed: watched && pointed,
    edit: watched && edit,
    places: watched && places,
    parts: watched && parts,
    current: explained?.key === explanationKey(state),
  };
}

/**
 * @param {ReturnType<typeof select>} props
 * @param {Commands} commands
 * @param {State} state
 * @param {Others & {introduction?: (state: State) => any}} [others]  what an example asks, too, and what to try
 */
export function view({ explained, shown, current }, commands, state, others = {}) {
  const title = h("h2", { id: "explanation-title", class: "unseen" }, "Explanation");
  if (!shown) return [title, h("p", { class: "pending explained-empty" }, "No document is open.")];
  const seen = isConcealing(state) ? null : inspected(state);
  const aspect = aspectOf(state);
  const busy = explained ? !current : false;
  return [
    title,
    h(
      "div",
      {
        class: "explained",
        key: "explained",
        "aria-busy": busy || isAsking(state) ? "true" : null,
        onkeydown: commands.explanation.key,
      },
      headView(subjectTold(state, commands)),
      tabs(state, commands),
      h(
        "div",
        {
          class: "explained-body",
          key: "body",
          hook: (/** @type {HTMLElement} */ body) =>
            beginAtTop(body, JSON.stringify([aspect, explained?.target ?? state.cursor])),
        },
        seen &&
          inspectorView(seen, inspectorOptions(seen, commands, state), {
            selectTensor: commands.inspector.selectTensor,
            choosePlace: commands.windows.choosePlace,
            stepTo: commands.stage.stepTo,
          }),
        explained && trail(explained, commands),
        h(
          "div",
          {
            class: "aspect",
            key: aspect,
            role: "tabpanel",
            id: "aspect",
            tabindex: "0",
            "aria-labelledby": `aspect-${aspect}`,
          },
          ...contentOf(state, commands, speechOf(state, commands), others),
        ),
        !explained && !seen && !state.drag && others.introduction?.(state),
        !explained && !seen && !state.drag && reading("scrubbing" in commands),
      ),
    ),
  ];
}

/** @param {State} state @param {Commands} commands */
function tabs(state, commands) {
  const [none, now] = [senseless(state), aspectOf(state)];
  const possible = ASPECTS.filter((aspect) => !(aspect in none));
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
    commands.explanation.chooseAspect(aim, true);
  };
  return h(
    "div",
    {
      class: "aspects",
      key: "tabs",
      role: "tablist",
      "aria-label": "What to explain",
      onkeydown: move,
    },
    ASPECTS.map((aspect) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          key: aspect,
          id: `aspect-${aspect}`,
          "aria-selected": String(aspect === now),
          "aria-controls": "aspect",
          "aria-disabled": none[aspect] ? "true" : null,
          title: none[aspect] ?? null,
          tabindex: aspect === now ? "0" : "-1",
          onclick: () => none[aspect] || commands.explanation.chooseAspect(aspect),
        },
        TITLES[aspect],
      ),
    ),
  );
}

/** By which elements one came. @param {Explained} explained @param {Commands} commands */
function trail({ target, trail }, commands) {
  if (trail.length === 0) return null;
  return h(
    "nav",
    { "aria-label": "Trail", class: "trail", key: "trail" },
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
              onclick: () => commands.explanation.visit(one, trail.slice(0, at)),
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

/** What stands in the empty part of the column until something is chosen. @param {boolean} editable */
function reading(editable) {
  return h(
    "footer",
    { class: "reading", key: "reading" },
    h("p", { class: "reading-title" }, "How to read this page"),
    h(
      "p",
      null,
      h("b", { class: "value" }, "Blue"),
      " is a value, ",
      h("b", { class: "gradient" }, "orange"),
      " a gradient. Green cells are positive, purple ones negative; a plain 0 is exactly zero,",
      " dotted means not computed yet. Click any number to see how it was computed",
      editable ? "; drag a weight to see what it does." : ".",
    ),
  );
}
