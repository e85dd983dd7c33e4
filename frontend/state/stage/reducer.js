/**
 * The step on the stage.
 *
 * @import { State } from "../state.js"
 *
 * @typedef {object} StageState
 * @property {number} cursor
 * @property {{key: string, at: number} | null} part  which of the named parts of a step is on the stage
 * @property {boolean} playing
 * @property {number} pace  milliseconds that a step is shown while the page plays
 */

import { SILENT } from "../messages/reducer.js";
import { partPlace } from "./selectors.js";

/** @type {StageState} */
export const initialStage = { cursor: 0, part: null, playing: false, pace: 900 };

/** @param {State} state @param {number} cursor @returns {State} */
export function moveCursor(state, cursor) {
  const last = (state.shown?.trace.steps.length ?? 1) - 1;
  const kept = Math.max(0, Math.min(cursor, last));
  return kept === state.cursor ? state : { ...state, cursor: kept, highlighted: null };
}

/** Somebody goes to a step, and so on from what was said. @param {State} state @param {number} cursor @returns {State} */
export function stepTo(state, cursor) {
  const moved = moveCursor(state, cursor);
  return moved === state ? state : { ...onwards(moved), ...SILENT };
}

/** What stood above the stage for a beginner goes on with them. @param {State} state @returns {State} */
function onwards(state) {
  const { lesson, learning } = state;
  return {
    ...state,
    lesson: lesson.intro === 0 ? { ...lesson, intro: 1 } : lesson,
    learning: learning.offered ? { ...learning, offered: false } : learning,
  };
}

/** To the step that makes this, where there is one. @param {State} state @param {string | undefined} output @returns {State} */
export function moveToOutput(state, output) {
  const at = state.shown?.trace.steps.findIndex((step) => step.output === output) ?? -1;
  return at < 0 ? state : moveCursor(state, at);
}

/** @param {State} state @param {boolean} playing @returns {State} */
export function setPlaying(state, playing) {
  return state.playing === playing ? state : { ...state, playing };
}

/** @param {State} state @param {number} pace @returns {State} */
export function setPace(state, pace) {
  return { ...state, pace };
}

/** @param {State} state @param {number} step @param {number} at @returns {State} */
export function choosePart(state, step, at) {
  const moved = step === state.cursor ? state : { ...state, cursor: step };
  return { ...moved, highlighted: null, part: { key: partPlace(moved), at } };
}
