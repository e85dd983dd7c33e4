/**
 * The computation graph of a trace: leaves, operations and the loss as nodes, tensors on the edges between them.
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
 * @property {import("./folding.js").Fold} [fold]  the steps that it stands for
 *
 * @typedef {object} GraphEdge
 * @property {string} from
 * @property {string} to
 * @property {string} tensor
 * @property {number[]} shape
 * @property {number} port
 * @property {number} forward   the step from which on its value exists
 * @property {number} backward  the step from which on its gradient exists; Infinity where there is none
 *
 * @typedef {{nodes: GraphNode[], edges: GraphEdge[]}} Graph
 */

/** @param {Trace} trace @param {(op: string) => string} symbol @returns {Graph} */
export function graphOf(trace, symbol) {
  const forward = trace.steps.filter((step) => step.phase === "forward");
  const name = (/** @type {string} */ tensor) => trace.tensors[tensor]?.alias ?? tensor;
  const made = new Map(forward.map((step) => [step.output, step]));
  const ready = gradientSteps(trace, forward, name);
  /** @type {Map<string, GraphNode>} */
  const nodes = new Map();
  /** @type {GraphEdge[]} */
  const edges = [];
  for (const step of forward) {
    const id = `step ${step.index}`;
    [...new Set(step.inputs.map(name))].forEach((tensor, port) => {
      const record = trace.tensors[tensor];
      if (!record) return;
      const source = made.get(tensor);
      if (!source) nodes.set(tensor, leaf(tensor, record.role));
      edges.push({
        from: source ? `step ${source.index}` : tensor, to: id, tensor, port, shape: record.shape,
        forward: source ? source.index : -1, backward: ready(tensor, step.output),
      });
    });
    nodes.set(id, operation(id, step, trace, symbol));
  }
  addLoss(trace, made, nodes, edges, ready);
  return { nodes: [...nodes.values()], edges };
}

/** The nodes that depend on no input and no parameter, as what makes a mask. @param {Graph} graph @returns {Set<string>} */
export function constants({ nodes, edges }) {
  /** @type {Map<string, string[]>} */
  const sources = new Map();
  for (const { from, to } of edges) sources.set(to, [...(sources.get(to) ?? []), from]);
  /** @type {Set<string>} */
  const found = new Set();
  for (const { id, kind } of [...nodes].sort((a, b) => a.step - b.step)) {
    if (kind === "operation" && (sources.get(id) ?? []).every((source) => found.has(source))) found.add(id);
  }
  return found;
}

/** @param {string} tensor @param {Role} role @returns {GraphNode} */
function leaf(tensor, role) {
  return { id: tensor, kind: "leaf", role, text: tensor, tensor, caption: null, family: "leaf", step: -1 };
}

/** @param {string} id @param {Step} step @param {Trace} trace @param {(op: string) => string} symbol @returns {GraphNode} */
function operation(id, step, trace, symbol) {
  const record = trace.tensors[step.output];
  const named = record?.named ?? !step.output.includes(".");
  return {
    id, kind: "operation", role: record?.role ?? "intermediate", text: symbol(step.op), tensor: step.output,
    caption: named && record?.role !== "loss" ? step.output.replace(/__\d+$/, "") : null, family: step.family, step: step.index,
  };
}

/** @param {Trace} trace @param {Map<string, Step>} made @param {Map<string, GraphNode>} nodes @param {GraphEdge[]} edges @param {(tensor: string, user: string) => number} ready */
function addLoss(trace, made, nodes, edges, ready) {
  const loss = Object.keys(trace.tensors).find((tensor) => trace.tensors[tensor].role === "loss");
  const step = loss && made.get(loss);
  if (!loss || !step) return;
  const id = `loss ${loss}`;
  nodes.set(id, { id, kind: "loss", role: "loss", text: loss, tensor: loss, caption: null, family: "leaf", step: step.index });
  edges.push({ from: `step ${step.index}`, to: id, tensor: loss, port: 0, shape: [], forward: step.index, backward: ready(loss, "") });
}

/**
 * From which step on the gradient of a tensor, as far as it comes through one of its users, is known.
 * A gradient without a step of its own is another's (an alias) or was folded into the gradients that need it.
 * @param {Trace} trace @param {Step[]} forward @param {(tensor: string) => string} name
 */
function gradientSteps(trace, forward, name) {
  /** @type {Map<string, {index: number, inputs: string[]}[]>} */
  const own = new Map();
  for (const step of trace.steps) {
    const { tensor } = step.of;
    if (step.phase === "backward") own.set(tensor, [...(own.get(tensor) ?? []), { index: step.index, inputs: step.inputs }]);
  }
  const made = new Map(forward.map((step) => [step.output, step]));
  const same = (/** @type {string} */ a, /** @type {string} */ b) => String(trace.tensors[a]?.shape) === String(trace.tensors[b]?.shape);
  /** @param {string} tensor @param {string} user @returns {number} */
  const ready = (tensor, user) => {
    if (trace.tensors[tensor]?.dtype.startsWith("int")) return Infinity;
    const steps = own.get(tensor);
    if (steps) return (steps.find((step) => step.inputs.includes(`${user}.g`)) ?? steps[steps.length - 1]).index;
    if (user && same(tensor, user) && own.has(user)) return Math.min(...(own.get(user) ?? []).map((step) => step.index));
    const sources = made.get(tensor)?.inputs.map(name) ?? [];
    const before = Math.min(...sources.map((source) => ready(source, tensor)));
    return Number.isFinite(before) ? before : Infinity;
  };
  return ready;
}
