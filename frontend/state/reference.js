/**
 * The page of operations: what the service tells of them, and what is looked for.
 * @import { Reference } from "../lib/reference.js"
 * @import { Trouble } from "../lib/types.js"
 * @import { Theme } from "./state.js"
 *
 * @typedef {object} ReferenceState
 * @property {Reference | null} reference
 * @property {string} query
 * @property {Theme} theme
 * @property {Trouble | null} trouble
 * @property {string} said  what just happened
 */

import { fits, fitsWord } from "../lib/reference.js";

/** @type {ReferenceState} */
export const initial = { reference: null, query: "", theme: "system", trouble: null, said: "" };

/** @param {ReferenceState} state @param {Reference} reference */
export function referenceRead(state, reference) {
  return { ...state, reference, trouble: null };
}

/** @param {ReferenceState} state @param {Trouble} trouble */
export function failed(state, trouble) {
  return { ...state, trouble };
}

/** @param {ReferenceState} state @param {Theme} theme */
export function themeSet(state, theme) {
  return { ...state, theme };
}

/** @param {ReferenceState} state @param {string} query */
export function searched(state, query) {
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
export function told(state, said) {
  return { ...state, said, trouble: null };
}
