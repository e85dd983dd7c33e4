/**
 * Training as a stream: how far it is while it goes on, an end at any time that keeps what was
 * done.
 *
 * @import { Advance, Client, Trained } from "../service/client.js"
 * @import { Run } from "../lib/types.js"
 * @import { Store } from "./effects.js"
 */

import { fromWire, printLoss, signed } from "../lib/numbers.js";
import { newlyOff } from "../lib/telling.js";
import * as actions from "./actions.js";

/** A loss that is so many times the first one is on its way to infinity. */
const GROWN = 1000;

/**
 * @param {Store} store
 * @param {Client} client
 * @param
 *   {{change: (label: string, work: () => Promise<void>) => Promise<void | undefined>, settle: (run: Run, cursor: number) => Promise<void>, say: (text: string, concern?: boolean) => void, listed: () => import("../service/client.js").Shown, keep: (run: Run, trace: import("../lib/types.js").Trace | null | undefined) => void, ownRun: () => Promise<Run>}}
 *   means
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
      apply(actions.busyWith, {
        label: "Training",
        done,
        total: count,
        stop: busy.stop,
        pace: { loss, speed, left },
      });
    if (done < count) apply(actions.lossesAdded, iteration, [fromWire(loss)]);
  };

  /**
   * The run afterwards with the losses of these iterations; of all of them where it was stopped,
   * which the service tells when it has ended.
   *
   * @param {Run} run
   * @param {number} count
   * @returns {Promise<import("../service/client.js").Traced<Trained>>}
   */
  const trained = async (run, count) => {
    const control = (underway = new AbortController());
    try {
      return await client.iterate(run, count, tell, control.signal, listed());
    } catch (error) {
      apply(actions.lossesAdded, run.iteration + 1, []);
      if (!control.signal.aborted) throw error;
      return /** @type {any} */ (await client.read(run.id));
    } finally {
      underway = null;
    }
  };

  return {
    /** @param {number} count */
    train: (count) =>
      change("Training", async () => {
        const before = await ownRun();
        const warnings = get().shown?.trace.warnings ?? [];
        const { losses, trace, ...run } = await trained(before, count);
        apply(actions.lossesAdded, run.iteration - losses.length + 1, losses.map(fromWire));
        keep(run, trace);
        await settle(run, 0);
        const { losses: all, digits, shown } = get();
        const off = newlyOff(warnings, shown?.trace.warnings ?? []);
        const text = told(run, run.iteration - before.iteration, count, all[0], digits);
        say(off ? `${text} ${off}` : text, off !== "" || troubleWith(run, all[0]) !== null);
      }),

    /** Closing the connection is what ends it. */
    stop() {
      if (!underway) return;
      apply(actions.stopAsked);
      underway.abort();
    },
  };
}

/**
 * What to say after a training.
 *
 * @param {Run & {stopped?: {detail: string} | null}} run
 * @param {number} done
 * @param {number} count
 * @param {number | null} first the loss at iteration 0, where it is known
 * @param {number} digits
 */
export function told(run, done, count, first, digits) {
  const trouble = troubleWith(run, first);
  if (done === count && trouble) return trouble;
  if (done === count)
    return done === 1
      ? `Iteration ${run.iteration} begins.`
      : `Trained ${done} iterations: the loss is ${printLoss(run.loss, digits)}.`;
  const why = run.stopped ? ` (${run.stopped.detail})` : "";
  const loss = trouble ? `. ${trouble}` : `: the loss is ${printLoss(run.loss, digits)}.`;
  return `Trained ${done} of ${count} iterations, then stopped${why}${loss} Undo takes them back.`;
}

/**
 * Why this is no success: the loss is not finite any more, or on its way there.
 *
 * @param {Run} run
 * @param {number | null} first
 * @returns {string | null}
 */
export function troubleWith({ loss, divergence }, first) {
  if (divergence) return divergence;
  const last = fromWire(loss);
  if (first === null || !(Math.abs(first) > 0) || !(last > GROWN * Math.abs(first))) return null;
  return `The loss is diverging (${short(first)} → ${short(last)}). Try a smaller learning rate.`;
}

/** A number as one would say it. @param {number} number */
function short(number) {
  return signed(String(Number(number.toPrecision(3))).replace("e+", "e"));
}
