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
 * @property {string | null} embed  what is shown alone, in a frame; null for the whole page
 */

import { INTRO } from "../../lib/intro.js";
import { EMBEDS } from "../../lib/regions.js";
import { SILENT } from "../messages/reducer.js";

/** @type {PageState} */
export const initialPage = {
  mode: "explore",
  tab: "stage",
  lesson: { open: true, intro: null },
  hidden: [],
  embed: null,
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

/** The sentences of a first visit, from the first on. @param {State} state @returns {State} */
export function openIntro(state) {
  return { ...state, lesson: { open: true, intro: 0 } };
}

/** The next sentence of a first visit, or after the last one the description. @param {State} state @returns {State} */
export function nextSentence(state) {
  const { intro } = state.lesson;
  const next = intro === null || intro + 1 >= INTRO.length ? null : intro + 1;
  return { ...state, lesson: { ...state.lesson, intro: next } };
}

/** @param {State} state @returns {State} */
export function openLesson(state) {
  return { ...state, lesson: { open: true, intro: null } };
}

/** Nothing is offered later in its place. @param {State} state @returns {State} */
export function closeLesson(state) {
  const { learning } = state;
  return {
    ...state,
    lesson: { open: false, intro: null },
    learning: learning.offered ? { ...learning, offered: false } : learning,
    copied: false,
  };
}

/** @param {State} state @param {string[]} hidden @returns {State} */
export function hideRegions(state, hidden) {
  return { ...state, hidden };
}

/** @param {State} state @param {string | null} embed @returns {State} */
export function embedPage(state, embed) {
  return { ...state, embed };
}

/** Every region that is not shown. @param {State} state */
export function leftOut({ hidden, embed }) {
  return embed === null ? hidden : [...hidden, ...EMBEDS[embed]];
}
