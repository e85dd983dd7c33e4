/**
 * Which parts of large tensors the screen lacks.
 *
 * @import { Aim } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef
 *   {{key: string, name: string, field: Aim, window: string, shape: number[], lead?: number[]}} Need
 *   `lead`: of what is needed as a picture of the whole
 */

import { windowText } from "../../lib/slices.js";
import { inspected } from "../inspector/selectors.js";
import { stepMatrices } from "../stage/selectors.js";
import { listedIn, partKey } from "../trace/selectors.js";
import { overviewText, windowOf } from "../windows/selectors.js";

/**
 * The parts of large tensors that are on the screen and have not been fetched.
 *
 * @param {State} state
 * @returns {Need[]}
 */
export function needs(state) {
  const { shown } = state;
  if (!shown || shown.revision !== state.revision) return [];
  const step = stepMatrices(state);
  const matrices = [
    ...(step ? [...step.operands, step.result] : []),
    ...(inspected(state)?.matrices ?? []),
  ];
  return matrices.flatMap(({ name, field, part, naming, overview }) => {
    if (name === null || field === null) return [];
    const record = shown.trace.tensors[name];
    const aim = naming === "new" ? "next" : field;
    if (!record || listedIn(record, aim) !== undefined) return [];
    const ranges = windowOf(state, name, record.shape);
    /** @param {string} window @param {{lead?: number[]}} [more] @returns {Need} */
    const need = (window, more = {}) => ({
      key: partKey(shown, name, aim, window),
      name,
      field: aim,
      window,
      shape: record.shape,
      ...more,
    });
    const lead = ranges.slice(0, -2).map(([start]) => start);
    return [
      ...(part ? [] : [need(windowText(ranges))]),
      ...(overview === null ? [need(overviewText(lead), { lead })] : []),
    ];
  });
}
