/**
 * The run: opened, read, changed, and its changes taken back.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Document, Run } from "../../lib/types.js"
 * @import { Client, Traced } from "../../service/client.js"
 * @import { Change } from "../changes.js"
 * @import { Browser } from "../commands.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {Change} change
 * @property {(text: string) => void} say
 * @property {() => Promise<void>} own  before the first change of a run that was only looked at
 * @property {ReturnType<typeof import("../trace/commands.js").createTraces>} traces
 */

import { now } from "../../lib/moment.js";
import { printLoss } from "../../lib/numbers.js";
import { OPENING } from "../../service/client.js";
import { refusal } from "../../service/refusal.js";
import { typeOpening } from "../files/reducer.js";
import { declineLesson } from "../learning/reducer.js";
import { presentAddress } from "../sharing/selectors.js";
import { moveToOutput } from "../stage/reducer.js";
import { currentStep } from "../stage/selectors.js";
import { inThePast } from "../trace/selectors.js";
import { markRevised, openRun, setDocument, setRun } from "./reducer.js";

/** @param {Store} store @param {Client} client @param {Browser} browser @param {Means} means */
export function createRun({ get, apply }, client, browser, { change, say, own, traces }) {
  /** @param {"undo" | "redo"} which */
  const travel = (which) =>
    change(which, async () => {
      const before = runs.require();
      if (!before[which === "undo" ? "can_undo" : "can_redo"])
        return say(`There is nothing to ${which}.`);
      const { trace, ...run } = await client[which](await runs.owned(), traces.listed());
      traces.keep(run, trace);
      const cursor = run.iteration === before.iteration ? get().cursor : 0;
      await runs.settle(run, cursor, () => showAnew(run, cursor));
      say(
        `${which === "undo" ? "Undone" : "Redone"}: iteration ${run.iteration}, loss ${printLoss(run.loss, get().digits)}.`,
      );
    });

  /**
   * The program or the tensors' shapes may be others now.
   *
   * @param {Run} run
   * @param {number} cursor
   */
  const showAnew = async (run, cursor) => {
    await showRead(run, await client.read(run.id, traces.listed()), cursor);
  };

  /**
   * @param {Run} run
   * @param {Traced<Run & {document: Document}>} read  the same, with its document
   * @param {number} cursor
   */
  const showRead = async (run, { trace, ...state }, cursor) => {
    apply(setDocument, state);
    traces.keep(state, trace, get().revision);
    await traces.show(run, now(run), cursor);
  };

  const runs = {
    require() {
      const { run } = get();
      if (!run) throw refusal("No run is open.", "Choose an example, or open a document.");
      return run;
    },

    /** The run, to be changed: one's own. */
    async owned() {
      runs.require();
      await own();
      return runs.require();
    },

    /** The same, where the present is on the screen. */
    present() {
      if (inThePast(get()))
        throw refusal(
          "This is an earlier iteration; edits change the latest one.",
          "Go back to the latest iteration first (under Training), then edit.",
        );
      return runs.owned();
    },

    /** Its address. */
    locate() {
      if (get().run) browser.setAddress(presentAddress(browser.base, get()));
    },

    /**
     * @param {Traced<Run & {document?: Document}>} run  perhaps with all that is shown of it
     * @param {string | null} example
     * @param {string | null} [instead] the run that it takes the place of
     * @param {boolean} [borrowed] to be looked at only
     */
    async open({ trace, ...run }, example, instead = null, borrowed = false) {
      if (get().run) apply(declineLesson); // whoever opens another run is no first visitor
      apply(openRun, run, example, borrowed);
      traces.forget();
      runs.locate();
      if (run.document) await showRead(run, { ...run, document: run.document, trace }, 0);
      else await showAnew(run, 0);
      const title = get().document?.title ?? example ?? "untitled";
      if (!borrowed) browser.remember(run.id, title, instead);
      say(
        borrowed
          ? `Opened ${title}. It is a shared run: your first change makes a copy of your own.`
          : `Opened ${title}.`,
      );
    },

    /** @param {string} name */
    openExample: (name) =>
      change("Opening", async () =>
        runs.open(await client.create({ example: name }, OPENING), name),
      ),

    /** @param {unknown} document */
    openDocument: (document) =>
      change("Opening", async () => {
        const run = await client.create(document, OPENING);
        apply(typeOpening, "");
        await runs.open(run, null);
      }),

    /**
     * The service acknowledged a change. Where the iteration stays, the loss is on the screen before
     * the trace is here.
     *
     * @param {Run} run
     * @param {number} cursor
     * @param {() => Promise<unknown>} [reload]
     */
    async settle(run, cursor, reload = () => traces.show(run, now(run), cursor)) {
      apply(markRevised);
      if (get().shown?.iteration === run.iteration && get().shown?.event === null)
        apply(setRun, run);
      await reload();
    },

    /** The same of a change that may have touched everything. @param {Run} run */
    settleAnew: (run) => runs.settle(run, get().cursor, () => showAnew(run, get().cursor)),

    /**
     * The run as it was read just now, in which anything may be another; what is being typed stays.
     *
     * @param {Run & {document: Document}} run
     * @param {Moment} moment
     */
    renew: (run, moment) =>
      runs.settle(run, get().cursor, async () => {
        apply(setDocument, run);
        await traces.show(run, moment, get().cursor);
      }),

    /**
     * The weights as (in, out) or as (out, in): the program follows, the numbers stay.
     *
     * @param {"in_out" | "out_in"} layout
     */
    setLayout: (layout) =>
      change("Turning the weights", async () => {
        const output = currentStep(get())?.output;
        await runs.settleAnew(await client.change(await runs.present(), { layout }));
        apply(moveToOutput, output);
        say(
          `The weights are stored as ${layout === "in_out" ? "(in, out)" : "(out, in)"} now; every number is the same.`,
        );
      }),

    undo: () => travel("undo"),
    redo: () => travel("redo"),
  };
  return runs;
}
