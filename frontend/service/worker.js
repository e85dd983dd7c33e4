/**
 * The engine: Python in a worker, which answers what a server would. Runs are kept in the browser's
 * database; several tabs share them as several servers share one database: before a run is asked for,
 * what another tab has written of it is read, and one tab at a time changes it.
 *
 * @import { Answer } from "./opening.js"
 * @typedef
 *   {{number: number, method: string, address: string, headers: [string, string][], body: ArrayBuffer | null}}
 *   Asked
 */

import { compiledParts } from "./compiled.js";
import { openingOf } from "./opening.js";
import { openingShelf } from "./openingshelf.js";
import { openRows } from "./rows.js";
import { unpackInto } from "./unpacked.js";

const NAME = "backprop-explorer";

/** Full, or not to be had, such as in a private window of some browsers. */
const NO_ROOM = 507;

/** What waits for no change, and makes none. */
const BESIDE = ["preview", "hint", "formula"];

const SNAPSHOT = /\/export\?.*format=html/;

/** After so many milliseconds without anything else to do, as a rule, it is time for the next visit. */
const IDLE = 1500;

const STREAM = "text/event-stream";

const scope = /** @type {any} */ (self);

/** @type {Promise<Awaited<ReturnType<typeof start>>>} */
let started;

/** @type {ReturnType<typeof opening>} */
let opened;

scope.onmessage = (/** @type {MessageEvent} */ { data }) => {
  if (data.start) {
    started = start(data.start);
    started.catch((error) => scope.postMessage({ failed: lastLine(error) }));
    opened = opening(data.start);
  } else if (data.leave) void started.then(({ engine }) => engine.leave(data.leave));
  else void opened.hear(data);
};

/** @param {Places} places */
function opening({ archive, python }) {
  const serve = async (/** @type {Asked} */ asked) => {
    const means = await started;
    return fulfil(asked.address, means)
      .then(() => answer(asked, means))
      .catch((error) => fail(asked.number, error));
  };
  /** @param {Asked} asked @param {string} run */
  const begin = async (asked, run) => {
    const means = await started;
    return navigator.locks
      .request(lockOf(run), async () =>
        (await means.rows?.find(run)) ? "there" : answered(asked, means, run),
      )
      .catch((error) => fail(asked.number, error));
  };
  return openingOf({
    shelf: openingShelf(archive, python),
    tell({ number }, { status, headers, text }) {
      const body = new TextEncoder().encode(text).buffer;
      scope.postMessage({ number, status, headers, body, streams: false }, [body]);
    },
    serve,
    begin,
    foretell: async (count) => (await started).engine.foretell(count).toJs(),
    differs: () => scope.postMessage({ again: true }),
    later: (work) => void setTimeout(work, IDLE),
  });
}

/** Of Python's errors the last line says what is wrong. @param {any} error */
function lastLine(error) {
  return String(error.message ?? error)
    .trim()
    .split("\n")
    .at(-1);
}

/** @typedef {{python: string, archive: string, snapshot: string}} Places */

/** @param {Places} places */
async function start(places) {
  const compiled = compiledParts(places.archive, places.python);
  const known = await compiled.read();
  const begun = known
    ? await begin(places, known).catch(() => compiled.forget().then(() => begin(places, null)))
    : await begin(places, null);
  const { runtime, engine, folder } = begun;
  const rows = await openRows(NAME).catch(() => null);
  scope.postMessage({ ready: performance.getEntriesByType("resource").map(({ name }) => name) });
  if (!known) setTimeout(() => void compileAll(runtime, folder, compiled), IDLE);
  return { runtime, engine, rows, addSnapshot: once(() => unpack(runtime, places.snapshot)) };
}

/** @param {Places} places @param {ArrayBuffer[] | null} known */
async function begin({ python, archive }, known) {
  const stdLibURL = known && URL.createObjectURL(new Blob([known[0]]));
  const [packed, runtime] = await Promise.all([
    known ? known[1] : fetch(archive).then((answer) => answer.arrayBuffer()),
    import(new URL("pyodide.mjs", python).href).then(({ loadPyodide }) =>
      loadPyodide({ indexURL: python, packages: ["numpy"], ...(stdLibURL && { stdLibURL }) }),
    ),
  ]);
  const folder = runtime.runPython("import site; site.getsitepackages()[0]");
  if (known) unpackInto(runtime.FS, folder, new Uint8Array(packed));
  else runtime.unpackArchive(packed, "bztar", { extractDir: folder });
  const engine = runtime.runPython(
    "from backprop_explorer.site import standins\n" +
      "standins.install()\n" +
      "from backprop_explorer.site.engine import Engine\n" +
      "Engine()",
  );
  return { runtime, engine, folder };
}

/**
 * For the next visit. It makes way for whatever is asked meanwhile.
 *
 * @param {any} runtime
 * @param {string} folder
 * @param {ReturnType<typeof compiledParts>} compiled
 */
async function compileAll(runtime, folder, compiled) {
  try {
    const { library, packages } = runtime.pyimport("backprop_explorer.site.compiled");
    const zip = runtime.runPython(
      "next(place for place in __import__('sys').path if place.endswith('.zip'))",
    );
    const parts = [await library(zip), await packages(folder)];
    await compiled.keep(parts.map((part) => part.toJs()));
  } catch (error) {
    console.warn(error); // the next visit takes as long as this one
  }
}

/** What the page in one file is made of comes with the first one. @param {any} runtime @param {string} place */
async function unpack(runtime, place) {
  const folder = runtime.runPython("import site; site.getsitepackages()[0]");
  const packed = await (await fetch(place)).arrayBuffer();
  runtime.unpackArchive(packed, "bztar", { extractDir: folder });
}

/** @template T @param {() => Promise<T>} work @returns {() => Promise<T>} */
function once(work) {
  /** @type {Promise<T> | null} */
  let done = null;
  return () => (done ??= work());
}

/** @typedef {Awaited<ReturnType<typeof start>>} Means */

/** @param {Asked} asked @param {Means} means @returns {Promise<Answer | null>} */
async function answer(asked, means) {
  const run = changed(asked);
  if (run === null || !navigator.locks) return answered(asked, means);
  return navigator.locks.request(lockOf(run), () => answered(asked, means));
}

/** One tab at a time changes a run. @param {string} run */
function lockOf(run) {
  return `${NAME} ${run}`;
}

/** The run that this may change; null where it changes none. @param {Asked} asked */
function changed({ method, address }) {
  const [, run, last] = /^\/api\/runs\/([^/?]+)(?:\/([^?]*))?/.exec(address) ?? [];
  return method === "GET" || run === undefined || BESIDE.includes(last) ? null : run;
}

/**
 * @param {Asked} asked
 * @param {Means} means
 * @param {string} [id] of the run that it begins; then nobody is told of it
 * @returns {Promise<Answer | null>}
 */
async function answered({ number, method, address, headers, body }, means, id) {
  const { runtime, engine } = means;
  await refresh(address, means);
  if (SNAPSHOT.test(address)) await means.addSnapshot();
  const told = teller(number, id === undefined);
  if (id !== undefined) engine.name_next(id);
  const [pairs, content] = [
    runtime.toPy(headers),
    runtime.toPy(new Uint8Array(body ?? new ArrayBuffer(0))),
  ];
  await engine.answer(number, method, address, pairs, content, told.hear);
  pairs.destroy();
  content.destroy();
  try {
    await kept(means);
    const answer = told.end();
    return answer && { method, address, ...answer };
  } catch (error) {
    if (!(error instanceof Full)) throw error;
    told.refuse(noRoom(error), NO_ROOM);
    return null;
  }
}

/** Reads what other tabs have written of the runs that are named. @param {string} address @param {Means} means */
async function refresh(address, { engine, rows, runtime }) {
  if (!rows) return;
  await writing;
  for (const name of namedIn(address)) {
    const known = await rows.find(name);
    const run = known?.id ?? name;
    const revision = engine.revision(run);
    if (known ? (revision ?? 0) >= known.revision : revision === undefined) continue;
    load(run, known ? await rows.rows(run) : [], engine, runtime);
  }
}

/** The runs. @param {string} address @returns {string[]} */
function namedIn(address) {
  const { pathname, searchParams } = new URL(address, location.href);
  const [, , place, id] = pathname.split("/");
  const named = [place === "runs" ? id : null, searchParams.get("other"), searchParams.get("run")];
  return named.flatMap((name) => name || []);
}

/** Begins what another tab shows already, and has not begun yet. @param {string} address @param {Means} means */
async function fulfil(address, { engine, rows }) {
  for (const name of namedIn(address))
    if (engine.revision(name) === undefined && rows && !(await rows.find(name)))
      await opened.fulfil(address);
}

/** @param {string} run @param {[string, Uint8Array][]} found @param {any} engine @param {any} runtime */
function load(run, found, engine, runtime) {
  const content = runtime.toPy(new Map(found));
  engine.load(run, content);
  content.destroy();
}

/** @type {Promise<unknown>} */
let writing = Promise.resolve();

/** What was changed is on disk when this returns. @param {Means} means */
async function kept({ engine, rows, runtime }) {
  const taken = engine.take();
  /** @type {import("./rows.js").Change[]} */
  const changes = taken.toJs();
  taken.destroy();
  if (changes.length && rows) {
    const write = writing.then(() => rows.write(changes));
    writing = write.catch(async () => {
      for (const run of new Set(changes.map(([name]) => name)))
        load(run, await rows.rows(run), engine, runtime);
    });
    await write.catch(async (error) => {
      await writing;
      throw new Full(String(error?.message ?? error));
    });
  }
  await writing;
}

class Full extends Error {}

/**
 * Hands an answer on: pieces of a stream at once but for the last, all else when it is kept.
 *
 * @param {number} number
 * @param {boolean} [tells]
 */
function teller(number, tells = true) {
  /** @type {any} */
  let head = null;
  /** @type {Uint8Array[]} */
  const pieces = [];
  const hear = (/** @type {any} */ message) => {
    const {
      type,
      status,
      headers,
      body,
      more_body: more,
    } = message.toJs({
      dict_converter: Object.fromEntries,
    });
    if (type === "http.response.start") {
      head = { number, status, headers: headers.map(texts) };
      head.streams = head.headers.some((/** @type {string[]} */ [, value]) =>
        value.startsWith(STREAM),
      );
      if (head.streams) scope.postMessage({ ...head, body: null });
      return;
    }
    pieces.push(body);
    if (head.streams && more) send(pieces.splice(0));
  };
  const send = (/** @type {Uint8Array[]} */ some) => {
    const piece = joined(some);
    scope.postMessage({ number, piece }, [piece]);
  };
  /** What was said, but of streams. */
  const end = () => {
    if (!head) return null;
    if (head.streams) {
      send(pieces.splice(0));
      scope.postMessage({ number, last: true });
      return null;
    }
    const body = joined(pieces);
    const { status, headers } = head;
    const text = isText(headers) ? new TextDecoder().decode(body) : null;
    if (tells) scope.postMessage({ ...head, body }, [body]);
    return text === null ? null : { status, headers, text };
  };
  const refuse = (/** @type {object} */ problem, /** @type {number} */ status) => {
    const content = JSON.stringify({ ...problem, status });
    if (head?.streams) {
      pieces.splice(
        0,
        pieces.length,
        new TextEncoder().encode(`event: error\ndata: ${content}\n\n`),
      );
      return void end();
    }
    const body = new TextEncoder().encode(content).buffer;
    scope.postMessage({ number, status, headers: [], body, streams: false }, [body]);
  };
  return { hear, end, refuse };
}

/** @param {Uint8Array[]} pair @returns {string[]} */
function texts(pair) {
  return pair.map((bytes) => new TextDecoder("latin1").decode(bytes));
}

/** @param {Uint8Array[]} pieces @returns {ArrayBuffer} */
function joined(pieces) {
  const whole = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0));
  let start = 0;
  for (const piece of pieces) {
    whole.set(piece, start);
    start += piece.length;
  }
  return whole.buffer;
}

/** @param {[string, string][]} headers */
function isText(headers) {
  return headers.some(([, value]) => value.startsWith("application/json"));
}

/** @param {number} number @param {any} error @returns {null} */
function fail(number, error) {
  console.error(error);
  const [detail, hint] = ["Something went wrong in the engine.", "Reload the page: runs are kept."];
  teller(number).refuse({ code: "unexpected", detail, hint, where: {} }, 500);
  return null;
}

/** @param {Full} error */
function noRoom({ message }) {
  return {
    code: "storage_full",
    detail: `The browser could not keep this change, so it was not made (${message}).`,
    hint: "Make room on the disk, or remove what this browser keeps of other sites.",
    where: {},
  };
}
