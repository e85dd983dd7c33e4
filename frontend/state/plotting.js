/**
 * The plots that are on the screen: which one, of what, and what has to be read for it.
 *
 * @import { Moment } from "../lib/moment.js"
 * @import { State, Study } from "./state.js"
 * @typedef {{parameter: string, index: number[]}} Weight
 * @typedef {{name: string, title: string, reason: string | null}} PlotEntry
 *
 * @typedef {object} Plots
 * @property {boolean} open
 * @property {string} name             the plot on the screen
 * @property {string | null} layer     the tensor of the histograms; null: the first that is of interest
 * @property {Weight | null} weight    null: the steepest one
 * @property {Weight | null} other     the second one of two
 * @property {number | null} reach    of a slice, to both sides; null: what the service thinks right
 * @property {{tensor: string | null, unit: number} | null} drawn  over the plane; null: the prediction
 * @property {boolean} log             whether sizes are drawn on a logarithmic scale
 * @property {Record<string, Study>} answers  the last one of each plot; old where its key is
 *
 * @typedef {{name: string, key: string, moment: Moment, query: Record<string, string>}} Asking
 */

import { at, now } from "../lib/moment.js";
import { coverOf } from "./sheet.js";

/** @type {Plots} */
export const unplotted = { open: false, name: "loss", layer: null, weight: null, other: null, reach: null, drawn: null, log: true, answers: {} };

/** The list of plots is asked for like one of them. */
export const LIST = "list";
/** These show all of the run, not only the moment on the screen. */
const OVER_TIME = new Set(["loss", "norms", "histograms", "weight"]);

/** These tell single gradients. */
const TELLING = new Set(["weight", "slice", "contour"]);

/** The plots there are, as far as is known. @param {State} state @returns {PlotEntry[]} */
export function entriesOf({ plots }) {
  return plots.answers[LIST]?.answer ?? [];
}

/** Why there is no plot on the screen: it makes no sense for this program, or would tell what is to be found. @param {State} state */
export function reasonOf(state) {
  if (TELLING.has(state.plots.name) && coverOf(state) !== null) return "it shows gradients, which are covered until they are found";
  return entriesOf(state).find(({ name }) => name === state.plots.name)?.reason ?? null;
}

/** What has to be read for the screen, one after the other: what makes no sense is not asked for. @param {State} state @returns {Asking[]} */
export function askings(state) {
  const { run, shown, plots } = state;
  if (!run || !shown || !plots.open) return [];
  const moment = { iteration: shown.iteration, event: shown.event };
  const list = asking(state, LIST, moment, {});
  if (plots.answers[LIST]?.key !== list.key || reasonOf(state) !== null || plots.answers[LIST].trouble) return [list];
  const whole = shown.event === null ? now(run) : moment;
  return [list, asking(state, plots.name, OVER_TIME.has(plots.name) ? whole : moment, queryOf(plots))];
}

/** @param {State} state @param {string} name @param {Moment} moment @param {Record<string, string>} query @returns {Asking} */
function asking({ run, shown }, name, moment, query) {
  return { name, moment, query, key: [run?.id, shown?.revision, at(moment), name, JSON.stringify(query)].join("|") };
}

/** @param {Plots} plots @returns {Record<string, string>} */
function queryOf({ name, layer, weight, other, reach, drawn }) {
  const one = weight && { parameter: weight.parameter, index: weight.index.join() };
  const second = other && { other_parameter: other.parameter, other_index: other.index.join() };
  /** @type {Record<string, Record<string, string> | null>} */
  const queries = {
    histograms: layer === null ? null : { tensor: layer },
    weight: one, slice: { ...one, ...(reach === null ? null : { reach: String(reach) }) }, contour: { ...one, ...second },
    surface: drawn && { ...(drawn.tensor === null ? null : { tensor: drawn.tensor }), unit: String(drawn.unit) },
  };
  return queries[name] ?? {};
}

/** The last answer for the plot on the screen: old while a newer one is on its way. @param {State} state @returns {{study: Study | null, old: boolean}} */
export function onScreen(state) {
  const wanted = askings(state).find(({ name }) => name === state.plots.name);
  const study = state.plots.answers[state.plots.name] ?? null;
  return { study, old: study !== null && study.key !== wanted?.key };
}

/** What an answer chose by itself stays chosen. @param {Plots} plots @param {string} name @param {any} answer @returns {Partial<Plots>} */
export function chosenBy({ layer, weight, other }, name, answer) {
  if (name === "histograms" && layer === null) return { layer: answer.tensor };
  if ((name === "weight" || name === "slice") && weight === null) return { weight: place(answer) };
  if (name === "contour" && (weight === null || other === null)) return { weight: place(answer.weights[0]), other: place(answer.weights[1]) };
  return {};
}

/** @param {Weight} weight @returns {Weight} */
function place({ parameter, index }) {
  return { parameter, index };
}
