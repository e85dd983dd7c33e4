/**
 * Training as a stream: how far it is while it goes on, an end at any time that keeps what was
 * done.
 *
 * @import { Run, Trace } from "../../lib/types.js"
 * @import { Advance, Client, Shown, Trained } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<void>) => Promise<void | undefined>} change
 * @property {(run: Run, cursor: number) => Promise<void>} settle
 * @property {(text: string, concern?: boolean) => void} say
 * @property {() => Shown} listed
 * @property {(run: Run, trace: Trace | null | undefined) => void} keep
 * @property {() => Promise<Run>} ownRun
 */

import { fromWire } from "../../lib/numbers.js";
import { newlyOff } from "../../lib/telling.js";
import { askToStop, setAlert, setBusy } from "../messages/reducer.js";
import { addLosses } from "../run/reducer.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";
import { told, problemWith } from "./selectors.js";

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Means} means
 */
export function createTraining(
  { get, apply },
  client,
  { change, settle, say, listed, keep, ownRun },
) {
  /** @type {AbortController | null} */
  let underway = null;

  /**
   * The curve grows at once; the bar waits until it is clear that this takes longer than a blink.
   *
   * @param {Advance} advance
   */
  const tell = ({
    iteration,
    loss,
    done,
    count,
    iterations_per_second: speed,
    seconds_left: left,
  }) => {
    const { busy } = get();
    if (busy)
      apply(setBusy, {
        label: "Training",
        done,
        total: count,
        stop: busy.stop,
        pace: { loss, speed, left },
      });
    if (done < count) apply(addLosses, iteration, [fromWire(loss)]);
  };

  /**
   * The run afterwards with the losses of these iterations; of all of them where it was stopped,
   * which the service tells when it has ended.
   *
   * @param {Run} run
   * @param {number} count
   * @returns {Promise<import("../../service/client.js").Traced<Trained>>}
   */
  const trained = async (run, count) => {
    const control = (underway = new AbortController());
    try {
      return await client.iterate(run, count, tell, control.signal, listed());
    } catch (error) {
      apply(addLosses, run.iteration + 1, []);
      if (!control.signal.aborted) throw error;
      return /** @type {any} */ (await client.read(run.id));
    } finally {
      underway = null;
    }
  };

  const training = {
    ...bind(apply, reducers),

    /** As many iterations as were chosen. */
    start() {
      const { iterations } = get();
      if (Number.isInteger(iterations) && iterations > 0) return void training.train(iterations);
      apply(setAlert, {
        detail: "The number of iterations is a whole number from 1 on.",
        hint: null,
        where: {},
        status: 0,
        code: "iterations",
      });
    },

    /** @param {number} count @returns {Promise<void>} */
    train: (count) =>
      change("Training", async () => {
        const before = await ownRun();
        const warnings = get().shown?.trace.warnings ?? [];
        const { losses, trace, ...run } = await trained(before, count);
        apply(addLosses, run.iteration - losses.length + 1, losses.map(fromWire));
        keep(run, trace);
        await settle(run, 0);
        const { losses: all, digits, shown } = get();
        const off = newlyOff(warnings, shown?.trace.warnings ?? []);
        const text = told(run, run.iteration - before.iteration, count, all[0], digits);
        say(off ? `${text} ${off}` : text, off !== "" || problemWith(run, all[0]) !== null);
      }),

    /** Closing the connection is what ends it. */
    stop() {
      if (!underway) return;
      apply(askToStop);
      underway.abort();
    },
  };
  return training;
}
