/**
 * The computation graph of a trace: leaves, operations and the loss as nodes, tensors on the edges
 * between them.
 *
 * @import { Role, Step, Trace } from "./types.js"
 * @typedef {object} GraphNode
 * @property {string} id
 * @property {"leaf" | "operation" | "loss"} kind
 * @property {Role} role
 * @property {string} text    what stands in it
 * @property {string} tensor  what choosing it shows
 * @property {string | null} caption  the name that the program gives to the result
 * @property {string} family
 * @property {number} step    the forward step that makes it, -1 for a leaf
 * @property {number} [round]  the repeat of the loop that it is in
 * @property {import("./folding.js").Fold} [fold]  the steps that it stands for
 *
 * @typedef {object} GraphEdge
 * @property {string} from
 * @property {string} to
 * @property {string} tensor
 * @property {number[]} shape
 * @property {number} port
 * @property {number} forward   the step from which on its value exists
 * @property {number} backward the step from which on its gradient exists; Infinity where there is
 *   none
 *
 * @typedef {{nodes: GraphNode[], edges: GraphEdge[]}} Graph
 */

/** @param {Trace} trace @param {(op: string) => string} symbol @returns {Graph} */
export function graphOf(trace, symbol) {
  /** @type {Map<string, GraphNode>} */
  const nodes = new Map();
  /** @type {GraphEdge[]} */
  const edges = [];
  for (const step of trace.steps) {
    if (step.phase !== "forward") continue;
    const id = `step ${step.index}`;
    (step.edges ?? []).forEach(({ tensor, gradient }, port) => {
      const {
        shape,
        role,
        ready: { value },
      } = trace.tensors[tensor];
      if (value === null) nodes.set(tensor, leaf(tensor, role));
      edges.push({
        from: value === null ? tensor : `step ${value}`,
        to: id,
        tensor,
        port,
        shape,
        forward: value ?? -1,
        backward: gradient ?? Infinity,
      });
    });
    nodes.set(id, operation(id, step, trace, symbol));
  }
  addLoss(trace, nodes, edges);
  return { nodes: [...nodes.values()], edges };
}

/**
 * The nodes that depend on no input and no parameter, as what makes a mask.
 *
 * @param {Graph} graph
 * @returns {Set<string>}
 */
export function constants({ nodes, edges }) {
  /** @type {Map<string, string[]>} */
  const sources = new Map();
  for (const { from, to } of edges) sources.set(to, [...(sources.get(to) ?? []), from]);
  /** @type {Set<string>} */
  const found = new Set();
  for (const { id, kind } of [...nodes].sort((a, b) => a.step - b.step)) {
    if (kind === "operation" && (sources.get(id) ?? []).every((source) => found.has(source)))
      found.add(id);
  }
  return found;
}

/** @param {string} tensor @param {Role} role @returns {GraphNode} */
function leaf(tensor, role) {
  return {
    id: tensor,
    kind: "leaf",
    role,
    text: tensor,
    tensor,
    caption: null,
    family: "leaf",
    step: -1,
  };
}

/**
 * @param {string} id
 * @param {Step} step
 * @param {Trace} trace
 * @param {(op: string) => string} symbol
 * @returns {GraphNode}
 */
function operation(id, { output, op, family, index, loop }, { tensors }, symbol) {
  const { role, assigned } = tensors[output];
  return {
    id,
    kind: "operation",
    role,
    text: symbol(op),
    tensor: output,
    caption: role === "loss" ? null : (assigned ?? null),
    family,
    step: index,
    round: loop?.round,
  };
}

/** @param {Trace} trace @param {Map<string, GraphNode>} nodes @param {GraphEdge[]} edges */
function addLoss({ tensors }, nodes, edges) {
  const loss = Object.keys(tensors).find((tensor) => tensors[tensor].role === "loss");
  if (loss === undefined) return;
  const { value, gradient } = tensors[loss].ready;
  if (value === null) return;
  const id = `loss ${loss}`;
  nodes.set(id, {
    id,
    kind: "loss",
    role: "loss",
    text: loss,
    tensor: loss,
    caption: null,
    family: "leaf",
    step: value,
  });
  edges.push({
    from: `step ${value}`,
    to: id,
    tensor: loss,
    port: 0,
    shape: [],
    forward: value,
    backward: gradient ?? Infinity,
  });
}
