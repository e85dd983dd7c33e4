/**
 * The computation graph: a strip above the stage, or large in its place; a picture for the pointer,
 * a list box for the keyboard.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Laid } from "../lib/laying.js"
 * @import { Graph } from "../lib/graph.js"
 * @import { Trace } from "../lib/types.js"
 */

import { h } from "../lib/h.js";
import { laidOut } from "../lib/laying.js";
import { normsOf, stoppedIn, widths } from "../lib/norms.js";
import { printShape } from "../lib/numbers.js";
import { pictureAddress } from "../lib/picture.js";
import { draw, purge } from "../lib/plotly.js";
import { openTrace } from "../state/learning/concealing.js";
import { currentStep } from "../state/stage/selectors.js";
import { tracedPath } from "../state/studies/selectors.js";
import { riverFigure } from "../views/riverfigure.js";
import { tracedOn } from "../views/rivertrace.js";
import { unplottedView } from "../views/unplotted.js";
import { panning, toolsView, wheelAlong } from "./graphtools.js";

/** On a phone the tab "Graph" shows the large form; its width is below this. */
const PHONE = 700;

/** @param {State} state */
export function select(state) {
  const { cursor, selected, palette, symbols, drawing, library, digits, tab } = state;
  return {
    missing: library === "missing",
    trace: openTrace(state),
    step: currentStep(state),
    // what a drag does to the loss is seen, wherever one stands
    cursor: state.drag ? Math.max(cursor, lossStep(state)) : cursor,
    selected,
    palette,
    symbols,
    drawing,
    digits,
    tab,
    path: tracedPath(state),
  };
}

/** Where the loss is known. @param {State} state */
function lossStep({ shown }) {
  return shown?.trace.steps.filter(({ phase }) => phase === "forward").at(-1)?.index ?? 0;
}

/** @typedef {ReturnType<typeof select>} Props */

/** @param {Props} props @param {Commands} commands */
export function view(props, commands) {
  const { missing, trace, selected, symbols, drawing, palette } = props;
  const large = drawing.large || (props.tab === "graph" && (drawing.room?.width ?? PHONE) < PHONE);
  const laid = trace && laidOut(trace, symbols, { ...drawing, large });
  return [
    h("h2", { id: "graph-title", class: "unseen", key: "title" }, "Computation graph"),
    large &&
      laid &&
      trace &&
      toolsView({ laid, trace, drawing, symbols, palette, missing }, commands),
    h(
      "div",
      {
        id: "graph-plot",
        class: large ? "graph-plot large" : "graph-plot",
        role: "group",
        key: "plot",
        "aria-label": "Drawing of the graph",
        tabindex: large ? "0" : null,
        hook: (/** @type {HTMLElement} */ element) => measure(element, commands),
        ...(large
          ? panning(drawing.zoom, laid?.course ?? null, commands)
          : { onwheel: wheelAlong, onpointerdown: null, onkeydown: null }),
      },
      missing &&
        unplottedView(
          "The graph",
          "Everything else works; the list Nodes has every tensor.",
          commands.plots.retryLibrary,
        ),
      !missing && laid && plotView(laid, large, props, commands),
    ),
    trace && nodeList(trace, selected, drawing.large, commands),
    !missing &&
      !large &&
      trace &&
      h(
        "button",
        {
          type: "button",
          class: "enlarge quiet",
          key: "enlarge",
          tabindex: "-1",
          title: "Enlarge the graph (g)",
          onclick: () => commands.graph.enlargeGraph(true),
        },
        "Enlarge",
      ),
  ];
}

/** @param {Laid} laid @param {boolean} large @param {Props} props @param {Commands} commands */
function plotView(laid, large, props, commands) {
  const { trace, step, cursor, selected, palette, drawing, digits, path } = props;
  if (!trace || !step || !palette) return null;
  const zoom = large ? drawing.zoom : 1;
  const click = (/** @type {any} */ point) => {
    const fold = [...laid.loops, ...laid.lines].find(({ key }) => key === point.customdata);
    if (fold && large) commands.graph.foldSteps(fold, false);
    else commands.inspector.selectTensor(fold?.tensor ?? point.customdata);
  };
  const build = () => {
    const norms = normsOf(trace);
    return riverFigure({
      course: laid.course,
      names: laid.names,
      trace,
      cursor,
      step,
      selected,
      palette,
      zoom,
      digits,
      norms,
      width: widths(norms),
      stopped: stoppedIn(trace),
      picture: (tensor) => pictureAddress(trace, tensor, palette),
      traced: path && tracedOn(laid.course, path),
      legend: !large && laid.names === "above",
    });
  };
  return h("div", {
    class: "plot",
    role: "img",
    "aria-label": summary(laid.graph, step.phase),
    hook: (/** @type {HTMLElement} */ element) =>
      draw(element, [laid, trace, cursor, selected, palette, zoom, digits, path], build, { click }),
    unhook: purge,
  });
}

/** @type {WeakSet<HTMLElement>} */
const measured = new WeakSet();

/**
 * How much room there is decides how much of the graph the strip shows.
 *
 * @param {HTMLElement} place
 * @param {Commands} commands
 */
function measure(place, commands) {
  if (measured.has(place)) return;
  measured.add(place);
  const tell = () =>
    place.clientWidth && commands.graph.measureGraph(place.clientWidth, place.clientHeight);
  new ResizeObserver(tell).observe(place);
  tell();
}

/** @param {Graph} graph @param {string} phase */
function summary({ nodes, edges }, phase) {
  const operations = nodes.filter(({ kind, fold }) => kind === "operation" && !fold).length;
  const folds = nodes
    .flatMap(({ fold }) => (fold ? [`, ${fold.told} as one node ${fold.name}`] : []))
    .join("");
  const tensors = new Set(edges.map(({ tensor }) => tensor)).size;
  return `${operations} operations${folds}, from left to right, with ${tensors} tensors between them; the cursor is in the ${phase} phase. The list Nodes has every tensor.`;
}

/**
 * The keyboard's way into the graph: it is seen while it has the focus.
 *
 * @param {Trace} trace
 * @param {string | null} selected
 * @param {boolean} large
 * @param {Commands} commands
 */
function nodeList(trace, selected, large, commands) {
  const choose = (/** @type {any} */ event) =>
    event.target.value && commands.inspector.selectTensor(event.target.value);
  return h(
    "select",
    {
      id: "nodes",
      key: "nodes",
      class: "nodes",
      size: "8",
      "aria-label": "Nodes",
      value: selected ?? "",
      onchange: choose,
      onkeydown: (/** @type {KeyboardEvent} */ event) =>
        large && event.key === "Escape" && commands.graph.enlargeGraph(false),
      onclick: (/** @type {any} */ event) => event.target.tagName === "OPTION" && choose(event),
    },
    Object.entries(trace.tensors).map(([name, { shape, role }]) =>
      h(
        "option",
        { key: name, value: name, class: role, title: `${role} ${printShape(shape)}` },
        name,
      ),
    ),
  );
}
