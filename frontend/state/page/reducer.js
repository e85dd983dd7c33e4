/**
 * What stands where: the mode, what a phone shows, and what is left out.
 *
 * @import { State } from "../state.js"
 * @typedef {"explore" | "practice" | "build" | "plots" | "history"} Mode what stands in the stage's
 *   place
 * @typedef {"stage" | "program" | "explanation" | "graph" | "training"} Tab what a phone shows
 *
 * @typedef {object} PageState
 * @property {Mode} mode
 * @property {Tab} tab
 * @property {{open: boolean, intro: number | null}} lesson  the strip; which sentence of a first visit
 *   it says
 * @property {string[]} hidden  regions that are not shown, by their ids
 */

import { SILENT } from "../messages/reducer.js";

/** @type {PageState} */
export const initialPage = {
  mode: "explore",
  tab: "stage",
  lesson: { open: true, intro: null },
  hidden: [],
};

/** @param {State} state @param {State["mode"]} mode @returns {State} */
export function chooseMode(state, mode) {
  return {
    ...state,
    ...SILENT,
    mode,
    tab: "stage",
    builder: { ...state.builder, open: mode === "build" },
    plots: { ...state.plots, open: mode === "plots" },
  };
}

/** @param {State} state @param {State["tab"]} tab @returns {State} */
export function chooseTab(state, tab) {
  return { ...state, tab };
}

/** @param {State} state @param {Partial<State["lesson"]>} part @returns {State} */
export function updateLesson(state, part) {
  return { ...state, lesson: { ...state.lesson, ...part } };
}

/** @param {State} state @param {string[]} hidden @returns {State} */
export function hideRegions(state, hidden) {
  return { ...state, hidden };
}
