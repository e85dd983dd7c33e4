/**
 * How the page begins: with what its address names, else with an example; whatever the address has
 * that cannot be understood is said. And what it does when its address changes: by hand, by a link
 * to another run, by going back.
 *
 * @import { Address } from "../../lib/address.js"
 * @import { LessonSummary } from "../../lib/answers.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Browser } from "../commands.js"
 * @import { Store } from "../store.js"
 * @typedef {(lesson: string | object, where: {at?: number | null, here?: boolean}) => Promise<boolean>}
 *   Learn
 * @typedef
 *   {(run: Run, example: string | null, instead?: string | null, borrowed?: boolean) => Promise<void>}
 *   Open
 * @typedef {object} Means  what it shares with the other commands
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {Open} open
 * @property {() => void} locate
 * @property {Learn} learn
 * @property {(lessons: LessonSummary[]) => void} list
 * @property {(error: unknown) => void} report
 */

import { LARGEST_DOCUMENT, decodeDocument, readAddress, rewritten } from "../../lib/address.js";
import { isLesson, isWholeLesson } from "../../lib/lessons.js";
import { OPENING } from "../../service/client.js";
import { isPassing, refusal } from "../../service/refusal.js";
import { setCatalogue, setExamples } from "../catalogue/reducer.js";
import { updateLearning } from "../learning/reducer.js";
import { setAlert } from "../messages/reducer.js";
import { chooseMode, embedPage, hideRegions } from "../page/reducer.js";
import { updatePractice } from "../practice/reducer.js";
import { moveCursor } from "../stage/reducer.js";

const FIRST_EXAMPLE = "lesson13";

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Browser} browser
 * @param {Means} means
 */
export function createStart({ get, apply }, client, browser, means) {
  const { change, open, locate, learn, list, report } = means;

  /** @returns {Promise<void>} */
  const readLists = async () => {
    try {
      const [operations, optimizers, examples, exercises, lessons] = await Promise.all([
        client.operations(),
        client.optimizers(),
        client.examples(),
        client.exercises(),
        client.lessons(),
      ]);
      apply(setCatalogue, operations, optimizers);
      apply(setExamples, examples);
      apply(updatePractice, { list: exercises });
      list(lessons);
    } catch (error) {
      report(error);
    }
  };

  /**
   * The run that the address names, or a new one of its document; null where it names none. One to
   * look at is known by its `view_id` alone, whatever it was asked for by.
   *
   * @param {Address} address
   * @returns {Promise<Run | null>}
   */
  const named = async ({ run: id, view, doc }) => {
    if (doc !== null) return client.create(await documentOf(doc), OPENING);
    if (id !== null) return client.read(id, OPENING);
    if (view === null) return null;
    const run = await client.read(view, OPENING);
    return { ...run, id: run.view_id };
  };

  /** @param {Run} run */
  const openRead = (run) => open(run, null, null, run.id === run.view_id);

  /** @param {Address} address */
  const openNamed = async (address) => {
    /** @type {unknown} */
    let problem = null;
    const run = await named(address).catch(
      (/** @type {unknown} */ error) => void (problem = error),
    );
    if (isPassing(problem)) throw problem; // it may be there a little later
    if (run) await openRead(run);
    else await openFirst();
    if (problem) report(problem);
  };

  /**
   * The lesson of the address, on the run that it names, if it names one. One that cannot be played
   * is not in the address any more.
   *
   * @param {Address} address
   */
  const play = async ({ lesson, chapter, run, view, doc }) => {
    if (lesson === null) return false;
    const here = run !== null || view !== null || doc !== null;
    let played = false;
    try {
      const wanted = isWholeLesson(lesson) ? await lessonOf(lesson) : lesson;
      played = await learn(wanted, { at: chapter === null ? null : chapter - 1, here });
    } catch (error) {
      report(error);
    }
    if (!played) {
      apply(updateLearning, { awaited: null });
      locate();
    }
    return played;
  };

  /**
   * The address with the lesson that the page was made for, where it names nothing else.
   *
   * @param {Address} address
   */
  const withLesson = async (address) => {
    const { lesson, run, view, doc } = address;
    if ([lesson, run, view, doc].some((name) => name !== null)) return address;
    return { ...address, lesson: (await browser.first())?.lesson ?? null };
  };

  const openFirst = async () => {
    const made = await browser.first();
    const first = made && !made.lesson ? made : { example: FIRST_EXAMPLE };
    await open(await client.create(first, OPENING), first.example ?? null);
  };

  /** A reload in the meantime loses nothing. @param {Address} address */
  const expectLesson = ({ lesson, chapter }) => {
    const at = chapter === null ? null : chapter - 1;
    apply(updateLearning, { awaited: lesson === null ? null : { address: lesson, at } });
  };

  /** What went wrong before is still said when a run is open. @param {() => Promise<unknown>} openOne */
  const openInstead = async (openOne) => {
    const { alert } = get();
    await openOne();
    if (alert && !get().alert) apply(setAlert, alert);
  };

  /** What a teacher added to the address. @param {Address} address */
  const arrange = ({ hide, practice, embed }) => {
    apply(hideRegions, hide);
    apply(embedPage, embed);
    if (practice === get().practice.hiding) return;
    apply(updatePractice, { hiding: practice });
    apply(chooseMode, practice ? "practice" : "explore");
  };

  /** @param {Address} address */
  const tellOdd = (address) => {
    const odd = [...address.odd, ...goToStep(address.step)];
    if (odd.length && !get().alert)
      report(refusal(odd.join(" "), "The rest of the link is followed."));
  };

  return {
    async start() {
      const address = await withLesson(readAddress(browser.search, browser.hash));
      const moved = rewritten(browser.base, browser.search, address);
      if (moved !== null) browser.setAddress(moved);
      arrange(address);
      expectLesson(address);
      const { lesson, run, view, doc } = address;
      const alone = lesson !== null && run === null && view === null && doc === null;
      const openOne = () =>
        change("Opening", async () => {
          await openNamed(address);
          if (address.step === null) returnToStep();
          tellOdd(address);
        });
      const opened = alone ? play(address) : openOne();
      const lists = new Promise((go) => setTimeout(go)).then(readLists); // the run comes first
      const is = await opened;
      if (alone && !is) await openInstead(openOne);
      if (!alone) await play(address);
      await lists;
    },

    /**
     * The address is another one now. Where it names no run, as that of a region does, or one that
     * cannot be opened, the run that is open stays, and so does its address.
     *
     * @param {string} hash
     */
    async turn(hash) {
      const address = readAddress("", hash);
      expectLesson(address);
      await turnTo(address);
      await play(address);
    },
  };

  /** @param {Address} address */
  function turnTo(address) {
    return change("Opening", async () => {
      const { run: id, view, doc } = address;
      const { run, borrowed } = get();
      try {
        if (id === null && view === null && doc === null) return;
        const same = doc === null && run !== null && (borrowed ? view : id) === run.id;
        const other = same ? null : await named(address);
        arrange(address);
        if (other) await openRead(other);
        tellOdd(address);
      } finally {
        locate();
      }
    });
  }

  /** To the step at which this tab left the run. */
  function returnToStep() {
    const { run, shown } = get();
    const step = run && browser.step(run.id);
    if (step !== null && shown) apply(moveCursor, step);
  }

  /**
   * To the step that the address asks for.
   *
   * @param {number | null} step
   * @returns {string[]} what is wrong with it
   */
  function goToStep(step) {
    const { shown } = get();
    if (step === null || !shown) return [];
    apply(moveCursor, step);
    const last = shown.trace.steps.length - 1;
    return step > last ? [`There is no step ${step}: the last one is ${last}.`] : [];
  }
}

/** @param {string} encoded @returns {Promise<object>} */
async function lessonOf(encoded) {
  const { document } = await decodeDocument(encoded);
  if (isLesson(document)) return /** @type {object} */ (document);
  throw refusal("The lesson in this link is damaged.", "Ask for the link again.");
}

/** @param {string} encoded */
async function documentOf(encoded) {
  const { document, why } = await decodeDocument(encoded);
  if (why === "large")
    throw refusal(
      `The document in this link is larger than ${LARGEST_DOCUMENT.toLocaleString("en")} bytes.`,
      "Ask for it as a file; here is an example instead.",
    );
  if (why === "damaged")
    throw refusal(
      "The document in this link is damaged.",
      "Ask for the link again; here is an example instead.",
    );
  return document;
}
