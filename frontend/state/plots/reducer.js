/**
 * The plots that are on the screen: which one, and of what.
 *
 * @import { State } from "../state.js"
 * @import { Study } from "../studies/reducer.js"
 * @typedef {object} Plots
 * @property {boolean} open
 * @property {string} name             the plot on the screen
 * @property {Record<string, string>} chosen options by their keys; what is not there is left to the
 *   service
 * @property {string | null} pinned    the plot that is on the stage, too
 * @property {boolean} log             whether sizes are drawn on a logarithmic scale
 * @property {Record<string, Study>} answers  the last one of each plot; old where its key is
 */

/** @type {Plots} */
export const initialPlots = {
  open: false,
  name: "loss",
  chosen: {},
  pinned: null,
  log: true,
  answers: {},
};

/** @param {State} state @param {Partial<State["plots"]>} part @returns {State} */
export function updatePlots(state, part) {
  return { ...state, plots: { ...state.plots, ...part } };
}
