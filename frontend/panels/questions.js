/**
 * What one may ask while one practises: other exercises, the whole backward pass, a numeric check.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { targetCode } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { numericView, sliceView } from "../views/gradcheck.js";
import { passView } from "../views/pass.js";

/** @typedef {{digits: number, isTensor: (name: string) => boolean}} Options */

/** What there is to see of a step otherwise; it would tell the answer. */
export const OTHERS = ["Why", "Terms", "Shapes", "Jacobian", "Path"];

/** @param {State} state @param {Commands} commands @param {Options} options */
export function questions(state, commands, options) {
  const { practice } = state;
  const chosen = practice.list.find(({ title }) => title === state.document?.title);
  return h(
    "div",
    { class: "questions", key: "questions" },
    wholePass(state, commands, options),
    numeric(state, commands, options),
    h(
      "details",
      { key: "others" },
      h("summary", null, "Other exercises"),
      chosen && h("p", null, chosen.description),
      h(
        "label",
        { class: "field" },
        h("span", { class: "field-name" }, "Exercise"),
        h(
          "select",
          {
            key: `of ${practice.list.length}`,
            "aria-label": "Exercise",
            value: chosen?.name ?? "",
            onchange: (/** @type {any} */ event) =>
              commands.practice.openExercise(event.target.value),
          },
          h("option", { value: "", disabled: true, hidden: true }, "choose one"),
          practice.list.map(({ name, title, description }) =>
            h("option", { value: name, key: name, title: description }, title),
          ),
        ),
      ),
      h(
        "p",
        null,
        h(
          "button",
          { type: "button", class: "small", onclick: commands.sharing.sharePractice },
          "Copy a practice link",
        ),
      ),
    ),
  );
}

/** @param {State} state @param {Commands} commands @param {Options} options */
function numeric(state, commands, { digits }) {
  const { practice, palette, shown, explained } = state;
  const weight =
    explained && shown?.trace.tensors[explained.target.tensor]?.role === "parameter"
      ? explained.target
      : null;
  return h(
    "details",
    { key: "numeric" },
    h("summary", null, "Is the backward pass right?"),
    h(
      "p",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "small", onclick: commands.practice.numeric },
        "Check numerically",
      ),
      weight &&
        h(
          "button",
          {
            type: "button",
            class: "small",
            key: "along",
            onclick: () => commands.practice.slice(weight.tensor, weight.index),
          },
          `The loss along ${targetCode({ ...weight, field: "value" })}`,
        ),
    ),
    practice.numeric && numericView(practice.numeric, { digits, slice: commands.practice.slice }),
    practice.slice &&
      sliceView(practice.slice, palette, {
        digits,
        covered: shown?.trace.tensors[practice.slice.curve.parameter]?.hidden === true,
        slide: commands.practice.slide,
      }),
  );
}

/**
 * A backward pass of one's own, all of its gradients at once.
 *
 * @param {State} state
 * @param {Commands} commands
 * @param {Options} options
 */
function wholePass(state, commands, options) {
  const { pass, judged } = state.practice;
  const seek = (/** @type {string} */ tensor) => commands.practice.seek(tensor);
  return h(
    "details",
    { class: "whole-pass", key: "whole", ...(judged && { open: true }) },
    h("summary", null, "Find the wrong step of my backward pass"),
    h(
      "label",
      null,
      h("span", { class: "field-name" }, "The gradients of your own code, as it prints them"),
      h("textarea", {
        id: "practice-pass",
        rows: "4",
        spellcheck: "false",
        placeholder: "l1 = [[0.1, -0.2], …]\nw1 = [[…]]",
        value: pass,
        oninput: (/** @type {any} */ event) => commands.practice.paste(event.target.value),
      }),
    ),
    h(
      "p",
      { class: "row" },
      h(
        "button",
        { type: "button", class: "small", onclick: () => void commands.practice.judge() },
        "Check all",
      ),
      judged &&
        judged.revision !== state.shown?.revision &&
        h("span", { class: "hint" }, "The numbers have changed since; check again."),
    ),
    h(
      "div",
      { key: "judged", "aria-live": "polite" },
      judged && passView(judged.verdicts, judged.blame, { ...options, explain: seek }),
    ),
  );
}
