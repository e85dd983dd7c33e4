/**
 * How the graph is drawn: as a strip or large, its size, which loops and lines are
 * folded, and what is searched in it.
 *
 * @import { State } from "../state.js"
 * @typedef {object} Drawing
 * @property {boolean} large over the stage, with all that moves and folds it
 * @property {number} zoom of the large form
 * @property {Record<string, boolean>} folded  what a person said of a loop or a line, by its key
 * @property {boolean | null} lines  what a person said of all lines
 * @property {{width: number, height: number} | null} room for the drawing, in pixels, once it is
 *   known
 * @property {string} query
 * @property {number} choice  which of what was found Enter takes
 */

import { isLine } from "../../lib/folding.js";

const [SMALLEST, LARGEST] = [0.1, 2.5];

/** @type {Drawing} */
export const initialDrawing = {
  large: false,
  zoom: 1,
  folded: {},
  lines: null,
  room: null,
  query: "",
  choice: 0,
};

/** Of another document; how much room there is stays known. @param {Drawing} drawing @returns {Drawing} */
export function drawingAnew({ room }) {
  return { ...initialDrawing, room };
}

/**
 * The modes that have no graph have no large one.
 *
 * @param {State} state
 * @param {boolean} large
 * @returns {State}
 */
export function enlargeGraph(state, large) {
  const possible = state.mode === "explore" || state.mode === "practice";
  return {
    ...state,
    drawing: { ...state.drawing, large: large && possible, query: "", choice: 0 },
  };
}

/** @param {State} state @param {number} zoom @returns {State} */
export function zoomGraph(state, zoom) {
  return {
    ...state,
    drawing: { ...state.drawing, zoom: Math.max(SMALLEST, Math.min(LARGEST, zoom)) },
  };
}

/** @param {State} state @param {string} key @param {boolean} folded @returns {State} */
export function foldSteps(state, key, folded) {
  return {
    ...state,
    drawing: { ...state.drawing, folded: { ...state.drawing.folded, [key]: folded } },
  };
}

/**
 * Of single lines nothing is said any more.
 *
 * @param {State} state
 * @param {boolean} lines
 * @returns {State}
 */
export function foldLines(state, lines) {
  const loops = Object.entries(state.drawing.folded).filter(([key]) => !isLine(key));
  return { ...state, drawing: { ...state.drawing, lines, folded: Object.fromEntries(loops) } };
}

/** @param {State} state @param {number} width @param {number} height @returns {State} */
export function measureGraph(state, width, height) {
  const { room } = state.drawing;
  return room?.width === width && room.height === height
    ? state
    : { ...state, drawing: { ...state.drawing, room: { width, height } } };
}

/** @param {State} state @param {string} query @returns {State} */
export function searchGraph(state, query) {
  return { ...state, drawing: { ...state.drawing, query, choice: 0 } };
}

/** @param {State} state @param {number} choice @returns {State} */
export function moveChoice(state, choice) {
  return { ...state, drawing: { ...state.drawing, choice } };
}
