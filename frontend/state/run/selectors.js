/**
 * What follows from a run: its losses, and the example that it is.
 *
 * @import { Document, Run } from "../../lib/types.js"
 * @import { State } from "../state.js"
 */

import { fromWire } from "../../lib/numbers.js";

/** @param {State} state @param {Document} document */
export function exampleOf(state, document) {
  return (
    state.examples.find(
      ({ name, title }) => document.title && (title === document.title || name === document.title),
    )?.name ?? null
  );
}

/** @param {Run} run */
export function lossesOf(run) {
  const list =
    run.losses?.map((loss) => (loss === null ? null : fromWire(loss))) ??
    new Array(run.iteration).fill(null);
  return [...list.slice(0, run.iteration), fromWire(run.loss)];
}

/** @param {State} state @param {Run} run */
export function lossesAfter(state, run) {
  if (run.losses) return lossesOf(run);
  const list = Array.from({ length: run.iteration }, (_, at) => state.losses[at] ?? null);
  return [...list, fromWire(run.loss)];
}
