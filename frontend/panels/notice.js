/**
 * What the link that one came by has changed on the page, and the way back.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 */

import { h } from "../lib/h.js";
import { REGIONS } from "../lib/regions.js";

/** @param {State} state */
export function select({ hidden, borrowed }) {
  return { hidden, borrowed };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ hidden, borrowed }, acts) {
  return [
    borrowed &&
      h(
        "p",
        { key: "borrowed" },
        "You look at a run behind a link: it stays as it is. Your first change makes a copy of your own.",
      ),
    hidden.length > 0 &&
      h(
        "p",
        { key: "hidden" },
        `This link hides ${listed(hidden.map((id) => REGIONS[id]))}.`,
        h("button", { type: "button", class: "small", onclick: acts.showAll }, "Show all"),
      ),
  ];
}

/** @param {string[]} names */
function listed(names) {
  return names.length < 2
    ? names.join()
    : `${names.slice(0, -1).join(", ")} and ${names[names.length - 1]}`;
}
