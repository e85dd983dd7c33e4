/**
 * Repeats of a loop as one node of the graph. The steps that one line of the program makes again and again carry the versions
 * `h__1`, `h__2`, … in their names; lines that take turns belong to one loop.
 *
 * @import { Graph, GraphEdge, GraphNode } from "./graph.js"
 * @import { Trace } from "./types.js"
 * @typedef {object} Loop
 * @property {string} key
 * @property {string} name   what it makes, as `h`
 * @property {number} count  how many repeats it has
 * @property {number} first  its first step
 * @property {number} last
 * @property {string} tensor  what comes out of the last repeat
 * @property {Set<string>} tensors  all that it makes
 */

/** Loops with more repeats than this are folded until one opens them. */
export const MOST_REPEATS = 3;

const VERSION = /^([^.]+?)__(\d+)(?:\.|$)/;

/** @param {Trace} trace @returns {Loop[]} in their order */
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
  /** @type {Omit<Loop, "tensors">[]} */
  const loops = [];
  for (const { first, last, names, versions } of [...lines.values()].sort((a, b) => a.first - b.first)) {
    if (versions.size < 2) continue;
    const before = loops[loops.length - 1];
    const name = names[names.length - 1];
    const tensor = forward.find(({ index }) => index === last)?.output ?? "";
    if (!before || before.last < first) loops.push({ key: `${name} ${first}`, name, count: versions.size, first, last, tensor });
    else loops[loops.length - 1] = { ...before, ...(last > before.last ? { last, name, tensor } : {}), count: Math.max(before.count, versions.size) };
  }
  return loops.map((loop) => ({ ...loop, tensors: new Set(forward.filter(({ index }) => index >= loop.first && index <= loop.last).map(({ output }) => output)) }));
}

/** @param {Loop} loop @param {Record<string, boolean>} chosen  what a person said of it */
export function isFolded(loop, chosen) {
  return chosen[loop.key] ?? loop.count > MOST_REPEATS;
}

/** The graph with each of the loops as one node; what enters or leaves it several times is one edge. @param {Graph} graph @param {Loop[]} loops @returns {Graph} */
export function folded(graph, loops) {
  if (loops.length === 0) return graph;
  const within = (/** @type {GraphNode} */ node) => loops.find((loop) => isWithin(node, loop));
  const home = new Map(graph.nodes.map((node) => [node.id, within(node) ? `fold ${within(node)?.key}` : node.id]));
  /** @type {Map<string, GraphNode>} */
  const nodes = new Map();
  for (const node of graph.nodes) {
    const loop = within(node);
    nodes.set(home.get(node.id) ?? "", loop ? foldNode(loop, node) : node);
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

/** The graph with what every repeat of a long loop reads drawn anew at each of them, so that no line runs along the whole loop. @param {Graph} graph @param {Loop[]} loops  that are not folded @returns {Graph} */
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

/** @param {GraphNode | undefined} node @param {Loop} loop */
export function isWithin(node, { first, last }) {
  return node?.kind === "operation" && node.step >= first && node.step <= last;
}

/** @param {Loop} loop @param {GraphNode} last @returns {GraphNode} */
function foldNode(loop, last) {
  return { ...last, id: `fold ${loop.key}`, role: "intermediate", text: `${loop.name} ×${loop.count}`, tensor: loop.tensor, caption: null, family: "loop", step: loop.last, loop };
}
