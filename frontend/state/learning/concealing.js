/**
 * What a lesson's open question covers beside the stage: in the graph, the thumbnails, the legend,
 * the bar and the explanation.
 *
 * @import { Field, Matrix, Trace } from "../../lib/types.js"
 * @import { State } from "../state.js"
 */

import { shows } from "../../lib/explanation.js";
import { withoutCode } from "../../lib/hiding.js";
import { placeName } from "../../lib/lessons.js";
import { asking, coveredPlaces, soughtGradients } from "./selectors.js";

/** Would the explanation tell the answer? A weight that is to be dragged may be explained. @param {State} state */
export function isConcealing(state) {
  const question = asking(state);
  return question !== null && question.kind !== "drag";
}

/** @type {WeakMap<Trace, {key: string, trace: Trace}>} */
const known = new WeakMap();

/**
 * The trace on the screen without the numbers that are covered.
 *
 * @param {State} state
 * @returns {Trace | null}
 */
export function openTrace(state) {
  const trace = state.shown?.trace ?? null;
  const places = coveredPlaces(state);
  if (!trace || !places.length) return trace;
  const key = places.map(placeName).join();
  const before = known.get(trace);
  if (before?.key === key) return before.trace;
  const covered = new Set(places.map(({ tensor, field }) => `${tensor} ${field}`));
  const made = without(trace, covered);
  known.set(trace, { key, trace: made });
  return made;
}

/** @type {WeakMap<Trace, {key: string, trace: Trace}>} */
const listings = new WeakMap();

/**
 * The same as the program lists it: a formula that the lesson is going to ask for is not told there.
 *
 * @param {State} state
 * @returns {Trace | null}
 */
export function openListing(state) {
  const trace = openTrace(state);
  const sought = soughtGradients(state);
  if (!trace || !sought.length) return trace;
  const key = sought.join();
  const before = listings.get(trace);
  if (before?.key === key) return before.trace;
  const steps = trace.steps.map((step) =>
    step.phase === "backward" && sought.includes(step.of.tensor) ? withoutCode(step) : step,
  );
  const made = { ...trace, steps };
  listings.set(trace, { key, trace: made });
  return made;
}

/** @param {Trace} trace @param {Set<string>} covered @returns {Trace} */
function without(trace, covered) {
  const tensors = Object.fromEntries(
    Object.entries(trace.tensors).map(([name, record]) => {
      const own = record.alias ?? name;
      const [value, gradient] = ["value", "gradient"].map((field) =>
        covered.has(`${own} ${field}`),
      );
      if (!value && !gradient) return [name, record];
      const norm = /** @type {any} */ (record).norm;
      return [
        name,
        {
          ...record,
          ...(value ? { value: undefined } : {}),
          ...(gradient && record.gradient !== null ? { gradient: undefined } : {}),
          ...(norm
            ? {
                norm: {
                  ...norm,
                  ...(value && { value: null }),
                  ...(gradient && { gradient: null }),
                },
              }
            : {}),
        },
      ];
    }),
  );
  const steps = trace.steps.map((step) =>
    covered.has(`${step.of.tensor} ${step.of.field}`) ? { ...step, value: undefined } : step,
  );
  return /** @type {Trace} */ ({ ...trace, tensors, steps });
}

/** Of which field numbers are covered: the ends of its scale would tell the largest. @param {State} state @param {Field} field */
export function coversField(state, field) {
  return coveredPlaces(state).some(
    (place) => (place.field === "gradient") === (field === "gradient"),
  );
}

/** Is the loss itself asked for? @param {State} state */
export function coversLoss(state) {
  return coveredPlaces(state).some(
    ({ tensor, field }) => field === "value" && state.shown?.trace.tensors[tensor]?.role === "loss",
  );
}

/** Are cells of a matrix asked for, so that nothing else may mark them? @param {State} state @param {Matrix} matrix */
export function areCellsAsked(state, matrix) {
  const question = asking(state);
  return question?.kind === "cells" && question.of !== undefined && shows(matrix, question.of);
}
