/**
 * The moment on the screen: its trace is read, and an answer that has been overtaken is dropped.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Run, Trace } from "../../lib/types.js"
 * @import { Client, Listed, Shown } from "../../service/client.js"
 * @import { Change } from "../changes.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {Change} change
 * @property {() => Run} requireRun
 * @property {(error: unknown) => void} report
 * @property {(text: string) => void} say
 */

import { now } from "../../lib/moment.js";
import { addExcerpt } from "../excerpts/reducer.js";
import { needs } from "../excerpts/selectors.js";
import { moveToOutput } from "../stage/reducer.js";
import { currentStep } from "../stage/selectors.js";
import { createReader } from "./reader.js";
import { setCompositesOpen, showTrace } from "./reducer.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createTraces({ get, apply }, client, { change, requireRun, report, say }) {
  const reader = createReader(client);
  let serial = 0;

  const traces = {
    forget: reader.forget,

    /** What a trace on the screen lists. @returns {Shown} */
    listed: () => ({ values: "few", open: get().open }),

    /** What one lists that comes with every move of a number. @returns {Listed} */
    listedWhileDragged: () => (reader.isSmall() ? "all" : "none"),

    /**
     * The trace that came with an answer is not asked for again.
     *
     * @param {Run} run
     * @param {Trace | null | undefined} trace
     * @param {number} [revision] by default the next one: the answer is that to a change
     */
    keep: (run, trace, revision = get().revision + 1) =>
      trace && reader.keep(run, revision, now(run), get().open, trace),

    /**
     * @param {Run} run
     * @param {Moment} moment
     * @param {number} cursor
     * @returns {Promise<boolean>} false where it was overtaken
     */
    async show(run, moment, cursor) {
      const own = (serial += 1);
      const trace = await reader.trace(run, get().revision, moment, get().open);
      if (own !== serial) return false;
      apply(showTrace, run, moment, trace, cursor);
      return true;
    },

    /**
     * Composites written out, or as one step; the cursor stays with what it was at.
     *
     * @param {boolean} open
     */
    setOpen: (open) =>
      change("Looking inside", async () => {
        const run = requireRun();
        const output = currentStep(get())?.output;
        apply(setCompositesOpen, open);
        await traces.show(run, get().shown ?? now(run), get().cursor);
        apply(moveToOutput, output);
        say(
          open
            ? "Composites are open: you see the steps inside."
            : "Composites are one step each again.",
        );
      }),

    /** Read the parts of large tensors that are on the screen. */
    follow() {
      const { run, shown } = get();
      if (!run || !shown) return;
      for (const need of needs(get()))
        reader
          .part(run.id, shown, shown.open, need)
          .then((part) => part && apply(addExcerpt, need.key, part), report);
    },
  };
  return traces;
}
