/**
 * Everything that takes time: calls of the service and what follows from their answers.
 * Changes of the run go one after the other; an answer about the screen that has been overtaken is
 * dropped.
 *
 * @import { Client } from "../service/client.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Run } from "../lib/types.js"
 * @import { State } from "./state.js"
 * @typedef
 *   {{get: () => State, apply: (action: (state: State, ...args: any[]) => State, ...args: any[]) => void}}
 *   Store
 * @typedef {object} Browser  what the page needs of the browser
 * @property {string} search
 * @property {string} hash
 * @property {string} base
 * @property {(address: string) => void} setAddress
 * @property {(text: string) => Promise<void>} copy
 * @property {(id: string, title: string, instead?: string | null) => void} remember perhaps in the
 *   place of another run
 * @property {() => State["recent"]} recent
 * @property {(name: string, content: Blob) => void} save  as a file
 * @typedef {ReturnType<typeof createEffects>} Effects
 */

import { OPENING, isOvertaken, refusal, troubleOf } from "../service/client.js";
import { now } from "../lib/moment.js";
import { printLoss } from "../lib/numbers.js";
import { newlyOff } from "../lib/telling.js";
import { cellName } from "../lib/tensor.js";
import * as actions from "./actions.js";
import { createBeginning } from "./beginning.js";
import { createBringer } from "./bringer.js";
import { createBuilder } from "./builder.js";
import { createData } from "./data.js";
import { createExplainer } from "./explainer.js";
import { createFilm } from "./filming.js";
import { createFiles } from "./files.js";
import { createHistory } from "./history.js";
import { createPlots } from "./plots.js";
import { createPractice } from "./practice.js";
import { createReader } from "./reader.js";
import { currentStep, needs } from "./scene.js";
import { createOwnership } from "./ownership.js";
import { createScrubbing } from "./scrubbing.js";
import { createSharing, presentAddress } from "./sharing.js";
import { inThePast } from "./state.js";
import { createStudies } from "./studies.js";
import { createTraining } from "./training.js";
import { createTuning } from "./tuning.js";

const SLOW = 300;

/** @param {Store} store @param {Client} client @param {Browser} browser */
export function createEffects(store, client, browser) {
  const { get, apply } = store;
  /** @type {Promise<unknown>} */
  let queue = Promise.resolve();
  let serial = 0;
  const reader = createReader(client);
  const explainer = createExplainer(store, client);
  const studies = createStudies(store, client);
  let advancing = false;

  const say = (/** @type {string} */ text, concern = false) => apply(actions.said, text, concern);
  /** @param {unknown} error */
  const report = (error) => {
    apply(actions.alerted, troubleOf(error));
  };

  /**
   * Changes wait for one another; what takes longer than a blink says so.
   *
   * @template T
   * @param {string} label
   * @param {() => Promise<T>} work
   * @returns {Promise<T | undefined>}
   */
  const change = (label, work) => {
    const turn = queue.then(async () => {
      const slow = setTimeout(
        () => apply(actions.busyWith, { label, done: 0, total: 0, stop: false }),
        SLOW,
      );
      try {
        return await work();
      } catch (error) {
        if (isOvertaken(error)) ownership.overtaken(label, work);
        else report(error);
        return undefined;
      } finally {
        clearTimeout(slow);
        apply(actions.busyWith, null);
      }
    });
    queue = turn;
    return turn;
  };

  /**
   * @param {Run} run
   * @param {Moment} moment
   * @param {number} cursor
   * @returns {Promise<boolean>} false where it was overtaken
   */
  const show = async (run, moment, cursor) => {
    const own = (serial += 1);
    const trace = await reader.trace(run, get().revision, moment, get().open);
    if (own !== serial) return false;
    apply(actions.traceShown, run, moment, trace, cursor);
    return true;
  };

  /**
   * The service acknowledged a change. Where the iteration stays, the loss is on the screen before
   * the trace is here.
   *
   * @param {Run} run
   * @param {number} cursor
   * @param {() => Promise<unknown>} [reload]
   */
  const settle = async (run, cursor, reload = () => show(run, now(run), cursor)) => {
    apply(actions.revised);
    if (get().shown?.iteration === run.iteration && get().shown?.event === null)
      apply(actions.runChanged, run);
    await reload();
  };

  /** What a trace on the screen lists. @returns {import("../service/client.js").Shown} */
  const listed = () => ({ values: "few", open: get().open });

  /**
   * The trace that came with an answer is not asked for again.
   *
   * @param {Run} run
   * @param {import("../lib/types.js").Trace | null | undefined} trace
   * @param {number} [revision] by default the next one: the answer is that to a change
   */
  const keep = (run, trace, revision = get().revision + 1) =>
    trace && reader.keep(run, revision, now(run), get().open, trace);

  /**
   * @param {import("../lib/types.js").Wire | undefined} before
   * @param {import("../lib/types.js").Wire} after
   */
  const lossText = (before, after) => {
    const print = (/** @type {import("../lib/types.js").Wire} */ loss) =>
      printLoss(loss, get().digits);
    return before === undefined || before === after
      ? `the loss is ${print(after)}`
      : `the loss went from ${print(before)} to ${print(after)}`;
  };

  /**
   * The program or the tensors' shapes may be others now.
   *
   * @param {Run} run
   * @param {number} cursor
   */
  const showAnew = async (run, cursor) => {
    await showRead(run, await client.read(run.id, listed()), cursor);
  };

  /**
   * @param {Run} run
   * @param {import("../service/client.js").Traced<Run & {document: import("../lib/types.js").Document}>} read
   *   the same, with its document
   * @param {number} cursor
   */
  const showRead = async (run, { trace, ...state }, cursor) => {
    apply(actions.documentRead, state);
    keep(state, trace, get().revision);
    await show(run, now(run), cursor);
  };

  const locate = () => browser.setAddress(presentAddress(browser.base, get()));

  /**
   * @param {import("../service/client.js").Traced<Run & {document?: import("../lib/types.js").Document}>} run
   *   perhaps with all that is shown of it
   * @param {string | null} example
   * @param {string | null} [instead] the run that it takes the place of
   * @param {boolean} [borrowed] to be looked at only
   */
  const open = async ({ trace, ...run }, example, instead = null, borrowed = false) => {
    apply(actions.runOpened, run, example, borrowed);
    reader.forget();
    locate();
    if (run.document) await showRead(run, { ...run, document: run.document, trace }, 0);
    else await showAnew(run, 0);
    const title = get().document?.title ?? example ?? "untitled";
    if (!borrowed) browser.remember(run.id, title, instead);
    say(`Opened ${title}.`);
  };

  /**
   * The run as it was read just now, in which anything may be another; what is being typed stays.
   *
   * @param {Run & {document: import("../lib/types.js").Document}} run
   * @param {Moment} moment
   */
  const renew = (run, moment) =>
    settle(run, get().cursor, async () => {
      apply(actions.documentRead, run);
      await show(run, moment, get().cursor);
    });

  /** @param {string | undefined} output */
  const goToOutput = (output) => {
    const at = get().shown?.trace.steps.findIndex((step) => step.output === output) ?? -1;
    if (at >= 0) apply(actions.cursorMoved, at);
  };

  const requireRun = () => {
    const { run } = get();
    if (!run) throw refusal("No run is open.", "Choose an example, or open a document.");
    return run;
  };

  /** The run, to be changed: one's own. */
  const ownRun = async () => {
    requireRun();
    await ownership.own();
    return requireRun();
  };

  const requirePresent = () => {
    if (!inThePast(get())) return;
    throw refusal(
      "This is an iteration of the past; edits change the present.",
      "Return to the present first (under Training), then edit.",
    );
  };

  const training = createTraining(store, client, {
    change,
    settle,
    say,
    listed,
    keep,
    ownRun: () => (tuning.demand(), ownRun()),
  });

  const history = createHistory(store, client, { show, change, open, report, say });

  /** @param {number} iteration @param {number} [cursor] */
  const view = (iteration, cursor) =>
    history.view(
      { iteration: Math.max(0, Math.min(iteration, get().run?.iteration ?? 0)), event: null },
      cursor,
    );

  /** @param {"undo" | "redo"} which */
  const travel = (which) =>
    change(which, async () => {
      const before = requireRun();
      if (!before[which === "undo" ? "can_undo" : "can_redo"])
        return say(`There is nothing to ${which}.`);
      const { trace, ...run } = await client[which](await ownRun(), listed());
      keep(run, trace);
      const cursor = run.iteration === before.iteration ? get().cursor : 0;
      await settle(run, cursor, () => showAnew(run, cursor));
      say(
        `${which === "undo" ? "Undone" : "Done again"}: iteration ${run.iteration}, loss ${run.loss}.`,
      );
    });

  /**
   * Into the next iteration: through history while there is some, then by training once. A held key
   * does not run ahead of the answers.
   */
  const nextIteration = async () => {
    const { shown } = get();
    if (!shown || advancing) return;
    advancing = true;
    await (inThePast(get()) ? history.forward() : training.train(1));
    advancing = false;
  };

  const ownership = createOwnership(store, client, {
    change,
    renew,
    locate,
    remember: browser.remember,
    say,
  });
  const sharing = createSharing(store, client, browser, { report, requireRun, say });
  const practice = createPractice(store, client, {
    change,
    open,
    own: ownership.own,
    demand: () => tuning.demand(),
    settle,
    say,
  });
  const builder = createBuilder(store, client, {
    change,
    open,
    say,
    leave: () => effects.mode("explore"),
  });

  const tuning = createTuning(store, client, {
    change,
    say,
    present: () => (requirePresent(), ownRun()),
    changed: (run) => settle(run, get().cursor, () => showAnew(run, get().cursor)),
  });

  const bringing = createBringer(store, client, {
    change,
    open,
    present: () => (requirePresent(), ownRun()),
    settle: (run) => settle(run, get().cursor, () => showAnew(run, get().cursor)),
    openDocument: (document) => effects.openDocument(document),
    report,
    view: (moment) => history.view(moment, 0),
    practise: () => effects.mode("practice"),
    judge: () => practice.judge(),
    say,
  });

  const data = createData(store, client, {
    change,
    own: ownRun,
    open,
    report,
    say,
    settle: (run) => settle(run, get().cursor, () => showAnew(run, get().cursor)),
  });

  const files = createFiles(store, client, {
    bringing,
    data,
    copy: (text, what) => effects.copy(text, what),
    change,
    own: ownRun,
    open,
    report,
    say,
    save: browser.save,
    settle: (run) => settle(run, get().cursor, () => showAnew(run, get().cursor)),
  });

  const plots = createPlots(store, client);
  const film = createFilm(store, client);
  const scrubbing = createScrubbing(store, client, {
    edit: (name, cells) => effects.edit(name, cells),
    say,
    report,
    listed: () => (reader.isSmall() ? "all" : "none"),
  });

  const effects = {
    data,
    plots,
    scrubbing,
    bringing,
    files,
    practice,
    builder,
    tuning,
    history,
    film,

    /** @param {string} name */
    openExercise: (name) =>
      change("Opening", async () => {
        const run = await client.create({ exercise: name }, OPENING);
        apply(actions.practised, { hiding: true });
        apply(actions.modeChosen, "practice");
        await open(run, null);
      }),

    /**
     * Cover the gradients until they are found, or lay them open; a reload keeps it so.
     *
     * @param {boolean} hiding
     */
    cover(hiding) {
      apply(actions.practised, { hiding });
      if (get().run) locate();
      say(hiding ? "Gradients are hidden until they are solved." : "All gradients are shown.");
    },

    /**
     * What stands in the stage's place. Practice begins with the gradients covered, and leaves them
     * open behind it.
     *
     * @param {State["mode"]} mode
     */
    mode(mode) {
      const before = get().mode;
      if (mode === before) return;
      apply(actions.modeChosen, mode);
      if (mode === "practice" || before === "practice") effects.cover(mode === "practice");
      if (mode === "practice") practice.go();
      if (mode === "build") void builder.begin();
      if (mode === "history") {
        apply(actions.recentRead, browser.recent());
        void history.begin();
        void files.begin();
      }
    },

    /** @param {string} name */
    openExample: (name) =>
      change("Opening", async () => open(await client.create({ example: name }, OPENING), name)),

    /** @param {unknown} document */
    openDocument: (document) =>
      change("Opening", async () => {
        const run = await client.create(document, OPENING);
        apply(actions.openingTyped, "");
        await open(run, null);
      }),

    /** @param {string} name @param {{index: number[], value: number}[]} cells */
    edit: (name, cells) =>
      change("Writing", async () => {
        requirePresent();
        const before = get().drag?.before.loss ?? get().run?.loss;
        const warnings = (get().drag?.before ?? get().shown?.trace)?.warnings ?? [];
        const own = await ownRun();
        const { trace, ...run } = await client.edit(own, name, cells, listed());
        apply(actions.cellsWritten, name, cells);
        keep(run, trace);
        await settle(run, get().cursor);
        const what =
          cells.length === 1
            ? `${cellName(name, cells[0].index, null)} is ${cells[0].value}`
            : `${cells.length} cells of ${name} are written`;
        const off = newlyOff(warnings, get().shown?.trace.warnings ?? []);
        say(`${what}; ${lossText(before, run.loss)}.${off && ` ${off}`}`, off !== "");
        return true;
      }),

    /**
     * The weights as (in, out) or as (out, in): the program follows, the numbers stay.
     *
     * @param {"in_out" | "out_in"} layout
     */
    setLayout: (layout) =>
      change("Turning the weights", async () => {
        requirePresent();
        const output = currentStep(get())?.output;
        const run = await client.change(await ownRun(), { layout });
        await settle(run, get().cursor, () => showAnew(run, get().cursor));
        goToOutput(output);
        say(
          `The weights are stored as ${layout === "in_out" ? "(in, out)" : "(out, in)"} now; every number is the same.`,
        );
      }),

    /**
     * Composites written out, or as one step; the cursor stays with what it was at.
     *
     * @param {boolean} open
     */
    setOpen: (open) =>
      change("Looking inside", async () => {
        const run = requireRun();
        const output = currentStep(get())?.output;
        apply(actions.compositesOpened, open);
        await show(run, get().shown ?? now(run), get().cursor);
        goToOutput(output);
        say(
          open
            ? "Composites are open: you see the steps inside."
            : "Composites are one step each again.",
        );
      }),

    explain: explainer.explain,
    hush: explainer.hush,
    ...ownership,
    ...sharing,
    start: createBeginning(store, client, browser, { change, open, report }),
    train: training.train,
    stopTraining: training.stop,
    view,
    nextIteration,
    undo: () => travel("undo"),
    redo: () => travel("redo"),

    /** @param {number} by */
    async step(by) {
      const { shown, cursor } = get();
      if (!shown) return;
      const aim = cursor + by;
      if (aim >= shown.trace.steps.length) return nextIteration();
      if (aim < 0 && shown.iteration === 0 && shown.event === null)
        return say("This is the first step of the first iteration.");
      if (aim < 0) return history.back();
      apply(actions.steppedTo, aim);
    },

    /** @param {State["dialog"]} dialog */
    dialog(dialog) {
      apply(actions.dialogShown, dialog, dialog === "open" ? browser.recent() : []);
      if (dialog === "open" || dialog === "export") void files.begin();
    },

    /** @param {string} text @param {string} what */
    async copy(text, what) {
      try {
        await browser.copy(text);
        say(`Copied ${what}.`);
      } catch {
        report(
          refusal(
            "The browser does not let the page write to the clipboard.",
            "Select the numbers and copy them by hand.",
          ),
        );
      }
    },

    /** Fetch the parts of large tensors that are on the screen, and what is to be explained. */
    fill() {
      explainer.follow();
      studies.follow();
      practice.follow();
      plots.follow();
      void history.follow();
      void film.follow();
      const { run, shown } = get();
      if (!run || !shown) return;
      for (const need of needs(get())) {
        reader
          .part(run.id, shown, shown.open, need)
          .then((part) => part && apply(actions.partRead, need.key, part), report);
      }
    },
  };

  return effects;
}
