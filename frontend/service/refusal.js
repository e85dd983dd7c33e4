/**
 * What the service refuses, and what the page itself does: each with a detail and a hint.
 *
 * @import { Trouble, Where } from "../lib/types.js"
 */

export const OVERTAKEN = 412;

const TOO_LARGE = 413;

export class Refusal extends Error {
  /** @param {Trouble} trouble */
  constructor(trouble) {
    super(trouble.detail);
    this.trouble = trouble;
  }
}

/** A refusal that the page itself utters. @param {string} detail @param {string} hint */
export function refusal(detail, hint) {
  return new Refusal({ detail, hint, where: {}, status: 0, code: "page" });
}

/** Was the run changed by somebody else before this change came? @param {unknown} error */
export function isOvertaken(error) {
  return error instanceof Refusal && error.trouble.status === OVERTAKEN;
}

/** Was it asked for more than an answer may hold? @param {unknown} error */
export function isTooLarge(error) {
  return error instanceof Refusal && error.trouble.status === TOO_LARGE;
}

/**
 * What there is to say about anything that was thrown.
 *
 * @param {unknown} error
 * @returns {Trouble}
 */
export function troubleOf(error) {
  if (error instanceof Refusal) return error.trouble;
  console.error(error);
  return refusal("Something in the page went wrong.", "Reload it: the run is kept by the server.")
    .trouble;
}

/** @returns {never} */
export function gone() {
  throw unreachable();
}

export function unreachable() {
  return refusal(
    "The server does not answer.",
    "Is backprop-explorer still running? What you typed is kept; try again.",
  );
}

/** @param {number} status @param {any} problem @returns {Trouble} */
export function problem(status, problem) {
  return {
    detail: problem?.detail ?? problem?.title ?? `The server answered ${status}.`,
    hint: problem?.hint ?? null,
    where: /** @type {Where} */ (problem?.where ?? {}),
    status,
    code: problem?.code ?? "unknown",
  };
}
