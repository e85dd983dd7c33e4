/**
 * The runs that a lesson is played on: its own, at the iteration of a chapter, and its variant.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Means } from "./commands.js"
 * @import { Course } from "./reducer.js"
 */

import { OPENING } from "../../service/client.js";
import { inThePast } from "../trace/selectors.js";
import * as reducers from "./reducer.js";
import { weightNow } from "./selectors.js";

/**
 * @param {Pick<Store, "get" | "apply">} store
 * @param {Client} client
 * @param {Means} means
 */
export function createLessonRuns(
  { get, apply },
  client,
  { change, open, own, train, view, write },
) {
  const put = (/** @type {Partial<Course>} */ part) => apply(reducers.updateCourse, part);
  const courseOf = () => get().learning.course;

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

  /** The run that a lesson was played on last, else a new one. @param {any} answer @param {string | null} known */
  const runFor = async ({ example, exercise, document }, known) => {
    const before = known === null ? null : await client.read(known, OPENING).catch(() => null);
    if (before) return { run: before, example: null };
    const source =
      example !== undefined ? { example } : exercise !== undefined ? { exercise } : document;
    return { run: await client.create(source, OPENING), example: example ?? null };
  };

  return { arrange, putBack, runFor };
}
