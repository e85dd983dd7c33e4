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
 * @typedef {{left: number, right: number, top: number, bottom: number}} Area  from the middle of its
 *   column, and from the middle of the layout
 * @typedef {{left: number, right: number, areas: Area[], before: number}} Column  of its parts the
 *   reach to both sides; names and what hangs below; how much more room the ribbons before it need
 * @typedef {{width: number, height: number}} Room
 * @typedef {{room: Room, wrap: boolean, gap: number, dense: boolean, tight: boolean}} Bounds
 */

import { layered } from "./layout.js";
import { BESIDE, nameWidth } from "./river.js";

const MARGIN = 12;
/** Between names, and whatever else is no part. */
const WORDS_GAP = 8;
/** A ribbon that rises takes some width, of its height a part. */
const [SLOPE, MOST_SLOPE] = [0.2, 26];
/** What rises less is level. */
const LEVEL = 6;
const WIDEST_GAP = 46;
const ROWS_GAP = 14;
/**
 * How far above the line names stand, and how far up they reach; from the river down to what hangs
 * below it; between lanes.
 */
const PLAIN = { named: 25, above: 34, join: 17, lanes: 12 };
const DENSE = { named: 16, above: 22, join: 10, lanes: 3 };
const TIGHT = { named: 14, above: 20, join: 10, lanes: 1 };
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
 * @param {Bounds & {products: boolean, names: "above" | "below"}} options `products`: whether room
 *   is kept for those of a path
 * @returns {Course}
 */
export function courseOf({ parts, streams }, late, { room, wrap, gap, dense, tight, ...options }) {
  const { products, names } = options;
  const sizes = tight ? TIGHT : dense ? DENSE : PLAIN;
  const tied = copies(parts);
  const nodes = parts.map((part) => ({
    id: part.id,
    ...extent(part, tied, names, sizes),
    spine: part.step >= 0,
    late: late.has(part.node.id),
  }));
  const layout = layered(nodes, streams, sizes.lanes, BEND);
  const columns = columnsOf(parts, layout, sizes, products);
  const set = wrap
    ? wrapped(columns, gap, Math.max(room.width, 300))
    : spread(columns, gap, room.width);
  const rows = rowsOf(nodes, layout, set.rows);
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
    ways: waysOf(streams, layout.edges, places, at, set, columns),
    ties: tiesOf(places, hung),
    width: Math.max(room.width, set.width),
    height: Math.max(room.height, rows.height + (wrap ? 2 * ROWS_GAP : 8)),
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
 * @param {import("./layout.js").Layout} layout
 * @param {typeof PLAIN} sizes
 * @param {boolean} products
 * @returns {Column[]}
 */
function columnsOf(parts, layout, { named, join }, products) {
  /** @type {Column[]} */
  const columns = Array.from({ length: layout.layers }, () => ({
    left: 0,
    right: 0,
    areas: [],
    before: 0,
  }));
  for (const { id, width, height, name, hung, step } of parts) {
    const { x, y } = /** @type {Point} */ (layout.nodes.get(id));
    const column = columns[x];
    const half = width / 2;
    const low = y + height / 2;
    column.left = Math.max(column.left, half);
    column.right = Math.max(column.right, half);
    column.areas.push({ left: half, right: half, top: y - height / 2, bottom: low });
    const word = nameWidth(name) / 2;
    if (name)
      column.areas.push({ left: word, right: word, top: y - named - 6, bottom: y - named + 6 });
    if (name && step >= 0 && products)
      column.areas.push({ left: PRODUCT, right: PRODUCT, top: low + 4, bottom: low + 38 });
    for (const one of hung) {
      const reach = one.width / 2;
      column.areas.push({
        left: reach - one.x,
        right: one.x + reach + BESIDE + nameWidth(one.name),
        top: low + join,
        bottom: low + join + Math.max(12, one.height),
      });
    }
  }
  for (const chain of layout.edges)
    chain.slice(1).forEach(({ x, y }, at) => {
      const rise = Math.abs(y - chain[at].y);
      columns[x].before = Math.max(columns[x].before, Math.min(MOST_SLOPE, SLOPE * rise));
      if (rise < LEVEL) return;
      // a ribbon rises between the columns, beside all that stands in them
      columns[x].left = Math.max(columns[x].left, ...columns[x].areas.map(({ left }) => left));
      const before = columns[x - 1];
      before.right = Math.max(before.right, ...before.areas.map(({ right }) => right));
    });
  return columns;
}

/**
 * As near to each other as they can stand, without one on the other.
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
  /** @type {(Area & {end: number})[]} */
  const taken = [];
  let [middle, right] = [start - gap, start];
  for (const { left, right: half, areas, before } of columns) {
    let x = middle + gap + (xs.length ? before : 0) + left;
    for (const area of areas) {
      x = Math.max(x, start + area.left);
      for (const other of taken)
        if (area.top < other.bottom && other.top < area.bottom)
          x = Math.max(x, other.end + WORDS_GAP + area.left);
    }
    const reach = Math.max(x + half, ...areas.map((area) => x + area.right));
    if (xs.length && reach > end) break;
    xs.push(x);
    taken.push(...areas.map((area) => ({ ...area, end: x + area.right })));
    middle = x + half;
    right = Math.max(right, reach);
  }
  return { xs, right };
}

/**
 * @typedef {object} Setting  of every layer its place and row, of every row its ends
 * @property {number[]} xs
 * @property {number[]} rows
 * @property {number} width
 * @property {number[]} lefts
 * @property {number[]} rights
 */

/**
 * In one row, with what room there is shared out.
 *
 * @param {Column[]} columns
 * @param {number} gap
 * @param {number} width
 * @returns {Setting}
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
 * @returns {Setting}
 */
function wrapped(columns, gap, width) {
  /** @type {Setting} */
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
 * @param {Setting} set
 * @param {Column[]} columns
 * @returns {Way[]}
 */
function waysOf(streams, chains, places, at, set, columns) {
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
      } else {
        const [left, right] = [chain[index - 1].x, chain[index].x];
        piece.push(
          { x: set.xs[left] + columns[left].right, y: points[index - 1].y },
          { x: set.xs[right] - columns[right].left, y: points[index].y },
        );
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
      ...{ tensor: part.step < 0 ? part.tensor : null, x, row },
      ...{ top: y - part.height / 2, bottom: y + part.height / 2 },
    })),
    ...hung.map(({ hung: { tensor, height }, x, y, on: { row } }) => ({
      ...{ tensor, x, row, top: y - height / 2, bottom: y + height / 2 },
    })),
  ].sort((a, b) => a.row - b.row || a.x - b.x);
  return all.flatMap((from, at) => {
    const next = all.findIndex(
      ({ tensor }, place) => place > at && tensor !== null && tensor === from.tensor,
    );
    const to = all[next];
    if (!to || to.row !== from.row) return [];
    let low = Math.max(from.bottom, to.bottom) + TIE - 2;
    const between = all.slice(at + 1, next).sort((a, b) => a.bottom - b.bottom);
    for (const { top, bottom } of between)
      if (top < low + 2 && bottom > low - 2) low = bottom + TIE - 2;
    return [{ from: { x: from.x, y: from.bottom }, to: { x: to.x, y: to.bottom }, low }];
  });
}
