/**
 * What the page knows.
 * @import { Aspect, Document, Explanation, Optimizer, Run, Target, Tensor, Trace, Trouble, CellPlace, Palette, Wire } from "../lib/types.js"
 * @import { Example, OptimizerRecord } from "../service/client.js"
 *
 * @typedef
 *   {import("../lib/moment.js").Moment & {revision: number, open: boolean, trace: Trace, whole: Trace}}
 *   Shown the moment on the screen
 * @typedef
 *   {{matrix: string, name: string, index: number[], text: string, typed: boolean, trouble: Trouble | null}}
 *   CellEdit
 * @typedef
 *   {{name: string, index: number[], from: number, value: number, before: Trace, whole: Trace, seen: number, slice: import("../lib/answers.js").SlicePlot | null}}
 *   Drag a number that is being dragged: what it was, what it is now, the trace before; `seen`: the
 *   value whose trace is on the screen; `slice`: the loss along it
 * @typedef {{text: string, trouble: Trouble | null, open: boolean}} Draft of the program; closed,
 *   it waits to be gone on with
 * @typedef
 *   {{label: string, done: number, total: number, stop: boolean, pace?: {loss: Wire, speed: number, left: number | null}}}
 *   Busy
 * @typedef {{target: Target, trail: Target[]}} Question an element, and those by which one came to
 *   it
 * @typedef {Question & {key: string, answer: Explanation | null, trouble: Trouble | null}}
 *   Explained
 * @typedef {{key: string, answer: any, trouble: Trouble | null}} Study the last answer of a kind;
 *   old where its key is
 * @typedef {"system" | "light" | "dark"} Theme
 *
 * @typedef {"explore" | "practice" | "build" | "plots" | "history"} Mode what stands in the stage's
 *   place
 * @typedef {"stage" | "program" | "explanation" | "graph" | "training"} Tab what a phone shows
 *
 * @typedef {object} State
 * @property {Mode} mode
 * @property {Tab} tab
 * @property {{open: boolean, intro: number | null}} lesson  the strip; which sentence of a first visit
 *   it says
 * @property {Run | null} run
 * @property {boolean} borrowed the run is somebody else's: the first change makes a copy of it
 * @property {import("./sharing.js").Sharing | null} sharing  the link in the making
 * @property {string[]} hidden        regions that are not shown, by their ids
 * @property {number} revision        counts the changes of the run that this page made
 * @property {Document | null} document
 * @property {Example[]} examples
 * @property {string | null} example  the example that was chosen last
 * @property {Record<string, string>} symbols  of the operations
 * @property {OptimizerRecord[]} optimizers
 * @property {Shown | null} shown
 * @property {number} cursor
 * @property {string | null} selected
 * @property {CellPlace | null} lit
 * @property {Explained | null} explained  the element whose explanation is on the screen
 * @property {Question | null} asked       the one that takes its place once the answer is here
 * @property {Target[] | null} pointed     the cells of the term at which one points
 * @property {Aspect | null} aspect        what was chosen to be shown of it
 * @property {string | null} by the tensor by which the Jacobian is taken, where it was chosen
 * @property {Record<string, Study>} studies
 * @property {boolean} open                whether composites are written out
 * @property {import("./sheet.js").Practice} practice
 * @property {import("../lib/network.js").Building} builder
 * @property {import("./drawing.js").Drawing} drawing  of the graph
 * @property {import("./plotting.js").Plots} plots
 * @property {import("./past.js").Past} past
 * @property {import("./tuning.js").Tuning} tuning
 * @property {CellEdit | null} edit
 * @property {Drag | null} drag
 * @property {Draft | null} draft
 * @property {Record<string, import("../lib/slices.js").Place>} places which part of a tensor is at
 *   hand, by its name
 * @property {number} sample  the one that is shown of tensors that have samples
 * @property {import("./unslid.js").Sliding} sliding  one tensor along another
 * @property {{key: string, at: number} | null} part  which of the named parts of a step is on the stage
 * @property {string} framed  the matrix whose numbers are printed, of those that are too large
 * @property {Record<string, Tensor>} parts
 * @property {(number | null)[]} losses  by iteration
 * @property {(number | null)[]} heldLosses  on the rows that are held out, by iteration; none where
 *   none are
 * @property {number} iterations
 * @property {number} digits
 * @property {Theme} theme
 * @property {Palette | null} palette
 * @property {{width: number, height: number}} room  for the picture of a step, in pixels
 * @property {{key: string, level: number}} tight by how much the picture of a step was made smaller
 *   than it was reckoned, because it did not fit
 * @property {boolean} playing
 * @property {number} pace        milliseconds that a step is shown while the page plays
 * @property {Partial<Record<import("../lib/types.js").Phase, boolean>>} phases  whether they are
 *   folded in the program, where a person said so
 * @property {import("./bringing.js").Bringing} bringing
 * @property {import("./bringing.js").Brought | null} brought what became of the code that the run was
 *   opened from
 * @property {"help" | "open" | "opened" | "export" | "data" | null} dialog
 * @property {import("../lib/files.js").Files} files
 * @property {string} opening        text in the dialog "Open"
 * @property {{id: string, title: string, opened: string}[]} recent  runs that this browser opened
 * @property {Busy | null} busy
 * @property {import("../lib/plotly.js").Library} library  that draws the plots
 * @property {string} status
 * @property {boolean} concern  what the status says went wrong by what was done last, which can be undone
 * @property {Trouble | null} alert
 */

import { unopened } from "../lib/files.js";
import { at } from "../lib/moment.js";
import { unbuilt } from "../lib/network.js";
import { unbrought } from "./bringing.js";
import { drawnFirst } from "./drawing.js";
import { untold } from "./past.js";
import { unplotted } from "./plotting.js";
import { unslid } from "./unslid.js";
import { unpractised } from "./sheet.js";

/** @type {State} */
export const initial = {
  mode: "explore",
  tab: "stage",
  lesson: { open: true, intro: null },
  run: null,
  revision: 0,
  document: null,
  examples: [],
  example: null,
  symbols: {},
  optimizers: [],
  shown: null,
  cursor: 0,
  selected: null,
  lit: null,
  explained: null,
  asked: null,
  pointed: null,
  aspect: null,
  by: null,
  studies: {},
  open: false,
  practice: unpractised,
  builder: unbuilt,
  drawing: drawnFirst,
  plots: unplotted,
  past: untold,
  edit: null,
  drag: null,
  draft: null,
  places: {},
  sample: 0,
  sliding: unslid,
  part: null,
  framed: "result",
  parts: {},
  losses: [],
  heldLosses: [],
  tuning: null,
  iterations: 20,
  digits: 3,
  theme: "system",
  palette: null,
  room: { width: 700, height: 420 },
  tight: { key: "", level: 0 },
  playing: false,
  pace: 900,
  phases: {},
  bringing: unbrought,
  brought: null,
  dialog: null,
  files: unopened,
  opening: "",
  recent: [],
  busy: null,
  library: "coming",
  status: "",
  concern: false,
  alert: null,
  borrowed: false,
  sharing: null,
  hidden: [],
};

/** Is the moment on the screen another than the present? @param {State} state */
export function inThePast(state) {
  return (
    state.run !== null &&
    state.shown !== null &&
    (state.shown.event !== null || state.shown.iteration < state.run.iteration)
  );
}

/** What should be explained on the screen. @param {State} state @returns {Question | null} */
export function wanted({ asked, explained }) {
  return asked ?? explained;
}

/**
 * The text that names what should be explained, with the numbers that it is about; null where
 * nothing should.
 *
 * @param {State} state
 */
export function explanationKey(state) {
  const want = wanted(state);
  if (!state.run || !state.shown || !want) return null;
  const { tensor, field, index } = want.target;
  return [
    state.run.id,
    state.shown.revision,
    at(state.shown),
    state.open,
    tensor,
    field,
    index,
  ].join("|");
}

/**
 * The text that names what is read for the screen, with the numbers that it is about.
 *
 * @param {State} state
 * @param {string} kind
 * @param {Record<string, string>} query
 */
export function studyKey({ run, shown, open }, kind, query) {
  if (!run || !shown) return null;
  return [run.id, shown.revision, at(shown), open, kind, JSON.stringify(query)].join("|");
}

/**
 * The text that names the part of a tensor under `parts`.
 *
 * @param {Shown} shown
 * @param {string} name
 * @param {import("../lib/types.js").Aim} field
 * @param {string} window
 */
export function partKey(shown, name, field, window) {
  return [shown.revision, at(shown), shown.open, name, field, window].join("|");
}
