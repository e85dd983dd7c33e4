/**
 * The lessons to choose from, and how far one is in each.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { progressText } from "../lib/lessons.js";
import { modal } from "./modal.js";

/** @param {State} state @param {Commands} commands */
export function lessonsDialog({ learning }, commands) {
  const { list, progress } = learning;
  return modal(
    "Lessons",
    commands,
    "lessons",
    h(
      "p",
      { class: "hint" },
      "Each halts at questions that you answer on the stage. Where you stop, you go on.",
    ),
    h(
      "ol",
      { class: "lesson-list" },
      list.map(({ name, title, description, minutes, chapters }) => {
        const far = progressText(progress[name] ?? null, chapters);
        return h(
          "li",
          { key: name },
          h(
            "button",
            {
              type: "button",
              "data-name": name,
              onclick: () => {
                commands.files.showDialog(null);
                void commands.learning.start(name);
              },
            },
            h("strong", null, title),
            h("span", { class: "how-far" }, far ? `${far} · ` : "", `${minutes} min`),
            h("span", { class: "about" }, description),
          ),
          far &&
            h(
              "button",
              {
                type: "button",
                class: "small afresh",
                "aria-label": `Start again: ${title}`,
                onclick: () => {
                  commands.files.showDialog(null);
                  void commands.learning.start(name, { afresh: true });
                },
              },
              "Start again",
            ),
        );
      }),
    ),
  );
}
