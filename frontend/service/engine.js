/**
 * The service in a worker: asked like a server, by messages in the place of requests. The worker is
 * begun with the first request.
 *
 * @typedef
 *   {{number: number, status: number, headers: [string, string][], body: ArrayBuffer | null, streams: boolean}}
 *   Head
 * @typedef {Head | {number: number, piece: ArrayBuffer} | {number: number, last: true}} Told
 * @typedef {{resolve: (answer: Response) => void, pieces: ReadableStreamDefaultController | null}} Waiting
 */

/** Answers that have no body, by their status. */
const BARE = [204, 304];

/**
 * @param {() => Worker} begin
 * @param {(used: string[]) => void} ready  is told once what the engine was loaded from
 * @param {() => void} again  what an earlier visit was told does not hold any more
 * @returns {typeof fetch}
 */
export function engineFetcher(begin, ready, again) {
  /** @type {Worker | null} */
  let worker = null;
  let last = 0;
  /** @type {Map<number, Waiting>} */
  const waiting = new Map();

  const begun = () => {
    const made = begin();
    made.addEventListener("message", ({ data }) => {
      if (data.ready) ready(data.ready);
      else if (data.again) again();
      else hear(data);
    });
    made.addEventListener("error", (event) =>
      fail(event.message || "its script could not be read"),
    );
    return made;
  };

  /** @param {any} told */
  const hear = (told) => {
    if (told.failed !== undefined) return fail(told.failed);
    const asked = waiting.get(told.number);
    if (!asked) return;
    if (told.piece) return asked.pieces?.enqueue(new Uint8Array(told.piece));
    if (told.last) asked.pieces?.close();
    else asked.resolve(answerOf(told, asked));
    if (!told.streams) waiting.delete(told.number);
  };

  /** Nothing will be answered any more. @param {string} why */
  const fail = (why) => {
    for (const { resolve } of waiting.values()) resolve(failed(why));
    waiting.clear();
    worker?.terminate();
    worker = null;
  };

  return async (address, options = {}) => {
    const { method = "GET", headers = {}, body, signal } = options;
    const content = body == null ? null : await new Response(body).arrayBuffer();
    signal?.throwIfAborted();
    worker ??= begun();
    const number = ++last;
    const pairs = [...new Headers(headers).entries()];
    const path = String(address).replace(/^\.\//, "/");
    return new Promise((resolve, reject) => {
      /** @type {Waiting} */
      const asked = { resolve, pieces: null };
      waiting.set(number, asked);
      signal?.addEventListener("abort", () => leave(number, asked, signal.reason, reject));
      worker?.postMessage({ number, method, address: path, headers: pairs, body: content });
    });
  };

  /**
   * Closing the connection, so to speak.
   *
   * @param {number} number
   * @param {Waiting} asked
   * @param {unknown} reason
   * @param {(reason: unknown) => void} reject
   */
  function leave(number, asked, reason, reject) {
    if (!waiting.delete(number)) return;
    worker?.postMessage({ leave: number });
    asked.pieces?.error(reason);
    reject(reason);
  }
}

/** @param {Head} head @param {Waiting} asked */
function answerOf({ status, headers, body, streams }, asked) {
  if (!streams) return new Response(BARE.includes(status) ? null : body, { status, headers });
  const stream = new ReadableStream({ start: (pieces) => void (asked.pieces = pieces) });
  return new Response(stream, { status, headers });
}

/** @param {string} why */
function failed(why) {
  const problem = {
    code: "engine_failed",
    detail: `The engine could not be started in this browser: ${why}.`,
    hint: "The first visit needs a network, and a browser that runs WebAssembly. Reload the page to try again.",
    where: {},
  };
  return new Response(JSON.stringify(problem), { status: 500 });
}
