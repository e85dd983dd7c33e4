/**
 * The path from an element to the loss that is on the screen, with the local derivatives along it.
 *
 * @import { State } from "./state.js"
 * @import { Target, Uses } from "../lib/types.js"
 * @import { Path } from "../lib/path.js"
 */

import { at } from "../lib/moment.js";
import { pathOf } from "../lib/path.js";
import { aspectOf, chosen } from "./subject.js";

/** @type {{answer: Uses, path: Path | null} | null} */
let last = null;

/**
 * Known once it was asked where the element goes; shown where that is asked, and where the terms of
 * a gradient are.
 *
 * @param {State} state
 * @returns {Path | null}
 */
export function tracedPath(state) {
  const { run, shown, open, studies } = state;
  const target = chosen(state);
  const study = studies.uses;
  if (!run || !shown || !target || !study?.answer) return null;
  const aspect = aspectOf(state);
  if (aspect !== "uses" && !(aspect === "terms" && target.field === "gradient")) return null;
  const now = [run.id, shown.revision, at(shown), open].join("|");
  if (!study.key.startsWith(`${now}|`) || !isAbout(study.answer, target)) return null;
  if (last && last.answer === study.answer) return last.path;
  const path = pathOf(study.answer);
  last = { answer: study.answer, path: path.length > 1 ? path : null };
  return last.path;
}

/** @param {Uses} answer @param {Target} target */
function isAbout(answer, target) {
  return answer.tensor === target.tensor && answer.index.join() === target.index.join();
}
