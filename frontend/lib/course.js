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
 *   {{places: Map<string, Place>, hung: HungPlace[], ways: Way[], ties: Tie[], width: number, height: number, named: number}}
 *   Course `named`: how far above the line names stand
 * @typedef {{from: Point, to: Point, low: number}} Tie between what is drawn twice, which runs down
 *   to a height
 * @typedef {{left: number, right: number}} Reach  to both sides of the middle
 * @typedef {{middle: Reach, upper: Reach, lower: Reach}} Column how far it reaches in its three
 *   bands: names, parts, what hangs below
 * @typedef {{width: number, height: number}} Room
 */

import { layered } from "./layout.js";
import { BESIDE, nameWidth } from "./river.js";

const MARGIN = 12;
/** Between names, and between what hangs below. */
const [NAMES_GAP, HUNG_GAP] = [6, 10];
const WIDEST_GAP = 46;
const ROWS_GAP = 14;
/**
 * How far above the line names stand, and how far up they reach; from the river down to what hangs
 * below it; between lanes.
 */
const PLAIN = { named: 25, above: 34, join: 17, lanes: 12 };
const DENSE = { named: 16, above: 22, join: 10, lanes: 3 };
/** So far up and down a ribbon reaches that runs past others. */
const BEND = 8;
/** Below what is drawn twice runs a tie. */
const TIE = 7;
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
 * @param {{room: Room, wrap: boolean, gap: number, dense: boolean, products: boolean, names: "above" | "below"}} options `products`:
 *   whether room is kept for those of a path
 * @returns {Course}
 */
export function courseOf({ parts, streams }, late, { room, wrap, gap, dense, products, names }) {
  const sizes = dense ? DENSE : PLAIN;
  const tied = copies(parts);
  const nodes = parts.map((part) => ({
    id: part.id,
    ...extent(part, tied, names, sizes),
    spine: part.step >= 0,
    late: late.has(part.node.id),
  }));
  const layout = layered(nodes, streams, sizes.lanes, BEND);
  const layerOf = (/** @type {string} */ id) => layout.nodes.get(id)?.x ?? 0;
  const columns = columnsOf(parts, layerOf, layout.layers, products);
  const set = wrap
    ? wrapped(columns, gap, Math.max(room.width, 300))
    : spread(columns, gap, room.width);
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
      y: on.y + on.part.height / 2 + sizes.join + one.height / 2,
    })),
  );
  return {
    places,
    hung,
    ways: waysOf(streams, layout.edges, places, at, set),
    ties: tiesOf(places, hung),
    width: Math.max(room.width, set.width),
    height: Math.max(room.height, wrap ? height : rows.height + 8),
    named: sizes.named,
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

/**
 * @param {Part} part
 * @param {Set<string>} tied
 * @param {"above" | "below"} names
 * @param {typeof PLAIN} sizes
 */
function extent({ height, hung, name, step, tensor }, tied, names, { above, join }) {
  const tie = hung.some((one) => tied.has(one.tensor)) || (step < 0 && tied.has(tensor)) ? TIE : 0;
  const low = hung.length ? join + Math.max(...hung.map((one) => Math.max(12, one.height))) : 0;
  if (names === "below") return { up: height / 2 + 2, down: height / 2 + (name ? 15 : 2) };
  return {
    up: name ? Math.max(above, height / 2 + 2) : height / 2 + 4,
    down: height / 2 + low + tie,
  };
}

/**
 * @param {Part[]} parts
 * @param {(id: string) => number} layerOf
 * @param {number} layers
 * @param {boolean} products
 * @returns {Column[]}
 */
function columnsOf(parts, layerOf, layers, products) {
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
    if (name && step >= 0 && products) widen(lower, PRODUCT);
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
 * @param {number} gap
 * @param {number} width
 * @returns {Set}
 */
function spread(columns, gap, width) {
  const { xs, right } = packed(columns, gap, MARGIN);
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
 * @param {number} gap
 * @param {number} width
 * @returns {Set}
 */
function wrapped(columns, gap, width) {
  /** @type {Set} */
  const set = { xs: [], rows: [], width, lefts: [], rights: [] };
  while (set.xs.length < columns.length) {
    const row = set.lefts.length;
    const { xs, right } = packed(
      columns.slice(set.xs.length),
      gap,
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
  for (const chain of layout.edges) for (const point of chain.slice(1, -1)) hold(point, BEND, BEND);
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
 * @returns {Tie[]}
 */
function tiesOf(places, hung) {
  const all = [
    ...[...places.values()].map(({ part, x, y, row }) => ({
      tensor: part.step < 0 ? part.tensor : null,
      ...{ x, row, bottom: y + part.height / 2 },
    })),
    ...hung.map(({ hung: { tensor, height }, x, y, on: { row } }) => ({
      ...{ tensor, x, row, bottom: y + height / 2 },
    })),
  ].sort((a, b) => a.row - b.row || a.x - b.x);
  return all.flatMap((from, at) => {
    if (from.tensor === null) return [];
    const next = all.findIndex((one, place) => place > at && one.tensor === from.tensor);
    const to = all[next];
    if (!to || to.row !== from.row) return [];
    const below = all.slice(at, next + 1).filter(({ bottom }) => isNear(bottom, from, to));
    return [
      {
        from: { x: from.x, y: from.bottom },
        to: { x: to.x, y: to.bottom },
        low: Math.max(...below.map(({ bottom }) => bottom)) + TIE - 2,
      },
    ];
  });
}

/** Is it no other lane's? @param {number} bottom @param {{bottom: number}} from @param {{bottom: number}} to */
function isNear(bottom, from, to) {
  return bottom <= Math.max(from.bottom, to.bottom) + 30;
}
