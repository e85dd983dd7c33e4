/**
 * The losses on the rows that are held out, by iteration.
 *
 * @import { Run, Wire } from "../lib/types.js"
 */

import { fromWire } from "../lib/numbers.js";

/**
 * What is known of them after a change of the run: the run may tell all of them, or those of its
 * last iterations. Where no rows are held out there are none.
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
