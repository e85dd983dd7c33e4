/**
 * The computation graph: a picture for the pointer, a list box for the keyboard.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { Graph } from "../lib/graph.js"
 * @import { Fold } from "../lib/folding.js"
 * @import { Trace } from "../lib/types.js"
 */

import { folded, isFolded, isWithin, linesOf, loopsOf, unrolled } from "../lib/folding.js";
import { constants, graphOf } from "../lib/graph.js";
import { h } from "../lib/h.js";
import { layered } from "../lib/layout.js";
import { MINUS, printShape } from "../lib/numbers.js";
import { draw, purge, save } from "../lib/plotly.js";
import { search } from "../lib/search.js";
import { currentStep } from "../state/scene.js";
import { fits, fittingZoom, graphFigure, halfSize } from "../views/graphfigure.js";
import { searchView } from "../views/search.js";
import { unplottedView } from "../views/unplotted.js";

/**
 * A press of a button makes the drawing so many times as large; an arrow moves it by so many
 * pixels.
 */
const STEP = 1.25;
const PAN = 60;
/**
 * Every operation, lines of several operations as one node each, every line as one node: the first
 * that fits.
 */
const LEVELS = [0, 1, 2];

/** @param {State} state */
export function select(state) {
  const { shown, cursor, selected, palette, symbols, drawing, library } = state;
  return {
    missing: library === "missing",
    trace: shown?.trace ?? null,
    step: currentStep(state),
    cursor,
    selected,
    palette,
    symbols,
    drawing,
  };
}

/** @typedef {{graph: Graph, layout: import("../lib/layout.js").Layout}} Drawn */
/** @typedef {Drawn & {loops: Fold[], lines: Fold[], level: number}} Laid */
/** @typedef {import("../state/drawing.js").Drawing} Drawing */

/** @type {{key: string, depends: unknown[], laid: Laid} | null} */
let last = null;

/**
 * The graph depends on the program and the room alone: when only numbers change, nothing is laid
 * out or drawn again.
 *
 * @param {Trace} trace
 * @param {Record<string, string>} symbols
 * @param {Drawing} drawing
 * @returns {Laid}
 */
function laidOut(trace, symbols, { folded: chosen, lines: wanted, room }) {
  const key = JSON.stringify([
    trace.steps.map(({ output, code, inputs, shape, op }) => [output, code, inputs, shape, op]),
    Object.entries(trace.tensors).map(([name, { shape, role }]) => [name, shape, role]),
  ]);
  const depends = [symbols, chosen, wanted, room];
  if (last?.key === key && last.depends.every((one, at) => one === depends[at])) return last.laid;
  const whole = graphOf(trace, (op) => symbols[op] ?? op);
  const loops = loopsOf(trace);
  const lines = linesOf(trace, loops);
  const drawn = (/** @type {number} */ level, /** @type {Record<string, boolean>} */ said = {}) =>
    drawnAs(whole, loops, lines, said, level);
  const fitting =
    LEVELS.find((level) => room === null || fits(drawn(level), room.width, room.height)) ?? 0;
  const level = wanted === null ? fitting : wanted ? Math.max(1, fitting) : 0;
  last = { key, depends, laid: { ...drawn(level, chosen), loops, lines, level } };
  return last.laid;
}

/**
 * @param {Graph} whole
 * @param {Fold[]} loops
 * @param {Fold[]} lines
 * @param {Record<string, boolean>} chosen
 * @param {number} level
 * @returns {Drawn}
 */
function drawnAs(whole, loops, lines, chosen, level) {
  const open = loops.filter((loop) => !isFolded(loop, chosen, level));
  const graph = unrolled(
    folded(
      whole,
      [...loops, ...lines].filter((fold) => isFolded(fold, chosen, level)),
    ),
    open,
  );
  const given = constants(graph);
  const nodes = graph.nodes.map((node) => ({
    id: node.id,
    height: halfSize(node)[1] / 15,
    spine: node.kind !== "leaf",
    late: given.has(node.id) || open.some((loop) => isWithin(node, loop)),
  }));
  return { graph, layout: layered(nodes, graph.edges) };
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ missing, trace, step, cursor, selected, palette, symbols, drawing }, acts) {
  const laid = trace && laidOut(trace, symbols, drawing);
  const click = (/** @type {any} */ point) => {
    const fold = laid && [...laid.loops, ...laid.lines].find(({ key }) => key === point.customdata);
    if (fold) acts.fold(fold, false);
    else acts.select(point.customdata);
  };
  return [
    h(
      "div",
      { class: "graph-head" },
      h(
        "h2",
        null,
        h("span", { id: "graph-title" }, "Computation graph"),
        h(
          "small",
          null,
          h("span", { class: "value" }, "values →"),
          " ",
          h("span", { class: "gradient" }, "← gradients"),
        ),
      ),
      laid && foldingView(laid, drawing, acts),
      h("span", { class: "space" }),
      trace &&
        searchView(
          drawing,
          search(drawing.query, trace, (op) => symbols[op] ?? op),
          acts,
        ),
      laid && !missing && zoomView(laid, drawing.zoom, acts),
      laid && !missing && palette && saveView(palette.panel),
    ),
    h(
      "div",
      { class: "graph-body" },
      h(
        "div",
        {
          class: "graph-plot",
          role: "group",
          "aria-label": "Drawing of the graph",
          tabindex: "0",
          hook: (/** @type {HTMLElement} */ element) => measure(element, acts),
          ...panning(drawing.zoom, laid, acts),
        },
        missing &&
          unplottedView(
            "The graph",
            "Everything else works; the list Nodes has every tensor.",
            acts.retryPlots,
          ),
        !missing &&
          laid &&
          step &&
          palette &&
          h("div", {
            class: "plot",
            role: "img",
            "aria-label": summary(laid.graph, step.phase),
            hook: (/** @type {HTMLElement} */ element) =>
              draw(
                element,
                [laid, cursor, selected, palette, drawing.zoom],
                (width, height) =>
                  graphFigure(
                    {
                      ...laid,
                      cursor,
                      step,
                      selected,
                      palette,
                      zoom: drawing.zoom,
                    },
                    width,
                    height,
                  ),
                { click },
              ),
            unhook: purge,
          }),
      ),
      trace && nodeList(trace, selected, acts),
    ),
  ];
}

/** @type {WeakSet<HTMLElement>} */
const measured = new WeakSet();

/**
 * How much room there is decides whether lines are drawn as one node each.
 *
 * @param {HTMLElement} place
 * @param {Acts} acts
 */
function measure(place, acts) {
  if (measured.has(place)) return;
  measured.add(place);
  const tell = () => place.offsetWidth && acts.graphRoom(place.offsetWidth, place.offsetHeight);
  new ResizeObserver(tell).observe(place);
  tell();
}

/**
 * Loops, and lines of a graph that is wide, can be folded into one node.
 *
 * @param {Laid} laid
 * @param {Drawing} drawing
 * @param {Acts} acts
 */
function foldingView({ loops, lines, level }, { folded: chosen, lines: wanted }, acts) {
  const button = (
    /** @type {string} */ text,
    /** @type {boolean} */ on,
    /** @type {string} */ title,
    /** @type {() => void} */ onclick,
  ) =>
    h(
      "button",
      { type: "button", class: "small", key: text, "aria-pressed": String(on), title, onclick },
      text,
    );
  const touched = lines.some(({ key }) => key in chosen);
  const all = level > 0 && !touched;
  return [
    ...loops.map((loop) => {
      const on = isFolded(loop, chosen, level);
      return button(
        `Fold ${loop.text}`,
        on,
        on
          ? `${loop.told} are drawn as one node; press to unfold them`
          : `Draw ${loop.told} as one node`,
        () => acts.fold(loop, !on),
      );
    }),
    (level > 0 || wanted !== null || touched) &&
      button(
        "Fold lines",
        all,
        all
          ? "Every line of the program is drawn as one node; press to see its operations"
          : "Draw every line of the program as one node",
        () => acts.foldLines(!all),
      ),
  ];
}

/** @param {Laid} laid @param {number} zoom @param {Acts} acts */
function zoomView(laid, zoom, acts) {
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ label,
    /** @type {(event: any) => void} */ onclick,
  ) =>
    h(
      "button",
      { type: "button", class: "small", "aria-label": label, title: label, onclick },
      text,
    );
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Size of the graph" },
    button(MINUS, "Zoom out", () => acts.zoom(zoom / STEP)),
    button(`${Math.round(100 * zoom)} %`, "Original size", () => acts.zoom(1)),
    button("+", "Zoom in", () => acts.zoom(zoom * STEP)),
    button("Fit", "Fit the graph", (event) =>
      acts.zoom(fit(laid, event.currentTarget.closest("#graph").querySelector(".graph-plot"))),
    ),
  );
}

/** @param {string} paper  the colour of its ground */
function saveView(paper) {
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Save the graph" },
    ["PNG", "SVG"].map((format) =>
      h(
        "button",
        {
          type: "button",
          class: "small",
          key: format,
          "aria-label": `Save the graph as ${format}`,
          title: `Save the graph as ${format}`,
          onclick: (/** @type {any} */ event) =>
            void save(
              event.currentTarget.closest("#graph").querySelector(".graph-plot .plot"),
              "graph",
              format.toLowerCase(),
              paper,
            ),
        },
        format,
      ),
    ),
  );
}

/** @param {Laid} laid @param {HTMLElement} place */
function fit(laid, place) {
  return fittingZoom(laid, place.offsetWidth, place.offsetHeight);
}

/**
 * Wheel, drag and keys in the drawing.
 *
 * @param {number} zoom
 * @param {Laid | null} laid
 * @param {Acts} acts
 */
function panning(zoom, laid, acts) {
  return {
    onwheel: (/** @type {any} */ event) => wheel(event, zoom, acts),
    onpointerdown: grab,
    onkeydown: (/** @type {any} */ event) => {
      const place = event.currentTarget;
      if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "+"))
        return;
      const size = /** @type {Record<string, number>} */ ({
        "+": zoom * STEP,
        "=": zoom * STEP,
        "-": zoom / STEP,
        1: 1,
        0: laid ? fit(laid, place) : 1,
      })[event.key];
      const way = /** @type {Record<string, [number, number]>} */ ({
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, -1],
        ArrowDown: [0, 1],
      })[event.key];
      const moves =
        way &&
        (way[0] ? place.scrollWidth > place.clientWidth : place.scrollHeight > place.clientHeight);
      if (size) acts.zoom(size);
      else if (moves) place.scrollBy(way[0] * PAN, way[1] * PAN);
      else return;
      event.preventDefault();
    },
  };
}

/**
 * The drawing follows the mouse while its button is held; a finger moves it anyway.
 *
 * @param {any} event
 */
function grab({ currentTarget: place, button, pointerType, clientX, clientY }) {
  if (button !== 0 || pointerType === "touch") return;
  let [x, y] = [clientX, clientY];
  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.buttons === 0) return release();
    place.scrollBy(x - event.clientX, y - event.clientY);
    [x, y] = [event.clientX, event.clientY];
  };
  const release = () => window.removeEventListener("pointermove", follow);
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", release, { once: true });
}

/**
 * The wheel moves the drawing; with Ctrl or ⌘ it changes the size.
 *
 * @param {any} event
 * @param {number} zoom
 * @param {Acts} acts
 */
function wheel(event, zoom, acts) {
  const place = event.currentTarget;
  if (event.ctrlKey || event.metaKey) {
    event.preventDefault();
    return acts.zoom(zoom * Math.exp(-Math.max(-80, Math.min(80, event.deltaY)) / 300));
  }
  if (place.scrollHeight > place.clientHeight || event.deltaX || event.shiftKey) return;
  const before = place.scrollLeft;
  place.scrollLeft += event.deltaY;
  if (place.scrollLeft !== before) event.preventDefault();
}

/** @param {Laid["graph"]} graph @param {string} phase */
function summary({ nodes, edges }, phase) {
  const operations = nodes.filter(({ kind, fold }) => kind === "operation" && !fold).length;
  const folds = nodes
    .flatMap(({ fold }) => (fold ? [`, ${fold.told} as one node ${fold.name},`] : []))
    .join("");
  return `${operations} operations${folds} from left to right and ${edges.length} tensors on their way; the cursor is in the ${phase} phase. The list Nodes has every tensor.`;
}

/** @param {Trace} trace @param {string | null} selected @param {Acts} acts */
function nodeList(trace, selected, acts) {
  const choose = (/** @type {any} */ event) =>
    event.target.value && acts.select(event.target.value);
  return h(
    "label",
    { class: "nodes" },
    h("span", null, "Nodes"),
    h(
      "select",
      {
        id: "nodes",
        size: "8",
        "aria-label": "Nodes",
        value: selected ?? "",
        onchange: choose,
        onclick: (/** @type {any} */ event) => event.target.tagName === "OPTION" && choose(event),
      },
      Object.entries(trace.tensors).map(([name, { shape, role }]) =>
        h(
          "option",
          { key: name, value: name, class: role, title: `${role} ${printShape(shape)}` },
          name,
        ),
      ),
    ),
  );
}
