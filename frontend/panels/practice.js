/**
 * Practice: write a gradient's formula yourself, and be told whether shape and numbers fit.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Exercise, Sheet } from "../state/sheet.js"
 */

import { targetCode } from "../lib/explanation.js";
import { h, idleWhen } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { inThePast } from "../state/state.js";
import { hintsFor, tried, typed } from "../state/sheet.js";
import { codeView } from "../views/code.js";
import { markedView } from "../views/marked.js";
import { passView } from "../views/pass.js";
import {
  differenceView,
  elementView,
  hintsView,
  isFound,
  namesView,
  numericView,
  raceView,
  sliceView,
  verdictView,
  worstView,
} from "../views/practice.js";

/** @param {State} state */
export function select(state) {
  const { practice, document, shown, digits, palette, iterations, busy, explained } = state;
  return {
    explained,
    practice,
    document,
    shown,
    digits,
    palette,
    iterations,
    busy,
    past: inThePast(state),
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts @param {State} state */
export function view({ practice, shown, digits, palette, iterations, past }, acts, state) {
  const { sheet, list } = practice;
  const chosen = list.find(({ title }) => title === state.document?.title);
  const exercise = tried(state);
  const fits =
    practice.draft !== null &&
    practice.draft.fits &&
    practice.draft.key === `${exercise?.tensor} ${typed(state)}`;
  const weight =
    state.explained &&
    state.shown?.trace.tensors[state.explained.target.tensor]?.role === "parameter"
      ? state.explained.target
      : null;
  const options = {
    digits,
    isTensor: (/** @type {string} */ name) => Object.hasOwn(shown?.trace.tensors ?? {}, name),
  };
  return [
    h(
      "h2",
      null,
      h("span", { id: "practice-title" }, "Practice"),
      h("span", { class: "space" }),
      sheet && h("small", null, `${sheet.found} of ${sheet.total} found`),
      exercise && coverButton(practice.hiding, acts),
    ),
    chosen && h("p", { key: "told" }, chosen.description),
    exercise && sheet
      ? h(
          "form",
          {
            class: "try",
            onsubmit: (/** @type {Event} */ event) => (
              event.preventDefault(), goOn(exercise, state, acts)
            ),
          },
          ...field(exercise, state, acts, options),
        )
      : h("p", { class: "hint" }, "There is no gradient to find here."),
    exercise && answers(exercise, state, acts, options),
    exercise &&
      sheet &&
      namesView([...sheet.values, ...sheet.gradients.slice(0, exercise.earlier)], {
        ...options,
        insert,
      }),
    wholePass(state, acts, options),
    h(
      "details",
      { class: "more-practice", key: "more" },
      h("summary", null, "Exercises and more"),
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Exercise"),
        h(
          "select",
          {
            key: `of ${list.length}`,
            "aria-label": "Exercise",
            value: chosen?.name ?? "",
            onchange: (/** @type {any} */ event) => acts.exercise(event.target.value),
          },
          h("option", { value: "", disabled: true, hidden: true }, "choose one"),
          list.map(({ name, title, description }) =>
            h("option", { value: name, key: name, title: description }, title),
          ),
        ),
      ),
      h(
        "p",
        { class: "row" },
        h(
          "button",
          {
            type: "button",
            class: "small",
            title: fits ? null : "First write a formula whose shape fits",
            ...idleWhen(past || !fits),
            onclick: () => past || !fits || acts.trainMine(),
          },
          `Train ${iterations} by my formula`,
        ),
        h(
          "button",
          { type: "button", class: "small", onclick: acts.practice.numeric },
          "Check numerically",
        ),
        h(
          "button",
          { type: "button", class: "small", onclick: acts.sharePractice },
          "Copy a practice link",
        ),
      ),
      practice.race && raceView(practice.race, palette),
      practice.numeric && numericView(practice.numeric, { digits, slice: acts.practice.slice }),
      weight &&
        h(
          "button",
          {
            type: "button",
            class: "small",
            key: "along",
            onclick: () => acts.practice.slice(weight.tensor, weight.index),
          },
          `The loss along ${targetCode({ ...weight, field: "value" })}`,
        ),
      practice.slice &&
        sliceView(practice.slice, palette, {
          digits,
          covered: shown?.trace.tensors[practice.slice.curve.parameter]?.veiled === true,
          slide: acts.practice.slide,
        }),
    ),
  ];
}

/**
 * A backward pass of one's own, all of its gradients at once.
 *
 * @param {State} state
 * @param {Acts} acts
 * @param {{digits: number, isTensor: (name: string) => boolean}} options
 */
function wholePass(state, acts, options) {
  const { pass, judged } = state.practice;
  return h(
    "details",
    { class: "more-practice whole-pass", key: "whole" },
    h("summary", null, "Find the wrong step of my backward pass"),
    h(
      "label",
      { class: "field" },
      h("span", { class: "field-name" }, "The gradients of your own code, as it prints them"),
      h("textarea", {
        id: "practice-pass",
        rows: "4",
        spellcheck: "false",
        placeholder: "l1 = [[0.1, -0.2], …]\nw1 = [[…]]",
        value: pass,
        oninput: (/** @type {any} */ event) => acts.practice.paste(event.target.value),
      }),
    ),
    h(
      "p",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "small primary", onclick: () => void acts.practice.judge() },
        "Check all",
      ),
      judged &&
        judged.revision !== state.shown?.revision &&
        h("span", { class: "hint" }, "The numbers have changed since; check again."),
    ),
    h(
      "div",
      { key: "judged", "aria-live": "polite" },
      judged &&
        passView(judged.verdicts, judged.blame, {
          ...options,
          explain: (tensor) => explainGradient(state, acts, tensor),
        }),
    ),
  );
}

/** @param {State} state @param {Acts} acts @param {string} tensor */
function explainGradient(state, acts, tensor) {
  const step = state.shown?.trace.steps.find(({ output }) => output === `${tensor}.g`);
  if (step) acts.explainAt(step.index);
}

/** @param {boolean} hiding @param {Acts} acts */
function coverButton(hiding, acts) {
  return h(
    "button",
    {
      type: "button",
      class: "small",
      key: "cover",
      "aria-pressed": String(hiding),
      title: "Cover the gradients everywhere on the page until they are found",
      onclick: () => acts.cover(!hiding),
    },
    "Cover the answers",
  );
}

/**
 * Enter checks; where the answer has just been found right, it leads on.
 *
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Acts} acts
 */
function goOn({ tensor }, state, acts) {
  const { answer, sheet } = state.practice;
  const settled =
    answer?.tensor === tensor &&
    answer.text === typed(state) &&
    answer.revision === state.shown?.revision &&
    isFound(answer.verdict);
  if (settled && sheet?.next && sheet.next !== tensor) return acts.nextToFind(sheet.next);
  void acts.practice.check().then(showNewest);
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

/**
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Acts} acts
 * @param {{isTensor: (name: string) => boolean}} options
 */
function field({ tensor, gradient, shape, steps }, state, acts, { isTensor }) {
  const { draft } = state.practice;
  const sheet = /** @type {Sheet} */ (state.practice.sheet);
  const text = typed(state);
  const live = draft && draft.key === `${tensor} ${text}` ? draft : null;
  const refused =
    state.practice.answer?.tensor === tensor &&
    state.practice.answer.text === text &&
    state.practice.answer.verdict.verdict === "error";
  return [
    h(
      "div",
      { class: "row", key: "which" },
      h(
        "select",
        {
          "aria-label": "Gradient to find",
          value: tensor,
          onchange: (/** @type {any} */ event) => acts.practice.choose(event.target.value),
        },
        sheet.exercises.map((one) =>
          h(
            "option",
            { value: one.tensor, key: one.tensor },
            `${one.found ? "✓ " : ""}${one.gradient} ${printShape(one.shape)}${one.optional ? " (optional)" : ""}`,
          ),
        ),
      ),
      h(
        "span",
        { class: "used-in" },
        "used in ",
        h("code", null, ...codeView(steps.join("; "), isTensor)),
      ),
    ),
    h(
      "div",
      { class: "formula-row", key: "formula" },
      h("code", { "aria-hidden": "true", class: "gradient" }, `${gradient} =`),
      h("input", {
        id: "practice-formula",
        type: "text",
        "aria-label": `Formula for ${gradient}`,
        value: text,
        spellcheck: "false",
        autocapitalize: "off",
        autocomplete: "off",
        maxlength: "500",
        "aria-invalid": live?.trouble ? "true" : null,
        "aria-describedby": "practice-shape practice-trouble",
        oninput: (/** @type {any} */ event) => acts.practice.type(event.target.value),
        onkeydown: (/** @type {any} */ event) => event.key === "Escape" && event.target.blur(),
      }),
    ),
    h(
      "div",
      { class: "live-row", key: "live" },
      h("p", { id: "practice-shape", class: "live" }, ...liveShape(live, shape, text)),
      h("button", { type: "submit", class: "primary small" }, "Check"),
      hintButton(tensor, state, acts),
    ),
    live?.trouble &&
      !refused &&
      h(
        "p",
        { id: "practice-trouble", class: "live", key: "trouble" },
        h("code", { class: "failing" }, ...markedView(text, live.trouble.where)),
        ` ${live.trouble.detail}`,
        live.trouble.hint ? ` (${live.trouble.hint})` : "",
      ),
  ];
}

/**
 * @param {import("../state/sheet.js").Practice["draft"]} live
 * @param {number[]} wanted
 * @param {string} text
 */
function liveShape(live, wanted, text) {
  if (!text.trim()) return [`Wanted: the shape ${printShape(wanted)}.`];
  if (!live) return ["…"];
  if (live.trouble) return ["This does not run yet."];
  return [
    h("b", null, live.fits ? "✓ " : "✗ "),
    `shape ${printShape(live.shape ?? [])}`,
    live.fits ? "" : `, not ${printShape(wanted)}`,
  ];
}

/** @param {string} tensor @param {State} state @param {Acts} acts */
function hintButton(tensor, { practice }, acts) {
  const known = hintsFor(practice, tensor);
  const left = known.length ? known[0].levels - known.length : 4;
  if (left <= 0) return null;
  return h(
    "button",
    { type: "button", class: "small", onclick: () => void acts.practice.hint().then(showNewest) },
    left === 1 ? "Show the solution" : known.length ? "Next hint" : "Hint",
  );
}

/**
 * @param {Exercise} exercise
 * @param {State} state
 * @param {Acts} acts
 * @param {{digits: number, isTensor: (name: string) => boolean}} options
 */
function answers({ tensor, gradient }, state, acts, options) {
  const { answer, sheet } = state.practice;
  const hints = hintsFor(state.practice, tensor);
  const own = answer?.tensor === tensor ? answer : null;
  const right = own !== null && isFound(own.verdict);
  const step = state.shown?.trace.steps.find(({ output }) => output === gradient);
  const next = sheet?.next && sheet.next !== tensor ? sheet.next : null;
  const covered = state.shown?.trace.tensors[tensor]?.veiled === true;
  const list = hints.length > 0 && hintsView(hints, options);
  const hinted = state.practice.newest === "hint";
  return h(
    "div",
    { class: "answers", key: "answers", "aria-live": "polite" },
    hinted && list,
    own && verdictView(own.verdict, own.text, options),
    own &&
      own.revision !== state.shown?.revision &&
      h("p", { class: "hint", key: "old" }, "The numbers have changed since; check again."),
    own &&
      own.verdict.worst.length > 0 &&
      h(
        "div",
        { class: "apart", key: "apart" },
        own.verdict.difference !== null &&
          differenceView(own.verdict.difference, gradient, state.palette),
        worstView(own.verdict.worst, { ...options, covered, explain: acts.practice.element }),
      ),
    own?.element && elementView(own.element, options),
    right &&
      h(
        "p",
        { class: "row" },
        step &&
          h(
            "button",
            { type: "button", class: "small", onclick: () => acts.explainAt(step.index) },
            "Why it is right",
          ),
        next &&
          h(
            "button",
            { type: "button", class: "small primary", onclick: () => acts.nextToFind(next) },
            `Next: ${next}.g`,
          ),
      ),
    !hinted && list,
  );
}

/**
 * What came last stands directly below the field; both are scrolled to where they are out of sight.
 */
function showNewest() {
  requestAnimationFrame(() => {
    const parts = document.querySelectorAll(
      "#practice .answers > :first-child:not(.hints), #practice .answers > .hints:first-child > :first-child, #practice-formula",
    );
    [...parts].reverse().forEach((part) => part.scrollIntoView({ block: "nearest" }));
  });
}
