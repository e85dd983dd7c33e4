/**
 * The buttons that move the cursor, and where it stands: shared by the page and the widget of a
 * notebook.
 *
 * @import { Step } from "../lib/types.js"
 */

import { h, idleWhen } from "../lib/h.js";

/**
 * @typedef {{previous: () => void, next: () => void, play: () => void, finish: () => void}} StepCommands
 *
 * @param {{idle: boolean, first: boolean, playing: boolean, mode?: string, taught?: boolean}} props
 * @param {StepCommands} commands
 */
export function stepButtons({ idle, first, playing, mode, taught = false }, commands) {
  return h(
    "div",
    { class: "step-buttons", key: "buttons" },
    h(
      "button",
      {
        type: "button",
        title: "Key: ←",
        disabled: idle,
        ...idleWhen(first),
        onclick: commands.previous,
      },
      arrow("‹ "),
      "Previous step",
    ),
    h(
      "button",
      {
        type: "button",
        title: "Key: →",
        class: taught || mode === "practice" || mode === "build" ? null : "primary",
        disabled: idle,
        onclick: commands.next,
      },
      "Next step",
      arrow(" ›"),
    ),
    h(
      "button",
      { type: "button", class: "play", disabled: idle, onclick: commands.play },
      playing ? "Pause" : "Play",
    ),
    h(
      "button",
      { type: "button", class: "finish", disabled: idle, onclick: commands.finish },
      "Finish iteration",
    ),
  );
}

/** @param {string} text */
function arrow(text) {
  return h("span", { "aria-hidden": "true" }, text);
}

/** Where the cursor stands; counted from 1, as in the program. @param {Step | null} step @param {number} count */
export function stepText(step, count) {
  return h(
    "p",
    { id: "step", "data-index": step ? step.index : null, "data-phase": step ? step.phase : null },
    step && ["Step ", h("b", null, String(step.index + 1)), ` of ${count} · ${step.phase}`],
  );
}
