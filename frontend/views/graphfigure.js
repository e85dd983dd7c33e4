/**
 * The computation graph as a Plotly figure: positions in pixels, so that what is drawn at zoom 1 is what was measured.
 *
 * @import { Graph, GraphEdge, GraphNode } from "../lib/graph.js"
 * @import { Layout, Point } from "../lib/layout.js"
 * @import { Figure } from "../lib/plotly.js"
 * @import { Palette, Step } from "../lib/types.js"
 * @typedef {{graph: Graph, layout: Layout, cursor: number, step: Step, selected: string | null, palette: Palette, narrow: boolean}} Drawing
 * @typedef {{node: GraphNode, x: number, y: number, halfWidth: number, halfHeight: number, now: boolean}} Box
 */

import { gradientOf } from "../lib/code.js";
import { printShape } from "../lib/numbers.js";

const LETTER = 7.6;
const SMALL_LETTER = 6.6;
const LARGEST_GAP = 90;
/** Between the layers of a graph that is wider than its place. */
const SCROLLED_GAP = 8;
const SQUEEZE = 14;
const MARGIN = 16;
const FONT = "system-ui, 'DejaVu Sans', sans-serif";
const MONO = "ui-monospace, 'DejaVu Sans Mono', monospace";

/** Half the size of a node's box, in pixels. @param {GraphNode} node @returns {[number, number]} */
export function halfSize({ kind, text }) {
  const width = text.length * LETTER;
  if (kind !== "operation") return [Math.max(23, width / 2 + 10), 15];
  return [Math.max(17, width / 2 + 9), 17];
}

/** @param {Drawing} drawing @param {number} width @param {number} height @returns {Figure} */
export function graphFigure(drawing, width, height) {
  const { graph, layout, palette } = drawing;
  const { centres, drawn } = columns(graph, layout, width);
  const unit = Math.min(64, (height - 16) / Math.max(1, layout.bottom - layout.top));
  const middle = (layout.top + layout.bottom) / 2;
  const place = (/** @type {Point} */ { x, y }) => ({ x: centres[x], y: height / 2 + (y - middle) * unit });
  const boxes = new Map(graph.nodes.map((node) => [node.id, boxOf(node, place(/** @type {Point} */ (layout.nodes.get(node.id))), drawing)]));
  const edges = graph.edges.map((edge, at) => edgeOf(edge, layout.edges[at].map(place), boxes, drawing));
  const current = [...boxes.values()].find((box) => box.now);
  return {
    data: [...edges.flatMap((edge) => edge.traces), targets([...boxes.values()], drawing)],
    layout: {
      width: drawn, height, margin: { l: 0, r: 0, t: 0, b: 0 }, paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { range: [0, drawn], visible: false }, yaxis: { range: [height, 0], visible: false },
      dragmode: drawing.narrow ? false : "pan", hovermode: "closest", showlegend: false, uirevision: `${layout.layers} ${drawn} ${height}`,
      shapes: [...boxes.values()].map((box) => shapeOf(box, drawing)),
      annotations: [...edges.flatMap((edge) => edge.label), ...[...boxes.values()].map((box) => textOf(box, palette))],
      hoverlabel: { bgcolor: palette.panel, bordercolor: palette.ink, font: { color: palette.ink, size: 12, family: MONO } },
    },
    scrollTo: drawn > width && current ? Math.max(0, current.x - width * (drawing.step.phase === "forward" ? 0.65 : 0.35)) : undefined, // what it reads stays in view
  };
}

/** Where the layers stand: far enough apart for their nodes and for the shapes between them, further where there is room. @param {Graph} graph @param {Layout} layout @param {number} width */
function columns(graph, layout, width) {
  const half = new Array(layout.layers).fill(17);
  const room = new Array(Math.max(0, layout.layers - 1)).fill(26);
  const layer = (/** @type {string} */ id) => layout.nodes.get(id)?.x ?? 0;
  for (const node of graph.nodes) half[layer(node.id)] = Math.max(half[layer(node.id)], halfSize(node)[0]);
  for (const edge of graph.edges) room[layer(edge.from)] = Math.max(room[layer(edge.from)], printShape(edge.shape).length * SMALL_LETTER + 6);
  const needed = 2 * MARGIN + half.reduce((sum, own) => sum + 2 * own, 0) + room.reduce((sum, own) => sum + own, 0);
  const fair = (width - needed) / Math.max(1, room.length);
  const spare = fair < -SQUEEZE ? SCROLLED_GAP : Math.min(fair, LARGEST_GAP); // what has to be scrolled anyway need not be squeezed
  const drawn = Math.max(width, needed + spare * room.length);
  let x = (drawn - needed - spare * room.length) / 2 + MARGIN;
  const centres = half.map((own, at) => {
    const centre = x + own;
    x += 2 * own + (room[at] ?? 0) + spare;
    return centre;
  });
  return { centres, drawn };
}

/** @param {GraphNode} node @param {{x: number, y: number}} at @param {Drawing} drawing @returns {Box} */
function boxOf(node, at, { step }) {
  const [halfWidth, halfHeight] = halfSize(node);
  return { node, ...at, halfWidth, halfHeight, now: isNow(node, step) };
}

/** Is this node what the current step is about? @param {GraphNode} node @param {Step} step */
function isNow(node, step) {
  if (step.phase === "forward") return node.kind === "operation" && node.step === step.index;
  const tensor = gradientOf(step.output) ?? step.output;
  return node.tensor === tensor && (node.kind !== "operation" || node.role !== "loss");
}

/** @param {Box} box @param {Drawing} drawing */
function shapeOf({ node, x, y, halfWidth, halfHeight, now }, { palette, step, selected }) {
  const accent = step.phase === "backward" ? palette.grad : palette.value;
  const loss = node.kind === "loss";
  const plain = node.role === "parameter" && node.kind === "leaf" ? { color: palette.value, width: 2 } : { color: palette.ink, width: 1.2 };
  const chosen = node.tensor === selected && (node.kind !== "operation" || node.role !== "loss");
  const common = {
    xsizemode: "pixel", ysizemode: "pixel", xanchor: x, yanchor: y, layer: "above",
    fillcolor: loss ? palette.ink : chosen ? palette.lit : palette.panel, line: now ? { color: accent, width: 3.2 } : plain,
  };
  if (node.kind !== "operation") return { ...common, type: "rect", x0: -halfWidth, x1: halfWidth, y0: -halfHeight, y1: halfHeight };
  if (halfWidth <= 17) return { ...common, type: "circle", x0: -17, x1: 17, y0: -17, y1: 17 };
  return { ...common, type: "path", path: pill(halfWidth, halfHeight) };
}

/** A lying capsule about the origin. @param {number} w @param {number} r */
function pill(w, r) {
  const k = 0.5523 * r;
  const s = w - r;
  return `M${-s},${r} L${s},${r} C${s + k},${r} ${w},${k} ${w},0 C${w},${-k} ${s + k},${-r} ${s},${-r} L${-s},${-r} C${-s - k},${-r} ${-w},${-k} ${-w},0 C${-w},${k} ${-s - k},${r} ${-s},${r} Z`;
}

/** @param {Box} box @param {Palette} palette */
function textOf({ node, x, y, now }, palette) {
  const color = node.kind === "loss" ? palette.panel : palette.ink;
  return { x, y, text: now ? `<b>${escape(node.text)}</b>` : escape(node.text), showarrow: false, font: { size: 13, color, family: node.kind === "operation" ? FONT : MONO } };
}

/** Plotly reads a little HTML in texts; names come from users. @param {string} text */
function escape(text) {
  return text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
}

/** What one can point at and click. @param {Box[]} boxes @param {Drawing} drawing */
function targets(boxes, { graph }) {
  const shapes = new Map(graph.edges.map((edge) => [edge.tensor, edge.shape]));
  return {
    type: "scatter", mode: "markers", x: boxes.map(({ x }) => x), y: boxes.map(({ y }) => y), customdata: boxes.map(({ node }) => node.tensor),
    text: boxes.map(({ node }) => `${escape(node.tensor)}  ${printShape(shapes.get(node.tensor) ?? [])}  ${node.kind === "leaf" ? node.role : node.kind}`),
    hoverinfo: "text", marker: { size: 36, color: "rgba(0,0,0,0)" }, cliponaxis: false,
  };
}

/** @param {GraphEdge} edge @param {{x: number, y: number}[]} points @param {Map<string, Box>} boxes @param {Drawing} drawing */
function edgeOf(edge, points, boxes, drawing) {
  const { cursor, palette, step } = drawing;
  const ends = clipped(points, /** @type {Box} */ (boxes.get(edge.from)), /** @type {Box} */ (boxes.get(edge.to)));
  const backward = cursor >= edge.backward;
  const valueNow = step.phase === "forward" && `step ${step.index}` === edge.to;
  const gradNow = step.phase === "backward" && gradientOf(step.output) === edge.tensor && backward;
  const traces = [line(shifted(ends, backward ? -3.5 : 0), cursor >= edge.forward ? palette.value : palette.line, valueNow ? 3.6 : 1.5, 1)];
  if (backward) traces.push(line(shifted(ends, 3.5), palette.grad, gradNow ? 3.8 : 1.7, -1));
  return { traces, label: [labelOf(edge, ends, boxes, drawing)] };
}

/** @param {{x: number, y: number}[]} points @param {string} color @param {number} width @param {number} direction */
function line(points, color, width, direction) {
  const ordered = direction > 0 ? points : [...points].reverse();
  return {
    type: "scatter", mode: "lines+markers", x: ordered.map(({ x }) => x), y: ordered.map(({ y }) => y), hoverinfo: "skip", cliponaxis: false,
    line: { color, width, shape: "linear" }, marker: { symbol: "arrow", angleref: "previous", size: ordered.map((_, at) => (at === ordered.length - 1 ? 6 + width : 0)), color, line: { width: 0 } },
  };
}

/** The line from border to border. @param {{x: number, y: number}[]} points @param {Box} from @param {Box} to */
function clipped(points, from, to) {
  const last = points.length - 1;
  return points.map((point, at) => {
    if (at === 0) return border(from, points[1]);
    return at === last ? border(to, points[last - 1]) : point;
  });
}

/** Where the ray from a box's centre to a point leaves the box. @param {Box} box @param {{x: number, y: number}} towards */
function border({ x, y, halfWidth, halfHeight, node }, towards) {
  const [dx, dy] = [towards.x - x, towards.y - y];
  const length = Math.hypot(dx, dy) || 1;
  const round = node.kind === "operation" && halfWidth <= 17;
  const reach = round ? 17 / length : Math.min(halfWidth / Math.abs(dx || 1e-9), halfHeight / Math.abs(dy || 1e-9));
  return { x: x + dx * reach, y: y + dy * reach };
}

/** Parallel, so many pixels to the right of the way. @param {{x: number, y: number}[]} points @param {number} by */
function shifted(points, by) {
  if (!by) return points;
  return points.map((point, at) => {
    const [a, b] = [points[Math.max(0, at - 1)], points[Math.min(points.length - 1, at + 1)]];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    return { x: point.x - (by * (b.y - a.y)) / length, y: point.y + (by * (b.x - a.x)) / length };
  });
}

/** Name and shape of the tensor on an edge. @param {GraphEdge} edge @param {{x: number, y: number}[]} points @param {Map<string, Box>} boxes @param {Drawing} drawing */
function labelOf(edge, points, boxes, { palette }) {
  const source = /** @type {Box} */ (boxes.get(edge.from)).node;
  const [a, b] = points.length > 3 ? points.slice(1, 3) : points; // a way around others is labelled where it is level
  const flat = Math.abs(b.y - a.y) < 14;
  const along = flat ? 0.5 : Math.min(0.5, Math.max(0.34, (printShape(edge.shape).length * SMALL_LETTER / 2 + 6) / Math.abs(b.x - a.x)));
  const name = flat && source.caption && source.caption.length <= 6 ? `<b>${escape(source.caption)}</b><br>` : "";
  return {
    x: a.x + along * (b.x - a.x), y: a.y + along * (b.y - a.y), yshift: flat ? (name ? 20 : 13) : 0, showarrow: false, align: "center",
    text: `${name}${printShape(edge.shape)}`, font: { size: 10.5, color: palette.soft, family: MONO },
    bgcolor: flat ? "rgba(0,0,0,0)" : palette.panel, borderpad: 1,
  };
}
