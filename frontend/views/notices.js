/**
 * What there is to know of a run besides its numbers: that they were recalculated, and how long it is
 * kept.
 */

import { h } from "../lib/h.js";

/** @param {string | null} told  by the service, null where nothing differs */
export function recalculatedView(told) {
  return told === null ? null : h("span", { class: "recalculated", key: "recalculated" }, told);
}

/**
 * @param {number} days  0: nothing is ever removed
 * @param {string} [more]  what the sentence goes on with
 */
export function retentionView(days, more = "") {
  if (!days) return null;
  const long = days === 1 ? "a day" : `${days} days`;
  return h(
    "p",
    { class: "hint retention", key: "retention" },
    `Runs that nobody has touched for ${long} are removed${more}.`,
  );
}
