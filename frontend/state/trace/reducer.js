/**
 * The moment on the screen: its trace, and whether composites are written out in it.
 *
 * @import { Run, Trace } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {import("../../lib/moment.js").Moment & {run: string, revision: number, open: boolean, trace: Trace, whole: Trace}}
 *   Shown the moment on the screen; `run`: whose it is, also when a copy of it is being made
 *
 * @typedef {object} TraceState
 * @property {Shown | null} shown
 * @property {boolean} open  whether composites are written out
 */

import { fromWire } from "../../lib/numbers.js";
import { withHidden } from "../../lib/hiding.js";
import { stillThere } from "../explanation/selectors.js";
import { coverOf } from "../practice/selectors.js";
import { heldLosses, lossesAfter } from "../run/selectors.js";

/** @type {TraceState} */
export const initialTrace = { shown: null, open: false };

/**
 * A moment comes on the screen, with the cursor at a step (-1: the last).
 *
 * @param {State} state
 * @param {Run} run
 * @param {import("../../lib/moment.js").Moment} moment
 * @param {Trace} trace
 * @param {number} cursor
 * @returns {State}
 */
export function showTrace(state, run, { iteration, event }, trace, cursor) {
  const last = trace.steps.length - 1;
  const losses = run === state.run ? [...state.losses] : lossesAfter(state, run);
  if (event === null && iteration < losses.length) losses[iteration] = fromWire(trace.loss);
  const seen = withHidden(trace, coverOf(state));
  return {
    ...state,
    run,
    losses,
    heldLosses: heldLosses(state.heldLosses, run),
    shown: {
      run: run.id,
      iteration,
      event,
      revision: state.revision,
      open: state.open,
      trace: seen,
      whole: trace,
    },
    cursor: cursor < 0 ? last : Math.min(cursor, last),
    drag: null,
    selected: state.selected && state.selected in trace.tensors ? state.selected : null,
    explained: stillThere(state.explained, seen),
    asked: stillThere(state.asked, seen),
    pointed: null,
  };
}

/** @param {State} state @param {boolean} open @returns {State} */
export function setCompositesOpen(state, open) {
  return { ...state, open };
}
