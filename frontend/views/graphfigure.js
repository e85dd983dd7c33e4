/**
 * The computation graph as a Plotly figure: positions in pixels, so that what is drawn at zoom 1 is
 * what was measured.
 *
 * @import { Graph, GraphEdge, GraphNode } from "../lib/graph.js"
 * @import { Layout, Point } from "../lib/layout.js"
 * @import { Figure } from "../lib/plotly.js"
 * @import { Palette, Step } from "../lib/types.js"
 * @typedef
 *   {{graph: Graph, layout: Layout, cursor: number, step: Step, selected: string | null, palette: Palette, zoom: number}}
 *   Drawing
 * @typedef
 *   {{node: GraphNode, x: number, y: number, halfWidth: number, halfHeight: number, now: boolean}}
 *   Box
 */

import { printShape } from "../lib/numbers.js";
import { escapeText, labelsOf } from "./graphlabels.js";

const LETTER = 7.6;
const SMALL_LETTER = 6.6;
const LARGEST_GAP = 90;
/** Between the layers of a graph that is wider than its place. */
const SCROLLED_GAP = 8;
const SQUEEZE = 9;
/** The shortest way between two layers. */
const TIGHT = 14;
const MARGIN = 16;
/**
 * Pixels per unit of the layout, where a node of one unit is 30 pixels high and keeps a third of a
 * unit off the next: the least, what is easy on the eye, the most.
 */
const [LEAST_UNIT, EASY_UNIT, MOST_UNIT] = [25, 33, 64];
const ROOM_ABOVE = 16;
/** So far the cards behind folded steps reach out. */
const STACKED = 8;
/** Below this size letters on the edges cannot be read. */
const LABELLED = 0.6;
const FONT = "system-ui, 'DejaVu Sans', sans-serif";
const MONO = "ui-monospace, 'DejaVu Sans Mono', monospace";

/** Half the size of a node's box, in pixels. @param {GraphNode} node @returns {[number, number]} */
export function halfSize({ kind, text, fold }) {
  const width = text.length * LETTER;
  if (fold && fold.count > 1) return [width / 2 + 9 + STACKED, 16 + STACKED];
  if (kind !== "operation") return [Math.max(23, width / 2 + 10), 15];
  return [Math.max(17, width / 2 + (text.length > 6 ? 12 : 9)), 17];
}

/**
 * At zoom 1 lengths are pixels; the figure is as large as need be, and scrolled where that is more
 * than there is room for.
 *
 * @param {Drawing} drawing
 * @param {number} width
 * @param {number} height
 * @returns {Figure}
 */
export function graphFigure(drawing, width, height) {
  const { graph, layout, palette, zoom } = drawing;
  const { centres, drawn } = columns(graph, layout, width / zoom);
  const tall =
    tallness(layout, LEAST_UNIT) <= height / zoom ? height / zoom : tallness(layout, EASY_UNIT);
  const unit = Math.min(MOST_UNIT, (tall - ROOM_ABOVE) / Math.max(1, layout.bottom - layout.top));
  const middle = (layout.top + layout.bottom) / 2;
  const place = (/** @type {Point} */ { x, y }) => ({
    x: centres[x],
    y: tall / 2 + (y - middle) * unit,
  });
  const boxes = new Map(
    graph.nodes.map((node) => [
      node.id,
      boxOf(node, place(/** @type {Point} */ (layout.nodes.get(node.id))), drawing),
    ]),
  );
  const ways = graph.edges.map((edge, at) => ({
    edge,
    points: clipped(
      layout.edges[at].map(place),
      /** @type {Box} */ (boxes.get(edge.from)),
      /** @type {Box} */ (boxes.get(edge.to)),
    ),
  }));
  const labels = zoom < LABELLED ? [] : labelsOf(ways, boxes, { width: drawn, height: tall });
  return {
    data: [
      ...ways.flatMap(({ edge, points }) => edgeOf(edge, points, drawing)),
      targets([...boxes.values()], drawing),
    ],
    layout: {
      width: drawn * zoom,
      height: tall * zoom,
      margin: { l: 0, r: 0, t: 0, b: 0 },
      paper_bgcolor: "rgba(0,0,0,0)",
      plot_bgcolor: "rgba(0,0,0,0)",
      xaxis: { range: [0, drawn], visible: false, fixedrange: true },
      yaxis: { range: [tall, 0], visible: false, fixedrange: true },
      dragmode: false,
      hovermode: "closest",
      showlegend: false,
      shapes: [...boxes.values()].map((box) => shapeOf(box, drawing)),
      annotations: [
        ...labels.map((label) => labelOf(label, drawing)),
        ...[...boxes.values()].map((box) => textOf(box, drawing)),
      ],
      hoverlabel: {
        bgcolor: palette.panel,
        bordercolor: palette.ink,
        font: { color: palette.ink, size: 12, family: MONO },
      },
    },
    view: viewOf([...boxes.values()], drawing),
  };
}

/** How high the layout is. @param {Layout} layout @param {number} unit */
function tallness({ top, bottom }, unit) {
  return (bottom - top) * unit + ROOM_ABOVE;
}

/**
 * The zoom at which all of it is seen.
 *
 * @param {{graph: Graph, layout: Layout}} laid
 * @param {number} width
 * @param {number} height
 */
export function fittingZoom({ graph, layout }, width, height) {
  return Math.min(
    1,
    width / columns(graph, layout, 0).drawn,
    height / tallness(layout, LEAST_UNIT),
  );
}

/**
 * What should be in view: the node of the step, with what it reads, or the one that was chosen
 * last.
 *
 * @param {Box[]} boxes
 * @param {Drawing} drawing
 */
function viewOf(boxes, { graph, step, selected, zoom }) {
  const current = boxes.find((box) => box.now);
  const chosen = boxes.find(({ node }) => stands(node, selected));
  const spot = (/** @type {Box | undefined} */ box, /** @type {number} */ across) =>
    box && { x: box.x * zoom, y: box.y * zoom, across };
  return {
    content: graph,
    step: [step.index, step.phase].join(),
    chosen: selected ?? "",
    current: spot(current, step.phase === "forward" ? 0.65 : 0.35),
    selected: spot(chosen, 0.5),
  };
}

/**
 * Where the layers stand: far enough apart for their nodes and for the shapes between them, further
 * where there is room; closer, with the shapes above and below the nodes, where there is not.
 *
 * @param {Graph} graph
 * @param {Layout} layout
 * @param {number} width
 */
function columns(graph, layout, width) {
  const { half, labels, tight } = extents(graph, layout);
  const total = (/** @type {number[]} */ rooms) => 2 * MARGIN + sum(half) * 2 + sum(rooms);
  const fair = (/** @type {number[]} */ rooms) =>
    (width - total(rooms)) / Math.max(1, rooms.length);
  const squeezed = fair(labels) < -SQUEEZE;
  const scrolled = squeezed && fair(tight) < 0;
  const rooms = squeezed && !scrolled ? tight : labels;
  // what has to be scrolled anyway need not be squeezed
  const spare = scrolled ? SCROLLED_GAP : Math.min(fair(rooms), LARGEST_GAP);
  const needed = total(rooms) + spare * rooms.length;
  const drawn = Math.max(width, needed);
  let x = (drawn - needed) / 2 + MARGIN;
  const centres = half.map((own, at) => {
    const centre = x + own;
    x += 2 * own + (rooms[at] ?? 0) + spare;
    return centre;
  });
  return { centres, drawn };
}

/**
 * Of every layer half its width; of every gap the room for its shapes, and the least room, where
 * they reach over the nodes.
 *
 * @param {Graph} graph
 * @param {Layout} layout
 */
function extents(graph, layout) {
  const half = new Array(layout.layers).fill(17);
  const labels = new Array(Math.max(0, layout.layers - 1)).fill(26);
  const layer = (/** @type {string} */ id) => layout.nodes.get(id)?.x ?? 0;
  for (const node of graph.nodes)
    half[layer(node.id)] = Math.max(half[layer(node.id)], halfSize(node)[0]);
  for (const edge of graph.edges)
    labels[layer(edge.from)] = Math.max(
      labels[layer(edge.from)],
      printShape(edge.shape).length * SMALL_LETTER + 6,
    );
  const tight = labels.map((room, at) =>
    Math.max(TIGHT, room - 2 * Math.min(half[at], half[at + 1])),
  );
  return { half, labels, tight };
}

/** @param {number[]} list */
function sum(list) {
  return list.reduce((total, one) => total + one, 0);
}

/**
 * Is all of it seen at its own size?
 *
 * @param {{graph: Graph, layout: Layout}} laid
 * @param {number} width
 * @param {number} height
 */
export function fits({ graph, layout }, width, height) {
  return columns(graph, layout, width).drawn <= width && tallness(layout, LEAST_UNIT) <= height;
}

/**
 * @param {GraphNode} node
 * @param {{x: number, y: number}} at
 * @param {Drawing} drawing
 * @returns {Box}
 */
function boxOf(node, at, { step }) {
  const [halfWidth, halfHeight] = halfSize(node);
  return { node, ...at, halfWidth, halfHeight, now: isNow(node, step) };
}

/** Does a node stand for a tensor? @param {GraphNode} node @param {string | null} tensor */
function stands(node, tensor) {
  return node.tensor === tensor || (node.fold?.tensors.has(tensor ?? "") ?? false);
}

/** Is this node what the current step is about? @param {GraphNode} node @param {Step} step */
function isNow(node, step) {
  if (node.fold)
    return step.phase === "forward"
      ? step.index >= node.fold.first && step.index <= node.fold.last
      : step.of.field === "gradient" && node.fold.tensors.has(step.of.tensor);
  if (step.phase === "forward") return node.kind === "operation" && node.step === step.index;
  return node.tensor === step.of.tensor && (node.kind !== "operation" || node.role !== "loss");
}

/** @param {Box} box @param {Drawing} drawing */
function shapeOf(
  { node, x, y, halfWidth: wide, halfHeight: high, now },
  { palette, step, selected, zoom },
) {
  const [halfWidth, halfHeight] = [wide * zoom, high * zoom];
  const accent = step.phase === "backward" ? palette.grad : palette.value;
  const loss = node.kind === "loss";
  const plain =
    node.role === "parameter" && node.kind === "leaf"
      ? { color: palette.value, width: 2 }
      : { color: palette.ink, width: 1.2 };
  const chosen = stands(node, selected) && (node.kind !== "operation" || node.role !== "loss");
  const common = {
    xsizemode: "pixel",
    ysizemode: "pixel",
    xanchor: x,
    yanchor: y,
    layer: "above",
    fillcolor: loss ? palette.ink : chosen ? palette.lit : palette.panel,
    line: now ? { color: accent, width: 3.2 } : plain,
  };
  if (node.fold && node.fold.count > 1)
    return {
      ...common,
      type: "path",
      path: stack(halfWidth - STACKED * zoom, halfHeight - STACKED * zoom, (STACKED * zoom) / 2),
    };
  if (node.kind !== "operation")
    return {
      ...common,
      type: "rect",
      x0: -halfWidth,
      x1: halfWidth,
      y0: -halfHeight,
      y1: halfHeight,
    };
  if (wide <= 17)
    return {
      ...common,
      type: "circle",
      x0: -halfWidth,
      x1: halfWidth,
      y0: -halfWidth,
      y1: halfWidth,
    };
  return { ...common, type: "path", path: pill(halfWidth, halfHeight) };
}

/** A lying capsule about the origin. @param {number} w @param {number} r */
function pill(w, r) {
  const k = 0.5523 * r;
  const s = w - r;
  return `M${-s},${r} L${s},${r} C${s + k},${r} ${w},${k} ${w},0 C${w},${-k} ${s + k},${-r} ${s},${-r} L${-s},${-r} C${-s - k},${-r} ${-w},${-k} ${-w},0 C${-w},${k} ${-s - k},${r} ${-s},${r} Z`;
}

/** A card in front of two others. @param {number} w @param {number} h @param {number} by */
function stack(w, h, by) {
  const behind = (/** @type {number} */ at) =>
    `M${w + at - by},${h - at} L${w + at},${h - at} L${w + at},${-h - at} L${at - w},${-h - at} L${at - w},${-h - at + by}`;
  return `${behind(2 * by)} ${behind(by)} M${-w},${h} L${w},${h} L${w},${-h} L${-w},${-h} Z`;
}

/** @param {Box} box @param {Drawing} drawing */
function textOf({ node, x, y, now }, { palette, zoom }) {
  const color = node.kind === "loss" ? palette.panel : palette.ink;
  return {
    x,
    y,
    text: now ? `<b>${escapeText(node.text)}</b>` : escapeText(node.text),
    showarrow: false,
    font: { size: 13 * zoom, color, family: node.kind === "operation" ? FONT : MONO },
  };
}

/** What one can point at and click. @param {Box[]} boxes @param {Drawing} drawing */
function targets(boxes, { graph, zoom }) {
  const shapes = new Map(graph.edges.map((edge) => [edge.tensor, edge.shape]));
  return {
    type: "scatter",
    mode: "markers",
    x: boxes.map(({ x }) => x),
    y: boxes.map(({ y }) => y),
    customdata: boxes.map(({ node }) => node.fold?.key ?? node.tensor),
    text: boxes.map(
      ({ node }) =>
        `${escapeText(node.tensor)}  ${printShape(shapes.get(node.tensor) ?? [])}  ${node.fold ? `${node.fold.told}: click to unfold` : node.kind === "leaf" ? node.role : node.kind}`,
    ),
    hoverinfo: "text",
    marker: { size: 36 * zoom, color: "rgba(0,0,0,0)" },
    cliponaxis: false,
  };
}

/** @param {GraphEdge} edge @param {{x: number, y: number}[]} ends @param {Drawing} drawing */
function edgeOf(edge, ends, { cursor, palette, step, zoom }) {
  const backward = cursor >= edge.backward;
  const valueNow = step.phase === "forward" && `step ${step.index}` === edge.to;
  const gradNow = step.phase === "backward" && step.of.tensor === edge.tensor && backward;
  const traces = [
    line(
      shifted(ends, backward ? -3.5 : 0),
      cursor >= edge.forward ? palette.value : palette.line,
      (valueNow ? 3.6 : 1.5) * zoom,
      1,
    ),
  ];
  if (backward)
    traces.push(line(shifted(ends, 3.5), palette.grad, (gradNow ? 3.8 : 1.7) * zoom, -1));
  return traces;
}

/**
 * @param {{x: number, y: number}[]} points
 * @param {string} color
 * @param {number} width
 * @param {number} direction
 */
function line(points, color, width, direction) {
  const ordered = direction > 0 ? points : [...points].reverse();
  return {
    type: "scatter",
    mode: "lines+markers",
    x: ordered.map(({ x }) => x),
    y: ordered.map(({ y }) => y),
    hoverinfo: "skip",
    cliponaxis: false,
    line: { color, width, shape: "linear" },
    marker: {
      symbol: "arrow",
      angleref: "previous",
      size: ordered.map((_, at) => (at === ordered.length - 1 ? 6 + width : 0)),
      color,
      line: { width: 0 },
    },
  };
}

/**
 * The line from border to border.
 *
 * @param {{x: number, y: number}[]} points
 * @param {Box} from
 * @param {Box} to
 */
function clipped(points, from, to) {
  const last = points.length - 1;
  return points.map((point, at) => {
    if (at === 0) return border(from, points[1]);
    return at === last ? border(to, points[last - 1]) : point;
  });
}

/**
 * Where the ray from a box's centre to a point leaves the box.
 *
 * @param {Box} box
 * @param {{x: number, y: number}} towards
 */
function border({ x, y, halfWidth, halfHeight, node }, towards) {
  const [dx, dy] = [towards.x - x, towards.y - y];
  const length = Math.hypot(dx, dy) || 1;
  const round = node.kind === "operation" && halfWidth <= 17;
  const reach = round
    ? 17 / length
    : Math.min(halfWidth / Math.abs(dx || 1e-9), halfHeight / Math.abs(dy || 1e-9));
  return { x: x + dx * reach, y: y + dy * reach };
}

/**
 * Parallel, so many pixels to the right of the way.
 *
 * @param {{x: number, y: number}[]} points
 * @param {number} by
 */
function shifted(points, by) {
  if (!by) return points;
  return points.map((point, at) => {
    const [a, b] = [points[Math.max(0, at - 1)], points[Math.min(points.length - 1, at + 1)]];
    const length = Math.hypot(b.x - a.x, b.y - a.y) || 1;
    return { x: point.x - (by * (b.y - a.y)) / length, y: point.y + (by * (b.x - a.x)) / length };
  });
}

/** @param {import("./graphlabels.js").Label} label @param {Drawing} drawing */
function labelOf({ x, y, text, flat }, { palette, zoom }) {
  return {
    x,
    y,
    text,
    showarrow: false,
    align: "center",
    font: { size: 10.5 * zoom, color: palette.soft, family: MONO },
    bgcolor: flat ? "rgba(0,0,0,0)" : palette.panel,
    borderpad: flat ? 0 : 1,
  };
}
