/**
 * A phone shows one part of the page at a time.
 *
 * @import { Tab } from "../state/page/reducer.js"
 */

import { h } from "../lib/h.js";

/** @type {[Tab, string][]} */
const TABS = [
  ["stage", "Stage"],
  ["program", "Program"],
  ["explanation", "Why"],
  ["graph", "Graph"],
  ["training", "Train"],
];

/** @param {Tab} tab @param {(tab: Tab) => void} choose @param {Tab[]} [without] */
export function tabBar(tab, choose, without = []) {
  return h(
    "div",
    { class: "tab-bar", role: "group", "aria-label": "Part of the page", key: "tabs" },
    TABS.filter(([name]) => !without.includes(name)).map(([name, text]) =>
      h(
        "button",
        {
          type: "button",
          key: name,
          "aria-pressed": String(name === tab),
          onclick: () => choose(name),
        },
        text,
      ),
    ),
  );
}
