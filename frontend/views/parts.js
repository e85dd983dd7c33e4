/**
 * The named parts of a step as a row of tabs, with what the one on the stage is.
 *
 * @import { StepPart } from "../lib/answers.js"
 * @typedef {{parts: StepPart[], at: number, whole: string | null}} Parts  `whole`: the code of a call that
 *   is drawn as a whole, too, which is the part before the first
 */

import { h } from "../lib/h.js";
import { signed } from "../lib/numbers.js";

/**
 * @param {Parts} told
 * @param {number} step  the one at the cursor
 * @param {(step: number, at: number, focus?: boolean) => void} choose
 */
export function partsView({ parts, at, whole }, step, choose) {
  const tabs = [
    ...(whole === null ? [] : [{ at: -1, step, name: "whole step", code: whole }]),
    ...parts.map((part, place) => ({
      at: place,
      step: part.step,
      name: part.name,
      code: part.code,
    })),
  ];
  const now = tabs.findIndex((tab) => tab.at === at);
  const move = (/** @type {KeyboardEvent} */ event) => {
    const by = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const aim =
      event.key === "Home"
        ? tabs[0]
        : event.key === "End"
          ? tabs[tabs.length - 1]
          : by && tabs[(now + by + tabs.length) % tabs.length];
    if (!aim) return;
    event.preventDefault();
    event.stopPropagation();
    choose(aim.step, aim.at, true);
  };
  return h(
    "div",
    { class: "step-parts", key: "parts" },
    h(
      "div",
      { role: "tablist", "aria-label": "Parts of the step", onkeydown: move },
      tabs.map((tab) =>
        h(
          "button",
          {
            type: "button",
            role: "tab",
            key: `${tab.step} ${tab.at}`,
            "aria-selected": String(tab.at === at),
            tabindex: tab.at === at ? "0" : "-1",
            title: signed(`${tab.name} = ${tab.code}`),
            onclick: () => choose(tab.step, tab.at),
          },
          tab.name,
        ),
      ),
    ),
    h("p", { class: "note" }, parts[at]?.summary ?? ""),
  );
}
