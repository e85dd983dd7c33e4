/**
 * Requests and their answers: JSON, files, and answers that come bit by bit. What is no answer is a
 * `Refusal`.
 *
 * @import { Advance } from "./client.js"
 * @import { Patience } from "./patience.js"
 */

import { readEvents } from "./events.js";
import { Refusal, gone, problemFrom, secondsIn, unreachable } from "./refusal.js";

const AS_KNOWN = 304;

/** @param {typeof fetch} fetcher @param {string} root @param {Patience} patience */
export function createTransport(fetcher, root, patience) {
  /**
   * @param {string} method
   * @param {string} path
   * @param {unknown} [body]
   * @param {Record<string, string>} [conditions]
   * @returns {Promise<any>}
   */
  const call = async (method, path, body, conditions = {}) => {
    const options =
      body === undefined
        ? { method, headers: conditions }
        : {
            method,
            body: JSON.stringify(body),
            headers: { "Content-Type": "application/json", ...conditions },
          };
    return (await fetched(path, options)).json().catch(() => null);
  };
  /**
   * An answer that is none of problems. A read that is refused for the moment is tried again.
   *
   * @param {string} path
   * @param {RequestInit} [options]
   * @param {number} [tried]  how often it was
   * @returns {Promise<Response>}
   */
  const fetched = async (path, options, tried = 0) => {
    const reads = (options?.method ?? "GET") === "GET";
    if (reads) await patience.turn();
    const answer = await fetcher(root + path, options).catch(() => {
      throw unreachable();
    });
    if (answer.ok || answer.status === AS_KNOWN) return answer;
    const content = await answer.json().catch(() => null);
    const problem = problemFrom(answer.status, content, secondsIn(answer.headers));
    if (!reads || !(await patience.wait(problem, tried + 1))) throw new Refusal(problem);
    return fetched(path, options, tried + 1);
  };
  /**
   * @param {string} path
   * @param {Blob} file
   * @param {Record<string, string>} [conditions]
   * @returns {Promise<any>}
   */
  const send = async (path, file, conditions = {}) =>
    (
      await fetched(path, {
        method: "POST",
        body: file,
        headers: { "Content-Type": "application/octet-stream", ...conditions },
      })
    ).json();
  /**
   * An answer that says on the way how far it is.
   *
   * @param {string} path
   * @param {unknown} body
   * @param {Record<string, string>} conditions
   * @param {(advance: Advance) => void} tell
   * @param {AbortSignal} signal
   * @returns {Promise<any>}
   */
  const watch = async (path, body, conditions, tell, signal) => {
    const headers = {
      "Content-Type": "application/json",
      Accept: "text/event-stream",
      ...conditions,
    };
    const answer = await fetched(path, {
      method: "POST",
      body: JSON.stringify(body),
      headers,
      signal,
    });
    const events = readEvents(/** @type {ReadableStream<Uint8Array>} */ (answer.body));
    for (
      let event = await events.next().catch(gone);
      !event.done;
      event = await events.next().catch(gone)
    ) {
      const { name, data } = event.value;
      if (name === "done") return data;
      if (name === "error") throw new Refusal(problemFrom(data.status, data));
      tell(data);
    }
    throw unreachable();
  };

  return { call, fetched, send, watch };
}
