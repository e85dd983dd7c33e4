/**
 * Lessons: opened, gone through chapter by chapter, their questions answered.
 *
 * @import { Matrix, Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Browser } from "../commands.js"
 * @import { State } from "../state.js"
 * @import { Store } from "../store.js"
 * @import { Course } from "./reducer.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {import("../changes.js").Change} change
 * @property {(run: any, example: string | null) => Promise<void>} open
 * @property {() => Promise<void>} own  before the first change of a run that was only looked at
 * @property {() => void} locate
 * @property {(count: number) => Promise<unknown>} train
 * @property {(moment: import("../../lib/moment.js").Moment, cursor: number) => Promise<unknown>} view
 * @property {(name: string, cells: {index: number[], value: number}[]) => Promise<unknown>} write
 * @property {(target: import("../../lib/types.js").Target) => unknown} explain
 * @property {() => void} explore  leave for the stage
 * @property {(error: unknown) => void} report
 * @property {(text: string) => void} say
 */

import { encodeDocument } from "../../lib/address.js";
import { afterDrawing } from "../../lib/drawing.js";
import { answerOf } from "../../lib/lessons.js";
import { at as moment } from "../../lib/moment.js";
import { asTensor, cell, ownIndex } from "../../lib/tensor.js";
import { OPENING } from "../../service/client.js";
import { chooseAspect, closeExplanation } from "../explanation/reducer.js";
import { chooseTab } from "../page/reducer.js";
import { createQuery } from "../query.js";
import { moveCursor } from "../stage/reducer.js";
import { bind } from "../store.js";
import { inThePast } from "../trace/selectors.js";
import * as reducers from "./reducer.js";
import { asking, lessonCells } from "./selectors.js";

/** After so many wrong answers the right one may be shown. */
export const TRIES = 2;

/** @param {Store} store @param {Client} client @param {Browser} browser @param {Means} means */
export function createLearning({ get, apply }, client, browser, means) {
  const { change, open, own, locate, train, view, write, explain, explore, report, say } = means;
  const put = (/** @type {Partial<Course>} */ part) => apply(reducers.updateCourse, part);
  const courseOf = () => get().learning.course;
  let moving = false;
  let judging = false;

  const keepProgress = () => {
    const course = courseOf();
    if (!course) return;
    const { key, at, settled, base, stops } = course;
    const before = get().learning.progress[key];
    const done = (before?.done ?? false) || (at === stops.length - 1 && isOver(course));
    const progress = { ...get().learning.progress, [key]: { at, settled, run: base, done } };
    apply(reducers.updateLearning, { progress });
    browser.keepProgress(progress);
  };

  /** The chapter with the numbers of the run, again whenever these change. */
  const query = createQuery({
    wanted() {
      const { run, shown, revision, drag } = get();
      const course = courseOf();
      if (!course?.ready || !run || !shown || drag || shown.revision !== revision) return [];
      const key = [run.id, revision, moment(shown), course.key, course.at].join("|");
      return course.filled === key ? [] : [{ key, id: run.id, course }];
    },
    ask: ({ id, course }) => client.chapter(id, course.lesson, course.at + 1),
    show({ key }, chapter) {
      const arriving = courseOf()?.arriving;
      put({ chapter, filled: key, arriving: false });
      if (arriving) stand();
    },
    refuse({ key }, error) {
      put({ filled: key });
      report(error);
    },
  });

  /** Where the chapter stands: its step, what it explains, its tab. */
  const stand = () => {
    const chapter = courseOf()?.chapter;
    if (!chapter) return;
    apply(moveCursor, chapter.index);
    apply(closeExplanation);
    apply(chooseTab, "stage");
    apply(
      chooseAspect,
      /** @type {import("../../lib/types.js").Aspect | null} */ (aspectOf(chapter.tab)),
    );
    const { selection, question } = chapter;
    const hidden = chapter.hide.some(({ tensor }) => tensor === selection?.tensor);
    if (selection && !(question && hidden))
      explain({ ...selection, index: [...(selection.index ?? [])] });
    if (question?.kind === "drag") put({ from: weightNow(get()) });
    if (question?.start) put({ text: question.start });
  };

  /** The run and the iteration of the chapter. @param {Course} course */
  const arrange = async ({ stops, at }) => {
    const stop = stops[at];
    await change("Opening", () => (stop.fresh ? openFresh() : openBase()));
    const { run, shown } = get();
    if (!run || !shown) return;
    if (stop.drags && stop.iteration < run.iteration)
      await change("Opening", async () => {
        const back = await client.fork(run.id, { iteration: stop.iteration, event: null });
        put({ base: back.id });
        await open(back, null);
      });
    else if (run.iteration < stop.iteration) await train(stop.iteration - run.iteration);
    else if (shown.iteration !== stop.iteration || shown.event !== null)
      await view({ iteration: stop.iteration, event: null }, 0);
  };

  const openFresh = async () => {
    const { fresh } = /** @type {Course} */ (courseOf());
    const { run } = get();
    if (fresh !== null && run?.id === fresh) return;
    if (fresh !== null) return openRead(fresh);
    await openBase();
    await own();
    const made = await client.variant(get().run?.id ?? "");
    put({ fresh: made.id });
    await open(made, null);
  };

  const openBase = async () => {
    const { base } = /** @type {Course} */ (courseOf());
    if (base !== null && get().run?.id !== base) await openRead(base);
  };

  /** @param {string} id */
  const openRead = async (id) => open(await client.read(id, OPENING), null);

  /** A weight that was dragged for a question goes back. */
  const putBack = async () => {
    const course = courseOf();
    const question = course?.chapter?.question;
    const place = question?.kind === "drag" ? question.of : undefined;
    if (!course || !place || course.from === null || inThePast(get())) return;
    if (weightNow(get()) !== course.from)
      await write(place.tensor, [{ index: [...(place.index ?? [])], value: course.from }]);
  };

  /** @param {unknown} answer */
  const judge = async (answer) => {
    const { run } = get();
    const course = courseOf();
    if (!run || !course || judging) return;
    judging = true;
    try {
      const verdict = await client.answer(run.id, course.lesson, course.at + 1, { answer });
      if (courseOf()?.at !== course.at) return;
      const tries = course.tries + (verdict.right ? 0 : 1);
      put({
        verdict,
        tries,
        ...(verdict.right ? { settled: [...course.settled, course.at] } : {}),
      });
      keepProgress();
      say(`${verdict.right ? "Right." : "Not yet."} ${verdict.message.replaceAll("`", "")}`);
      if (verdict.right) afterDrawing(focusNext);
    } catch (error) {
      report(error);
    } finally {
      judging = false;
    }
  };

  /** The run that a lesson was played on last, else a new one. @param {any} answer @param {string | null} known */
  const runFor = async ({ example, exercise, document }, known) => {
    const before = known === null ? null : await client.read(known, OPENING).catch(() => null);
    if (before) return { run: before, example: null };
    const source =
      example !== undefined ? { example } : exercise !== undefined ? { exercise } : document;
    return { run: await client.create(source, OPENING), example: example ?? null };
  };

  const learning = {
    ...bind(apply, reducers),

    /** Which lessons there are, and how far one is in each. */
    begin(/** @type {import("../../lib/answers.js").LessonSummary[]} */ list) {
      apply(reducers.updateLearning, { list, progress: browser.progress() });
    },

    /**
     * A lesson by its name, or one's own, where one left it or at a chapter.
     *
     * @param {string | object} lesson
     * @param {{at?: number | null, here?: boolean}} [where]  `here`: on the run that is open
     */
    async start(lesson, { at = null, here = false } = {}) {
      const answer = await change("Opening", () => client.lesson(lesson));
      if (!answer) return false;
      const own = typeof lesson !== "string";
      const address = own ? ((await encodeDocument(lesson)) ?? "") : lesson;
      const key = own ? `own ${answer.title}`.slice(0, 80) : lesson;
      const progress = browser.progress()[key] ?? null;
      const opened = await change("Opening", async () => {
        if (here && get().run) return true;
        const { run, example } = await runFor(answer, progress?.run ?? null);
        await open(run, example);
        return true;
      });
      if (!opened) return false;
      const last = answer.chapters.length - 1;
      const begun = progress !== null && !(progress.done && progress.at === last) ? progress.at : 0;
      apply(reducers.updateLearning, {
        offered: false,
        progress: browser.progress(),
        course: {
          ...reducers.UNTOLD,
          key,
          lesson,
          address,
          title: answer.title,
          stops: answer.chapters.map(({ title, question, iteration, fresh }) => ({
            title,
            halts: question !== null,
            iteration,
            fresh,
            drags: question?.kind === "drag",
          })),
          at: 0,
          settled: progress?.settled ?? [],
          base: get().run?.id ?? null,
          fresh: null,
        },
      });
      explore();
      await learning.go(Math.max(0, Math.min(at ?? begun, last)));
      return true;
    },

    /** To a chapter. @param {number} at */
    async go(at) {
      const course = courseOf();
      if (!course || moving || at < 0 || at >= course.stops.length) return;
      moving = true;
      try {
        await putBack();
        put({ ...reducers.UNTOLD, at });
        await arrange({ ...course, at });
        put({ ready: true });
        locate();
        keepProgress();
      } finally {
        moving = false;
      }
      query.follow();
    },

    next() {
      const course = courseOf();
      if (!course) return;
      if (course.at + 1 < course.stops.length) return void learning.go(course.at + 1);
      keepProgress();
      const { list } = get().learning;
      const following = list[list.findIndex(({ name }) => name === course.key) + 1];
      learning.close();
      if (following && course.key !== following.name && typeof course.lesson === "string")
        void learning.start(following.name);
    },

    back: () => void learning.go((courseOf()?.at ?? 0) - 1),

    close() {
      apply(reducers.updateLearning, { course: null, offered: false });
      locate();
    },

    /** What was typed or marked is judged. */
    check() {
      const question = asking(get());
      const course = courseOf();
      if (!question || !course) return;
      const found = answerOf(question, course);
      if ("missing" in found) return put({ verdict: { right: false, message: found.missing } });
      void judge(found.answer);
    },

    /** A reason, or a formula out of several. @param {number} at */
    choose(at) {
      const question = asking(get());
      if (!question) return;
      put({ chosen: at });
      void judge(question.kind === "reason" ? at : question.choices?.[at]);
    },

    /** The right answer is given away. */
    async reveal() {
      const { run } = get();
      const course = courseOf();
      if (!run || !course || !asking(get())) return;
      try {
        const given = { reveal: /** @type {const} */ (true) };
        const verdict = await client.answer(run.id, course.lesson, course.at + 1, given);
        if (courseOf()?.at !== course.at) return;
        const { cells, choices, told } = verdict.solution ?? { told: "" };
        put({
          verdict: { ...verdict, message: `${told} ${verdict.message}` },
          settled: [...course.settled, course.at],
          marked: cells?.map((index) => index.join()) ?? course.marked,
          chosen: choices?.[0] ?? course.chosen,
        });
        keepProgress();
        say(`${told} ${verdict.message}`.replaceAll("`", ""));
        afterDrawing(focusNext);
      } catch (error) {
        report(error);
      }
    },

    /**
     * A cell that is clicked while cells are asked for is marked.
     *
     * @param {Matrix} matrix
     * @param {number[]} index
     * @returns {boolean} whether the lesson took the click
     */
    take(matrix, index) {
      if (!asking(get())) return false;
      const cells = lessonCells(get());
      if (cells && cells.mark(matrix, index) !== null) {
        apply(reducers.toggleMark, ownIndex(matrix, index).join());
        return true;
      }
      const covered = matrix.hidden || cells?.veiled(matrix, index) === true;
      if (covered) say("Hidden until you answer the question.");
      return covered;
    },

    /** Read the chapter on the numbers that are on the screen; a weight that was dragged is an answer. */
    follow() {
      const course = courseOf();
      if (!course || moving) return;
      const { run, shown, drag, revision, copied } = get();
      if (run && course.ready && run.id !== course.base && run.id !== course.fresh) {
        if (copied && !course.stops[course.at].fresh) return put({ base: run.id });
        return learning.close(); // something else was opened
      }
      query.follow();
      const question = asking(get());
      if (question?.kind !== "drag" || course.from === null) return;
      if (drag) return course.verdict ? put({ verdict: null }) : undefined;
      if (!shown || shown.revision !== revision || course.arriving) return;
      const to = weightNow(get());
      if (to === null || to === course.from || to === course.dragged) return;
      put({ dragged: to });
      void judge({ from: course.from, to });
    },
  };
  return learning;
}

/** @param {Course} course */
function isOver({ chapter, settled, at, stops }) {
  return !stops[at].halts || settled.includes(at) || (chapter !== null && !chapter.question);
}

/** @param {string | null} tab */
function aspectOf(tab) {
  return tab === "path" ? "uses" : tab;
}

/** The number of the weight that a question is about. @param {State} state */
function weightNow({ learning: { course }, shown }) {
  const place = course?.chapter?.question?.of;
  const record = place && shown?.trace.tensors[place.tensor];
  if (!place || !record || record.value === undefined) return null;
  return cell(asTensor(record.value, record.shape), [...(place.index ?? [])]) ?? null;
}

function focusNext() {
  /** @type {HTMLElement | null} */ (document.querySelector("#lesson .next"))?.focus();
}
