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
 * @property {(text: string) => void} say
 */

import { at, now } from "../../lib/moment.js";
import { createMemory } from "../query.js";
import { moveToOutput } from "../stage/reducer.js";
import { currentStep } from "../stage/selectors.js";
import { setCompositesOpen, showTrace } from "./reducer.js";

const KEPT = 12;

/** @param {Store} store @param {Client} client @param {Means} means */
export function createTraces({ get, apply }, client, { change, requireRun, say }) {
  /** @type {ReturnType<typeof createMemory<Trace>>} */
  const known = createMemory(KEPT);
  let small = false;
  let serial = 0;

  /** @param {Run} run @param {Moment} moment @param {number} revision */
  const keyOf = ({ id }, moment, revision) => `${id} ${revision} ${at(moment)} ${get().open}`;

  /** @param {string} key @param {Trace} trace */
  const keep = (key, trace) => {
    small = Object.values(trace.tensors).every(({ value }) => value !== undefined);
    known.set(key, trace);
    return trace;
  };

  const traces = {
    forget: known.clear,

    /** What a trace on the screen lists. @returns {Shown} */
    listed: () => ({ values: "few", open: get().open }),

    /** What one lists that comes with every move of a number. @returns {Listed} */
    listedWhileDragged: () => (small ? "all" : "none"),

    /**
     * The trace that came with an answer is not asked for again.
     *
     * @param {Run} run
     * @param {Trace | null | undefined} trace
     * @param {number} [revision] by default the next one: the answer is that to a change
     */
    keep: (run, trace, revision = get().revision + 1) =>
      trace && keep(keyOf(run, now(run), revision), trace),

    /**
     * @param {Run} run
     * @param {Moment} moment
     * @param {number} cursor
     * @returns {Promise<boolean>} false where it was overtaken
     */
    async show(run, moment, cursor) {
      const own = (serial += 1);
      const key = keyOf(run, moment, get().revision);
      const trace =
        known.get(key) ?? keep(key, await client.trace(run.id, moment, "few", get().open));
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
  };
  return traces;
}
