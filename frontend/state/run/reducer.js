/**
 * The run: its state as the service keeps it, its document, and the losses of its iterations.
 *
 * @import { Document, Run } from "../../lib/types.js"
 * @import { State } from "../state.js"
 *
 * @typedef {object} RunState
 * @property {Run | null} run
 * @property {boolean} borrowed the run is somebody else's: the first change makes a copy of it
 * @property {boolean} copied  it is a copy, made of one that was only looked at
 * @property {number} revision  counts the changes of the run that this page made
 * @property {Document | null} document
 * @property {(number | null)[]} losses  by iteration
 * @property {(number | null)[]} heldLosses  on the rows that are held out, by iteration; none where
 *   none are
 */

import { drawingAnew } from "../graph/reducer.js";
import { initialImport } from "../import/reducer.js";
import { initialPlots } from "../plots/reducer.js";
import { initialPractice } from "../practice/reducer.js";
import { initialSliding } from "../slide/reducer.js";
import { exampleOf, heldLosses, lossesAfter, lossesOf } from "./selectors.js";

/** @type {RunState} */
export const initialRun = {
  run: null,
  borrowed: false,
  copied: false,
  revision: 0,
  document: null,
  losses: [],
  heldLosses: [],
};

/**
 * Another run: nothing of the one before stays.
 *
 * @param {State} state
 * @param {Run} run
 * @param {string | null} example
 * @param {boolean} [borrowed]
 * @returns {State}
 */
export function openRun(state, run, example, borrowed = false) {
  return {
    ...state,
    run,
    example,
    borrowed,
    copied: false,
    sharing: null,
    revision: state.revision + 1,
    document: null,
    shown: null,
    cursor: 0,
    selected: null,
    highlighted: null,
    explained: null,
    asked: null,
    pointed: null,
    by: null,
    studies: {},
    open: false,
    practice: { ...initialPractice, list: state.practice.list, hiding: state.practice.hiding },
    drawing: drawingAnew(state.drawing),
    plots: { ...initialPlots, open: state.mode === "plots", pinned: state.plots.pinned },
    edit: null,
    drag: null,
    draft: null,
    bringing: { ...initialImport, initialisers: state.bringing.initialisers },
    brought: null,
    phases: {},
    held: [],
    places: {},
    sample: 0,
    sliding: initialSliding,
    parts: {},
    losses: lossesOf(run),
    heldLosses: heldLosses([], run),
    playing: false,
    dialog: null,
    alert: null,
  };
}

/**
 * The run as it is read whole: its document, and the losses of all its iterations where the service
 * keeps them.
 *
 * @param {State} state
 * @param {Run & {document: Document}} run
 * @returns {State}
 */
export function setDocument(state, run) {
  const { document } = run;
  return {
    ...state,
    document,
    example: state.example ?? exampleOf(state, document),
    losses: run.losses ? lossesOf(run) : state.losses,
    heldLosses: heldLosses(state.heldLosses, run),
  };
}

/**
 * The service acknowledged a change: what the page has read of the run so far is old.
 *
 * @param {State} state
 * @returns {State}
 */
export function markRevised(state) {
  return { ...state, revision: state.revision + 1, alert: null };
}

/**
 * The run's new state, before its trace is here.
 *
 * @param {State} state
 * @param {Run} run
 * @returns {State}
 */
export function setRun(state, run) {
  const held = heldLosses(state.heldLosses, run);
  return { ...state, run, losses: lossesAfter(state, run), heldLosses: held };
}

/**
 * A copy of what is on the screen takes its place; what was typed stays.
 *
 * @param {State} state
 * @param {Run} run
 * @returns {State}
 */
export function adoptFork(state, run) {
  return { ...setRun(state, run), borrowed: false, copied: true, sharing: null };
}

/**
 * Losses that training answered, the first of them that of iteration `from`.
 *
 * @param {State} state
 * @param {number} from
 * @param {number[]} losses
 * @returns {State}
 */
export function addLosses(state, from, losses) {
  const list = state.losses.slice(0, from);
  while (list.length < from) list.push(null);
  return { ...state, losses: [...list, ...losses] };
}
