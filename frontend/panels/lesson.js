/**
 * The strip above the stage: the lesson that is played, else what the document is about, what its
 * link has changed, and how to read the page. A first visitor is offered the first lesson.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Course } from "../state/learning/reducer.js"
 * @import { State } from "../state/state.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { INTRO } from "../lib/intro.js";
import { summaryOf } from "../lib/brought.js";
import { REGIONS } from "../lib/regions.js";
import { isOffering, isSettled } from "../state/learning/selectors.js";
import { notesView } from "../views/brought.js";
import { lessonProse } from "../views/lessonprose.js";

/** @param {State} state */
export function select(state) {
  const { lesson, document, hidden, borrowed, copied, mode, brought, learning, shown } = state;
  return {
    course: learning.course,
    offer: isOffering(state) ? (learning.list[0] ?? null) : null,
    following: followingOf(learning),
    number: learning.list.findIndex(({ name }) => name === learning.course?.lesson) + 1,
    settled: isSettled(state),
    tensors: shown?.trace.tensors ?? null,
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
  if (props.course && mode === "explore") return courseView(props.course, props, commands);
  if (brought && (mode === "explore" || mode === "practice")) return broughtView(brought, commands);
  const notices = noticesView(hidden, commands);
  const whose = whoseText(props);
  if (props.offer) return offerView(props.offer, commands);
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

/** The lesson after the one that is played. @param {State["learning"]} learning */
function followingOf({ list, course }) {
  const at = list.findIndex(({ name }) => name === course?.lesson);
  return at < 0 ? null : (list[at + 1] ?? null);
}

/**
 * The first lesson, for who is here for the first time; it goes when one does something else.
 *
 * @param {import("../lib/answers.js").LessonSummary} lesson
 * @param {Commands} commands
 */
function offerView({ name, title, description, minutes }, commands) {
  return [
    h(
      "div",
      { key: "offer" },
      h("h2", null, "New here?"),
      h("p", { class: "how-far" }, `${title} · ${minutes} min`),
    ),
    h("p", { key: "text" }, description),
    h(
      "button",
      {
        type: "button",
        key: "start",
        class: "next primary",
        onclick: () => void commands.learning.start(name),
      },
      "Start the lesson",
    ),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        key: "close",
        "aria-label": "Close lesson",
        onclick: commands.learning.declineLesson,
      },
      "Close",
    ),
  ];
}

/**
 * @param {Course} course
 * @param {ReturnType<typeof select>} props
 * @param {Commands} commands
 */
function courseView(course, { settled, tensors, following, number }, commands) {
  const { stops, at, chapter } = course;
  const { learning } = commands;
  if (course.over) return endView(course, following, number, commands);
  const prose = (/** @type {string} */ text) =>
    lessonProse(text, (name) => Object.hasOwn(tensors ?? {}, name), learning.pointInLesson);
  const last = at === stops.length - 1;
  return [
    h(
      "div",
      { key: "chapter", class: "chapter" },
      h("p", { class: "which" }, whichText(course, number)),
      titleView(course),
      stopsView(course),
    ),
    h(
      "div",
      { key: "told", class: "chapter-text" },
      h("p", null, ...prose(chapter?.text ?? "")),
      chapter?.question &&
        h("p", { class: "ask", id: "lesson-ask" }, ...prose(chapter.question.ask)),
      reserved(stops),
    ),
    h(
      "button",
      {
        type: "button",
        key: "back",
        class: "quiet back",
        "aria-label": "Back: the chapter before",
        onclick: learning.back,
        ...idleWhen(at === 0),
      },
      "Back",
    ),
    h(
      "button",
      {
        type: "button",
        key: "next",
        class: settled ? "next primary" : "next",
        onclick: learning.next,
      },
      last ? "Finish" : "Next",
      h("span", { "aria-hidden": "true" }, " ›"),
    ),
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        key: "close",
        "aria-label": "Close lesson",
        onclick: learning.close,
      },
      "Close",
    ),
  ];
}

/** In the room of the longest titles, so that nothing moves. @param {Course} course */
function titleView({ stops, at }) {
  const titles = stops.map(({ title }, place) => `${place + 1} · ${title}`);
  const longest = [...titles].sort((one, other) => other.length - one.length).slice(0, LONGEST);
  return h(
    "div",
    { class: "chapter-title" },
    h("h2", null, titles[at]),
    longest.map((title) =>
      h("span", { class: "reserved", key: title, "aria-hidden": "true" }, title),
    ),
  );
}

/** @param {Course} course @param {number} number */
function whichText({ title }, number) {
  return `${number ? `Lesson ${number} · ` : ""}${title}`;
}

/**
 * After the last chapter: what there is next.
 *
 * @param {Course} course
 * @param {import("../lib/answers.js").LessonSummary | null} following
 * @param {number} number
 * @param {Commands} commands
 */
function endView(course, following, number, { learning, files }) {
  const button = (
    /** @type {string} */ key,
    /** @type {string} */ text,
    /** @type {() => void} */ onclick,
  ) =>
    h(
      "button",
      { type: "button", key, class: key === "next" ? "next primary" : "quiet", onclick },
      text,
    );
  const list = () => files.showDialog("lessons");
  return [
    h(
      "div",
      { key: "chapter", class: "chapter" },
      h("p", { class: "which" }, whichText(course, number)),
      h("div", { class: "chapter-title" }, h("h2", null, "End of the lesson")),
      stopsView(course),
    ),
    h(
      "div",
      { key: "told", class: "chapter-text" },
      h(
        "div",
        { class: "lesson-end" },
        following
          ? button("next", `Next lesson: ${following.title}`, () => {
              void learning.start(following.name);
            })
          : button("next", "All lessons", list),
        following && button("list", "All lessons", list),
        button("explore", "Explore this network yourself", learning.close),
      ),
      reserved(course.stops),
    ),
    button("back", "Back", learning.back),
  ];
}

const noTensor = () => false;
/** So many of the longest chapters are set to see which one is the highest. */
const LONGEST = 8;

/**
 * The room of the longest chapter, so that nothing moves from one to the next.
 *
 * @param {Course["stops"]} stops
 */
function reserved(stops) {
  const length = (/** @type {Course["stops"][number]} */ { text, ask }) => text.length + ask.length;
  return [...stops]
    .sort((one, other) => length(other) - length(one))
    .slice(0, LONGEST)
    .map(({ text, ask }, at) =>
      h(
        "div",
        { class: "reserved", key: `reserved ${at}`, "aria-hidden": "true" },
        h("span", null, ...lessonProse(text, noTensor, () => {})),
        ask && h("span", { class: "asks" }, ...lessonProse(ask, noTensor, () => {})),
      ),
    );
}

/** A dot for each chapter, square where it halts. @param {Course} course */
function stopsView({ stops, at, settled }) {
  return h(
    "span",
    { class: "stops", role: "img", "aria-label": `Chapter ${at + 1} of ${stops.length}` },
    h("span", { class: "how-many" }, `${at + 1} of ${stops.length}`),
    stops.map(({ halts }, place) =>
      h("i", {
        key: place,
        class: [
          halts ? "halts" : "",
          place === at ? "now" : place < at || settled.includes(place) ? "done" : "",
        ].join(" "),
      }),
    ),
  );
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
