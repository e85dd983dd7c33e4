/**
 * What the service refuses, and what the page itself does: each with a detail and a hint.
 *
 * @import { Problem, Where } from "../lib/types.js"
 */

export const OVERTAKEN = 412;

const TOO_LARGE = 413;

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
  return refusal(
    "The server does not answer.",
    "Is backprop-explorer still running? What you typed is kept; try again.",
  );
}

/** @param {number} status @param {any} answer @returns {Problem} */
export function problemFrom(status, answer) {
  return {
    detail: answer?.detail ?? answer?.title ?? `The server answered ${status}.`,
    hint: answer?.hint ?? null,
    where: /** @type {Where} */ (answer?.where ?? {}),
    status,
    code: answer?.code ?? "unknown",
  };
}
