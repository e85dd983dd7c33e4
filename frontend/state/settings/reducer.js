/**
 * How everything is printed and drawn.
 *
 * @import { Palette } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @typedef {"system" | "light" | "dark"} Theme
 *
 * @typedef {object} SettingsState
 * @property {number} digits
 * @property {Theme} theme
 * @property {Palette | null} palette
 * @property {import("../../lib/plotly.js").Library} library  that draws the plots
 */

/** @type {SettingsState} */
export const initialSettings = { digits: 3, theme: "system", palette: null, library: "coming" };

/** @param {State} state @param {number} digits @returns {State} */
export function setDigits(state, digits) {
  return { ...state, digits };
}

/** @param {State} state @param {Theme} theme @param {Palette} palette @returns {State} */
export function setTheme(state, theme, palette) {
  return { ...state, theme, palette };
}

/** @param {State} state @param {import("../../lib/plotly.js").Library} library @returns {State} */
export function setLibrary(state, library) {
  return state.library === library ? state : { ...state, library };
}
