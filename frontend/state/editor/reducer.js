/**
 * The text of the program while it is changed, and how the program is listed.
 *
 * @import { Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{text: string, problem: Problem | null, open: boolean}} Draft of the program; closed,
 *   it waits to be gone on with
 *
 * @typedef {object} EditorState
 * @property {Draft | null} draft
 * @property {Partial<Record<import("../../lib/types.js").Phase, boolean>>} phases  whether they are
 *   folded in the program, where a person said so
 * @property {number[]} held  steps whose lines stay unfolded while the pointer is in the list, so that
 *   nothing moves below it
 */

/** @type {EditorState} */
export const initialEditor = { draft: null, phases: {}, held: [] };

/** @param {State} state @param {string | null} text @returns {State} */
export function typeDraft(state, text) {
  return { ...state, draft: text === null ? null : { text, problem: null, open: true } };
}

/**
 * The editor opens with what was left in it, else with the program.
 *
 * @param {State} state
 * @returns {State}
 */
export function openDraft(state) {
  return state.draft
    ? { ...state, draft: { ...state.draft, open: true } }
    : typeDraft(state, state.document?.program ?? "");
}

/** The editor closes; what was changed in it is kept. @param {State} state @returns {State} */
export function closeDraft(state) {
  const { draft, document } = state;
  return {
    ...state,
    draft: draft === null || draft.text === document?.program ? null : { ...draft, open: false },
  };
}

/**
 * The program in the editor was refused; the one on the screen stays.
 *
 * @param {State} state
 * @param {Problem} problem
 * @returns {State}
 */
export function refuseDraft(state, problem) {
  return state.draft ? { ...state, draft: { ...state.draft, problem, open: true } } : state;
}

/**
 * The program is the one that was in the editor; what was typed since then stays.
 *
 * @param {State} state
 * @param {string} program
 * @returns {State}
 */
export function finishDraft(state, program) {
  return state.draft?.text === program ? { ...state, draft: null } : state;
}

/**
 * @param {State} state
 * @param {import("../../lib/types.js").Phase} phase
 * @param {boolean} folded
 * @returns {State}
 */
export function foldPhase(state, phase, folded) {
  return { ...state, phases: { ...state.phases, [phase]: folded } };
}

/** Somebody points into the list, and leaves the step at the cursor. @param {State} state @returns {State} */
export function holdLine(state) {
  return state.held.includes(state.cursor)
    ? state
    : { ...state, held: [...state.held, state.cursor] };
}

/** The pointer has left the list. @param {State} state @returns {State} */
export function releaseLines(state) {
  return state.held.length ? { ...state, held: [] } : state;
}
