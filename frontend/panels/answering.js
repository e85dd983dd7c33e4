/**
 * Where a lesson's question is answered: below the picture, on the stage. Cells are marked in the
 * picture itself, and a weight is dragged there.
 *
 * @import { QuestionAnswer } from "../lib/answers.js"
 * @import { Commands } from "../state/commands.js"
 * @import { Course } from "../state/learning/reducer.js"
 * @import { State } from "../state/state.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { h } from "../lib/h.js";
import { placeName } from "../lib/lessons.js";
import { signed } from "../lib/numbers.js";
import { stageRoom } from "../lib/room.js";
import { TRIES } from "../state/learning/commands.js";
import { asking, weightNow } from "../state/learning/selectors.js";
import { lessonProse } from "../views/lessonprose.js";

/** @param {State} state @param {Commands} commands */
export function answeringView(state, commands) {
  const { course } = state.learning;
  const question = course?.chapter?.question;
  if (!course || !question || course.over || state.mode !== "explore") return null;
  const open = asking(state) !== null;
  return h(
    "div",
    {
      class: `answering ${question.kind}${open ? " open" : ""}`,
      key: "answering",
      role: "group",
      "aria-label": "Your answer",
      hook: (/** @type {any} */ element) => watchRoom(element, commands),
      unhook: (/** @type {any} */ element) => leaveRoom(element, commands),
    },
    form(question, course, open, state, commands),
    verdictLine(course, open, state, commands),
  );
}

/** The picture has as much room as the answer leaves. @param {any} element @param {Commands} commands */
function watchRoom(element, commands) {
  if (element.watcher) return;
  element.watcher = new ResizeObserver(() => measure(commands));
  element.watcher.observe(element);
}

/** @param {any} element @param {Commands} commands */
function leaveRoom(element, commands) {
  element.watcher?.disconnect();
  afterDrawing(() => measure(commands));
}

/** @param {Commands} commands */
function measure(commands) {
  const room = stageRoom();
  if (room) commands.fitting.measureStage(room.width, room.height);
}

/**
 * @param {QuestionAnswer} question
 * @param {Course} course
 * @param {boolean} open
 * @param {State} state
 * @param {Commands} commands
 */
function form(question, course, open, state, commands) {
  if (question.choices?.length) return choicesView(question, course, open, state, commands);
  if (question.kind === "drag") return dragText(question, course, state);
  return h(
    "form",
    {
      class: "answer-form",
      key: "form",
      onsubmit: (/** @type {Event} */ event) => (event.preventDefault(), commands.learning.check()),
    },
    question.kind === "cells"
      ? h(
          "p",
          { class: "answer-lead" },
          `${course.marked.length} marked in `,
          ...lessonProse(
            `\`${question.of ? placeName(question.of) : ""}\``,
            tensorIn(state),
            commands.learning.pointInLesson,
          ),
          open && h("span", { class: "several" }, " · drag across cells to mark several"),
        )
      : [
          h("label", { for: "lesson-answer" }, ...lead(question, state, commands)),
          h("input", {
            id: "lesson-answer",
            key: `answer ${course.at}`,
            type: "text",
            class: question.kind,
            value: course.text,
            readonly: open ? null : "",
            inputmode: question.kind === "number" ? "text" : null,
            placeholder: PLACEHOLDERS[question.kind] ?? null,
            autocomplete: "off",
            autocapitalize: "off",
            spellcheck: "false",
            maxlength: "500",
            "aria-label": FIELDS[question.kind] ?? "Formula",
            "aria-describedby": "lesson-ask lesson-verdict",
            oninput: (/** @type {any} */ event) => commands.learning.typeAnswer(event.target.value),
          }),
          question.unit && h("span", { class: "unit" }, question.unit),
        ],
    open && h("button", { type: "submit", class: "primary", key: "check" }, "Check"),
  );
}

/** @type {Record<string, string>} */
const FIELDS = { number: "Number", shape: "Shape" };

/** @type {Record<string, string>} */
const PLACEHOLDERS = {
  number: "a number",
  shape: "like (4, 7)",
  formula: "a formula",
};

/** What stands before the field. @param {QuestionAnswer} question @param {State} state @param {Commands} commands */
function lead({ kind, of }, state, commands) {
  const name = of ? placeName(of) : "";
  const prose = (/** @type {string} */ text) =>
    lessonProse(text, tensorIn(state), commands.learning.pointInLesson);
  if (kind === "shape") return prose(`Shape of \`${name}\``);
  if (kind === "number") return of ? prose(`\`${name}\` =`) : ["Answer:"];
  return prose(`\`${name}\` =`);
}

/** @param {State} state */
function tensorIn({ shown }) {
  return (/** @type {string} */ name) => Object.hasOwn(shown?.trace.tensors ?? {}, name);
}

/**
 * Reasons, or formulas to choose from.
 *
 * @param {QuestionAnswer} question
 * @param {Course} course
 * @param {boolean} open
 * @param {State} state
 * @param {Commands} commands
 */
function choicesView({ kind, choices = [] }, course, open, state, commands) {
  const wrong = course.verdict && !course.verdict.right;
  const isRight = (/** @type {number} */ at) => at === course.chosen && !wrong && !open;
  return h(
    "div",
    {
      class: `choices-of ${kind}`,
      key: "choices",
      role: "group",
      "aria-label": "Choices",
      "aria-describedby": "lesson-ask",
      onkeydown: moveInChoices,
    },
    choices.map((choice, at) =>
      h(
        "button",
        {
          type: "button",
          key: at,
          class: isRight(at) ? "right" : wrong && at === course.chosen ? "wrong" : null,
          "aria-pressed": at === course.chosen ? "true" : null,
          "aria-disabled": open ? null : "true",
          onclick: () => commands.learning.choose(at),
        },
        h(
          "span",
          { class: "mark", "aria-hidden": "true" },
          isRight(at) ? "✓" : wrong && at === course.chosen ? "✗" : "○",
        ),
        h(
          "span",
          null,
          ...lessonProse(kind === "reason" ? choice : `\`${choice}\``, tensorIn(state), () => {}),
        ),
      ),
    ),
  );
}

/** Arrow keys go from choice to choice. @param {KeyboardEvent} event */
function moveInChoices(event) {
  const by = { ArrowDown: 1, ArrowRight: 1, ArrowUp: -1, ArrowLeft: -1 }[event.key];
  const choices = /** @type {HTMLElement[]} */ ([
    .../** @type {HTMLElement} */ (event.currentTarget).children,
  ]);
  const at = choices.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  if (!by || at < 0) return;
  choices[(at + by + choices.length) % choices.length].focus();
  event.preventDefault();
  event.stopPropagation();
}

/** @param {QuestionAnswer} question @param {Course} course @param {State} state */
function dragText({ of }, course, state) {
  const name = of ? placeName(of) : "";
  const drag = state.drag;
  const weight = weightNow(state);
  return h(
    "p",
    { class: "answer-lead", key: "drag" },
    ...lessonProse(
      `Drag \`${name}\` sideways, or press [ and ] on it and then Enter.`,
      tensorIn(state),
      () => {},
    ),
    course.from !== null && weight !== null && weight !== course.from
      ? drag
        ? ` It was ${signed(String(course.from))}.`
        : ` It goes back to ${signed(String(course.from))} when you go on.`
      : "",
  );
}

/**
 * What is said about the answer; its room is kept, so that nothing moves for it.
 *
 * @param {Course} course
 * @param {boolean} open
 * @param {State} state
 * @param {Commands} commands
 */
function verdictLine({ verdict, tries, chapter }, open, state, commands) {
  const right = verdict?.right === true;
  return h(
    "div",
    {
      class: `lesson-verdict ${verdict ? (right ? "right" : "wrong") : ""}`,
      key: "verdict",
      id: "lesson-verdict",
    },
    verdict &&
      h(
        "p",
        null,
        h("b", { "aria-hidden": "true" }, right ? "✓ " : "✗ "),
        ...lessonProse(verdict.message, tensorIn(state), commands.learning.pointInLesson),
      ),
    open &&
      tries >= TRIES &&
      h(
        "button",
        {
          type: "button",
          class: "small",
          key: "reveal",
          onclick: () => void commands.learning.reveal(),
        },
        "Show me",
      ),
    !open &&
      h(
        "button",
        {
          type: "button",
          class: "small quiet",
          key: "again",
          onclick: () => void commands.learning.answerAgain(),
        },
        chapter?.question?.kind === "drag" ? "Drag again" : "Answer again",
      ),
    !open &&
      h(
        "button",
        {
          type: "button",
          class: "small beside",
          key: "beside",
          onclick: () => commands.page.chooseTab("explanation"),
        },
        "Explanation ›",
      ),
  );
}
