/**
 * What follows from a run: its losses, and the example that it is.
 *
 * @import { Document, Run, Wire } from "../../lib/types.js"
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

/**
 * What is known of the losses on the rows that are held out, by iteration, after a change of the run:
 * the run may tell all of them, or those of its last iterations. Where no rows are held out there are
 * none.
 *
 * @param {(number | null)[]} before
 * @param {Pick<Run, "iteration" | "validation_loss"> & {validation_losses?: (Wire | null)[]}} run
 * @returns {(number | null)[]}
 */
export function heldLosses(before, { iteration, validation_loss: last, validation_losses: told }) {
  if (last === null || last === undefined) return [];
  const list = (told ?? [last]).map((loss) => (loss === null ? null : fromWire(loss)));
  const first = iteration + 1 - list.length;
  const kept = Array.from({ length: first }, (_, at) => before[at] ?? null);
  return [...kept, ...list];
}
