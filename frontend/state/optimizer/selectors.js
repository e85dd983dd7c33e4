/**
 * An optimizer's options, and what was refused of them.
 *
 * @import { Optimizer } from "../../lib/types.js"
 * @import { OptimizerRecord } from "../../service/client.js"
 * @import { State } from "../state.js"
 */

/** What was refused of the run on the screen. @param {Pick<State, "run" | "tuning">} state */
export function refusedOf({ run, tuning }) {
  return tuning && tuning.run === run?.id ? tuning : null;
}

/**
 * An optimizer's options, those that it does not name, too.
 *
 * @param {OptimizerRecord[]} optimizers
 * @param {Optimizer | null | undefined} present
 * @returns {Record<string, unknown>}
 */
export function optionsOf(optimizers, present) {
  const { name: _, ...options } = {
    ...optimizers.find(({ name }) => name === present?.name)?.options,
    ...present,
  };
  return options;
}
