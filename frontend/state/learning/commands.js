/**
 * Lessons: opened, gone through chapter by chapter, their questions answered.
 *
 * @import { ChapterAnswer } from "../../lib/answers.js"
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
import { answerOf, solutionIn } from "../../lib/lessons.js";
import { at as moment } from "../../lib/moment.js";
import { chooseAspect, closeExplanation } from "../explanation/reducer.js";
import { chooseTab } from "../page/reducer.js";
import { createQuery } from "../query.js";
import { moveCursor } from "../stage/reducer.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";
import { focusAnswer, focusNext } from "./focus.js";
import { createMarking } from "./marking.js";
import { createLessonRuns } from "./runs.js";
import {
  asksFormula,
  askedTarget,
  asking,
  isElementCovered,
  isSettled,
  lessonCells,
  weightNow,
} from "./selectors.js";

/** After so many wrong answers the right one may be shown. */
export const TRIES = 2;

/** @param {Store} store @param {Client} client @param {Browser} browser @param {Means} means */
export function createLearning({ get, apply }, client, browser, means) {
  const { change, open, locate, explain, explore, report, say } = means;
  const put = (/** @type {Partial<Course>} */ part) => apply(reducers.updateCourse, part);
  const courseOf = () => get().learning.course;
  const runs = createLessonRuns({ get, apply }, client, means);
  const marking = createMarking({ get, apply });
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

  /** @param {string} key */
  const forget = (key) => {
    const { [key]: _, ...progress } = browser.progress();
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
      put({
        chapter: sameTask(courseOf()?.chapter ?? null, chapter),
        filled: key,
        arriving: false,
      });
      if (arriving) stand();
    },
    refuse({ key }, error) {
      put({ filled: key });
      report(error);
    },
  });

  /**
   * A weight that was dragged changes the numbers; the task is still the one that was set.
   *
   * @param {ChapterAnswer | null} before
   * @param {ChapterAnswer} chapter
   */
  const sameTask = (before, chapter) => {
    const from = courseOf()?.from ?? null;
    if (!before?.question || !chapter.question || from === null || weightNow(get()) === from)
      return chapter;
    const question = { ...chapter.question, ask: before.question.ask };
    return { ...chapter, text: before.text, question };
  };

  /** Where the chapter stands: its step, what it explains, its tab. */
  const stand = () => {
    const chapter = courseOf()?.chapter;
    if (!chapter) return;
    apply(moveCursor, chapter.index);
    apply(closeExplanation);
    const { selection, question } = chapter;
    // On a phone, where one part is seen at a time: what the chapter speaks of, unless it asks something.
    apply(chooseTab, chapter.tab && !question ? "explanation" : "stage");
    apply(
      chooseAspect,
      /** @type {import("../../lib/types.js").Aspect | null} */ (aspectOf(chapter.tab)),
    );
    const target = selection && { ...selection, index: [...(selection.index ?? [])] };
    if (target && !isElementCovered(get(), target)) explain(target);
    if (question?.kind === "drag") put({ from: weightNow(get()) });
    if (question && isSettled(get())) return void recall();
    if (question?.start) put({ text: question.start });
    if (question) afterDrawing(focusAnswer);
  };

  /** A question that was answered before has its right answer again, with the reason. */
  const recall = async () => {
    const verdict = await solved();
    if (!verdict) return;
    put({ ...solutionIn(verdict), verdict });
    explainAsked();
  };

  /** Beside the verdict stands the explanation of what was asked for. */
  const explainAsked = () => {
    const target = askedTarget(get());
    if (target) explain(target);
  };

  /** The right answer to the question of the chapter; null where one is elsewhere by then. */
  const solved = async () => {
    const { run } = get();
    const course = courseOf();
    if (!run || !course) return null;
    try {
      const given = { reveal: /** @type {const} */ (true) };
      const verdict = await client.answer(run.id, course.lesson, course.at + 1, given);
      return courseOf()?.at === course.at ? verdict : null;
    } catch (error) {
      report(error);
      return null;
    }
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
      if (verdict.right) explainAsked();
      say(`${verdict.right ? "Right." : "Not yet."} ${verdict.message.replaceAll("`", "")}`);
      if (verdict.right) afterDrawing(focusNext);
    } catch (error) {
      report(error);
    } finally {
      judging = false;
    }
  };

  const learning = {
    ...bind(apply, reducers),
    marking,

    /** Which lessons there are, and how far one is in each. */
    begin(/** @type {import("../../lib/answers.js").LessonSummary[]} */ list) {
      apply(reducers.updateLearning, { list, progress: browser.progress() });
    },

    /**
     * A lesson by its name, or one's own, where one left it or at a chapter.
     *
     * @param {string | object} lesson
     * @param {{at?: number | null, here?: boolean, afresh?: boolean}} [where]  `here`: on the run that is open;
     *   `afresh`: nothing is answered
     */
    async start(lesson, { at = null, here = false, afresh = false } = {}) {
      const answer = await change("Opening", () => client.lesson(lesson));
      if (!answer) return false;
      const own = typeof lesson !== "string";
      const address = own ? ((await encodeDocument(lesson)) ?? "") : lesson;
      const key = own ? `own ${answer.title}`.slice(0, 80) : lesson;
      if (afresh) forget(key);
      const progress = browser.progress()[key] ?? null;
      const last = answer.chapters.length - 1;
      const begun = progress !== null && !(progress.done && progress.at === last) ? progress.at : 0;
      const goal = Math.max(0, Math.min(at ?? begun, last));
      apply(reducers.updateLearning, { awaited: { address, at: goal } });
      const opened = await change("Opening", async () => {
        if (here && get().run) return true;
        const { run, example } = await runs.runFor(answer, progress?.run ?? null);
        await open(run, example);
        return true;
      });
      apply(reducers.updateLearning, { awaited: null });
      if (!opened) return false;
      apply(reducers.updateLearning, {
        offered: false,
        progress: browser.progress(),
        course: {
          ...reducers.UNTOLD,
          key,
          lesson,
          address,
          title: answer.title,
          stops: answer.chapters.map(({ title, text, question, iteration, fresh }) => ({
            title,
            text,
            ask: question?.ask ?? "",
            halts: question !== null,
            iteration,
            fresh,
            drags: question?.kind === "drag",
            seeks: asksFormula(question) ? (question?.of?.tensor ?? null) : null,
          })),
          at: goal,
          settled: progress?.settled ?? [],
          base: get().run?.id ?? null,
          fresh: null,
        },
      });
      explore();
      await learning.go(goal);
      if (document.activeElement !== document.body) afterDrawing(focusNext);
      return true;
    },

    /** To a chapter. @param {number} at */
    async go(at) {
      const course = courseOf();
      if (!course || moving || at < 0 || at >= course.stops.length) return;
      moving = true;
      try {
        await runs.putBack();
        say("");
        put({ ...reducers.UNTOLD, at });
        await runs.arrange({ ...course, at });
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
      put({ over: true });
      apply(chooseTab, "stage");
      say("This is the end of the lesson.");
      afterDrawing(focusNext);
    },

    /** From the end of the lesson back to its last chapter. */
    back() {
      const course = courseOf();
      void learning.go((course?.at ?? 0) - (course?.over ? 0 : 1));
    },

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
      if (!asking(get())) return;
      const verdict = await solved();
      const course = courseOf();
      if (!verdict || !course) return;
      const message = `${verdict.solution?.told ?? ""} ${verdict.message}`;
      put({
        ...solutionIn(verdict),
        verdict: { ...verdict, message },
        settled: [...course.settled, course.at],
      });
      keepProgress();
      explainAsked();
      say(message.replaceAll("`", ""));
      afterDrawing(focusNext);
    },

    /** The question of the chapter is asked anew. */
    async answerAgain() {
      const course = courseOf();
      if (!course || moving) return;
      put({ settled: course.settled.filter((at) => at !== course.at) });
      await learning.go(course.at);
    },

    /**
     * A cell that is clicked while cells are asked for is marked.
     *
     * @param {Matrix} matrix
     * @param {number[]} index
     * @param {boolean} [block]  from the cell that was marked last to this one
     * @returns {boolean} whether the lesson took the click
     */
    take(matrix, index, block = false) {
      if (!asking(get())) return false;
      const cells = lessonCells(get());
      if (marking.isAsked(matrix)) {
        marking.mark(matrix, index, block);
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
