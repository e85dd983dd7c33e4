/** What went wrong, and what to do about it. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" */

import { h } from "../lib/h.js";
import { troubleView } from "../views/trouble.js";

/** @param {State} state */
export function select({ alert }) {
  return { alert };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ alert }, acts) {
  if (!alert) return [];
  return [
    troubleView(alert),
    h("button", { type: "button", onclick: acts.dismiss }, "Dismiss"),
  ];
}
