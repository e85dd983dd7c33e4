/**
 * What was read for the explanation besides its terms.
 *
 * @import { Problem } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {{key: string, answer: any, problem: Problem | null}} Study the last answer of a kind;
 *   old where its key is
 *
 * @typedef {object} StudiesState
 * @property {Record<string, Study>} studies  the last one of each kind
 */

/** @type {StudiesState} */
export const initialStudies = { studies: {} };

/** @param {State} state @param {string} kind @param {Study} study @returns {State} */
export function addStudy(state, kind, study) {
  return { ...state, studies: { ...state.studies, [kind]: study } };
}
