/**
 * Several steps as one node of the graph: the repeats of a loop, or all that one line of the
 * program does.
 *
 * @import { Graph, GraphEdge, GraphNode } from "./graph.js"
 * @import { Step, Trace } from "./types.js"
 * @typedef {object} Fold
 * @property {string} key
 * @property {number} level 0 for a loop; 1 for a line of several operations; 2 for one that is
 *   shorter by its name alone, and the loss's
 * @property {string} name   what it makes, as `h`
 * @property {string} text   what stands in its node
 * @property {string} told   what it is, in words
 * @property {number} count  how many repeats or operations it has
 * @property {number} first  its first step
 * @property {number} last
 * @property {string} tensor  what comes out of the last step
 * @property {Set<string>} tensors  all that it makes
 * @property {string[]} symbols  of the operations of a line
 */

/** Loops with more repeats than this are folded until one opens them. */
export const MOST_REPEATS = 3;

const LINE = "line ";

/** @param {Trace} trace @returns {Fold[]} in their order */
export function loopsOf(trace) {
  /** @type {Map<number, Step[]>} */
  const loops = new Map();
  for (const step of trace.steps)
    if (step.loop) loops.set(step.loop.line, [...(loops.get(step.loop.line) ?? []), step]);
  return [...loops.values()].flatMap((steps) => {
    const [{ index: first, loop }, { index: last, output: tensor }] = [
      steps[0],
      steps[steps.length - 1],
    ];
    const count = new Set(steps.map((step) => step.loop?.round)).size;
    if (!loop || count < 2) return [];
    return [
      {
        key: `${loop.name} ${first}`,
        level: 0,
        name: loop.name,
        text: `${loop.name} ×${count}`,
        told: `${count} repeats of a loop`,
        count,
        first,
        last,
        tensor,
        tensors: made(steps),
        symbols: [],
      },
    ];
  });
}

/**
 * The lines that give a name to what they do, but for those of a loop.
 *
 * @param {Trace} trace
 * @param {Fold[]} loops
 * @param {(op: string) => string} symbol
 * @returns {Fold[]} in their order
 */
export function linesOf(trace, loops, symbol) {
  const forward = trace.steps.filter(({ phase }) => phase === "forward");
  /** @type {Map<number, Step[]>} */
  const lines = new Map();
  for (const step of forward)
    if (typeof step.line === "number")
      lines.set(step.line, [...(lines.get(step.line) ?? []), step]);
  return [...lines.values()].flatMap((steps) => {
    const [{ index: first }, { index: last, output: tensor }] = [steps[0], steps[steps.length - 1]];
    const whole = last - first === steps.length - 1;
    const { assigned, role } = trace.tensors[tensor];
    if (!whole || !assigned || loops.some((loop) => first <= loop.last && last >= loop.first))
      return [];
    const count = steps.length;
    const level = count > 1 && role !== "loss" ? 1 : 2;
    return [
      {
        key: `${LINE}${first}`,
        level,
        name: assigned,
        text: assigned,
        told: `${count} operation${count > 1 ? "s" : ""} of a line`,
        count,
        first,
        last,
        tensor,
        tensors: made(steps),
        symbols: steps.map(({ op }) => symbol(op)),
      },
    ];
  });
}

/** Is this the key of a line? @param {string} key */
export function isLine(key) {
  return key.startsWith(LINE);
}

/** @param {Step[]} steps */
function made(steps) {
  return new Set(steps.map(({ output }) => output));
}

/**
 * @param {Fold} fold
 * @param {Record<string, boolean>} chosen what a person said of it
 * @param {number} level up to which lines are folded that nothing was said of
 */
export function isFolded(fold, chosen, level) {
  return chosen[fold.key] ?? (fold.level ? fold.level <= level : fold.count > MOST_REPEATS);
}

/**
 * The graph with each of the folds as one node, which for the loss's line is the loss; what enters
 * or leaves it several times is one edge.
 *
 * @param {Graph} graph
 * @param {Fold[]} folds
 * @returns {Graph}
 */
export function folded(graph, folds) {
  if (folds.length === 0) return graph;
  const within = (/** @type {GraphNode} */ node) => folds.find((fold) => isWithin(node, fold));
  const loss = graph.nodes.find(({ kind }) => kind === "loss");
  const ending = folds.find(({ tensor }) => tensor === loss?.tensor);
  const homeOf = (/** @type {Fold} */ fold) =>
    loss && fold === ending ? loss.id : `fold ${fold.key}`;
  const home = new Map(
    graph.nodes.map((node) => {
      const fold = within(node);
      return [node.id, fold ? homeOf(fold) : node.id];
    }),
  );
  /** @type {Map<string, GraphNode>} */
  const nodes = new Map();
  for (const node of graph.nodes) {
    const fold = within(node);
    const id = home.get(node.id) ?? "";
    if (node === loss && ending) nodes.set(id, { ...node, fold: ending });
    else if (fold !== ending || !fold) nodes.set(id, fold ? foldNode(fold, node) : node);
  }
  /** @type {Map<string, GraphEdge>} */
  const edges = new Map();
  for (const edge of graph.edges) {
    const [from, to] = [home.get(edge.from) ?? edge.from, home.get(edge.to) ?? edge.to];
    if (from === to) continue;
    const key = `${from} ${to} ${edge.tensor}`;
    const known = edges.get(key);
    edges.set(
      key,
      known
        ? { ...known, backward: Math.min(known.backward, edge.backward) }
        : { ...edge, from, to },
    );
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** @param {GraphNode | undefined} node @param {Fold} fold */
export function isWithin(node, { first, last }) {
  return node?.kind === "operation" && node.step >= first && node.step <= last;
}

/** @param {Fold} fold @param {GraphNode} last @returns {GraphNode} */
function foldNode(fold, last) {
  return {
    ...last,
    id: `fold ${fold.key}`,
    role: "intermediate",
    text: fold.text,
    tensor: fold.tensor,
    caption: null,
    family: "folded",
    step: fold.last,
    fold,
  };
}
