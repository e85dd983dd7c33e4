/**
 * What the service refuses, and what the page itself does: each with a detail and a hint.
 *
 * @import { Problem, Where } from "../lib/types.js"
 */

export const OVERTAKEN = 412;

const TOO_LARGE = 413;

const UNREACHABLE = "unreachable";

/** What a service, or a proxy before it, says when the same request may succeed a little later. */
export const PASSING = new Set([429, 502, 503, 504]);

/** Of an answer that does not tell, such as a proxy's. @type {Record<number, string>} */
const TOLD = {
  413: "That is more than the server takes at once.",
  429: "Too many requests come from here.",
  502: "The server cannot be reached at the moment.",
  503: "The server cannot answer at the moment.",
  504: "The server did not answer in time.",
};

export class Refusal extends Error {
  /** @param {Problem} problem */
  constructor(problem) {
    super(problem.detail);
    this.problem = problem;
  }
}

/** A refusal that the page itself utters. @param {string} detail @param {string} hint */
export function refusal(detail, hint) {
  return new Refusal({ detail, hint, where: {}, status: 0, code: "page" });
}

/** Was the run changed by somebody else before this change came? @param {unknown} error */
export function isOvertaken(error) {
  return error instanceof Refusal && error.problem.status === OVERTAKEN;
}

/** Was it asked for more than an answer may hold? @param {unknown} error */
export function isTooLarge(error) {
  return error instanceof Refusal && error.problem.status === TOO_LARGE;
}

/** May the same succeed a little later? @param {unknown} error */
export function isPassing(error) {
  if (!(error instanceof Refusal)) return false;
  return PASSING.has(error.problem.status) || error.problem.code === UNREACHABLE;
}

/**
 * What there is to say about anything that was thrown.
 *
 * @param {unknown} error
 * @returns {Problem}
 */
export function problemOf(error) {
  if (error instanceof Refusal) return error.problem;
  console.error(error);
  return refusal("Something in the page went wrong.", "Reload it: the run is kept by the server.")
    .problem;
}

/** @returns {never} */
export function gone() {
  throw unreachable();
}

export function unreachable() {
  return new Refusal({
    detail: "The server does not answer.",
    hint: "Is backprop-explorer still running? What you typed is kept; try again.",
    where: {},
    status: 0,
    code: UNREACHABLE,
  });
}

/**
 * @param {number} status
 * @param {any} answer
 * @param {number | null} [after]  in so many seconds it may be tried again
 * @returns {Problem}
 */
export function problemFrom(status, answer, after = null) {
  const hint = answer?.hint ?? null;
  return {
    detail: answer?.detail ?? answer?.title ?? TOLD[status] ?? `The server answered ${status}.`,
    hint: PASSING.has(status) ? [hint, againIn(hint, after)].filter(Boolean).join("; ") : hint,
    where: /** @type {Where} */ (answer?.where ?? {}),
    status,
    code: answer?.code ?? "unknown",
    after,
  };
}

/** @param {string | null} hint @param {number | null} after */
function againIn(hint, after) {
  if (hint && /\btry again\b/i.test(hint)) return "";
  const time = after === null ? "" : ` in ${after} s`;
  return `what you typed is kept: try again${time}`;
}

/**
 * The header Retry-After, which says seconds or a date.
 *
 * @param {Headers | undefined} headers
 * @param {number} [now]
 * @returns {number | null}
 */
export function secondsIn(headers, now = Date.now()) {
  const text = headers?.get("Retry-After")?.trim() ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  const date = Date.parse(text);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1000));
}
