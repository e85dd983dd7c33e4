/**
 * The plots there are, and what has to be read for the one on the screen.
 *
 * @import { PlotEntry } from "../../lib/answers.js"
 * @import { Moment } from "../../lib/moment.js"
 * @import { State } from "../state.js"
 * @import { Study } from "../studies/reducer.js"
 * @typedef {{name: string, key: string, moment: Moment, query: Record<string, string>}} Asking
 */

import { at, now } from "../../lib/moment.js";
import { coverOf } from "../practice/selectors.js";

/** The list of plots is asked for like one of them. */
export const LIST = "list";

/** The plots there are, as far as is known. @param {State} state @returns {PlotEntry[]} */
export function entriesOf({ plots }) {
  return plots.answers[LIST]?.answer ?? [];
}

/** @param {State} state @param {string} [wanted] @returns {PlotEntry | undefined} */
function entryOf(state, wanted = nameOf(state) ?? state.plots.name) {
  return entriesOf(state).find(({ name }) => name === wanted);
}

/** The plot that is to be seen: in its own mode, or pinned to the stage. @param {State} state */
export function nameOf({ plots, mode }) {
  if (plots.open) return plots.name;
  return mode === "explore" ? plots.pinned : null;
}

/**
 * Why there is no plot on the screen: it makes no sense for this program, or would tell what is to
 * be found.
 *
 * @param {State} state
 */
export function reasonOf(state) {
  const entry = entryOf(state);
  if (entry?.shows_gradients && coverOf(state) !== null)
    return "it shows gradients, which are hidden until they are solved";
  return entry?.reason ?? null;
}

/**
 * What has to be read for the screen, one after the other: what makes no sense is not asked for.
 *
 * @param {State} state
 * @returns {Asking[]}
 */
export function askings(state) {
  const { run, shown, plots } = state;
  const name = nameOf(state);
  if (!run || !shown || name === null) return [];
  const moment = { iteration: shown.iteration, event: shown.event };
  const list = asking(state, LIST, moment, {});
  if (
    plots.answers[LIST]?.key !== list.key ||
    reasonOf(state) !== null ||
    plots.answers[LIST].problem
  )
    return [list];
  const whole = shown.event === null ? now(run) : moment;
  return [list, asking(state, name, entryOf(state)?.over_time ? whole : moment, queryOf(state))];
}

/**
 * @param {State} state
 * @param {string} name
 * @param {Moment} moment
 * @param {Record<string, string>} query
 * @returns {Asking}
 */
function asking({ run, shown }, name, moment, query) {
  return {
    name,
    moment,
    query,
    key: [run?.id, shown?.revision, at(moment), name, JSON.stringify(query)].join("|"),
  };
}

/**
 * The options that were chosen, as the service calls them.
 *
 * @param {State} state
 * @returns {Record<string, string>}
 */
function queryOf(state) {
  const { chosen } = state.plots;
  const options = (entryOf(state)?.options ?? []).filter(({ key }) => key in chosen);
  return Object.fromEntries(options.map(({ name, key }) => [name, chosen[key]]));
}

/**
 * The last answer for the plot on the screen: old while a newer one is on its way.
 *
 * @param {State} state
 * @returns {{study: Study | null, old: boolean}}
 */
export function onScreen(state) {
  const aim = nameOf(state) ?? state.plots.name;
  const wanted = askings(state).find(({ name }) => name === aim);
  const study = state.plots.answers[aim] ?? null;
  return { study, old: study !== null && study.key !== wanted?.key };
}

/**
 * What an answer chose by itself stays chosen.
 *
 * @param {State} state
 * @param {any} answer
 * @returns {Record<string, string>}
 */
export function chosenBy(state, answer) {
  const { chosen } = state.plots;
  const open = (entryOf(state)?.options ?? []).filter(
    ({ name, key }) => !(key in chosen) && answer?.options?.[name] !== undefined,
  );
  return {
    ...chosen,
    ...Object.fromEntries(open.map(({ name, key }) => [key, answer.options[name]])),
  };
}
