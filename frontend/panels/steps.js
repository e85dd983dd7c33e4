/**
 * The step bar: the cursor on the iteration's program.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 */

import { inShapes } from "../lib/code.js";
import { h, idleWhen } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { currentStep } from "../state/scene.js";
import { statementView } from "../views/code.js";

/** @param {State} state */
export function select(state) {
  const { shown, cursor, playing } = state;
  return {
    steps: shown?.trace.steps ?? null,
    tensors: shown?.trace.tensors ?? {},
    step: currentStep(state),
    cursor,
    playing,
    iteration: shown?.iteration ?? 0,
  };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ steps, tensors, step, playing, cursor, iteration }, acts) {
  const idle = step === null;
  return [
    h(
      "div",
      { class: "step-buttons" },
      h(
        "button",
        {
          type: "button",
          "aria-label": "Previous step",
          disabled: idle,
          ...idleWhen(cursor === 0 && iteration === 0),
          onclick: acts.previous,
        },
        "‹ Previous step",
      ),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          "aria-label": "Next step",
          disabled: idle,
          onclick: acts.next,
        },
        "Next step ›",
      ),
      h(
        "button",
        { type: "button", disabled: idle, onclick: acts.play },
        playing ? "Pause" : "Play",
      ),
      h("button", { type: "button", disabled: idle, onclick: acts.finish }, "Finish iteration"),
    ),
    h(
      "p",
      {
        id: "step",
        "data-index": step ? step.index : null,
        "data-phase": step ? step.phase : null,
      },
      step && steps && stepText(step, steps, tensors),
    ),
  ];
}

/**
 * @param {import("../lib/types.js").Step} step
 * @param {import("../lib/types.js").Step[]} steps
 * @param {Record<string, unknown>} tensors
 */
function stepText(step, steps, tensors) {
  const phase = steps.filter((other) => other.phase === step.phase);
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(tensors, name);
  const operands = step.picture?.operands ?? [];
  const shapes = operands.some(({ shape }) => shape.length)
    ? `${inShapes(step.tokens, operands, printShape)} → `
    : "";
  return [
    `${step.phase} ${phase.indexOf(step) + 1} of ${phase.length}: `,
    h("code", { class: "statement" }, ...statementView(step, isTensor)),
    h("span", { class: "shapes" }, `  ${shapes}${printShape(step.shape)}`),
  ];
}
