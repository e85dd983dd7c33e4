/**
 * By what a run is trained: its optimizer and its batches. What the service refuses stays in its field, with the reason beside it.
 *
 * @import { Client } from "../service/client.js"
 * @import { Batches, Optimizer, Run, Trouble } from "../lib/types.js"
 * @import { Store } from "./effects.js"
 * @import { State } from "./state.js"
 * @typedef {{part: string, trouble: Trouble} | null} Tuning  the part that was refused last: an option by its name, or "batch"
 * @typedef {{present: () => Promise<Run>, change: (label: string, work: () => Promise<void>) => Promise<void | undefined>, changed: (run: Run) => Promise<void>, say: (text: string) => void}} Means
 */

import { isOvertaken, troubleOf } from "../service/client.js";

/** @param {State} state @param {Tuning} tuning @returns {State} */
export function tuned(state, tuning) {
  return { ...state, tuning };
}

/** @param {Store} store @param {Client} client @param {Means} means  `present` is the run, where the present is on the screen */
export function createTuning({ apply }, client, { present, change, changed, say }) {
  /** @param {string} label @param {string} part @param {Record<string, unknown>} changes @param {string} told */
  const set = (label, part, changes, told) => change(label, async () => {
    const run = await present();
    try {
      const answer = await client.change(run, changes);
      apply(tuned, null);
      await changed(answer);
      say(told);
    } catch (error) {
      if (isOvertaken(error)) throw error;
      apply(tuned, { part, trouble: troubleOf(error) });
    }
  });

  return {
    /** @param {Optimizer} optimizer @param {string} [option]  the one that was typed */
    optimizer: (optimizer, option = "optimizer") => set("Changing the optimizer", option, { optimizer }, `The optimizer is ${optimizer.name}.`),

    /** @param {Batches | null} batch */
    batch: (batch) => set("Cutting batches", "batch", { batch }, batch ? `Each iteration takes ${batch.size} rows of the data.` : "Each iteration takes all rows of the data."),

    /** What was typed is what there is. */
    keep: () => apply(tuned, null),
  };
}
