/**
 * The strip above the stage: what the document is about, what its link has changed, and on a first
 * visit three sentences about the page.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { summaryOf } from "../lib/brought.js";
import { REGIONS } from "../lib/regions.js";
import { notesView } from "../views/brought.js";

/** What a first visitor has to know, one sentence at a time. */
export const INTRO = [
  "A training iteration is a list of steps. Each step computes one tensor from others; press Next step, or the → key, to walk through them.",
  "Blue is a value, orange a gradient. Green numbers are positive, purple ones negative; hatched cells are not computed yet.",
  "Click any number to see the numbers it was made of. Double-click a weight or an input to change it.",
];

/** @param {State} state */
export function select({ lesson, document, hidden, borrowed, mode, brought }) {
  return {
    lesson,
    mode,
    title: document?.title ?? null,
    description: /** @type {any} */ (document)?.description ?? null,
    hidden,
    borrowed,
    brought,
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ lesson, title, description, hidden, borrowed, mode, brought }, acts) {
  if (brought && (mode === "explore" || mode === "practice")) return broughtView(brought, acts);
  const notices = noticesView(hidden, borrowed, acts);
  const text = lesson.intro === null ? description : INTRO[lesson.intro];
  if (!lesson.open || !text || mode !== "explore") return notices;
  return [
    h(
      "div",
      { key: "head" },
      h("h2", null, lesson.intro === null ? title : "How to read this page"),
      lesson.intro !== null && dots(lesson.intro),
    ),
    h("p", { key: "text" }, text),
    ...notices,
    lesson.intro !== null &&
      h(
        "button",
        { type: "button", key: "next", onclick: acts.lesson.next },
        lesson.intro < INTRO.length - 1 ? "Next" : "Done",
      ),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        key: "close",
        "aria-label": "Close lesson",
        onclick: acts.lesson.close,
      },
      "Close",
    ),
  ];
}

/**
 * What became of the code that the run was opened from.
 *
 * @param {NonNullable<State["brought"]>} brought
 * @param {Acts} acts
 */
function broughtView({ notes, backward, listed: open }, acts) {
  return [
    h("p", { key: "brought" }, summaryOf(notes)),
    backward.length > 0 &&
      h(
        "button",
        { type: "button", class: "primary", key: "check", onclick: acts.bringing.check },
        "Check your backward pass",
      ),
    notes.length > 0 &&
      h(
        "button",
        {
          type: "button",
          key: "list",
          "aria-expanded": String(open),
          onclick: () => acts.bringing.list(!open),
        },
        "What became of your code",
      ),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        key: "close",
        "aria-label": "Close notes",
        onclick: acts.bringing.close,
      },
      "Close",
    ),
    open && notes.length > 0 && notesView(notes),
  ];
}

/** How far one has read. @param {number} at */
function dots(at) {
  return h(
    "span",
    { class: "dots", role: "img", "aria-label": `${at + 1} of ${INTRO.length}` },
    INTRO.map((_, place) => h("i", { class: place <= at ? "done" : null })),
  );
}

/** @param {string[]} hidden @param {boolean} borrowed @param {Acts} acts */
function noticesView(hidden, borrowed, acts) {
  return [
    borrowed &&
      h(
        "p",
        { key: "borrowed" },
        "This run belongs to a link and stays as it is. Your first change makes a copy of your own.",
      ),
    hidden.length > 0 &&
      h("p", { key: "hidden" }, `This link hides ${listed(hidden.map((id) => REGIONS[id]))}.`),
    hidden.length > 0 &&
      h(
        "button",
        { type: "button", class: "small", key: "all", onclick: acts.showAll },
        "Show all",
      ),
  ].filter(Boolean);
}

/** @param {string[]} names */
function listed(names) {
  return names.length < 2
    ? names.join()
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
