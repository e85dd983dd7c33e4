/**
 * Every change of the state, by name.
 * @import { Aspect, CellPlace, Document, Explanation, Palette, Run, Target, Tensor, Trace, Trouble } from "../lib/types.js"
 * @import { Example, Operation, OptimizerRecord } from "../service/client.js"
 * @import { Practice } from "./sheet.js"
 * @import { Busy, Explained, Question, State, Study, Theme } from "./state.js"
 */

import { exists, sameTarget } from "../lib/explanation.js";
import { fromWire } from "../lib/numbers.js";
import { withCells } from "../lib/tensor.js";
import { veiled } from "../lib/veil.js";
import { unbrought } from "./bringing.js";
import { drawnAnew } from "./drawing.js";
import { heldLosses } from "./heldlosses.js";
import { allRevealed } from "./places.js";
import { unplotted } from "./plotting.js";
import { coverKey, coverOf, unpractised } from "./sheet.js";
import { explanationKey, wanted } from "./state.js";
import { unslid } from "./unslid.js";

export * from "./bringing.js";
export * from "./editing.js";

/**
 * @param {State} state
 * @param {Operation[]} operations
 * @param {OptimizerRecord[]} optimizers
 * @returns {State}
 */
export function catalogueRead(state, operations, optimizers) {
  const symbols = Object.fromEntries(operations.map(({ name, symbol }) => [name, symbol ?? name]));
  return { ...state, symbols, optimizers };
}

/** What was said of an act before does not stay when one goes on. */
const SILENT = { status: "", concern: false };

/** @param {State} state @param {State["mode"]} mode @returns {State} */
export function modeChosen(state, mode) {
  return {
    ...state,
    ...SILENT,
    mode,
    tab: "stage",
    builder: { ...state.builder, open: mode === "build" },
    plots: { ...state.plots, open: mode === "plots" },
  };
}

/** @param {State} state @param {number} pace @returns {State} */
export function paceSet(state, pace) {
  return { ...state, pace };
}

/**
 * @param {State} state
 * @param {import("../lib/types.js").Phase} phase
 * @param {boolean} folded
 * @returns {State}
 */
export function phaseFolded(state, phase, folded) {
  return { ...state, phases: { ...state.phases, [phase]: folded } };
}

/** @param {State} state @param {State["tab"]} tab @returns {State} */
export function tabChosen(state, tab) {
  return { ...state, tab };
}

/** @param {State} state @param {Partial<State["lesson"]>} part @returns {State} */
export function lessonTurned(state, part) {
  return { ...state, lesson: { ...state.lesson, ...part } };
}

/** @param {State} state @param {Example[]} examples @returns {State} */
export function examplesRead(state, examples) {
  const next = { ...state, examples };
  const example = next.document && !next.example ? exampleOf(next, next.document) : next.example;
  return { ...next, example };
}

/**
 * Another run: nothing of the one before stays.
 *
 * @param {State} state
 * @param {Run} run
 * @param {string | null} example
 * @param {boolean} [borrowed]
 * @returns {State}
 */
export function runOpened(state, run, example, borrowed = false) {
  return {
    ...state,
    run,
    example,
    borrowed,
    sharing: null,
    revision: state.revision + 1,
    document: null,
    shown: null,
    cursor: 0,
    selected: null,
    lit: null,
    explained: null,
    asked: null,
    pointed: null,
    by: null,
    studies: {},
    open: false,
    practice: { ...unpractised, list: state.practice.list, hiding: state.practice.hiding },
    drawing: drawnAnew(state.drawing),
    plots: { ...unplotted, open: state.mode === "plots", pinned: state.plots.pinned },
    edit: null,
    drag: null,
    draft: null,
    bringing: { ...unbrought, initialisers: state.bringing.initialisers },
    brought: null,
    phases: {},
    places: {},
    sample: 0,
    sliding: unslid,
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
export function documentRead(state, run) {
  const { document } = run;
  return {
    ...state,
    document,
    example: state.example ?? exampleOf(state, document),
    losses: run.losses ? lossesOf(run) : state.losses,
    heldLosses: heldLosses(state.heldLosses, run),
  };
}

/** @param {State} state @param {Document} document */
function exampleOf(state, document) {
  return (
    state.examples.find(
      ({ name, title }) => document.title && (title === document.title || name === document.title),
    )?.name ?? null
  );
}

/**
 * The service acknowledged a change: what the page has read of the run so far is old.
 *
 * @param {State} state
 * @returns {State}
 */
export function revised(state) {
  return { ...state, revision: state.revision + 1, alert: null };
}

/**
 * The run's new state, before its trace is here.
 *
 * @param {State} state
 * @param {Run} run
 * @returns {State}
 */
export function runChanged(state, run) {
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
export function forked(state, run) {
  return { ...state, run, borrowed: false, sharing: null, losses: lossesAfter(state, run) };
}

/** @param {State} state @param {State["sharing"]} sharing @returns {State} */
export function sharingChanged(state, sharing) {
  return { ...state, sharing };
}

/** @param {State} state @param {string[]} hidden @returns {State} */
export function regionsHidden(state, hidden) {
  return { ...state, hidden };
}

/** @param {Run} run */
function lossesOf(run) {
  const list =
    run.losses?.map((loss) => (loss === null ? null : fromWire(loss))) ??
    new Array(run.iteration).fill(null);
  return [...list.slice(0, run.iteration), fromWire(run.loss)];
}

/** @param {State} state @param {Run} run */
function lossesAfter(state, run) {
  if (run.losses) return lossesOf(run);
  const list = Array.from({ length: run.iteration }, (_, at) => state.losses[at] ?? null);
  return [...list, fromWire(run.loss)];
}

/**
 * Losses that training answered, the first of them that of iteration `from`.
 *
 * @param {State} state
 * @param {number} from
 * @param {number[]} losses
 * @returns {State}
 */
export function lossesAdded(state, from, losses) {
  const list = state.losses.slice(0, from);
  while (list.length < from) list.push(null);
  return { ...state, losses: [...list, ...losses] };
}

/**
 * Edited cells show their new numbers before the new trace is here.
 *
 * @param {State} state
 * @param {string} name
 * @param {{index: number[], value: number}[]} cells
 * @returns {State}
 */
export function cellsWritten(state, name, cells) {
  const record = state.shown?.trace.tensors[name];
  if (!state.shown || !record || record.value === undefined) return state;
  const tensors = {
    ...state.shown.trace.tensors,
    [name]: { ...record, value: withCells(record.value, cells) },
  };
  return { ...state, shown: { ...state.shown, trace: { ...state.shown.trace, tensors } } };
}

/**
 * A moment comes on the screen, with the cursor at a step (-1: the last).
 *
 * @param {State} state
 * @param {Run} run
 * @param {import("../lib/moment.js").Moment} moment
 * @param {Trace} trace
 * @param {number} cursor
 * @returns {State}
 */
export function traceShown(state, run, { iteration, event }, trace, cursor) {
  const last = trace.steps.length - 1;
  const losses = run === state.run ? [...state.losses] : lossesAfter(state, run);
  if (event === null && iteration < losses.length) losses[iteration] = fromWire(trace.loss);
  const seen = veiled(trace, coverOf(state));
  return {
    ...state,
    run,
    losses,
    heldLosses: heldLosses(state.heldLosses, run),
    shown: {
      iteration,
      event,
      revision: state.revision,
      open: state.open,
      trace: seen,
      whole: trace,
    },
    cursor: cursor < 0 ? last : Math.min(cursor, last),
    drag: null,
    selected: state.selected && state.selected in trace.tensors ? state.selected : null,
    explained: stillThere(state.explained, seen),
    asked: stillThere(state.asked, seen),
    pointed: null,
  };
}

/** @template {Question} Q @param {Q | null} question @param {Trace} trace @returns {Q | null} */
function stillThere(question, trace) {
  return question && exists(question.target, trace.tensors) ? question : null;
}

/** @param {State} state @param {number} cursor @returns {State} */
export function cursorMoved(state, cursor) {
  const last = (state.shown?.trace.steps.length ?? 1) - 1;
  const kept = Math.max(0, Math.min(cursor, last));
  return kept === state.cursor ? state : { ...state, cursor: kept, lit: null };
}

/** Somebody goes to a step, and so on from what was said. @param {State} state @param {number} cursor @returns {State} */
export function steppedTo(state, cursor) {
  const moved = cursorMoved(state, cursor);
  return moved === state ? state : { ...moved, ...SILENT };
}

/** @param {State} state @param {string | null} name @returns {State} */
export function tensorSelected(state, name) {
  const known = name !== null && state.shown !== null && name in state.shown.trace.tensors;
  return { ...state, ...SILENT, selected: known ? name : null, edit: null };
}

/** @param {State} state @param {CellPlace | null} lit @returns {State} */
export function cellLit(state, lit) {
  if (
    lit === state.lit ||
    (lit &&
      state.lit &&
      lit.matrix === state.lit.matrix &&
      String(lit.index) === String(state.lit.index))
  )
    return state;
  return { ...state, lit, pointed: lit ? null : state.pointed };
}

/**
 * An element is to be explained; what is on the screen stays until the answer is here.
 *
 * @param {State} state
 * @param {Target} target
 * @param {Target[]} trail
 * @returns {State}
 */
export function explanationAsked(state, target, trail) {
  if (!state.shown || !exists(target, state.shown.trace.tensors)) return state;
  const back = trail.findIndex((one) => sameTarget(one, target));
  return { ...state, asked: { target, trail: back < 0 ? trail : trail.slice(0, back) } };
}

/** @param {State} state @param {string} key @param {Explanation} answer @returns {State} */
export function explanationRead(state, key, answer) {
  return explainedBy(state, key, { answer, trouble: null });
}

/** @param {State} state @param {string} key @param {Trouble} trouble @returns {State} */
export function explanationRefused(state, key, trouble) {
  return explainedBy(state, key, { answer: null, trouble });
}

/**
 * An answer to what is no longer asked changes nothing.
 *
 * @param {State} state
 * @param {string} key
 * @param {Pick<Explained, "answer" | "trouble">} outcome
 * @returns {State}
 */
function explainedBy(state, key, outcome) {
  const want = wanted(state);
  if (!want || key !== explanationKey(state)) return state;
  const next = {
    ...state,
    explained: { target: want.target, trail: want.trail, key, ...outcome },
    asked: null,
    pointed: null,
  };
  if (!outcome.answer || (state.explained && sameTarget(state.explained.target, want.target)))
    return next;
  return allRevealed(next, [
    want.target,
    ...outcome.answer.terms.flatMap(({ factors }) => factors.flatMap(({ cells }) => cells)),
  ]);
}

/** @param {State} state @returns {State} */
export function explanationClosed(state) {
  return state.explained || state.asked
    ? { ...state, explained: null, asked: null, pointed: null }
    : state;
}

/** @param {State} state @param {Target[] | null} pointed @returns {State} */
export function termPointed(state, pointed) {
  return pointed === state.pointed ? state : { ...state, pointed };
}

/** @param {State} state @param {Aspect} aspect @returns {State} */
export function aspectChosen(state, aspect) {
  return { ...state, aspect };
}

/** @param {State} state @param {string} by @returns {State} */
export function jacobianBy(state, by) {
  return { ...state, by };
}

/** @param {State} state @param {string} kind @param {Study} study @returns {State} */
export function studied(state, kind, study) {
  return { ...state, studies: { ...state.studies, [kind]: study } };
}

/**
 * Practice goes on; what was found, or is covered from now on, changes what the trace shows.
 *
 * @param {State} state
 * @param {Partial<Practice>} part
 * @returns {State}
 */
export function practised(state, part) {
  const next = { ...state, practice: { ...state.practice, ...part } };
  if (!next.shown || coverKey(next) === coverKey(state)) return next;
  const trace = veiled(next.shown.whole, coverOf(next));
  return {
    ...next,
    shown: { ...next.shown, trace },
    explained: stillThere(next.explained, trace),
    asked: stillThere(next.asked, trace),
  };
}

/** @param {State} state @param {Partial<State["builder"]>} part @returns {State} */
export function building(state, part) {
  return { ...state, builder: { ...state.builder, ...part } };
}

/** @param {State} state @param {Partial<State["past"]>} part @returns {State} */
export function pastTold(state, part) {
  return { ...state, past: { ...state.past, ...part } };
}

/** @param {State} state @param {Partial<State["files"]>} part @returns {State} */
export function filesTold(state, part) {
  return { ...state, files: { ...state.files, ...part } };
}

/** @param {State} state @param {Partial<State["plots"]>} part @returns {State} */
export function plotted(state, part) {
  return { ...state, plots: { ...state.plots, ...part } };
}

/** @param {State} state @param {boolean} open @returns {State} */
export function compositesOpened(state, open) {
  return { ...state, open };
}

/** @param {State} state @param {string} key @param {Tensor} part @returns {State} */
export function partRead(state, key, part) {
  const recent = Object.entries(state.parts).slice(-60);
  return { ...state, parts: { ...Object.fromEntries(recent), [key]: part } };
}

/** @param {State} state @param {number} iterations @returns {State} */
export function iterationsSet(state, iterations) {
  return { ...state, iterations };
}

/** @param {State} state @param {number} digits @returns {State} */
export function digitsSet(state, digits) {
  return { ...state, digits };
}

/** @param {State} state @param {Theme} theme @param {Palette} palette @returns {State} */
export function themeSet(state, theme, palette) {
  return { ...state, theme, palette };
}

/** @param {State} state @param {number} width @param {number} height @returns {State} */
export function roomMeasured(state, width, height) {
  return width === state.room.width && height === state.room.height
    ? state
    : { ...state, room: { width, height } };
}

/** @param {State} state @param {boolean} playing @returns {State} */
export function playing(state, playing) {
  return state.playing === playing ? state : { ...state, playing };
}

/**
 * @param {State} state
 * @param {State["dialog"]} dialog
 * @param {State["recent"]} [recent]
 * @returns {State}
 */
export function dialogShown(state, dialog, recent = []) {
  return { ...state, dialog, recent, alert: null };
}

/** @param {State} state @param {State["recent"]} recent @returns {State} */
export function recentRead(state, recent) {
  return { ...state, recent };
}

/** @param {State} state @param {string} opening @returns {State} */
export function openingTyped(state, opening) {
  return { ...state, opening };
}

/** @param {State} state @param {Busy | null} busy @returns {State} */
export function busyWith(state, busy) {
  return { ...state, busy };
}

/** @param {State} state @returns {State} */
export function stopAsked(state) {
  return state.busy ? { ...state, busy: { ...state.busy, stop: true } } : state;
}

/** @param {State} state @param {import("../lib/plotly.js").Library} library @returns {State} */
export function libraryTold(state, library) {
  return state.library === library ? state : { ...state, library };
}

/**
 * @param {State} state
 * @param {string} status
 * @param {boolean} [concern] something went wrong by what was done last
 * @returns {State}
 */
export function said(state, status, concern = false) {
  return { ...state, status, concern };
}

/** @param {State} state @param {Trouble | null} alert @returns {State} */
export function alerted(state, alert) {
  return { ...state, alert };
}
