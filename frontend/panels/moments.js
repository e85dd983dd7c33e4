/**
 * Several iterations in a file: each with its steps and answers, the way from one to the next, and the
 * curve of the loss, on which one is chosen.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Written } from "../service/recorded.js"
 * @import { Store } from "../state/store.js"
 * @import { Moments, Snapshot } from "./snapshot.js"
 * @typedef {{first: number, count: number, moments: any}} Several  as they are in a file: `first` is
 *   the first iteration, and `moments` a column of what is written down of each
 */

import { valuesOf } from "../lib/columns.js";
import { fromWire } from "../lib/numbers.js";
import { recordingIn } from "../service/recorded.js";
import { createMemory } from "../state/query.js";
import { showTrace } from "../state/trace/reducer.js";
import { curveView } from "../views/curve.js";

/** So many iterations that were looked at last are not read again. */
const KEPT = 4;

/** @param {Several} several @returns {Moments} */
export function momentsIn({ first, count, moments }) {
  /** @type {Written[]} */
  const written = valuesOf(moments, count);
  const memory = /** @type {ReturnType<typeof createMemory<Snapshot>>} */ (createMemory(KEPT));
  return {
    first,
    last: first + count - 1,
    losses: written.map(({ trace }) => fromWire(trace.loss)),
    at(iteration) {
      const known = memory.get(`${iteration}`);
      const found = known ?? /** @type {any} */ (recordingIn(written[iteration - first]));
      if (!known) memory.set(`${iteration}`, found);
      return found;
    },
  };
}

/**
 * From an iteration to another one; what is explained is then explained there.
 *
 * @param {Store} store
 * @param {Moments} moments
 */
export function createMoments({ get, apply }, { first, last, at }) {
  /** @param {number} iteration @param {number} cursor */
  const view = (iteration, cursor) => {
    if (iteration < first || iteration > last) return;
    const { run, trace } = at(iteration);
    apply(showTrace, run, { iteration, event: run.event }, trace, cursor);
  };
  return {
    /** Past the last step, or before the first one. @param {1 | -1} by */
    beyond: (by) => view((get().shown?.iteration ?? first) + by, by > 0 ? 0 : -1),
    /** The same step of another iteration. @param {number} position */
    viewAt: (position) => view(first + position, get().cursor),
  };
}

/**
 * @param {Moments} moments
 * @param {number} iteration  on the screen
 * @param {(position: number) => void} view
 * @returns {VNode}
 */
export function lossView({ first, last, losses }, iteration, view) {
  const at = iteration - first;
  return curveView(
    { losses, at, diverged: null, first, room: 1 },
    {
      moments: losses.length,
      position: at,
      moment: `iteration ${iteration} of ${first}–${last}`,
      view,
    },
  );
}
