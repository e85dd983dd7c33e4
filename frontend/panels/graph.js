/** The computation graph: a picture for the pointer, a list box for the keyboard. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" @import { Trace } from "../lib/types.js" */

import { graphOf } from "../lib/graph.js";
import { h } from "../lib/h.js";
import { layered } from "../lib/layout.js";
import { printShape } from "../lib/numbers.js";
import { draw, purge } from "../lib/plotly.js";
import { currentStep } from "../state/scene.js";
import { graphFigure, halfSize } from "../views/graphfigure.js";

/** @param {State} state */
export function select(state) {
  const { shown, cursor, selected, palette, symbols } = state;
  return { trace: shown?.trace ?? null, step: currentStep(state), cursor, selected, palette, symbols };
}

/** @typedef {{graph: import("../lib/graph.js").Graph, layout: import("../lib/layout.js").Layout}} Laid */

/** @type {{key: string, symbols: object, laid: Laid} | null} */
let last = null;

/** The graph depends on the program alone: when only numbers change, nothing is laid out or drawn again. @param {Trace} trace @param {Record<string, string>} symbols @returns {Laid} */
function laidOut(trace, symbols) {
  const key = JSON.stringify([trace.steps.map(({ output, code, inputs, shape, op }) => [output, code, inputs, shape, op]), Object.entries(trace.tensors).map(([name, { shape, role }]) => [name, shape, role])]);
  if (last?.key === key && last.symbols === symbols) return last.laid;
  const graph = graphOf(trace, (op) => symbols[op] ?? op);
  const nodes = graph.nodes.map((node) => ({ id: node.id, height: halfSize(node)[1] / 15, spine: node.kind !== "leaf" }));
  last = { key, symbols, laid: { graph, layout: layered(nodes, graph.edges) } };
  return last.laid;
}

/** @param {ReturnType<typeof select>} props @param {Acts} acts */
export function view({ trace, step, cursor, selected, palette, symbols }, acts) {
  const laid = trace && laidOut(trace, symbols);
  return [
    h("h2", null, h("span", { id: "graph-title" }, "Computation graph"), h("small", null, h("span", { class: "value" }, "values →"), " ", h("span", { class: "gradient" }, "← gradients"))),
    h("div", { class: "graph-body" },
      h("div", { class: "graph-plot", role: "group", "aria-label": "Drawing of the graph", tabindex: "0" },
        laid && step && palette && h("div", {
          class: "plot", role: "img", "aria-label": summary(laid.graph, step.phase),
          hook: (/** @type {HTMLElement} */ element) => draw(element, [laid, cursor, selected, palette], (width, height) => graphFigure({
            ...laid, cursor, step, selected, palette, narrow: width < 600,
          }, width, height), { click: (point) => acts.select(point.customdata) }),
          unhook: purge,
        })),
      trace && nodeList(trace, selected, acts)),
  ];
}

/** @param {Laid["graph"]} graph @param {string} phase */
function summary({ nodes, edges }, phase) {
  const operations = nodes.filter(({ kind }) => kind === "operation").length;
  return `${operations} operations from left to right and ${edges.length} tensors on their way; the cursor is in the ${phase} phase. The list Nodes has every tensor.`;
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
