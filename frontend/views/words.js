/**
 * A word of a library's: how it is called there, and what it means in the language.
 * @import { VNode } from "../lib/h.js"
 * @import { SpellingEntry } from "../lib/reference.js"
 */

import { h } from "../lib/h.js";

/** @type {WeakMap<SpellingEntry, VNode[]>} */
const kept = new WeakMap();

/**
 * The cells of its row, which are made once: searching only hides and shows rows.
 *
 * @param {SpellingEntry} entry
 */
export function wordRow(entry) {
  const cells = kept.get(entry) ?? made(entry);
  kept.set(entry, cells);
  return cells;
}

/** @param {SpellingEntry} entry */
function made({ paths, signature, summary, means }) {
  const [first, ...others] = paths;
  return [
    h(
      "th",
      { scope: "row" },
      h("code", null, `${first}(${signature})`),
      others.length > 0 && h("p", null, "also ", h("code", null, others.join(", "))),
    ),
    h(
      "td",
      null,
      summary && h("p", null, summary),
      means.includes("\n")
        ? h("details", null, h("summary", null, "Its text"), h("pre", null, h("code", null, means)))
        : h("code", null, means),
    ),
  ];
}
