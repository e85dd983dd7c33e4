/**
 * A run in a notebook, by the page's own modules: its steps, and each of them as a picture of its
 * equation. It shows and does not edit.
 *
 * @import { Run, Trace } from "./lib/types.js"
 * @import { State } from "./state/state.js"
 * @typedef {object} Model
 * @property {(name: string) => any} get
 * @property {(name: string, value: unknown) => void} set
 * @property {() => void} save_changes
 * @property {(event: string, listen: () => void) => void} on
 * @property {(event: string, listen: () => void) => void} off
 */

import { h, render } from "./lib/h.js";
import { fromWire, printOne } from "./lib/numbers.js";
import { lookingCells, stepsView } from "./panels/reading.js";
import * as slides from "./panels/slides.js";
import { stepText } from "./panels/steps.js";
import * as tensors from "./panels/tensors.js";
import * as fitting from "./state/fitting/reducer.js";
import { selectTensor } from "./state/inspector/reducer.js";
import { openRun } from "./state/run/reducer.js";
import * as stage from "./state/stage/reducer.js";
import { initial } from "./state/state.js";
import { bind, createStore } from "./state/store.js";
import { showTrace } from "./state/trace/reducer.js";
import { createWindows } from "./state/windows/commands.js";

const LOSS_DIGITS = 6;

/**
 * What a notebook calls with its model and a place on its page.
 *
 * @param {string} styles of the page
 */
export function createWidget(styles) {
  return {
    render: (/** @type {{model: Model, el: HTMLElement}} */ { model, el }) =>
      show(model, root(el, styles)),
  };
}

/**
 * A page of its own, which neither takes styles from the notebook nor gives it any.
 *
 * @param {HTMLElement} el
 * @param {string} styles
 */
function root(el, styles) {
  const shadow = el.attachShadow({ mode: "open" });
  const [sheet, page] = [document.createElement("style"), document.createElement("div")];
  sheet.textContent = styles;
  page.className = "page";
  const light = document.body.dataset.jpThemeLight;
  if (light) el.style.colorScheme = light === "true" ? "light" : "dark";
  shadow.append(sheet, page);
  return page;
}

/** @param {Model} model @param {HTMLElement} page */
function show(model, page) {
  const store = createStore(initial);
  const commands = createCommands(store, model);
  const load = () => store.apply(opened, model.get("run"), model.get("trace"), model.get("step"));
  const turn = () => store.apply(stage.moveCursor, model.get("step"));
  const measure = new ResizeObserver(() =>
    store.apply(fitting.measureStage, Math.max(200, page.clientWidth - 320), 420),
  );
  let waiting = false;
  // What a draw finds out, such as that a picture does not fit, is drawn after it.
  store.subscribe(() => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      render(page, view(store.get(), commands));
    });
  });
  load();
  measure.observe(page);
  model.on("change:trace", load);
  model.on("change:step", turn);
  return () => {
    measure.disconnect();
    model.off("change:trace", load);
    model.off("change:step", turn);
  };
}

/**
 * The moment at which it was read: one of the past, since nothing is edited here.
 *
 * @param {State} state
 * @param {Run} run
 * @param {Trace} trace
 * @param {number} step
 * @returns {State}
 */
function opened(state, run, trace, step) {
  return showTrace(
    openRun(state, run, null),
    run,
    { iteration: run.iteration, event: run.event },
    trace,
    step,
  );
}

/**
 * @param {ReturnType<typeof createStore<State>>} store
 * @param {Model} model
 * @returns {any} those commands that look and do not change the run
 */
function createCommands({ get, apply }, model) {
  const stepTo = (/** @type {number} */ step) => {
    apply(stage.moveCursor, step);
    model.set("step", get().cursor);
    model.save_changes();
  };
  const cells = lookingCells(apply);
  return {
    cells,
    fitting: bind(apply, fitting),
    inspector: { selectTensor: (/** @type {string | null} */ name) => apply(selectTensor, name) },
    slide: slides.createSlide(apply, cells),
    stage: {
      ...bind(apply, stage),
      stepTo,
      next: () => stepTo(get().cursor + 1),
      previous: () => stepTo(get().cursor - 1),
    },
    windows: createWindows(apply),
  };
}

/** @param {State} state @param {any} commands */
function view(state, commands) {
  const { shown, run, cursor } = state;
  if (!shown || !run) return [];
  const last = shown.trace.steps.length - 1;
  return [
    h(
      "p",
      { class: "row", key: "bar" },
      h(
        "button",
        { type: "button", disabled: cursor === 0, onclick: commands.stage.previous },
        "‹ Previous step",
      ),
      h(
        "button",
        {
          type: "button",
          class: "primary",
          disabled: cursor === last,
          onclick: commands.stage.next,
        },
        "Next step ›",
      ),
      h(
        "span",
        null,
        `iteration ${shown.iteration}, loss ${printOne(fromWire(shown.trace.loss), LOSS_DIGITS)}`,
      ),
    ),
    stepText(shown.trace.steps[cursor] ?? null, shown.trace.steps.length),
    h(
      "div",
      { class: "columns", key: "columns" },
      h(
        "div",
        { id: "program", role: "group", "aria-label": "Steps" },
        stepsView(shown.trace, cursor, commands.stage.stepTo),
      ),
      h(
        "div",
        { id: "tensors" },
        ...tensors.view(tensors.select(state), commands, state, { slides }),
      ),
    ),
  ];
}
