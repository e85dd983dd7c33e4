/**
 * Code that is brought along: what is missing in it, what was added for it, and what became of it.
 *
 * @import { Note, WrittenGradient } from "../../lib/answers.js"
 * @import { Missing, Role, Tensors } from "../../lib/brought.js"
 * @import { Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {"editor" | "dialog"} Origin where the text stands
 * @typedef {Missing & {origin: Origin, role: Role, shape: string, init: string, problem: string | null, guess: Guess}} Asking
 *   the tensor that a text uses and does not define: how it is to be added
 * @typedef {Record<Role, {shape: number[], whole: boolean} | null>} Guess the shapes that follow from
 *   the tensor's use
 * @typedef {object} Reading what the text in the editor gives, while it is typed
 * @property {string} text
 * @property {Record<number, number[]>} shapes by line
 * @property {Problem | null} problem
 * @property {Missing | null} missing
 * @typedef {object} Bringing
 * @property {Tensors} added
 * @property {Asking | null} asking
 * @property {Reading | null} reading
 * @property {string[]} initialisers that the service has
 * @typedef {object} Brought
 * @property {number | null} event  of the run as it was opened
 * @property {Note[]} notes
 * @property {WrittenGradient[]} backward the text's own gradients
 * @property {boolean} listed  whether the notes are shown
 */

import { guessText } from "./selectors.js";

/** @type {Tensors} */
const NOTHING = { inputs: {}, parameters: {} };

/** What tensors are filled with, where nothing is said. */
const USUAL = "normal";

/** @type {Bringing} */
export const initialImport = { added: NOTHING, asking: null, reading: null, initialisers: [] };

/** @param {State} state @param {Partial<Bringing>} part @returns {State} */
export function updateImport(state, part) {
  return { ...state, bringing: { ...state.bringing, ...part } };
}

/** What was added belongs to a text; the text is done with. @param {State} state @returns {State} */
export function endImport(state) {
  return updateImport(state, { added: NOTHING, asking: null, reading: null });
}

/** @param {State} state @param {Missing} missing @param {Origin} origin @returns {State} */
export function askForTensor(state, missing, origin) {
  const { initialisers } = state.bringing;
  const role = /** @type {Role} */ (origin === "editor" ? "parameters" : "inputs");
  const init = initialisers.find((one) => one === USUAL) ?? initialisers[0] ?? "";
  const guess = { inputs: null, parameters: null };
  const asking = { ...missing, origin, role, shape: "", init, problem: null, guess };
  return updateImport(state, { asking });
}

/** @param {State} state @param {Partial<Asking>} part @returns {State} */
export function describeTensor(state, part) {
  const { asking } = state.bringing;
  if (!asking) return state;
  const next = { ...asking, problem: null, ...part };
  // What nobody typed follows the role.
  const followed = asking.shape === guessText(asking) ? guessText(next) : next.shape;
  return updateImport(state, { asking: { ...next, shape: part.shape ?? followed } });
}

/** @param {State} state @param {Brought | null} brought @returns {State} */
export function setImported(state, brought) {
  return { ...state, brought };
}

/** The notes are shown, or put away. @param {State} state @param {boolean} listed @returns {State} */
export function listNotes(state, listed) {
  return state.brought ? { ...state, brought: { ...state.brought, listed } } : state;
}
