/**
 * A run in a notebook, by the page's own modules: its steps, and each of them as a picture of its
 * equation. It shows and does not edit.
 *
 * @import { Run, Step, Trace } from "./lib/types.js"
 * @import { State } from "./state/state.js"
 * @typedef
 *   {{get: (name: string) => any, set: (name: string, value: unknown) => void, save_changes: () => void, on: (event: string, listen: () => void) => void, off: (event: string, listen: () => void) => void}}
 *   Model
 */

import { asNumpy, asTabs } from "./lib/block.js";
import { h, render } from "./lib/h.js";
import { fromWire, printOne, printShape } from "./lib/numbers.js";
import { moveInGrid } from "./lib/gridkeys.js";
import { stepText } from "./panels/steps.js";
import * as tensors from "./panels/tensors.js";
import { highlightCell } from "./state/cells/reducer.js";
import * as fitting from "./state/fitting/reducer.js";
import { selectTensor } from "./state/inspector/reducer.js";
import { openRun } from "./state/run/reducer.js";
import { createSlide } from "./state/slide/commands.js";
import * as stage from "./state/stage/reducer.js";
import { initial } from "./state/state.js";
import { bind, createStore } from "./state/store.js";
import { showTrace } from "./state/trace/reducer.js";
import { createWindows } from "./state/windows/commands.js";
import { statementView } from "./views/code.js";

const LOSS_DIGITS = 6;
const PHASES = ["forward", "backward", "update"];

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
  const nothing = () => {};
  const cells = {
    paste: nothing,
    edit: nothing,
    explain: nothing,
    highlightCell: (/** @type {State["highlighted"]} */ place) => apply(highlightCell, place),
    copy: (/** @type {any} */ _, /** @type {any} */ part, /** @type {string} */ how) =>
      void navigator.clipboard.writeText(how === "numpy" ? asNumpy(part) : asTabs(part)),
    key(/** @type {KeyboardEvent} */ event) {
      if (!moveInGrid(event, /** @type {HTMLElement} */ (event.target))) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
  return {
    cells,
    fitting: bind(apply, fitting),
    inspector: { selectTensor: (/** @type {string | null} */ name) => apply(selectTensor, name) },
    slide: createSlide(apply, cells),
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
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(shown.trace.tensors, name);
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
        PHASES.map((phase) =>
          phaseView(
            phase,
            shown.trace.steps.filter((step) => step.phase === phase),
            cursor,
            isTensor,
            commands,
          ),
        ),
      ),
      h("div", { id: "tensors" }, ...tensors.view(tensors.select(state), commands, state)),
    ),
  ];
}

/**
 * @param {string} phase
 * @param {Step[]} list
 * @param {number} cursor
 * @param {(name: string) => boolean} isTensor
 * @param {any} commands
 */
function phaseView(phase, list, cursor, isTensor, commands) {
  return (
    list.length > 0 &&
    h(
      "div",
      { key: phase },
      h("h3", null, phase),
      h(
        "ol",
        { class: "lines" },
        list.map(({ index, shape, ...step }) =>
          h(
            "li",
            { key: index },
            h(
              "button",
              {
                type: "button",
                class: index === cursor ? "line now" : "line",
                "aria-current": index === cursor ? "step" : null,
                onclick: () => commands.stage.stepTo(index),
                hook: index === cursor ? keepInView : undefined,
              },
              h("span", { class: "line-number" }, String(index + 1)),
              h("code", null, ...statementView(step, isTensor)),
              h("span", { class: "shape" }, printShape(shape)),
            ),
          ),
        ),
      ),
    )
  );
}

/** Within its list only: the notebook itself stays where it is. @param {HTMLElement} line */
function keepInView(line) {
  const list = line.closest("#program");
  if (!list) return;
  const [here, around] = [line.getBoundingClientRect(), list.getBoundingClientRect()];
  if (here.top < around.top || here.bottom > around.bottom)
    list.scrollTop += here.top - around.top - list.clientHeight / 2;
}
