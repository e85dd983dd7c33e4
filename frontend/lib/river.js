/**
 * The graph as a river: operations as pills, the tensors that have a name as pictures behind them,
 * and what is given hung below the operation that reads it. Sizes are pixels.
 *
 * @import { Graph, GraphEdge, GraphNode } from "./graph.js"
 * @import { Step, Trace } from "./types.js"
 *
 * @typedef {{id: string, tensor: string, name: string, width: number, height: number, x: number, reached: number, backward: number}}
 *   Hung a given tensor below an operation; `x` from the middle of what it hangs on
 * @typedef {object} Part  what stands on the river
 * @property {string} id
 * @property {"pill" | "cards" | "picture" | "loss"} kind
 * @property {GraphNode} node
 * @property {string} tensor  what choosing it shows
 * @property {string} text    what stands in it
 * @property {string} name    what stands above it
 * @property {number} width
 * @property {number} height
 * @property {number} step    the forward step that makes it, -1 for what is given
 * @property {Hung[]} hung
 * @typedef {{from: string, to: string, tensor: string, reached: number, backward: number, port: number}}
 *   Stream  from part to part: the steps from which on its value and its gradient flow
 * @typedef {{parts: Part[], streams: Stream[]}} River
 * @typedef {object} Detail
 * @property {number} letters  that a pill has at most
 * @property {boolean} pills   whether folded lines have one
 * @property {boolean} dots    whether what only moves numbers is a dot
 * @property {"below" | "left" | "none"} given  where what is given stands
 * @property {boolean} products  whether room is kept for those of a path
 * @property {boolean} dense   whether everything is as low as can be read
 */

import { faceOf } from "./thumbnail.js";

/** How high pills are; cells of a picture have at most this size, and pictures these. */
const PLAIN = { pill: 26, cell: 9, widest: 46, tallest: 28, number: 50, line: 20 };
const DENSE = { pill: 20, cell: 6, widest: 30, tallest: 14, number: 46, line: 15 };
const [NARROWEST, LOWEST] = [14, 8];
const DOT = 12;
const LETTER = 7.2;
const PADDING = 17;
const NAME_LETTER = 7.9;
const LOSS = 56;
/** Between what hangs below one operation. */
const APART = 10;
/** Between a picture and the name at its right. */
export const BESIDE = 5;

/** How wide a name is, in pixels. @param {string} text */
export function nameWidth(text) {
  return text.length * NAME_LETTER;
}

/**
 * A text in no more than so many letters: up to the end of a word, where that is not too little.
 *
 * @param {string} text
 * @param {number} most
 */
export function shortened(text, most) {
  if (text.length <= most) return text;
  const part = text.slice(0, most);
  const word = Math.max(part.lastIndexOf(" "), part.lastIndexOf("_"));
  return `${word > 1 ? part.slice(0, word) : part.slice(0, most - 1)}…`;
}

/**
 * The size of a tensor's picture: cells are squares while that leaves it neither too long nor too
 * thin.
 *
 * @param {number[]} shape
 * @param {boolean} [dense]
 * @returns {{width: number, height: number}}
 */
export function pictureSize(shape, dense = false) {
  const { cell: most, widest, tallest, number, line } = dense ? DENSE : PLAIN;
  if (shape.length === 0) return { width: number, height: line };
  const [rows, columns] = faceOf(shape);
  const cell = Math.min(widest / columns, tallest / rows, most);
  return {
    width: Math.max(NARROWEST, columns * cell),
    height: Math.max(LOWEST, rows * cell),
  };
}

/**
 * @param {Graph} graph
 * @param {Trace} trace
 * @param {Detail} detail
 * @returns {River}
 */
export function riverOf(graph, trace, detail) {
  const nodes = new Map(graph.nodes.map((node) => [node.id, node]));
  const reads = readsOf(graph, nodes, trace, detail.given === "left");
  /** @type {Map<string, Part>} */
  const parts = new Map();
  /** @type {Stream[]} */
  const streams = [];
  /** Where what a node makes leaves it. @type {Map<string, string>} */
  const exits = new Map();
  for (const node of graph.nodes) {
    if (node.kind === "leaf") continue;
    const own = reads.get(node.id) ?? [];
    for (const { edge, source } of own)
      if (source) parts.set(source, given(source, edge, nodes, trace, detail.dense));
    const made = partsOf(node, trace, detail);
    for (const part of made) parts.set(part.id, part);
    made[0].hung =
      detail.given === "below" ? hungOf(own, nodes, trace, made[0].id, detail.dense) : [];
    if (made.length > 1) streams.push(within(made[0], made[1], trace));
    exits.set(node.id, made[made.length - 1].id);
  }
  for (const node of graph.nodes)
    for (const { edge, source, hangs } of reads.get(node.id) ?? []) {
      if (hangs) continue;
      const from = source ?? exits.get(edge.from);
      const to = partsOf(node, trace, detail)[0].id;
      if (from && !streams.some((one) => one.from === from && one.to === to))
        streams.push({ ...flow(edge, node), from, to, port: edge.port });
    }
  return { parts: [...parts.values()], streams };
}

/** @typedef {{edge: GraphEdge, source: string | null, hangs: boolean}} Read */

/**
 * How each node reads what is given: the river begins with one of them where nothing else flows
 * in, and the others hang below. What every repeat of a loop begins with, begins anew in each.
 *
 * @param {Graph} graph
 * @param {Map<string, GraphNode>} nodes
 * @param {Trace} trace
 * @param {boolean} all whether the river begins with all that is given
 */
function readsOf({ edges }, nodes, trace, all) {
  /** @type {Map<string, GraphEdge[]>} */
  const incoming = new Map();
  for (const edge of edges) incoming.set(edge.to, [...(incoming.get(edge.to) ?? []), edge]);
  /** @type {Map<string, Read[]>} */
  const reads = new Map();
  for (const [to, list] of incoming) {
    const isGiven = (/** @type {GraphEdge} */ edge) => nodes.get(edge.from)?.kind === "leaf";
    const first = list.every(isGiven)
      ? (list.find(({ tensor }) => trace.tensors[tensor].role === "input") ?? list[0])
      : null;
    const { fold, round } = nodes.get(to) ?? {};
    const repeat = fold ? undefined : round;
    reads.set(
      to,
      list.map((edge) => {
        const begins = isGiven(edge) && (all || edge.tensor === first?.tensor);
        const source = begins ? `given ${edge.tensor}${repeat ? ` ${repeat}` : ""}` : null;
        return { edge, source, hangs: isGiven(edge) && !begins };
      }),
    );
  }
  return reads;
}

/** @param {GraphNode | undefined} node */
function startOf(node) {
  return node?.fold?.first ?? node?.step ?? -1;
}

/** @param {GraphEdge} edge @param {GraphNode} to */
function flow({ tensor, backward }, to) {
  return { tensor, reached: startOf(to), backward };
}

/** From an operation to the picture of what it makes. @param {Part} pill @param {Part} picture @param {Trace} trace */
function within(pill, picture, trace) {
  const { ready } = trace.tensors[picture.tensor];
  return {
    from: pill.id,
    to: picture.id,
    tensor: picture.tensor,
    reached: picture.step,
    backward: ready.gradient ?? Infinity,
    port: 0,
  };
}

/**
 * @param {string} id
 * @param {GraphEdge} edge
 * @param {Map<string, GraphNode>} nodes
 * @param {Trace} trace
 * @param {boolean} dense
 * @returns {Part}
 */
function given(id, { tensor, from }, nodes, trace, dense) {
  return {
    id,
    kind: "picture",
    node: /** @type {GraphNode} */ (nodes.get(from)),
    tensor,
    text: "",
    name: shortened(tensor, 12),
    ...pictureSize(trace.tensors[tensor].shape, dense),
    step: -1,
    hung: [],
  };
}

/**
 * The parts of a node, in the order in which the river comes to them.
 *
 * @param {GraphNode} node
 * @param {Trace} trace
 * @param {Detail} detail
 * @returns {Part[]}
 */
function partsOf(node, trace, { letters, pills, dots, dense }) {
  const { id, kind, fold, tensor, step, family } = node;
  const common = { node, tensor, step, hung: [] };
  const height = (dense ? DENSE : PLAIN).pill;
  if (kind === "loss")
    return [{ ...common, id, kind: "loss", text: "", name: node.text, width: LOSS, height }];
  const text = shortened(fold ? textOfFold(fold) : textOf(node, trace), letters);
  const dot = dots && !fold && family === "movement" && text.length > 2;
  /** @type {Part} */
  const pill = {
    ...common,
    id,
    kind: fold && fold.count > 1 ? "cards" : "pill",
    text: dot ? "" : text,
    name: "",
    width: dot ? DOT : Math.max(height, text.length * LETTER + PADDING),
    height: dot ? DOT : height,
  };
  const name = fold?.name ?? node.caption;
  if (!name) return [pill];
  /** @type {Part} */
  const picture = {
    ...common,
    id: `${id} made`,
    kind: "picture",
    text: "",
    name: shortened(name, 12),
    ...pictureSize(trace.tensors[tensor].shape, dense),
  };
  return fold && fold.level > 0 && !pills ? [picture] : [pill, picture];
}

/**
 * What an operation is called by: where its symbol is no word, the brackets that its code ends with
 * tell more.
 *
 * @param {GraphNode} node
 * @param {Trace} trace
 */
function textOf({ text, step }, trace) {
  const { code, inputs, family } = trace.steps[step];
  const rest = code.startsWith(inputs[0] ?? "?") ? code.slice(inputs[0].length) : "";
  return family === "movement" && /^\[.*\]$/.test(rest) && rest.length <= 8 ? rest : text;
}

/** @param {import("./folding.js").Fold} fold */
function textOfFold({ level, text, symbols }) {
  return level === 0 ? text : symbols.join(" ");
}

/**
 * What hangs below a node, each tensor once, about its middle.
 *
 * @param {Read[]} reads
 * @param {Map<string, GraphNode>} nodes
 * @param {Trace} trace
 * @param {string} below the part that it hangs on
 * @param {boolean} dense
 * @returns {Hung[]}
 */
function hungOf(reads, nodes, trace, below, dense) {
  /** @type {Hung[]} */
  const hung = [];
  let left = 0;
  for (const { edge, hangs } of reads) {
    if (!hangs || hung.some(({ tensor }) => tensor === edge.tensor)) continue;
    const size = pictureSize(trace.tensors[edge.tensor].shape, dense);
    const name = shortened(edge.tensor, 12);
    hung.push({
      id: `${edge.tensor} at ${below}`,
      name,
      ...size,
      x: left + size.width / 2,
      ...flow(edge, /** @type {GraphNode} */ (nodes.get(edge.to))),
    });
    left += size.width + BESIDE + nameWidth(name) + APART;
  }
  const middle = hung.length ? (hung[0].x + hung[hung.length - 1].x) / 2 : 0;
  for (const one of hung) one.x -= middle;
  return hung;
}

/** A part that is just now computed or differentiated. @param {Part} part @param {Step} step @param {Stream[]} streams */
export function isNow(part, step, streams) {
  const { node, kind, id } = part;
  if (step.phase === "forward") {
    if (kind === "picture")
      return (
        part.step >= 0 &&
        node.fold !== undefined &&
        covers(node.fold, step) &&
        !streams.some(({ to, from }) => to === id && from === node.id)
      );
    if (kind === "loss") return node.fold !== undefined && covers(node.fold, step);
    return node.fold ? covers(node.fold, step) : part.step === step.index;
  }
  const { tensor, field } = step.of;
  if (kind === "picture" || kind === "loss") return part.tensor === tensor;
  if (field !== "gradient") return false;
  return (
    streams.some((one) => one.to === id && one.tensor === tensor) ||
    part.hung.some((one) => one.tensor === tensor) ||
    (node.fold?.tensors.has(tensor) ?? false)
  );
}

/** @param {import("./folding.js").Fold} fold @param {Step} step */
function covers({ first, last }, { index }) {
  return index >= first && index <= last;
}
