/**
 * What there is to know of a run besides its numbers: that they were recalculated, and how long it is
 * kept.
 */

import { h } from "../lib/h.js";

/** @param {string | null} told  by the service, null where nothing differs */
export function recalculatedView(told) {
  return told && h("span", { class: "recalculated", key: "recalculated" }, told);
}

/**
 * @param {number} days  0: nothing is ever removed
 * @param {string} [more]  what the sentence goes on with
 */
export function retentionText(days, more = "") {
  const long = days === 1 ? "a day" : `${days} days`;
  return days > 0 ? `Runs that nobody has touched for ${long} are removed${more}.` : "";
}
