/**
 * The past of a run: what happened to it, any moment of it on the screen, copies that go on from
 * there, two moments compared.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Past, Side } from "./reducer.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(run: Run, moment: Moment, cursor: number) => Promise<boolean>} show
 * @property {(label: string, work: () => Promise<unknown>) => Promise<unknown>} change
 * @property {(run: Run, example: null) => Promise<void>} open
 * @property {(error: unknown) => void} report
 * @property {(text: string) => void} say
 * @property {() => void} explore  leave for the stage
 */

import { at } from "../../lib/moment.js";
import { momentAt, momentText, positionOf } from "../../lib/timeline.js";
import { problemOf } from "../../service/refusal.js";
import { rowsOf, sideAt } from "../film/selectors.js";
import { createQuery } from "../query.js";
import { updateHistory } from "./reducer.js";
import { keyOf, timelineIn } from "./selectors.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createHistory(store, client, { show, change, open, report, say, explore }) {
  const { get, apply } = store;
  /** @type {string | null} */
  let comparing = null;
  /** @type {Map<string, string>} */
  const views = new Map();

  /** @param {Partial<Past>} part */
  const put = (part) => apply(updateHistory, part);

  /** @param {Moment} moment @param {number} [cursor] */
  const view = async (moment, cursor = get().cursor) => {
    try {
      const { run } = get();
      if (!run || !(await show(run, moment, cursor))) return;
      const present = moment.event === null && moment.iteration === run.iteration;
      const timeline = timelineIn(get());
      const text = momentText(timeline, positionOf(timeline, moment));
      say(
        present ? `${upper(text)}, the latest.` : `${upper(text)} of ${run.iteration}, as it was.`,
      );
    } catch (error) {
      report(error);
    }
  };

  /**
   * To the moment before or after the one on the screen.
   *
   * @param {number} by
   * @param {number} cursor
   */
  const move = (by, cursor) => {
    const { shown } = get();
    if (!shown) return;
    if (shown.event === null) return view({ iteration: shown.iteration + by, event: null }, cursor);
    const timeline = timelineIn(get());
    const position = positionOf(timeline, shown) + by;
    return view(momentAt(timeline, Math.max(0, Math.min(timeline.length - 1, position))), cursor);
  };

  /**
   * The id to look at a run by: in a query, which many a log keeps, it may stand.
   *
   * @param {string} id
   */
  const viewOf = async (id) => {
    const { run } = get();
    const view = run?.id === id ? run.view_id : (views.get(id) ?? (await client.read(id)).view_id);
    views.set(id, view);
    return view;
  };

  const compare = async () => {
    const { one, other, tensor } = get().past;
    if (!one || !other) return;
    const key = JSON.stringify([one, other, tensor]);
    comparing = key;
    const [name, field] = tensor?.split(" ") ?? [];
    try {
      const there = { run: await viewOf(other.run), moment: other.moment };
      const comparison = await client.compare(
        one.run,
        comparisonQuery(one.moment, there, name, field),
      );
      if (comparing === key) put({ comparison, problem: null });
    } catch (error) {
      if (comparing === key) put({ comparison: null, problem: problemOf(error) });
    }
  };

  /** What has happened since it was read last. */
  const query = createQuery({
    wanted() {
      const { run, shown, revision, past } = get();
      const key = keyOf(get());
      if (!run || !key || !shown || shown.revision !== revision || past.key === key) return [];
      return [{ key, id: run.id, known: past.run === run.id ? past.events : [] }];
    },
    ask: ({ id, known }) => client.history(id, known[known.length - 1]?.number ?? 0),
    show({ key, id, known }, events) {
      const another = turnedTo(id);
      put({ key, run: id, events: [...known, ...events] });
      if (another) void history.begin();
      else if (get().mode === "history") void compare(); // one of the sides may be the present
    },
    refuse({ key, id }, error) {
      put({ key, run: id, events: [] });
      report(error);
    },
  });

  /** What was compared of the run before says nothing of this one. @param {string} id */
  const turnedTo = (id) => get().past.one !== null && get().past.run !== id;

  const history = {
    view,
    /** @param {number} iteration @param {number} [cursor] */
    viewIteration: (iteration, cursor) =>
      view(
        { iteration: Math.max(0, Math.min(iteration, get().run?.iteration ?? 0)), event: null },
        cursor,
      ),
    /** On the stage. @param {Moment} moment */
    lookBack(moment) {
      explore();
      return view(moment, 0);
    },
    /** @param {number} position */
    viewAt: (position) => view(momentAt(timelineIn(get()), position)),
    back: () => move(-1, -1),
    forward: () => move(1, 0),

    /** A copy of the run as it was then; the run itself stays. @param {Moment} moment */
    fork: (moment) =>
      change("Copying", async () => {
        const { run } = get();
        if (!run) return;
        const copy = await client.fork(run.id, moment);
        await open(copy, null);
        say(
          `Forked at iteration ${copy.iteration}. The run before is kept as it was; see More, Open.`,
        );
      }),

    /** @param {Partial<Past>} sides */
    compare(sides) {
      put({ ...sides, problem: null });
      return compare();
    },

    /** A brush to a position of the film. @param {"one" | "other"} which @param {number} position */
    brush(which, position) {
      const side = sideAt(get(), position);
      if (!side || JSON.stringify(side) === JSON.stringify(get().past[which])) return;
      put({ [which]: side, problem: null });
      return compare();
    },

    /**
     * The moment on the screen against the present, or where they are the same, against the
     * beginning.
     */
    begin() {
      const { run, shown } = get();
      if (!run || !shown) return;
      const { iteration, event } = shown;
      const present = event === null && iteration === run.iteration;
      const [row] = rowsOf(get());
      const one = {
        run: run.id,
        moment: present ? { iteration: 0, event: null } : { iteration, event },
      };
      put({
        one,
        other: { run: run.id, moment: null },
        comparison: null,
        tensor: row ? `${row.name} ${row.field}` : null,
        problem: null,
      });
      return compare();
    },

    follow: query.follow,
  };
  return history;
}

/**
 * @param {Moment | null} moment
 * @param {Side} other
 * @param {string} [tensor]
 * @param {string} [field]
 */
function comparisonQuery(moment, other, tensor, field) {
  const there = other.moment ? at(other.moment).replace(/\b(iteration|event)=/g, "other_$1=") : "";
  const difference = tensor
    ? new URLSearchParams({ tensor, field: field ?? "value" }).toString()
    : "";
  return [moment ? at(moment) : "", `other=${encodeURIComponent(other.run)}`, there, difference]
    .filter(Boolean)
    .join("&");
}

/** @param {string} text */
function upper(text) {
  return text[0].toUpperCase() + text.slice(1);
}
