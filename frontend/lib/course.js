/**
 * Where the parts of the river stand: column by column from left to right, in one row, or in as
 * many as need be. Lengths are pixels.
 *
 * @import { Hung, Part, River, Stream } from "./river.js"
 * @import { Point } from "./ribbon.js"
 * @typedef {{part: Part, x: number, y: number, row: number}} Place
 * @typedef {{hung: Hung, on: Place, x: number, y: number}} HungPlace  its middle
 * @typedef {{stream: Stream, pieces: Point[][]}} Way  a piece per row that it runs through
 * @typedef
 *   {{places: Map<string, Place>, hung: HungPlace[], ways: Way[], ties: [Point, Point][], width: number, height: number}}
 *   Course
 * @typedef {{left: number, right: number}} Reach  to both sides of the middle
 * @typedef {{middle: Reach, upper: Reach, lower: Reach}} Column how far it reaches in its three
 *   bands: names, parts, what hangs below
 * @typedef {{width: number, height: number}} Room
 */

import { layered } from "./layout.js";
import { BESIDE, nameWidth } from "./river.js";

const MARGIN = 14;
/** Between parts, between names, and between what hangs below. */
const [PARTS_GAP, NAMES_GAP, HUNG_GAP] = [15, 6, 12];
const WIDEST_GAP = 46;
/** Between lanes, and between rows. */
const [LANES_GAP, ROWS_GAP] = [12, 14];
/** Names stand so far above the line. */
export const NAMED = 25;
const ABOVE = 34;
/** From the river down to what hangs below it. */
const JOIN = 17;
/** What hangs by an arc from its like. */
const ARC = 9;
/** Below a picture stands the product of a path. */
const PRODUCT = 20;
/** Where a row goes on: so far it reaches out. */
const RUN_ON = 22;
const MOST_SPREAD = 8;
/** Keeps the last line of the strip free for its legend. */
const FOOT = 14;

/**
 * @param {River} river
 * @param {Set<string>} late nodes that stand just before their first use
 * @param {{room: Room, wrap: boolean, names: "above" | "below"}} options
 * @returns {Course}
 */
export function courseOf({ parts, streams }, late, { room, wrap, names }) {
  const tied = copies(parts);
  const nodes = parts.map((part) => ({
    id: part.id,
    ...extent(part, tied, names),
    spine: part.step >= 0,
    late: late.has(part.node.id),
  }));
  const layout = layered(nodes, streams, LANES_GAP);
  const layerOf = (/** @type {string} */ id) => layout.nodes.get(id)?.x ?? 0;
  const columns = columnsOf(parts, layerOf, layout.layers, names);
  const set = wrap ? wrapped(columns, Math.max(room.width, 300)) : spread(columns, room.width);
  const rows = rowsOf(nodes, layout, set.rows);
  const height = rows.height + 2 * ROWS_GAP;
  const lines = rows.height + FOOT;
  const top = wrap ? ROWS_GAP : Math.max(4, (room.height - lines) / 2);
  const at = (/** @type {Point} */ { x: layer, y }) => ({
    x: set.xs[layer],
    y: top + y + rows.shift[set.rows[layer]],
  });
  /** @type {Map<string, Place>} */
  const places = new Map();
  for (const part of parts) {
    const point = /** @type {Point} */ (layout.nodes.get(part.id));
    places.set(part.id, { part, ...at(point), row: set.rows[point.x] });
  }
  const hung = [...places.values()].flatMap((on) =>
    on.part.hung.map((one) => ({
      hung: one,
      on,
      x: on.x + one.x,
      y: on.y + on.part.height / 2 + JOIN + one.height / 2,
    })),
  );
  return {
    places,
    hung,
    ways: waysOf(streams, layout.edges, places, at, set),
    ties: tiesOf(places, hung),
    width: Math.max(room.width, set.width),
    height: Math.max(room.height, wrap ? height : rows.height + 8),
  };
}

/**
 * The given tensors that are drawn more than once.
 *
 * @param {Part[]} parts
 * @returns {Set<string>}
 */
function copies(parts) {
  const drawn = parts.flatMap(({ hung, step, tensor }) => [
    ...(step < 0 ? [tensor] : []),
    ...hung.map((one) => one.tensor),
  ]);
  return new Set(drawn.filter((name, at) => drawn.indexOf(name) !== at));
}

/** @param {Part} part @param {Set<string>} tied @param {"above" | "below"} names */
function extent({ height, hung, name, step, tensor }, tied, names) {
  const arc = hung.some((one) => tied.has(one.tensor)) || (step < 0 && tied.has(tensor)) ? ARC : 0;
  const low = hung.length ? JOIN + Math.max(...hung.map((one) => Math.max(12, one.height))) : 0;
  if (names === "below") return { up: height / 2 + 2, down: height / 2 + (name ? 15 : 2) };
  return {
    up: name ? Math.max(ABOVE, height / 2 + 2) : height / 2 + 6,
    down: height / 2 + low + arc,
  };
}

/**
 * @param {Part[]} parts
 * @param {(id: string) => number} layerOf
 * @param {number} layers
 * @param {"above" | "below"} names
 * @returns {Column[]}
 */
function columnsOf(parts, layerOf, layers, names) {
  const nothing = () => ({ left: 0, right: 0 });
  const columns = Array.from({ length: layers }, () => ({
    middle: nothing(),
    upper: nothing(),
    lower: nothing(),
  }));
  const widen = (
    /** @type {Reach} */ reach,
    /** @type {number} */ left,
    /** @type {number} */ right = left,
  ) => {
    reach.left = Math.max(reach.left, left);
    reach.right = Math.max(reach.right, right);
  };
  for (const { id, width, name, hung, step } of parts) {
    const { middle, upper, lower } = columns[layerOf(id)];
    widen(middle, width / 2);
    if (name) widen(upper, nameWidth(name) / 2);
    if (name && step >= 0 && names === "above") widen(lower, PRODUCT);
    for (const one of hung)
      widen(lower, one.width / 2 - one.x, one.x + one.width / 2 + BESIDE + nameWidth(one.name));
  }
  return columns;
}

/**
 * As near to each other as their three bands allow.
 *
 * @param {Column[]} columns
 * @param {number} gap between parts
 * @param {number} start
 * @param {number} end where no more fits; at least one column does
 * @returns {{xs: number[], right: number}}
 */
function packed(columns, gap, start, end = Infinity) {
  /** @type {number[]} */
  const xs = [];
  const edge = { middle: start - gap, upper: -Infinity, lower: -Infinity };
  let right = start;
  for (const { middle, upper, lower } of columns) {
    const least = Math.max(middle.left, upper.left, lower.left);
    const x = Math.max(
      start + (xs.length ? 0 : least),
      edge.middle + gap + middle.left,
      edge.upper + NAMES_GAP + upper.left,
      lower.left ? edge.lower + HUNG_GAP + lower.left : -Infinity,
    );
    const reach = x + Math.max(middle.right, upper.right, lower.right);
    if (xs.length && reach > end) break;
    xs.push(x);
    edge.middle = x + middle.right;
    if (upper.right) edge.upper = x + upper.right;
    if (lower.right) edge.lower = x + lower.right;
    right = Math.max(right, reach);
  }
  return { xs, right };
}

/** @typedef {{xs: number[], rows: number[], width: number, lefts: number[], rights: number[]}} Set of every layer its place and row, of every row its ends */

/**
 * In one row, with what room there is shared out.
 *
 * @param {Column[]} columns
 * @param {number} width
 * @returns {Set}
 */
function spread(columns, width) {
  const { xs, right } = packed(columns, PARTS_GAP, MARGIN);
  const spare = width - right - MARGIN;
  const more = Math.max(0, Math.min(spare / Math.max(1, xs.length - 1), WIDEST_GAP));
  const left = Math.max(0, (spare - more * (xs.length - 1)) / 2);
  return {
    xs: xs.map((x, at) => left + x + at * more),
    rows: xs.map(() => 0),
    width: right + MARGIN,
    lefts: [0],
    rights: [width],
  };
}

/**
 * In as many rows as need be.
 *
 * @param {Column[]} columns
 * @param {number} width
 * @returns {Set}
 */
function wrapped(columns, width) {
  /** @type {Set} */
  const set = { xs: [], rows: [], width, lefts: [], rights: [] };
  while (set.xs.length < columns.length) {
    const row = set.lefts.length;
    const { xs, right } = packed(
      columns.slice(set.xs.length),
      PARTS_GAP,
      MARGIN + (row ? RUN_ON : 0),
      width - MARGIN - RUN_ON,
    );
    set.xs.push(...xs);
    set.rows.push(...xs.map(() => row));
    set.lefts.push(MARGIN);
    set.rights.push(right + RUN_ON);
  }
  return set;
}

/**
 * How far the parts of each row have to be shifted down.
 *
 * @param {{id: string, up: number, down: number}[]} nodes
 * @param {import("./layout.js").Layout} layout
 * @param {number[]} rowOf of every layer
 */
function rowsOf(nodes, layout, rowOf) {
  /** @type {{top: number, bottom: number}[]} */
  const rows = [];
  const hold = (
    /** @type {Point} */ { x, y },
    /** @type {number} */ up,
    /** @type {number} */ down,
  ) => {
    const row = (rows[rowOf[x]] ??= { top: Infinity, bottom: -Infinity });
    row.top = Math.min(row.top, y - up);
    row.bottom = Math.max(row.bottom, y + down);
  };
  for (const { id, up, down } of nodes) hold(/** @type {Point} */ (layout.nodes.get(id)), up, down);
  for (const chain of layout.edges)
    for (const point of chain.slice(1, -1)) hold(point, LANES_GAP / 2, LANES_GAP / 2);
  let height = 0;
  const shift = rows.map(({ top, bottom }, at) => {
    const own = height - top + (at ? ROWS_GAP : 0);
    height += bottom - top + (at ? ROWS_GAP : 0);
    return own;
  });
  return { shift, height };
}

/**
 * @param {Stream[]} streams
 * @param {Point[][]} chains
 * @param {Map<string, Place>} places
 * @param {(point: Point) => Point} at
 * @param {Set} set
 * @returns {Way[]}
 */
function waysOf(streams, chains, places, at, set) {
  const ends = spreadEnds(streams, chains);
  return streams.map((stream, number) => {
    const [from, to] = [stream.from, stream.to].map((id) => /** @type {Place} */ (places.get(id)));
    const chain = chains[number];
    const last = chain.length - 1;
    const points = chain.map((point, index) => {
      if (index === 0) return { x: from.x + from.part.width / 2, y: from.y };
      if (index === last) return { x: to.x - to.part.width / 2, y: to.y + ends[number] };
      return at(point);
    });
    /** @type {Point[][]} */
    const pieces = [[points[0]]];
    for (let index = 1; index <= last; index += 1) {
      const [before, row] = [set.rows[chain[index - 1].x], set.rows[chain[index].x]];
      const piece = pieces[pieces.length - 1];
      if (before !== row) {
        piece.push({ x: set.rights[before], y: piece[piece.length - 1].y });
        pieces.push([{ x: set.lefts[row], y: points[index].y }]);
      }
      pieces[pieces.length - 1].push(points[index]);
    }
    return { stream, pieces };
  });
}

/**
 * What comes into one part several times comes in side by side.
 *
 * @param {Stream[]} streams
 * @param {Point[][]} chains
 */
function spreadEnds(streams, chains) {
  const ends = streams.map(() => 0);
  /** @type {Map<string, number[]>} */
  const groups = new Map();
  streams.forEach(({ to }, at) => groups.set(to, [...(groups.get(to) ?? []), at]));
  for (const group of groups.values()) {
    const height = (/** @type {number} */ at) => chains[at][chains[at].length - 2].y;
    group.sort((a, b) => height(a) - height(b) || streams[a].port - streams[b].port);
    const step = (2 * MOST_SPREAD) / group.length;
    group.forEach((at, place) => (ends[at] = (place - (group.length - 1) / 2) * step));
  }
  return ends;
}

/**
 * What is drawn more than once hangs together, within its row.
 *
 * @param {Map<string, Place>} places
 * @param {HungPlace[]} hung
 * @returns {[Point, Point][]}
 */
function tiesOf(places, hung) {
  /** @type {Map<string, (Point & {row: number})[]>} */
  const drawn = new Map();
  const add = (
    /** @type {string} */ tensor,
    /** @type {{x: number, y: number, row: number}} */ { x, y, row },
    /** @type {number} */ height,
  ) => drawn.set(tensor, [...(drawn.get(tensor) ?? []), { x, y: y + height / 2, row }]);
  for (const place of places.values())
    if (place.part.step < 0) add(place.part.tensor, place, place.part.height);
  for (const { hung: one, x, y, on } of hung) add(one.tensor, { x, y, row: on.row }, one.height);
  return [...drawn.values()].flatMap((points) => {
    const sorted = points.sort((a, b) => a.row - b.row || a.x - b.x);
    return sorted
      .slice(1)
      .map((point, at) => /** @type {[Point, Point]} */ ([sorted[at], point]))
      .filter((_, at) => sorted[at].row === sorted[at + 1].row);
  });
}

/** How far down the arc of a tie hangs. */
export const ARC_DEPTH = ARC * 0.66;
