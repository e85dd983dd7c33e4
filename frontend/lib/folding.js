/**
 * Several steps as one node of the graph: the repeats of a loop, or all that one line of the program does. The steps that one
 * line makes again and again carry the versions `h__1`, `h__2`, … in their names; lines that take turns belong to one loop.
 *
 * @import { Graph, GraphEdge, GraphNode } from "./graph.js"
 * @import { Step, Trace } from "./types.js"
 * @typedef {object} Fold
 * @property {string} key
 * @property {number} level  0 for a loop; 1 for a line of several operations; 2 for one that is shorter by its name alone, and the loss's
 * @property {string} name   what it makes, as `h`
 * @property {string} text   what stands in its node
 * @property {string} told   what it is, in words
 * @property {number} count  how many repeats or operations it has
 * @property {number} first  its first step
 * @property {number} last
 * @property {string} tensor  what comes out of the last step
 * @property {Set<string>} tensors  all that it makes
 */

/** Loops with more repeats than this are folded until one opens them. */
export const MOST_REPEATS = 3;

const LINE = "line ";
const VERSION = /^([^.]+?)__(\d+)(?:\.|$)/;

/** @param {Trace} trace @returns {Fold[]} in their order */
export function loopsOf(trace) {
  const forward = trace.steps.filter(({ phase }) => phase === "forward");
  /** @type {Map<number, {first: number, last: number, names: string[], versions: Set<string>}>} */
  const lines = new Map();
  for (const { index, line, output } of forward) {
    if (line === null || line === undefined) continue;
    const known = lines.get(line) ?? { first: index, last: index, names: [], versions: new Set() };
    const version = VERSION.exec(output);
    if (version) known.versions.add(version[2]);
    lines.set(line, { ...known, last: index, names: version ? [...known.names, version[1]] : known.names });
  }
  /** @type {Pick<Fold, "key" | "name" | "count" | "first" | "last" | "tensor">[]} */
  const loops = [];
  for (const { first, last, names, versions } of [...lines.values()].sort((a, b) => a.first - b.first)) {
    if (versions.size < 2) continue;
    const before = loops[loops.length - 1];
    const name = names[names.length - 1];
    const tensor = forward.find(({ index }) => index === last)?.output ?? "";
    if (!before || before.last < first) loops.push({ key: `${name} ${first}`, name, count: versions.size, first, last, tensor });
    else loops[loops.length - 1] = { ...before, ...(last > before.last ? { last, name, tensor } : {}), count: Math.max(before.count, versions.size) };
  }
  return loops.map((loop) => ({ ...loop, level: 0, text: `${loop.name} ×${loop.count}`, told: `${loop.count} repeats of a loop`, tensors: made(forward, loop) }));
}

/** The lines that give a name to what they do, but for those of a loop. @param {Trace} trace @param {Fold[]} loops @returns {Fold[]} in their order */
export function linesOf(trace, loops) {
  const forward = trace.steps.filter(({ phase }) => phase === "forward");
  /** @type {Map<number, Step[]>} */
  const lines = new Map();
  for (const step of forward) if (typeof step.line === "number") lines.set(step.line, [...(lines.get(step.line) ?? []), step]);
  return [...lines.values()].flatMap((steps) => {
    const [{ index: first }, { index: last, output: tensor }] = [steps[0], steps[steps.length - 1]];
    const whole = last - first === steps.length - 1;
    if (!whole || tensor.includes(".") || loops.some((loop) => first <= loop.last && last >= loop.first)) return [];
    const [name, count] = [tensor.replace(/__\d+$/, ""), steps.length];
    const level = count > 1 && trace.tensors[tensor]?.role !== "loss" ? 1 : 2;
    return [{ key: `${LINE}${first}`, level, name, text: name, told: `${count} operation${count > 1 ? "s" : ""} of a line`, count, first, last, tensor, tensors: made(forward, { first, last }) }];
  });
}

/** Is this the key of a line? @param {string} key */
export function isLine(key) {
  return key.startsWith(LINE);
}

/** @param {Step[]} forward @param {{first: number, last: number}} range */
function made(forward, { first, last }) {
  return new Set(forward.filter(({ index }) => index >= first && index <= last).map(({ output }) => output));
}

/** @param {Fold} fold @param {Record<string, boolean>} chosen  what a person said of it @param {number} level  up to which lines are folded that nothing was said of */
export function isFolded(fold, chosen, level) {
  return chosen[fold.key] ?? (fold.level ? fold.level <= level : fold.count > MOST_REPEATS);
}

/** The graph with each of the folds as one node, which for the loss's line is the loss; what enters or leaves it several times is one edge. @param {Graph} graph @param {Fold[]} folds @returns {Graph} */
export function folded(graph, folds) {
  if (folds.length === 0) return graph;
  const within = (/** @type {GraphNode} */ node) => folds.find((fold) => isWithin(node, fold));
  const loss = graph.nodes.find(({ kind }) => kind === "loss");
  const ending = folds.find(({ tensor }) => tensor === loss?.tensor);
  const homeOf = (/** @type {Fold} */ fold) => (loss && fold === ending ? loss.id : `fold ${fold.key}`);
  const home = new Map(graph.nodes.map((node) => {
    const fold = within(node);
    return [node.id, fold ? homeOf(fold) : node.id];
  }));
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
    edges.set(key, known ? { ...known, backward: Math.min(known.backward, edge.backward) } : { ...edge, from, to });
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** The graph with what every repeat of a long loop reads drawn anew at each of them, so that no line runs along the whole loop. @param {Graph} graph @param {Fold[]} loops  that are not folded @returns {Graph} */
export function unrolled(graph, loops) {
  const long = loops.filter(({ count }) => count > MOST_REPEATS);
  if (long.length === 0) return graph;
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const repeats = (/** @type {GraphNode | undefined} */ node) => (long.some((loop) => isWithin(node, loop)) ? VERSION.exec(node?.tensor ?? "")?.[2] : undefined);
  const edges = graph.edges.map((edge) => {
    const source = nodes.get(edge.from);
    const repeat = repeats(nodes.get(edge.to));
    if (source?.kind !== "leaf" || repeat === undefined || isRare(edge.from, graph, nodes, repeats)) return edge;
    const id = `${edge.from} ${repeat}`;
    nodes.set(id, { ...source, id });
    return { ...edge, from: id };
  });
  const used = new Set(edges.flatMap(({ from, to }) => [from, to]));
  return { nodes: [...nodes.values()].filter(({ id }) => used.has(id)), edges };
}

/** Do only few repeats read it? @param {string} leaf @param {Graph} graph @param {Map<string, GraphNode>} nodes @param {(node: GraphNode | undefined) => string | undefined} repeats */
function isRare(leaf, { edges }, nodes, repeats) {
  return new Set(edges.flatMap(({ from, to }) => (from === leaf ? [repeats(nodes.get(to))] : []))).size <= MOST_REPEATS;
}

/** @param {GraphNode | undefined} node @param {Fold} fold */
export function isWithin(node, { first, last }) {
  return node?.kind === "operation" && node.step >= first && node.step <= last;
}

/** @param {Fold} fold @param {GraphNode} last @returns {GraphNode} */
function foldNode(fold, last) {
  return { ...last, id: `fold ${fold.key}`, role: "intermediate", text: fold.text, tensor: fold.tensor, caption: null, family: "folded", step: fold.last, fold };
}
