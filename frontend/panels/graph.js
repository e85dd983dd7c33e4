/** The computation graph: a picture for the pointer, a list box for the keyboard. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" @import { Graph } from "../lib/graph.js" @import { Loop } from "../lib/folding.js" @import { Trace } from "../lib/types.js" */

import { folded, isFolded, isWithin, loopsOf, unrolled } from "../lib/folding.js";
import { constants, graphOf } from "../lib/graph.js";
import { h } from "../lib/h.js";
import { layered } from "../lib/layout.js";
import { MINUS, printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { search } from "../lib/search.js";
import { currentStep } from "../state/scene.js";
import { fittingZoom, graphFigure, halfSize } from "../views/graphfigure.js";
import { searchView } from "../views/search.js";

/** A press of a button makes the drawing so many times as large; an arrow moves it by so many pixels. */
const STEP = 1.25;
const PAN = 60;

/** @param {State} state */
export function select(state) {
  const { shown, cursor, selected, palette, symbols, drawing } = state;
  return { trace: shown?.trace ?? null, step: currentStep(state), cursor, selected, palette, symbols, drawing };
}

/** @typedef {{graph: Graph, layout: import("../lib/layout.js").Layout, loops: Loop[]}} Laid */

/** @type {{key: string, symbols: object, chosen: object, laid: Laid} | null} */
let last = null;

/** The graph depends on the program alone: when only numbers change, nothing is laid out or drawn again. @param {Trace} trace @param {Record<string, string>} symbols @param {Record<string, boolean>} chosen @returns {Laid} */
function laidOut(trace, symbols, chosen) {
  const key = JSON.stringify([trace.steps.map(({ output, code, inputs, shape, op }) => [output, code, inputs, shape, op]), Object.entries(trace.tensors).map(([name, { shape, role }]) => [name, shape, role])]);
  if (last?.key === key && last.symbols === symbols && last.chosen === chosen) return last.laid;
  const loops = loopsOf(trace);
  const open = loops.filter((loop) => !isFolded(loop, chosen));
  const graph = unrolled(folded(graphOf(trace, (op) => symbols[op] ?? op), loops.filter((loop) => isFolded(loop, chosen))), open);
  const given = constants(graph);
  const nodes = graph.nodes.map((node) => ({ id: node.id, height: halfSize(node)[1] / 15, spine: node.kind !== "leaf", late: given.has(node.id) || open.some((loop) => isWithin(node, loop)) }));
  last = { key, symbols, chosen, laid: { graph, layout: layered(nodes, graph.edges), loops } };
  return last.laid;
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ trace, step, cursor, selected, palette, symbols, drawing }, acts) {
  const laid = trace && laidOut(trace, symbols, drawing.folded);
  const click = (/** @type {any} */ point) => {
    const loop = laid?.loops.find(({ key }) => key === point.customdata);
    if (loop) acts.fold(loop, false);
    else acts.select(point.customdata);
  };
  return [
    h("div", { class: "graph-head" },
      h("h2", null, h("span", { id: "graph-title" }, "Computation graph"), h("small", null, h("span", { class: "value" }, "values →"), " ", h("span", { class: "gradient" }, "← gradients"))),
      laid && foldingView(laid.loops, drawing.folded, acts),
      h("span", { class: "space" }),
      trace && searchView(drawing, search(drawing.query, trace, (op) => symbols[op] ?? op), acts),
      laid && zoomView(laid, drawing.zoom, acts)),
    h("div", { class: "graph-body" },
      h("div", { class: "graph-plot", role: "group", "aria-label": "Drawing of the graph", tabindex: "0", ...panning(drawing.zoom, laid, acts) },
        laid && step && palette && h("div", {
          class: "plot", role: "img", "aria-label": summary(laid.graph, step.phase),
          hook: (/** @type {HTMLElement} */ element) => draw(element, [laid, cursor, selected, palette, drawing.zoom], (width, height) => graphFigure({
            ...laid, cursor, step, selected, palette, zoom: drawing.zoom,
          }, width, height), { click }),
          unhook: purge,
        })),
      trace && nodeList(trace, selected, acts)),
  ];
}

/** Loops that can be folded into one node. @param {Loop[]} loops @param {Record<string, boolean>} chosen @param {Acts} acts */
function foldingView(loops, chosen, acts) {
  return loops.map((loop) => {
    const on = isFolded(loop, chosen);
    return h("button", { type: "button", class: "small", key: loop.key, "aria-pressed": String(on), title: on ? `${loop.count} repeats of a loop are drawn as one node; press to unfold them` : `Draw ${loop.count} repeats as one node`, onclick: () => acts.fold(loop, !on) }, `Fold ${loop.name} ×${loop.count}`);
  });
}

/** @param {Laid} laid @param {number} zoom @param {Acts} acts */
function zoomView(laid, zoom, acts) {
  const button = (/** @type {string} */ text, /** @type {string} */ label, /** @type {(event: any) => void} */ onclick) => h("button", { type: "button", class: "small", "aria-label": label, title: label, onclick }, text);
  return h("div", { class: "zoom", role: "group", "aria-label": "Size of the graph" },
    button(MINUS, "Zoom out", () => acts.zoom(zoom / STEP)),
    button(`${Math.round(100 * zoom)} %`, "Original size", () => acts.zoom(1)),
    button("+", "Zoom in", () => acts.zoom(zoom * STEP)),
    button("Fit", "Fit the graph", (event) => acts.zoom(fit(laid, event.currentTarget.closest("#graph").querySelector(".graph-plot")))));
}

/** @param {Laid} laid @param {HTMLElement} place */
function fit(laid, place) {
  return fittingZoom(laid, place.offsetWidth, place.offsetHeight);
}

/** Wheel, drag and keys in the drawing. @param {number} zoom @param {Laid | null} laid @param {Acts} acts */
function panning(zoom, laid, acts) {
  return {
    onwheel: (/** @type {any} */ event) => wheel(event, zoom, acts),
    onpointerdown: grab,
    onkeydown: (/** @type {any} */ event) => {
      const place = event.currentTarget;
      if (event.ctrlKey || event.metaKey || event.altKey || event.shiftKey && event.key !== "+") return;
      const size = /** @type {Record<string, number>} */ ({ "+": zoom * STEP, "=": zoom * STEP, "-": zoom / STEP, 1: 1, 0: laid ? fit(laid, place) : 1 })[event.key];
      const way = /** @type {Record<string, [number, number]>} */ ({ ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] })[event.key];
      const moves = way && (way[0] ? place.scrollWidth > place.clientWidth : place.scrollHeight > place.clientHeight);
      if (size) acts.zoom(size);
      else if (moves) place.scrollBy(way[0] * PAN, way[1] * PAN);
      else return;
      event.preventDefault();
    },
  };
}

/** The drawing follows the mouse while its button is held; a finger moves it anyway. @param {any} event */
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

/** The wheel moves the drawing; with Ctrl or ⌘ it changes the size. @param {any} event @param {number} zoom @param {Acts} acts */
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
  const operations = nodes.filter(({ kind, loop }) => kind === "operation" && !loop).length;
  const loops = nodes.flatMap(({ loop }) => (loop ? [`, ${loop.count} repeats of ${loop.name} as one node,`] : [])).join("");
  return `${operations} operations${loops} from left to right and ${edges.length} tensors on their way; the cursor is in the ${phase} phase. The list Nodes has every tensor.`;
}

/** @param {Trace} trace @param {string | null} selected @param {Acts} acts */
function nodeList(trace, selected, acts) {
  const choose = (/** @type {any} */ event) => event.target.value && acts.select(event.target.value);
  return h("label", { class: "nodes" }, h("span", null, "Nodes"),
    h("select", {
      id: "nodes", size: "8", "aria-label": "Nodes", value: selected ?? "", onchange: choose,
      onclick: (/** @type {any} */ event) => event.target.tagName === "OPTION" && choose(event),
    }, Object.entries(trace.tensors).map(([name, { shape, role }]) => h("option", { key: name, value: name, class: role, title: `${role} ${printShape(shape)}` }, name))));
}
