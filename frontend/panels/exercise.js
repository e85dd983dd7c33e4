/**
 * The right column while one practises: what is to be found, with what, and how far one is.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Exercise, ExerciseSet } from "../state/practice/reducer.js"
 */

import { h, idleWhen } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { ownFormulas, tried } from "../state/practice/selectors.js";
import { inThePast } from "../state/trace/selectors.js";
import { codeView } from "../views/code.js";
import { elementView, isFound, namesView } from "../views/practice.js";
import { raceView } from "../views/race.js";
import { OTHERS, questions } from "./questions.js";

/** @typedef {{digits: number, isTensor: (name: string) => boolean}} Options */

/** @param {State} state @param {Commands} commands */
export function exerciseView(state, commands) {
  const exercise = tried(state);
  const { exerciseSet } = state.practice;
  const title = h("h2", { id: "explanation-title", class: "unseen", key: "title" }, "Explanation");
  if (!exercise || !exerciseSet) return [title];
  const options = {
    digits: state.digits,
    isTensor: (/** @type {string} */ name) => Object.hasOwn(state.shown?.trace.tensors ?? {}, name),
  };
  return [
    title,
    h(
      "div",
      { class: "exercise", key: "exercise" },
      head(exercise, exerciseSet),
      tabs(),
      h(
        "div",
        {
          class: "exercise-body",
          role: "tabpanel",
          "aria-labelledby": "exercise-tab",
          tabindex: "0",
          id: "exercise-body",
        },
        task(exercise, options),
        namesView([...exerciseSet.values, ...exerciseSet.gradients.slice(0, exercise.earlier)], {
          ...options,
          insert,
        }),
        afterWrong(exercise, state, commands, options),
        list(exercise, exerciseSet, commands),
        race(state),
        questions(state, commands, options),
      ),
      foot(exercise, exerciseSet, state, commands),
    ),
  ];
}

/** @param {Exercise} exercise @param {ExerciseSet} exerciseSet */
function head({ gradient, optional, tensor }, { exercises, found, total }) {
  const counted = exercises.filter((one) => !one.optional);
  const place = counted.findIndex((one) => one.tensor === tensor) + 1;
  return h(
    "div",
    { class: "exercise-head", key: "head" },
    h("p", { class: "large" }, h("code", null, h("span", { class: "gradient" }, gradient), " = ?")),
    h(
      "p",
      null,
      optional ? "optional exercise" : `exercise ${place} of ${counted.length}`,
      ` · ${found} of ${total} solved`,
    ),
  );
}

function tabs() {
  return h(
    "div",
    { class: "tabs", key: "tabs", role: "tablist", "aria-label": "What to explain" },
    h(
      "button",
      {
        type: "button",
        role: "tab",
        id: "exercise-tab",
        "aria-selected": "true",
        "aria-controls": "exercise-body",
      },
      "Exercise",
    ),
    OTHERS.map((name) =>
      h(
        "button",
        {
          type: "button",
          role: "tab",
          key: name,
          "aria-selected": "false",
          disabled: true,
          title: "It would tell the answer",
        },
        name,
      ),
    ),
  );
}

/** @param {Exercise} exercise @param {Options} options */
function task({ tensor, steps, shape, role }, { isTensor }) {
  const times = ["", "once", "twice"][steps.length] ?? `${steps.length} times`;
  return h(
    "p",
    { class: "task", key: "task" },
    h("code", null, ...codeView(tensor, isTensor)),
    steps.length ? ` is used ${times}: ` : ` is ${role === "input" ? "an input" : "the loss"}. `,
    ...steps.flatMap((step, at) => [
      at > 0 ? "; " : "",
      h("code", null, ...codeView(step, isTensor)),
    ]),
    steps.length ? ". " : "",
    "Its gradient needs the shape ",
    h("code", null, printShape(shape)),
    ". You may use these:",
  );
}

/**
 * After a wrong answer: what one's own formula adds up, and the exercise with other numbers.
 *
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Commands} commands
 * @param {Options} options
 */
function afterWrong({ tensor }, state, commands, options) {
  const { answer } = state.practice;
  if (answer?.tensor !== tensor || isFound(answer.verdict)) return null;
  const [worst] = answer.verdict.worst;
  return h(
    "div",
    { class: "after-wrong", key: "wrong" },
    h(
      "p",
      { class: "row" },
      worst &&
        h(
          "button",
          { type: "button", class: "small", onclick: () => commands.practice.element(worst.index) },
          "Explain my answer",
        ),
      h(
        "button",
        {
          type: "button",
          class: "small",
          title: "The same program with other shapes and numbers",
          onclick: commands.practice.variant,
        },
        "Try a fresh variant",
      ),
    ),
    answer.element && elementView(answer.element, options),
  );
}

/** @param {Exercise} exercise @param {ExerciseSet} exerciseSet @param {Commands} commands */
function list({ tensor }, { exercises }, commands) {
  const rest = exercises.filter(({ optional }) => optional).map(({ gradient }) => gradient);
  return h(
    "div",
    { key: "list" },
    h(
      "ol",
      { class: "exercises", "aria-label": "Gradients to find" },
      exercises.map((one) =>
        h(
          "li",
          { key: one.tensor },
          h(
            "button",
            {
              type: "button",
              class: one.tensor === tensor ? "now" : null,
              "aria-current": one.tensor === tensor ? "true" : null,
              "aria-label": `${one.gradient} ${printShape(one.shape)}${one.found ? ", solved" : ""}${one.optional ? ", optional" : ""}`,
              onclick: () => commands.practice.goOn(one.tensor),
            },
            h("span", { class: "mark" }, one.found ? "✓" : one.tensor === tensor ? "▸" : ""),
            h("code", { class: one.optional ? "soft" : "gradient" }, one.gradient),
            h("code", { class: "shape" }, printShape(one.shape)),
          ),
        ),
      ),
    ),
    rest.length > 0 &&
      h("p", { class: "hint" }, `Training does not use ${rest.join(" and ")}: optional.`),
  );
}

/** @param {State} state */
function race({ practice, palette, run }) {
  const { race } = practice;
  return race && run?.iteration === race.until && raceView(race, palette);
}

/** @param {Exercise} exercise @param {ExerciseSet} exerciseSet @param {State} state @param {Commands} commands */
function foot({ tensor }, { exercises }, state, commands) {
  const open = exercises.filter(({ found, optional }) => !found && !optional);
  const at = exercises.findIndex((one) => one.tensor === tensor);
  const next =
    open.find((one) => exercises.indexOf(one) > at) ?? open.find((one) => one.tensor !== tensor);
  const names = Object.keys(ownFormulas(state));
  const idle = inThePast(state) || names.length === 0;
  return h(
    "div",
    { class: "exercise-foot", key: "foot" },
    h(
      "button",
      {
        type: "button",
        ...idleWhen(!next),
        onclick: () => next && commands.practice.goOn(next.tensor),
      },
      "Skip",
    ),
    h(
      "button",
      {
        type: "button",
        title: idle
          ? "First write a formula whose shape fits"
          : `Train ${state.iterations} iterations with your ${names.map((name) => `${name}.g`).join(", ")}`,
        ...idleWhen(idle),
        onclick: () => idle || commands.practice.trainOwn(),
      },
      "Train with these",
    ),
    h("span", { class: "space" }),
    h(
      "button",
      { type: "button", class: "quiet", onclick: () => commands.page.chooseMode("explore") },
      "End practice",
    ),
  );
}

/**
 * A name comes where the caret is, as if it were typed: it can be undone, and its shape is told.
 *
 * @param {string} name
 */
function insert(name) {
  const input = /** @type {HTMLInputElement | null} */ (
    document.querySelector("#practice-formula")
  );
  if (!input) return;
  input.focus();
  const [before, after] = [
    input.value.slice(0, input.selectionStart ?? 0),
    input.value.slice(input.selectionEnd ?? 0),
  ];
  document.execCommand(
    "insertText",
    false,
    `${/[\w)\]@*+/%,]$/.test(before) ? " " : ""}${name}${/^\w/.test(after) ? " " : ""}`,
  );
}
