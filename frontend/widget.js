/**
 * A run or a plan in a notebook, by the page's own modules: its steps, each of them as a picture of
 * its equation, and where its numbers come from. A number that is dragged or typed is written into it.
 *
 * @import { Run, Trace } from "./lib/types.js"
 * @import { Model } from "./service/kernel.js"
 * @import { State } from "./state/state.js"
 */

import { asNumpy, asTabs } from "./lib/block.js";
import { h, idleWhen, render } from "./lib/h.js";
import { now } from "./lib/moment.js";
import { exact, fromWire, printOne } from "./lib/numbers.js";
import { readPalette } from "./lib/palette.js";
import { setPlotly } from "./lib/plotly.js";
import { svgPlotly } from "./lib/svgplot.js";
import { tree } from "./lib/tree.js";
import { dragContent } from "./panels/dragged.js";
import * as explanation from "./panels/explanation.js";
import { steppingCommands, stepsView } from "./panels/reading.js";
import * as slides from "./panels/slides.js";
import { stepText } from "./panels/steps.js";
import * as tensors from "./panels/tensors.js";
import { createClient } from "./service/client.js";
import { kernelService } from "./service/kernel.js";
import { createCells } from "./state/cells/commands.js";
import { createChanges } from "./state/changes.js";
import { createExplanation } from "./state/explanation/commands.js";
import * as fitting from "./state/fitting/reducer.js";
import { createInspector } from "./state/inspector/commands.js";
import { createMarking } from "./state/learning/marking.js";
import { createMessages } from "./state/messages/commands.js";
import { setStatus } from "./state/messages/reducer.js";
import { markRevised, openRun } from "./state/run/reducer.js";
import { createScrubbing } from "./state/scrubbing/commands.js";
import { setLibrary, setTheme } from "./state/settings/reducer.js";
import * as stage from "./state/stage/reducer.js";
import { initial } from "./state/state.js";
import { bind, createStore } from "./state/store.js";
import { createStudies } from "./state/studies/commands.js";
import { showTrace } from "./state/trace/reducer.js";
import { createWindows } from "./state/windows/commands.js";
import { problemView } from "./views/problem.js";
import { sliceBox } from "./views/slicebox.js";
import { slicePlot } from "./views/sliceplot.js";

const LOSS_DIGITS = 6;
/** What stands above and below the picture of a step, and what it has at least. */
const [BESIDE, LEAST] = [88, 200];
const NO_ANSWER = "The kernel does not answer: it is busy, or there is none. Run this cell again.";

/**
 * What a notebook calls with its model and a place on its page.
 *
 * @param {string} styles of the page
 */
export function createWidget(styles) {
  return {
    render(/** @type {{model: Model, el: HTMLElement}} */ { model, el }) {
      const page = root(el, styles);
      const shown = show(model, page);
      const leave = [keepKeys(el), followTheme(el, shown.theme), shown.leave];
      return () => leave.forEach((one) => one());
    },
  };
}

/**
 * A page of its own, which neither takes styles from the notebook nor gives it any.
 *
 * @param {HTMLElement} el
 * @param {string} styles
 */
function root(el, styles) {
  tree.root = el.attachShadow({ mode: "open" });
  const [sheet, page] = [document.createElement("style"), document.createElement("div")];
  sheet.textContent = styles;
  page.className = "page";
  tree.root.append(sheet, page);
  return page;
}

/**
 * Light or dark as JupyterLab is; elsewhere as the system is.
 *
 * @param {HTMLElement} el
 * @param {() => void} changed  is called with every other theme, and at once
 * @returns {() => void}
 */
function followTheme(el, changed) {
  const follow = () => {
    const light = document.body.dataset.jpThemeLight;
    if (light) el.style.colorScheme = light === "true" ? "light" : "dark";
    changed();
  };
  const observer = new MutationObserver(follow);
  const system = matchMedia("(prefers-color-scheme: dark)");
  observer.observe(document.body, { attributeFilter: ["data-jp-theme-light"] });
  system.addEventListener("change", follow);
  follow();
  return () => {
    observer.disconnect();
    system.removeEventListener("change", follow);
  };
}

/**
 * What is typed here is no command of the notebook's, which would delete a cell by `d d`; with Ctrl
 * or ⌘ it is one. JupyterLab hears keys before they come here, and looks for the attribute.
 *
 * @param {HTMLElement} el
 * @returns {() => void}
 */
function keepKeys(el) {
  const listening = new AbortController();
  const isPlain = (/** @type {KeyboardEvent} */ { ctrlKey, metaKey }) => !ctrlKey && !metaKey;
  addEventListener(
    "keydown",
    (event) => el.toggleAttribute("data-lm-suppress-shortcuts", isPlain(event)),
    { capture: true, signal: listening.signal },
  );
  el.addEventListener("keydown", (event) => isPlain(event) && event.stopPropagation());
  return () => listening.abort();
}

/** @param {Model} model @param {HTMLElement} page */
function show(model, page) {
  const store = createStore(initial);
  const service = kernelService(model, () => store.apply(setStatus, NO_ANSWER));
  const commands = createCommands(store, createClient(service.fetcher, ""), model);
  const load = () => store.apply(read, model.get("run"), model.get("trace"));
  const turn = () => store.apply(stage.moveCursor, model.get("step"));
  const measure = new ResizeObserver(
    ([
      {
        contentRect: { width, height },
      },
    ]) =>
      store.apply(fitting.measureStage, Math.max(LEAST, width), Math.max(LEAST, height - BESIDE)),
  );
  const draw = () => render(page, view(store.get(), commands));
  let waiting = false;
  // What a draw finds out, such as that a picture does not fit, is drawn after it.
  store.subscribe(() => {
    if (waiting) return;
    waiting = true;
    queueMicrotask(() => {
      waiting = false;
      draw();
    });
  });
  store.subscribe(commands.follow);
  store.apply(setLibrary, setPlotly(svgPlotly));
  load();
  turn();
  draw();
  measure.observe(/** @type {Element} */ (page.querySelector("#tensors")));
  model.on("change:trace", load);
  model.on("change:step", turn);
  return {
    theme: () => store.apply(setTheme, "system", readPalette(page)),
    leave() {
      measure.disconnect();
      service.leave();
      model.off("change:trace", load);
      model.off("change:step", turn);
    },
  };
}

/**
 * The numbers as they are now. What is looked at stays, also what is being explained.
 *
 * @param {State} state
 * @param {Run} run
 * @param {Trace} trace
 * @returns {State}
 */
function read(state, run, trace) {
  const known = state.run ? markRevised(state) : openRun(state, run, null);
  return showTrace(known, run, now(run), trace, state.cursor);
}

/**
 * @param {ReturnType<typeof createStore<State>>} store
 * @param {ReturnType<typeof createClient>} client
 * @param {Model} model
 * @returns {any} those of the page's commands that make sense for one iteration
 */
function createCommands(store, client, model) {
  const { get, apply } = store;
  const nothing = () => {};
  const messages = createMessages(store, (text) => navigator.clipboard.writeText(text));
  const { say, report } = messages;
  const explaining = createExplanation(store, client);
  const studies = createStudies(store, client);
  const change = createChanges(store, {
    report,
    overtaken: nothing,
    postponed: (_, __, error) => report(error),
  });
  const scrubbing = createScrubbing(store, client, {
    edit: (name, written) => cells.write(name, written),
    say,
    report,
    listed: () => "all",
  });
  const cells = createCells(store, client, {
    change,
    // What was written is read with the model, before its answer comes.
    run: /** @type {any} */ ({ present: async () => get().run, settle: async () => {} }),
    traces: /** @type {any} */ ({ listed: () => undefined, keep: nothing }),
    scrubbing,
    explanation: explaining,
    copy: (matrix, part, how) =>
      messages.copy(how === "numpy" ? asNumpy(part) : asTabs(part), matrix.code),
    seek: nothing,
    take: () => false,
    marking: () => marking,
    say,
  });
  const marking = createMarking(store);
  const stepTo = (/** @type {number} */ step) => {
    apply(stage.moveCursor, step);
    model.set("step", get().cursor);
    model.save_changes();
  };
  return {
    cells,
    scrubbing,
    explanation: explaining,
    messages,
    fitting: bind(apply, fitting),
    inspector: createInspector(apply),
    slide: slides.createSlide(apply, cells),
    stage: steppingCommands(store, stepTo),
    windows: createWindows(apply),
    follow() {
      explaining.follow();
      studies.follow();
    },
  };
}

/** @param {State} state @param {any} commands */
function view(state, commands) {
  const { shown, cursor } = state;
  if (!shown) return [];
  return [
    bar(state, commands),
    h(
      "div",
      { class: "columns", key: "columns" },
      h(
        "div",
        { id: "program", key: "program", role: "group", "aria-label": "Steps" },
        stepsView(shown.trace, cursor, commands.stage.stepTo),
      ),
      h(
        "div",
        { id: "tensors", key: "tensors" },
        ...tensors.view(tensors.select(state), commands, state, { slides, beside: besideView }),
      ),
      h(
        "section",
        { id: "explanation", key: "explanation", "aria-labelledby": "explanation-title" },
        ...explanation.view(explanation.select(state), commands, state, {
          dragged: dragContent,
          slice: slicePlot,
        }),
      ),
    ),
  ];
}

/** The loss along the number that is dragged. @param {State} state */
function besideView({ drag, shown }) {
  return drag && shown && sliceBox(drag, shown.trace);
}

/** @param {State} state @param {any} commands */
function bar({ shown, cursor, run, alert, status }, { stage, messages }) {
  const steps = shown?.trace.steps ?? [];
  const loss = fromWire(shown?.trace.loss);
  return h(
    "div",
    { class: "row bar", key: "bar" },
    h(
      "button",
      { type: "button", ...idleWhen(cursor === 0), onclick: stage.previous },
      "‹ Previous step",
    ),
    h(
      "button",
      {
        type: "button",
        class: "primary",
        ...idleWhen(cursor === steps.length - 1),
        onclick: stage.next,
      },
      "Next step ›",
    ),
    stepText(steps[cursor] ?? null, steps.length),
    h(
      "span",
      { class: "figures" },
      run?.id || run?.view_id ? `iteration ${shown?.iteration}, ` : null,
      "loss ",
      h("b", { id: "loss", "data-value": exact(loss) }, printOne(loss, LOSS_DIGITS)),
    ),
    h("span", { role: "status", class: "hint" }, status),
    alert &&
      h(
        "div",
        { class: "row", role: "alert", key: "alert" },
        problemView(alert),
        h("button", { type: "button", onclick: messages.dismissAlert }, "Dismiss"),
      ),
  );
}
