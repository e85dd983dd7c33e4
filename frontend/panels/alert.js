/**
 * What went wrong, and what to do about it.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { OVERTAKEN } from "../service/refusal.js";
import { problemView } from "../views/problem.js";

/** @param {State} state */
export function select({ alert }) {
  return { alert };
}

/** @param {ReturnType<typeof select>} props @param {Commands} commands */
export function view({ alert }, commands) {
  if (!alert) return [];
  return [
    problemView(alert),
    h(
      "div",
      { class: "choices" },
      alert.status === OVERTAKEN &&
        h(
          "button",
          { type: "button", key: "reload", onclick: commands.ownership.reload },
          "Reload",
        ),
      alert.status === OVERTAKEN &&
        h(
          "button",
          { type: "button", key: "copy", onclick: commands.ownership.copyAndRepeat },
          "Make it my own copy",
        ),
      alert.again &&
        h(
          "button",
          { type: "button", key: "again", onclick: commands.ownership.repeat },
          "Try again",
        ),
      h(
        "button",
        { type: "button", key: "dismiss", onclick: commands.messages.dismissAlert },
        "Dismiss",
      ),
    ),
  ];
}
