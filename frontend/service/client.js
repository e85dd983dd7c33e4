/**
 * The service, call by call.
 *
 * @import { Aim, Document, Explanation, Nested, Run, Target, Trace, Wire } from "../lib/types.js"
 * @import { ChapterAnswer, Judged, LessonAnswer, LessonSummary, PreviewTrace } from "../lib/answers.js"
 * @import { Moment } from "../lib/moment.js"
 */

import { at } from "../lib/moment.js";
import { toWire } from "../lib/numbers.js";
import { createFileCalls } from "./files.js";
import { runPath as run, tag } from "./path.js";
import { createPatience } from "./patience.js";
import { createTransport } from "./transport.js";

/**
 * @typedef {{name: string, symbol?: string}} Operation
 * @typedef {{name: string, options?: Record<string, unknown>, scheduled?: string[]}}
 *   OptimizerRecord
 * @typedef {import("../lib/answers.js").ExampleSummary} Example
 * @typedef {Omit<Run, "losses"> & {losses: Wire[], stopped?: {detail: string} | null}} Trained
 *   `stopped` where it ended before its last iteration
 * @typedef
 *   {{iteration: number, loss: Wire, done: number, count: number, iterations_per_second: number, seconds_left: number | null}}
 *   Advance
 * @typedef {{shape: number[], window?: number[][], value: Nested}} Part
 * @typedef {"all" | "none" | "few" | string[]} Listed  whose numbers a trace lists: `l1`, for a gradient
 *   `w1.g`; `few`: all where they are few, else none
 * @typedef {{values: Listed, open?: boolean}} Shown  the trace that the answer to a change has, too
 * @typedef {Pick<Run, "id" | "version">} Version  of a run, as the page knows it
 * @typedef {ReturnType<typeof createClient>} Client
 */

/**
 * @template T
 * @typedef {T & {trace?: Trace | null}} Traced  null where it is too large, or a tensor is gone
 */

/** What is asked for with a run that is opened. @type {Shown} */
export const OPENING = { values: "few" };

/**
 * @param {typeof fetch} fetcher
 * @param {string} root
 * @param {(waiting: import("./patience.js").Waiting) => void} [tell]  that reads wait, and that they go on
 * @param {(seconds: number) => Promise<void>} [sleep]
 */
export function createClient(fetcher, root, tell = () => {}, sleep = asleep) {
  const transport = createTransport(fetcher, root, createPatience(tell, sleep));
  const { call, fetched, watch } = transport;
  /**
   * A change of a run as the page knows it: refused where somebody else was faster.
   *
   * @param {string} method
   * @param {Version} known
   * @param {string} path
   * @param {unknown} body
   * @returns {Promise<any>}
   */
  const change = (method, known, path, body) =>
    call(method, run(known.id) + path, body, { "If-Match": tag(known) });
  return {
    ...createFileCalls(transport),
    /**
     * That the service lives, and how long it keeps what nobody touches.
     *
     * @returns {Promise<{retention_days?: number}>}
     */
    health: () => call("GET", "/health"),
    /** @returns {Promise<Operation[]>} */
    operations: () => call("GET", "/ops"),
    /** @returns {Promise<import("../lib/reference.js").Reference>} */
    reference: () => call("GET", "/reference"),
    /** @returns {Promise<OptimizerRecord[]>} */
    optimizers: () => call("GET", "/optimizers"),
    /** @returns {Promise<Example[]>} */
    examples: () => call("GET", "/examples"),
    /**
     * A new run with its document, without numbers.
     *
     * @param {unknown} document
     * @param {Shown} shown
     * @returns {Promise<Traced<Run & {document: Document}>>}
     */
    create: (document, shown) => call("POST", `/runs?document=true${traced(shown, "&")}`, document),
    /**
     * The numbers are left out: what is shown of them is asked for by itself.
     *
     * @param {string} id
     * @param {Shown} [shown]
     * @returns {Promise<Traced<Run & {document: Document}>>}
     */
    read: async (id, shown) =>
      named(await call("GET", `${run(id)}?values=none${traced(shown, "&")}`)),
    /** The document with all its numbers. @param {string} id @returns {Promise<Document>} */
    document: async (id) => (await call("GET", run(id))).document,
    /**
     * The run as it is now, or null where that is what is known.
     *
     * @param {Version} known
     * @returns {Promise<(Run & {document: Document}) | null>}
     */
    news: async (known) =>
      named(
        await call("GET", `${run(known.id)}?values=none`, undefined, {
          "If-None-Match": tag(known),
        }),
      ),
    /**
     * @param {string} id
     * @param {Moment} moment
     * @param {Listed} values
     * @param {boolean} open
     * @returns {Promise<Trace>}
     */
    trace: (id, moment, values, open) =>
      call("GET", `${run(id)}/trace?${at(moment)}&values=${values}${inside(open)}`),
    /**
     * @param {string} id
     * @param {string} name
     * @param {Aim} field
     * @param {Moment} moment
     * @param {string} window
     * @param {boolean} open
     * @returns {Promise<Part>}
     */
    tensor: (id, name, field, moment, window, open) =>
      call(
        "GET",
        `${run(id)}/tensors/${encodeURIComponent(name)}?field=${field}&${at(moment)}${window && `&window=${window}`}${inside(open)}`,
      ),
    /**
     * A picture of a tensor of any size.
     *
     * @param {string} id
     * @param {string} name
     * @param {Aim} field
     * @param {Moment} moment
     * @param {Record<string, string>} query  `lead`, `rows` and `columns`
     * @param {boolean} open
     * @returns {Promise<import("../lib/answers.js").Overview>}
     */
    overview: (id, name, field, moment, query, open) =>
      call(
        "GET",
        `${run(id)}/tensors/${encodeURIComponent(name)}/overview?${new URLSearchParams({ field, ...query })}&${at(moment)}${inside(open)}`,
      ),
    /**
     * @param {string} id
     * @param {Target} target
     * @param {Moment} moment
     * @param {boolean} open
     * @returns {Promise<Explanation>}
     */
    explain: (id, { tensor, field, index }, moment, open) =>
      call(
        "GET",
        `${run(id)}/explain?${new URLSearchParams({ tensor, field, index: index.join() })}&${at(moment)}${inside(open)}`,
      ),
    /**
     * What is asked about an element or a step besides its terms.
     *
     * @param {string} id
     * @param {string} kind
     * @param {Record<string, string>} query
     * @param {Moment} moment
     * @param {boolean} open
     * @returns {Promise<any>}
     */
    study: (id, kind, query, moment, open) =>
      call("GET", `${run(id)}/${kind}?${new URLSearchParams(query)}&${at(moment)}${inside(open)}`),
    /**
     * @param {Version} known
     * @param {string} name
     * @param {{index: number[], value: number}[]} cells
     * @param {Shown} [shown]
     * @returns {Promise<Traced<Run>>}
     */
    edit: (known, name, cells, shown) =>
      change("PATCH", known, `/tensors/${encodeURIComponent(name)}${traced(shown)}`, {
        cells: cells.map(cellToWire),
      }),
    /**
     * The trace with other numbers in place, of which nothing is kept.
     *
     * @param {string} id
     * @param {Record<string, {index: number[], value: number}[]>} tensors cells by tensor
     * @param {Listed} values
     * @param {boolean} open
     * @param {AbortSignal} [signal] aborted when the answer is of no use any more
     * @returns {Promise<PreviewTrace>}
     */
    preview: async (id, tensors, values, open, signal) =>
      (
        await fetched(`${run(id)}/preview${open ? "?open=true" : ""}`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({
            tensors: Object.fromEntries(
              Object.entries(tensors).map(([name, cells]) => [
                name,
                { cells: cells.map(cellToWire) },
              ]),
            ),
            values,
          }),
          signal,
        })
      ).json(),
    /**
     * @param {Version} known
     * @param {{program?: string, optimizer?: Optimizer | null, layout?: string}} changes
     * @param {Shown} [shown]
     * @returns {Promise<Traced<Run>>}
     */
    change: (known, changes, shown) => change("PATCH", known, traced(shown), changes),
    /**
     * @param {Version} known
     * @param {number} count
     * @param {(advance: Advance) => void} tell called some ten times a second
     * @param {AbortSignal} signal
     * @param {Shown} [shown]
     * @returns {Promise<Traced<Trained>>}
     */
    iterate: (known, count, tell, signal, shown) =>
      watch(
        `${run(known.id)}/iterations${traced(shown)}`,
        { count },
        { "If-Match": tag(known) },
        tell,
        signal,
      ),
    /** @returns {Promise<LessonSummary[]>} */
    lessons: () => call("GET", "/lessons"),
    /** One by its name, or one's own, checked. @param {string | object} lesson @returns {Promise<LessonAnswer>} */
    lesson: (lesson) =>
      typeof lesson === "string"
        ? call("GET", `/lessons/${encodeURIComponent(lesson)}`)
        : call("POST", "/lessons", lesson),
    /**
     * A chapter on a run's numbers.
     *
     * @param {string} id
     * @param {string | object} lesson
     * @param {number} chapter from 1
     * @returns {Promise<ChapterAnswer>}
     */
    chapter: (id, lesson, chapter) => call("POST", `${run(id)}/chapter`, { lesson, chapter }),
    /**
     * @param {string} id
     * @param {string | object} lesson
     * @param {number} chapter from 1
     * @param {{answer: unknown} | {reveal: true}} given
     * @returns {Promise<Judged>}
     */
    answer: (id, lesson, chapter, given) =>
      call("POST", `${run(id)}/answer`, { lesson, chapter, ...given }),
    /** @returns {Promise<any[]>} */
    exercises: () => call("GET", "/exercises"),
    /** What of a run is to be found. @param {string} id @returns {Promise<any>} */
    exercisesOf: (id) => call("GET", `${run(id)}/exercises`),
    /**
     * The shape of a formula that is being written.
     *
     * @param {string} id
     * @param {string} tensor
     * @param {string} text
     * @returns {Promise<any>}
     */
    draft: (id, tensor, text) =>
      call("GET", `${run(id)}/formula?${new URLSearchParams({ tensor, text })}`),
    /**
     * One element of what a formula gives.
     *
     * @param {string} id
     * @param {string} tensor
     * @param {string} text
     * @param {number[]} index
     * @returns {Promise<any>}
     */
    element: (id, tensor, text, index) =>
      call(
        "GET",
        `${run(id)}/formula?${new URLSearchParams({ tensor, text, index: index.join() })}`,
      ),
    /**
     * @param {string} id
     * @param {Record<string, string>} gradients
     * @param {Moment | null} moment null: now, and what is found is kept
     * @returns {Promise<any>}
     */
    check: (id, gradients, moment) =>
      call("POST", `${run(id)}/check?values=all${moment ? `&${at(moment)}` : ""}`, { gradients }),
    /** @param {string} id @param {string} tensor @param {number} level @returns {Promise<any>} */
    hint: (id, tensor, level) => call("POST", `${run(id)}/hint`, { tensor, level }),
    /**
     * A run of the same program with other shapes and numbers.
     *
     * @param {string} id
     * @returns {Promise<Run>}
     */
    variant: (id) => call("POST", `${run(id)}/variant`, {}),
    /**
     * @param {Version} known
     * @param {number} count
     * @param {Record<string, string>} gradients
     * @returns {Promise<Trained & {true_losses: Wire[]}>}
     */
    iterateBy: (known, count, gradients) =>
      change("POST", known, "/iterations", { count, gradients }),
    /** @param {string} id @returns {Promise<any>} */
    gradcheck: (id) => call("GET", `${run(id)}/gradcheck`),
    /**
     * The loss around one weight.
     *
     * @param {string} id
     * @param {string} parameter
     * @param {number[]} index
     * @returns {Promise<any>}
     */
    curve: (id, parameter, index) =>
      call(
        "GET",
        `${run(id)}/gradcheck?${new URLSearchParams({ parameter, index: index.join() })}`,
      ),
    /**
     * All that a network can be built with.
     *
     * @returns {Promise<import("../lib/network.js").Catalogue>}
     */
    layers: () => call("GET", "/layers"),
    /**
     * @param {unknown} network
     * @returns {Promise<{document: Document, layers: import("../lib/network.js").BuiltLayer[]}>}
     */
    build: (network) => call("POST", "/build?layers=true", network),
    /**
     * What happened after the event of that number.
     *
     * @param {string} id
     * @param {number} after
     * @returns {Promise<import("../lib/timeline.js").Change[]>}
     */
    history: async (id, after) =>
      (await call("GET", `${run(id)}/history?losses=none&after=${after}`)).events,
    /**
     * A run of its own with the same past.
     *
     * @param {string} id
     * @param {Moment} moment
     * @returns {Promise<Run>}
     */
    fork: (id, { iteration, event }) =>
      call("POST", `${run(id)}/fork`, event === null ? { iteration } : { iteration, event }),
    /** @param {string} id @param {string} query @returns {Promise<any>} */
    compare: (id, query) => call("GET", `${run(id)}/compare?${query}`),
    /** The trace of a document; nothing is kept. @param {unknown} document @returns {Promise<Trace>} */
    traceOf: (document) => call("POST", "/trace", document),
    /** @param {Version} known @param {Shown} [shown] @returns {Promise<Traced<Run>>} */
    undo: (known, shown) => change("POST", known, `/undo${traced(shown)}`, {}),
    /** @param {Version} known @param {Shown} [shown] @returns {Promise<Traced<Run>>} */
    redo: (known, shown) => change("POST", known, `/redo${traced(shown)}`, {}),
  };
}

/** @param {number} seconds @returns {Promise<void>} */
function asleep(seconds) {
  return new Promise((wake) => setTimeout(wake, 1000 * seconds));
}

/**
 * A run that may only be looked at is known by the id to look at it by.
 *
 * @param {any} run  null: nothing new
 */
function named(run) {
  return run && { ...run, id: run.id ?? run.view_id };
}

/** @param {{index: number[], value: number}} cell */
function cellToWire({ index, value }) {
  return { index, value: toWire(value) };
}

/**
 * The query that asks for the trace after a change.
 *
 * @param {Shown} [shown]
 * @param {string} mark what stands before it
 */
function traced(shown, mark = "?") {
  if (!shown) return "";
  return `${mark}${new URLSearchParams({ trace: `${shown.values}` })}${inside(shown.open ?? false)}`;
}

/** @param {boolean} open  whether composites are looked into */
function inside(open) {
  return open ? "&open=true" : "";
}
