/**
 * Practice: the formula of a gradient is typed above the stage; shape, verdict and the newest hint
 * stand directly below it, and the stage draws what the formula gives.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Exercise, Verdict } from "../state/practice/reducer.js"
 */

import { dotFor, fits, levelFor } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { printing } from "../lib/printing.js";
import { scalesOf } from "../lib/scale.js";
import { asTensor, size } from "../lib/tensor.js";
import { levelOf } from "../state/fitting/selectors.js";
import { hintsFor, stepOf, tried, typed } from "../state/practice/selectors.js";
import { currentStep } from "../state/stage/selectors.js";
import { codeView } from "../views/code.js";
import { scaleView } from "../views/legend.js";
import { markedView } from "../views/marked.js";
import { laid, marksOf, ownView, partsOf, wrongCount } from "../views/own.js";
import { differenceView, hintsView, isFound, verdictView } from "../views/practice.js";
import { moveInGrid } from "../lib/gridkeys.js";

/** As many levels a hint has while the service has not said so. */
const LEVELS = 4;
/** What the stage's heading takes, which has no place here: the formula stands above. */
const HEAD = 34;
/** Of larger results only the differences are drawn. */
const LISTED = 400;

/** @param {State} state */
export function select(state) {
  if (state.mode !== "practice") return { practice: null };
  const { practice, shown, digits, palette, cursor } = state;
  return { practice, shown, digits, palette, cursor };
}

/** @param {unknown} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  if (state.mode !== "practice") return [];
  const { exerciseSet } = state.practice;
  const exercise = tried(state);
  if (!exercise)
    return [
      h(
        "p",
        { class: "pending" },
        exerciseSet
          ? "This program has no gradient to find."
          : state.shown
            ? "Loading…"
            : "No document is open.",
      ),
    ];
  return [
    tryForm(exercise, state, commands),
    ...liveView(exercise, state),
    answers(exercise, state, commands),
  ];
}

/** @param {State} state */
function known({ shown }) {
  return (/** @type {string} */ name) => Object.hasOwn(shown?.trace.tensors ?? {}, name);
}

/** @param {Exercise} exercise @param {State} state @param {Commands} commands */
function tryForm(exercise, state, commands) {
  const { tensor, gradient } = exercise;
  const { draft } = state.practice;
  const next = settled(exercise, state) ? nextOf(exercise, state) : null;
  return h(
    "form",
    {
      class: "try",
      key: "try",
      onsubmit: (/** @type {Event} */ event) => (
        event.preventDefault(), goOn(exercise, state, commands)
      ),
    },
    h("code", { "aria-hidden": "true", class: "gradient" }, gradient),
    h("code", { "aria-hidden": "true" }, "="),
    h("input", {
      id: "practice-formula",
      type: "text",
      "aria-label": `Formula for ${gradient}`,
      value: typed(state),
      spellcheck: "false",
      autocapitalize: "off",
      autocomplete: "off",
      maxlength: "500",
      "aria-invalid":
        draft && draft.key === `${tensor} ${typed(state)}` && draft.problem ? "true" : null,
      "aria-describedby": "practice-shape",
      oninput: (/** @type {any} */ event) => commands.practice.type(event.target.value),
      onkeydown: (/** @type {any} */ event) => event.key === "Escape" && event.target.blur(),
    }),
    h(
      "button",
      { type: "submit", class: next ? null : "primary" },
      "Check",
      h("span", { "aria-hidden": "true" }, " ↵"),
    ),
    next &&
      h(
        "button",
        {
          type: "button",
          class: "primary",
          key: "next",
          onclick: () => commands.practice.goOn(next),
        },
        `Next: ${next}.g`,
      ),
    !next && hintButton(tensor, state, commands),
  );
}

/** @param {string} tensor @param {State} state @param {Commands} commands */
function hintButton(tensor, { practice }, commands) {
  const hints = hintsFor(practice, tensor);
  const levels = hints[0]?.levels ?? LEVELS;
  const level = hints.length + 1;
  if (level > levels) return null;
  return h(
    "button",
    { type: "button", key: "hint", onclick: () => void commands.practice.hint() },
    level === levels ? "Show the solution" : `Hint ${level} of ${levels - 1}`,
  );
}

/**
 * The shapes of what is typed, in one line that is always there.
 *
 * @param {Exercise} exercise
 * @param {State} state
 */
function liveView(exercise, state) {
  return [
    h("p", { id: "practice-shape", class: "live", key: "live" }, ...liveShape(exercise, state)),
  ];
}

/** @param {Exercise} exercise @param {State} state */
function liveShape({ tensor, shape: expected }, state) {
  const text = typed(state);
  const { draft } = state.practice;
  if (!text.trim()) return [`Expected shape: ${printShape(expected)}.`];
  if (!draft || draft.key !== `${tensor} ${text}`) return ["…"];
  if (draft.problem && refused(tensor, state)) return [`Expected shape: ${printShape(expected)}.`];
  if (draft.problem)
    return [
      h("b", { class: "trouble" }, "✗ "),
      h("code", { class: "failing" }, ...markedView(text, draft.problem.where)),
      ` ${draft.problem.detail}`,
      draft.problem.hint ? ` (${draft.problem.hint})` : "",
    ];
  const isTensor = known(state);
  return [
    h(
      "code",
      null,
      ...draft.pieces.flatMap(({ text: part, shape }) => [
        ...codeView(part, isTensor),
        shape?.length ? ` ${printShape(shape)}` : "",
      ]),
      ` → ${printShape(draft.shape ?? [])} `,
    ),
    draft.fits
      ? h("b", { class: "good" }, "✓ the shape fits")
      : h("b", { class: "trouble" }, `✗ expected ${printShape(expected)}`),
  ];
}

/** Is the verdict about what is typed that it does not run? @param {string} tensor @param {State} state */
function refused(tensor, state) {
  const { answer } = state.practice;
  return (
    answer?.tensor === tensor && answer.text === typed(state) && answer.verdict.verdict === "error"
  );
}

/** @param {Exercise} exercise @param {State} state */
function settled({ tensor }, state) {
  const { answer } = state.practice;
  return (
    answer?.tensor === tensor &&
    answer.text === typed(state) &&
    answer.revision === state.shown?.revision &&
    isFound(answer.verdict)
  );
}

/** @param {Exercise} exercise @param {State} state */
function nextOf({ tensor }, { practice: { exerciseSet } }) {
  return exerciseSet?.next && exerciseSet.next !== tensor ? exerciseSet.next : null;
}

/**
 * Enter checks; where the answer has just been found right, it leads on.
 *
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Commands} commands
 */
function goOn(exercise, state, commands) {
  const next = settled(exercise, state) && nextOf(exercise, state);
  if (next) return commands.practice.goOn(next);
  void commands.practice.check();
}

/**
 * What came last stands first; what was said before is below it.
 *
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Commands} commands
 */
function answers({ tensor, gradient }, state, commands) {
  const { answer, newest } = state.practice;
  const options = { digits: state.digits, isTensor: known(state) };
  const hints = hintsFor(state.practice, tensor);
  const own = answer?.tensor === tensor ? answer : null;
  const step = state.shown?.trace.steps.find(({ output }) => output === gradient);
  const list = hints.length > 0 && hintsView(hints, options);
  return h(
    "div",
    { class: "answers", key: "answers", "aria-live": "polite" },
    newest === "hint" && list,
    own && verdictView(own.verdict, own.text, options),
    own &&
      own.revision !== state.shown?.revision &&
      h("p", { class: "hint", key: "old" }, "The numbers have changed since; check again."),
    own &&
      isFound(own.verdict) &&
      step &&
      h(
        "p",
        { key: "why" },
        h(
          "button",
          { type: "button", class: "small", onclick: () => commands.practice.showWhy(step.index) },
          "Why is this correct?",
        ),
      ),
    newest !== "hint" && list,
  );
}

/**
 * The stage while the formula that was checked last is wrong: what it gives, and of each number
 * whether it should be larger. Null where the step itself is to be seen.
 *
 * @param {State} state
 * @param {Commands} commands
 */
export function ownStage(state, commands) {
  const exercise = tried(state);
  const { answer } = state.practice;
  if (state.mode !== "practice" || !exercise || !state.shown || answer?.tensor !== exercise.tensor)
    return null;
  const { verdict, picture } = answer;
  const here = stepOf(state)?.index === currentStep(state)?.index;
  if (!here || verdict.verdict === "correct" || !verdict.value || !verdict.shape) return null;
  const { trace } = state.shown;
  const scales = scalesOf(state.shown.whole);
  const dtype = trace.tensors[exercise.tensor]?.dtype === "float32" ? "float32" : "float64";
  const result = asTensor(verdict.value, verdict.shape);
  const marks = marksOf(verdict, dtype);
  const { wrong, all } = wrongCount(verdict, dtype);
  return [
    pictureOf(
      state,
      result,
      marks,
      scales,
      picture ?? { pieces: [], family: null, values: [] },
      verdict,
      commands,
    ),
    h(
      "div",
      { class: "stage-foot", key: "own foot" },
      h(
        "p",
        { class: "readout" },
        marks
          ? [
              h("b", null, "↑"),
              " should be larger, ",
              h("b", null, "↓"),
              ` smaller · ${all - wrong} of ${all} are right`,
            ]
          : `Yours is ${printShape(verdict.shape)}; expected ${printShape(exercise.shape)}.`,
      ),
      h("div", { class: "legend" }, scaleView("gradient", scales.gradient, null)),
    ),
  ];
}

/**
 * In cells while there is room, else the differences as a picture.
 *
 * @param {State} state
 * @param {import("../lib/types.js").Tensor} result
 * @param {number[] | null} marks
 * @param {import("../lib/scale.js").Scales} scales
 * @param {import("../state/practice/reducer.js").Own} own
 * @param {Verdict} verdict
 * @param {Commands} commands
 */
function pictureOf(state, result, marks, scales, own, verdict, commands) {
  const { digits } = state;
  const room = { ...state.room, height: state.room.height + HEAD };
  const { parts, product } = partsOf(own, result);
  const box = (
    /** @type {import("../lib/types.js").Tensor} */ tensor,
    /** @type {string} */ title,
  ) => {
    const [rows, columns] = laid(tensor.shape);
    const { width } = printing([tensor], digits);
    return { rows, columns, panels: 1, characters: width + 1, caption: title.length + 8 };
  };
  const yours = box(result, "yours");
  const whole = {
    kind: product ? "product" : "composite",
    down: false,
    operands: parts.map(({ text, tensor }) => box(tensor, text)),
    result: yours,
    letters: own.pieces.reduce((sum, { text, shape }) => sum + (shape ? 0 : text.length), 0),
  };
  const alone = { ...whole, kind: "composite", operands: [], letters: 0 };
  const usual = levelOf(state);
  const found = [whole, alone]
    .map((equation) => ({
      equation,
      level: fits(equation, usual, room) ? usual : levelFor([equation], room),
    }))
    .find(({ equation, level }) => fits(equation, level, room));
  const large = size(result.shape) > LISTED;
  const options = {
    digits,
    level: found?.level ?? usual,
    scales,
    isTensor: known(state),
    explain: commands.practice.element,
    move: (/** @type {KeyboardEvent} */ event) => {
      if (!moveInGrid(event, /** @type {HTMLElement} */ (event.target))) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  return h(
    "div",
    {
      class: "picture own-picture",
      key: "own picture",
      role: "group",
      "aria-label": "What your formula gives",
      tabindex: found && !large ? null : "0",
      style: {
        "--cell-height": `${options.level.height}px`,
        "--cell-font": `${options.level.font}px`,
      },
    },
    found && !large
      ? ownView(found.equation === whole ? own : { ...own, pieces: [] }, result, marks, options)
      : verdict.difference !== null &&
          differenceView(verdict.difference, dotFor(alone, room), state.palette),
  );
}
