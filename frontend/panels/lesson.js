/**
 * The strip above the stage: what the document is about, what its link has changed, and on a first
 * visit three sentences about the page.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { INTRO } from "../lib/intro.js";
import { summaryOf } from "../lib/brought.js";
import { REGIONS } from "../lib/regions.js";
import { notesView } from "../views/brought.js";

/** @param {State} state */
export function select({ lesson, document, hidden, borrowed, copied, mode, brought }) {
  return {
    lesson,
    mode,
    title: document?.title ?? null,
    description: /** @type {any} */ (document)?.description ?? null,
    hidden,
    borrowed,
    copied,
    brought,
  };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
export function view(props, commands) {
  const { lesson, title, description, hidden, mode, brought } = props;
  if (brought && (mode === "explore" || mode === "practice")) return broughtView(brought, commands);
  const notices = noticesView(hidden, commands);
  const whose = whoseText(props);
  const text = lesson.intro === null ? description : INTRO[lesson.intro];
  if (!lesson.open || !text || mode !== "explore")
    return [
      whose && h("p", { key: "whose" }, whose),
      ...notices,
      props.copied && closeButton("Close notice", commands),
    ].filter(Boolean);
  return [
    h(
      "div",
      { key: "head" },
      // The title stands in the header, too: what is to be known of the run takes its place here.
      h(
        "h2",
        { class: whose && lesson.intro === null ? "in-header" : null },
        lesson.intro === null ? title : "How to read this page",
      ),
      lesson.intro === null ? whose && h("p", null, whose) : dots(lesson.intro),
    ),
    h("p", { key: "text" }, text),
    ...notices,
    lesson.intro !== null &&
      h(
        "button",
        { type: "button", key: "next", onclick: commands.page.nextSentence },
        lesson.intro < INTRO.length - 1 ? "Read on" : "Done",
      ),
    closeButton("Close lesson", commands),
  ];
}

/** @param {string} name @param {Commands} commands */
function closeButton(name, commands) {
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      key: "close",
      "aria-label": name,
      onclick: commands.page.closeLesson,
    },
    "Close",
  );
}

/**
 * What became of the code that the run was opened from.
 *
 * @param {NonNullable<State["brought"]>} brought
 * @param {Commands} commands
 */
function broughtView({ notes, backward, listed: open }, commands) {
  return [
    h("p", { key: "brought" }, summaryOf(notes)),
    backward.length > 0 &&
      h(
        "button",
        { type: "button", class: "primary", key: "check", onclick: commands.import.check },
        "Check your backward pass",
      ),
    notes.length > 0 &&
      h(
        "button",
        {
          type: "button",
          key: "list",
          "aria-expanded": String(open),
          onclick: () => commands.import.listNotes(!open),
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
        onclick: () => commands.import.setImported(null),
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

/**
 * That a run is only looked at, or that it is a copy of one that was.
 *
 * @param {{borrowed: boolean, copied: boolean}} props
 */
function whoseText({ borrowed, copied }) {
  if (borrowed) return "A shared run: your first change makes your own copy.";
  return copied ? "Your own copy now; the other run stays as it was." : null;
}

/** @param {string[]} hidden @param {Commands} commands */
function noticesView(hidden, commands) {
  return [
    hidden.length > 0 &&
      h("p", { key: "hidden" }, `This link hides ${listed(hidden.map((id) => REGIONS[id]))}.`),
    hidden.length > 0 &&
      h(
        "button",
        { type: "button", class: "small", key: "all", onclick: commands.page.showRegions },
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
