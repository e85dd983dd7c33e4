/**
 * One iteration in a file of its own, or several, by the page's own modules: it steps both ways and
 * explains its numbers from what was written down beside it, without a service and without a network.
 *
 * @import { Run } from "../lib/types.js"
 * @import { Recording } from "../service/recorded.js"
 * @import { State } from "../state/state.js"
 * @import { Shown } from "../state/trace/reducer.js"
 * @typedef {Recording & {run: Run}} Snapshot
 * @typedef {object} Others  what only some files need
 * @property {typeof import("./slides.js")} [slides]
 * @property {typeof import("./moments.js")} [moments]
 *
 * @typedef {object} Moments  the iterations in the file, which follow each other
 * @property {number} first
 * @property {number} last
 * @property {number[]} losses
 * @property {(iteration: number) => Snapshot} at
 */

import { drawSoon } from "../lib/drawing.js";
import { subjectOf } from "../lib/explanation.js";
import { keepFocus } from "../lib/focus.js";
import { h, idleWhen, render } from "../lib/h.js";
import { exact, fromWire, printOne } from "../lib/numbers.js";
import { readPalette } from "../lib/palette.js";
import { setPlotly } from "../lib/plotly.js";
import { svgPlotly } from "../lib/svgplot.js";
import { ownIndex } from "../lib/tensor.js";
import { recordedClient, recordingIn } from "../service/recorded.js";
import { createExplanation } from "../state/explanation/commands.js";
import * as fitting from "../state/fitting/reducer.js";
import { createGraph } from "../state/graph/commands.js";
import { createInspector } from "../state/inspector/commands.js";
import { chooseTab } from "../state/page/reducer.js";
import { openRun } from "../state/run/reducer.js";
import { setLibrary, setTheme } from "../state/settings/reducer.js";
import * as stage from "../state/stage/reducer.js";
import { initial } from "../state/state.js";
import { bind, createStore } from "../state/store.js";
import { createStudies } from "../state/studies/commands.js";
import { showTrace } from "../state/trace/reducer.js";
import { createWindows } from "../state/windows/commands.js";
import * as explanation from "./explanation.js";
import * as graph from "./graph.js";
import { lookingCells, steppingCommands, stepsView } from "./reading.js";
import { stepText } from "./steps.js";
import { tabBar } from "./tabs.js";
import * as tensors from "./tensors.js";

const LOSS_DIGITS = 6;
const BESIDE = 32;

const store = createStore(initial);
const { get, apply } = store;

/** What was written down. @param {Others} others @returns {Promise<Moments>} */
async function recorded({ moments }) {
  const packed = Uint8Array.from(atob(textOf("recording")), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
  const written = JSON.parse(await new Response(stream).text());
  if (moments) return moments.momentsIn(written);
  const snapshot = /** @type {Snapshot} */ (recordingIn(written));
  const { iteration } = snapshot.run;
  return { first: iteration, last: iteration, losses: [], at: () => snapshot };
}

/** @param {string} id */
function textOf(id) {
  return /** @type {HTMLElement} */ (document.getElementById(id)).textContent ?? "";
}

/** @param {Moments} known @param {Others} others @returns {any} those commands that look */
function createCommands(known, { slides, moments }) {
  const client = recordedClient(({ iteration }) => known.at(iteration));
  const leading = moments?.createMoments(store, known);
  const explaining = createExplanation(store, client);
  const studies = createStudies(store, client);
  const cells = lookingCells(apply, (matrix, index) => {
    const subject = subjectOf(matrix);
    if (subject) void explaining.explain({ ...subject, index: ownIndex(matrix, index) });
    else explaining.explainStep("");
  });
  const nothing = () => {};
  return {
    cells,
    explanation: explaining,
    fitting: bind(apply, fitting),
    graph: createGraph(apply, nothing),
    inspector: createInspector(apply),
    page: { chooseTab: (/** @type {State["tab"]} */ tab) => apply(chooseTab, tab) },
    plots: { retryLibrary: nothing },
    slide: slides?.createSlide(apply, /** @type {any} */ (cells)),
    moments: leading,
    stage: steppingCommands(store, (step) => apply(stage.stepTo, step), leading?.beyond),
    windows: createWindows(apply),
    follow() {
      explaining.follow();
      studies.follow();
    },
  };
}

/** The moment as one of the past, since nothing is changed here. @param {State} state @param {Snapshot} snapshot */
function opened(state, { run, trace }) {
  const at = { iteration: run.iteration, event: run.event };
  const known = { ...openRun(state, run, null), document: JSON.parse(textOf("document")) };
  return showTrace(known, run, at, trace, 0);
}

/**
 * What each region shows.
 *
 * @param {State} state
 * @param {Moments} known
 * @param {any} commands
 * @param {Others} others
 * @returns {Record<string, any>}
 */
function regions(state, known, commands, others) {
  const { shown, cursor } = state;
  if (!shown) return {};
  return {
    program: [
      h("h2", { key: "title" }, h("span", { id: "program-title" }, "Program")),
      h(
        "div",
        { class: "lines-box", key: "lines" },
        ...stepsView(shown.trace, cursor, commands.stage.stepTo),
      ),
    ],
    graph: graph.view(graph.select(state), commands),
    tensors: tensors.view(tensors.select(state), commands, state, others),
    explanation: explanation.view(explanation.select(state), commands, state),
    training: transport(state, known, commands, others),
  };
}

/** @param {State} state @param {Moments} known @param {any} commands @param {Others} others */
function transport({ shown, cursor, tab }, known, commands, { moments }) {
  const { iteration, trace } = /** @type {Shown} */ (shown);
  const { first, last } = known;
  const count = trace.steps.length;
  const loss = fromWire(trace.loss);
  return [
    h("h2", { id: "training-title", class: "unseen" }, "Steps"),
    h(
      "div",
      { class: "step-buttons", key: "buttons" },
      h(
        "button",
        {
          type: "button",
          ...idleWhen(cursor === 0 && iteration === first),
          onclick: commands.stage.previous,
        },
        "‹ Previous step",
      ),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          ...idleWhen(cursor === count - 1 && iteration === last),
          onclick: commands.stage.next,
        },
        "Next step ›",
      ),
    ),
    stepText(trace.steps[cursor], count),
    h("input", {
      type: "range",
      key: "slider",
      min: "1",
      max: String(count),
      value: String(cursor + 1),
      "aria-label": "Step",
      oninput: (/** @type {any} */ event) => commands.stage.stepTo(event.target.valueAsNumber - 1),
    }),
    h(
      "dl",
      { class: "figures", key: "figures", "aria-live": moments ? "polite" : null },
      ...figure(
        "iteration",
        `${iteration}`,
        `${iteration}${moments ? ` of ${first}–${last}` : ""}`,
      ),
      ...figure("loss", exact(loss), printOne(loss, LOSS_DIGITS)),
    ),
    moments?.lossView(known, iteration, commands.moments.viewAt),
    tabBar(tab, commands.page.chooseTab, ["training"]),
  ];
}

/** @param {string} name @param {string} told @param {string} text */
function figure(name, told, text) {
  return [
    h(
      "div",
      { key: name },
      h("dt", null, name),
      h("dd", { id: name, "data-value": told, title: told }, text),
    ),
  ];
}

/** @param {Moments} known @param {any} commands @param {Others} others */
function draw(known, commands, others) {
  document.body.dataset.tab = get().tab;
  for (const [id, content] of Object.entries(regions(get(), known, commands, others))) {
    const element = /** @type {HTMLElement} */ (document.getElementById(id));
    keepFocus(element, () => render(element, content));
  }
}

/** @param {KeyboardEvent} event @param {any} commands */
function press(event, commands) {
  const place = /** @type {HTMLElement} */ (event.target);
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (place.closest("input, select, [role=grid], [role=tablist]")) return;
  const command = { ArrowRight: commands.stage.next, ArrowLeft: commands.stage.previous }[
    event.key
  ];
  if (!command) return;
  event.preventDefault();
  command();
}

function measure() {
  const region = /** @type {Element} */ (document.getElementById("tensors"));
  const height = parseFloat(getComputedStyle(region).gridTemplateRows.split(" ")[1]);
  if (Number.isFinite(height)) apply(fitting.measureStage, region.clientWidth - BESIDE, height - 8);
}

/** @param {Others} [others] */
export async function showSnapshot(others = {}) {
  const known = await recorded(others);
  const commands = createCommands(known, others);
  const theme = () => apply(setTheme, "system", readPalette(document.body));
  store.subscribe(() => void drawSoon(() => draw(known, commands, others)));
  store.subscribe(() => commands.follow());
  apply(opened, known.at(known.first));
  theme();
  apply(setLibrary, setPlotly(svgPlotly));
  new ResizeObserver(measure).observe(/** @type {Element} */ (document.getElementById("tensors")));
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", theme);
  document.addEventListener("keydown", (event) => press(event, commands));
}
