/**
 * The page of operations: what the service tells of them, and what is looked for.
 *
 * @import { Reference } from "../../lib/reference.js"
 * @import { Problem } from "../../lib/types.js"
 * @import { Theme } from "../settings/reducer.js"
 * @typedef {object} ReferenceState
 * @property {Reference | null} reference
 * @property {string} query
 * @property {Theme} theme
 * @property {Problem | null} problem
 * @property {string} said  what just happened
 */

import { fits, fitsWord } from "../../lib/reference.js";

/** @type {ReferenceState} */
export const initialReference = {
  reference: null,
  query: "",
  theme: "system",
  problem: null,
  said: "",
};

/** @param {ReferenceState} state @param {Reference} reference */
export function setReference(state, reference) {
  return { ...state, reference, problem: null };
}

/** @param {ReferenceState} state @param {Problem} problem */
export function setProblem(state, problem) {
  return { ...state, problem };
}

/** @param {ReferenceState} state @param {Theme} theme */
export function setTheme(state, theme) {
  return { ...state, theme };
}

/** @param {ReferenceState} state @param {string} query */
export function searchReference(state, query) {
  const next = { ...state, query };
  const { groups = [], words = [] } = next.reference ?? {};
  const count =
    groups.flatMap(({ entries }) => entries.filter((entry) => fits(entry, query))).length +
    words.flatMap(({ entries }) => entries.filter((entry) => fitsWord(entry, query))).length;
  return {
    ...next,
    said: query.trim() ? `${count} ${count === 1 ? "entry fits" : "entries fit"}.` : "",
  };
}

/** @param {ReferenceState} state @param {string} said */
export function setStatus(state, said) {
  return { ...state, said, problem: null };
}
