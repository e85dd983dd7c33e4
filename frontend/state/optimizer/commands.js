/**
 * By what a run is trained: its optimizer and its batches. What the service refuses stays in its
 * field, with the reason beside it,
 * and nothing is trained by something else meanwhile. Each optimizer comes back with the options
 * that it had last.
 *
 * @import { Batches, Optimizer, Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Tuning } from "./reducer.js"
 * @typedef {object} Means
 * @property {() => Promise<Run>} present
 * @property {(label: string, work: () => Promise<void>) => Promise<void | undefined>} change
 * @property {(run: Run) => Promise<void>} changed
 * @property {(text: string) => void} say
 */

import { printLoss } from "../../lib/numbers.js";
import { Refusal, isOvertaken, problemOf } from "../../service/refusal.js";
import { setAlert } from "../messages/reducer.js";
import { setRefusal } from "./reducer.js";
import { optionsOf, refusedOf } from "./selectors.js";

const IN_THE_WAY = "refused_option";

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Means} means `present` is the run, where the present is on the screen
 */
export function createOptimizer({ get, apply }, client, { present, change, changed, say }) {
  /** The options last used, by run and optimizer. @type {Map<string, Optimizer>} */
  const used = new Map();
  const key = (/** @type {string} */ id, /** @type {string} */ name) => `${id} ${name}`;
  const remember = (/** @type {Run} */ { id, optimizer }) =>
    void (optimizer && used.set(key(id, optimizer.name), optimizer));

  /**
   * @param {string} label
   * @param {string} part
   * @param {unknown} given
   * @param {(run: Run) => {changes: Record<string, unknown>, told: (run: Run) => string}} plan
   */
  const set = (label, part, given, plan) =>
    change(label, async () => {
      const run = await present();
      const { changes, told } = plan(run);
      remember(run);
      try {
        const answer = await client.change(run, changes);
        remember(answer);
        await changed(answer);
        apply(setRefusal, null);
        say(told(answer));
      } catch (error) {
        if (isOvertaken(error)) throw error;
        apply(setRefusal, { run: run.id, part, given, problem: problemOf(error), sought: 0 });
      }
    });

  /** @param {Run} run @param {string[]} names  of the options that are told */
  const told = ({ optimizer }, names, end = "") => {
    const options = optionsOf(get().optimizers, optimizer);
    return `The optimizer is ${[optimizer?.name, ...names.map((name) => `${name} ${options[name]}`)].join(", ")}${names.length > 0 ? end : ""}.`;
  };

  return {
    /** Another optimizer: as it was used last, else by default. @param {string} name */
    choose: (name) =>
      set("Changing the optimizer", "optimizer", null, (run) => {
        const record = get().optimizers.find((other) => other.name === name);
        const known = used.get(key(run.id, name));
        return {
          changes: { optimizer: known ?? { ...record?.options, name } },
          told: (answer) => told(answer, record?.scheduled ?? [], known ? "" : ", its default"),
        };
      }),

    /**
     * @param {string} name
     * @param {unknown} given a number, an expression's text, or a switch, which shows itself what
     *   there is
     */
    option: (name, given) =>
      set("Changing the optimizer", name, typeof given === "boolean" ? null : given, (run) => ({
        changes: { optimizer: { ...run.optimizer, [name]: given } },
        told: (answer) => told(answer, [name]),
      })),

    /** @param {Batches | null} batch */
    batch: (batch) =>
      set("Cutting batches", "batch", null, () => ({
        changes: { batch },
        told: () =>
          batch
            ? `Each iteration takes ${batch.size} rows of the data.`
            : "Each iteration takes all rows of the data.",
      })),

    /** Rows that no iteration trains on. @param {unknown} validation */
    validation: (validation) =>
      set("Holding out rows", "validation", null, () => ({
        changes: { validation },
        told: (answer) =>
          answer.validation_loss === null
            ? "All rows are trained on."
            : `The rows are held out; the loss on them is ${printLoss(answer.validation_loss, get().digits)}.`,
      })),

    /** What is in the field of that option is what there is. @param {string} part */
    keep(part) {
      if (get().tuning?.part !== part) return;
      apply(setRefusal, null);
      if (get().alert?.code === IN_THE_WAY) apply(setAlert, null);
    },

    /**
     * A refusal while something that was refused stands in its field: by what would be trained is
     * not what is read there.
     */
    demand() {
      const [refused, { run, optimizers }] = [refusedOf(get()), get()];
      if (!refused || refused.given === null) return;
      apply(setRefusal, { ...refused, sought: refused.sought + 1 });
      throw new Refusal({
        detail: `The ${refused.part} “${refused.given}” ${objection(refused)}`,
        hint: `Correct it, or press Escape to go back to ${optionsOf(optimizers, run?.optimizer)[refused.part]}`,
        where: {},
        status: 0,
        code: IN_THE_WAY,
      });
    },
  };
}

/** @param {NonNullable<Tuning>} refused */
function objection({ given, problem }) {
  if (problem.status !== 422) return "has not reached the server";
  return typeof given === "string" ? "is not understood" : "is not allowed";
}
