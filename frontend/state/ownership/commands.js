/**
 * Whose run it is, and what becomes of changes that were refused. A run behind a link is only looked
 * at until the first change, which makes a copy of one's own; where somebody else changed a run
 * meanwhile, or the service has no time, it is said, and what was to be changed waits for a decision.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Document, Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {(run: Run & {document: Document}, moment: Moment) => Promise<void>} renew show the run
 *   as it was read just now
 * @property {() => void} locate  write the address of the run that is open
 * @property {(id: string, title: string) => void} remember
 * @property {(text: string) => void} say
 */

import { now } from "../../lib/moment.js";
import { OVERTAKEN, problemOf } from "../../service/refusal.js";
import { leaveEdit } from "../cells/reducer.js";
import { showDialog } from "../files/reducer.js";
import { sayFirst, setAlert } from "../messages/reducer.js";
import { adoptFork } from "../run/reducer.js";
import { inThePast } from "../trace/selectors.js";

/** @type {import("../../lib/types.js").Problem} */
const CHANGED_ELSEWHERE = {
  detail: "This run was changed elsewhere, in another tab perhaps; your change is not made.",
  hint: "Nothing you typed is lost. Reload shows the newest state; or go on from what you see, with your change, in a copy of your own.",
  where: {},
  status: OVERTAKEN,
  code: "version_changed",
};

const COPIED = "This is a copy of your own now.";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createOwnership({ get, apply }, client, { change, renew, locate, remember, say }) {
  /**
   * What was to be done and was refused: somebody else had been faster, or it may succeed later.
   *
   * @type {{label: string, work: () => Promise<unknown>} | null}
   */
  let missed = null;

  /**
   * From now on the page works on a run of its own that has the same past as what is on the screen.
   */
  const fork = async () => {
    const { run, document } = get();
    if (!run) return;
    apply(adoptFork, await client.fork(run.id, { iteration: run.iteration, event: run.event }));
    apply(sayFirst, COPIED);
    locate();
    remember(get().run?.id ?? "", document?.title ?? "untitled");
  };

  return {
    /** Before the first change of a run that was only to be looked at. */
    async own() {
      if (get().borrowed) await fork();
    },

    /** @param {string} label @param {() => Promise<unknown>} work  that was refused */
    overtaken(label, work) {
      missed = { label, work };
      apply(showDialog, null);
      apply(setAlert, CHANGED_ELSEWHERE);
    },

    /** @param {string} label @param {() => Promise<unknown>} work  that was refused @param {unknown} error */
    postponed(label, work, error) {
      missed = { label, work };
      apply(setAlert, { ...problemOf(error), again: true });
    },

    /** What was refused for the moment, once more. */
    repeat() {
      const again = missed;
      missed = null;
      apply(setAlert, null);
      if (!again) return;
      return change(again.label, async () => {
        await again.work();
        apply(leaveEdit);
      });
    },

    /** The newest state of the run; what was typed stays. */
    reload: () =>
      change("Reloading", async () => {
        const { run } = get();
        if (!run) return;
        missed = null;
        const newest = await client.read(run.id);
        await renew(newest, now(newest));
        say("This is the newest state of the run.");
      }),

    /** What was refused is done after all, in a copy of what is on the screen. */
    copyAndRepeat: () =>
      change("Copying", async () => {
        const again = missed;
        missed = null;
        await fork();
        apply(setAlert, null);
        if (!again) return;
        await again.work();
        apply(leaveEdit);
      }),

    /**
     * A tab that one comes back to shows what happened meanwhile, unless something is being typed.
     */
    look: () =>
      change("Looking for news", async () => {
        const { run, shown, edit, draft } = get();
        const newest = run && (await client.news(run));
        if (!newest || !shown) return;
        if (edit || draft)
          return say("This run was changed elsewhere meanwhile; what you type is kept.");
        const stays =
          inThePast(get()) && (shown.event !== null || shown.iteration <= newest.iteration);
        await renew(newest, stays ? shown : now(newest));
        say("This run was changed elsewhere meanwhile: you see its newest state.");
      }),
  };
}
