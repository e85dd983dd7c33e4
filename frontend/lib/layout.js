/**
 * Layered layout of a graph without cycles, from left to right: layers by longest path, order
 * within a layer by barycentre,
 * heights by pulling every node towards its neighbours while it keeps its distance to the nodes
 * above and below it.
 * Sources stand one layer before their first use. An edge over several layers bends at invisible
 * points of its own.
 *
 * @typedef {{id: string, up: number, down: number, spine?: boolean, late?: boolean}} Node how far it
 *   reaches above and below its line, in any unit; spine nodes are kept on one line where possible,
 *   late ones stand just before their first use
 * @typedef {{from: string, to: string, port?: number}} Edge `port` is the position among the
 *   operands of `to`
 * @typedef {{x: number, y: number}} Point  x in layers, y in the unit of the reach
 * @typedef
 *   {{nodes: Map<string, Point>, edges: Point[][], layers: number, top: number, bottom: number}}
 *   Layout
 * @typedef
 *   {{id: string, up: number, down: number, layer: number, y: number, order: number, weight: number}}
 *   Item
 * @typedef {{from: Item, to: Item, port: number}} Link
 */

const SWEEPS = 12;
const SPINE = 1000;

/**
 * @param {Node[]} nodes
 * @param {Edge[]} edges
 * @param {number} gap  between neighbours of a layer
 * @param {number} reach  of an edge that runs past others, above and below itself
 * @returns {Layout}
 */
export function layered(nodes, edges, gap, reach) {
  const layer = layersOf(nodes, edges);
  const { items, links, chains } = withBends(nodes, edges, layer, reach);
  const columns = columnsOf(items);
  orderColumns(columns, links);
  placeColumns(columns, links, gap);
  const place = (/** @type {Item} */ item) => ({ x: item.layer, y: item.y });
  const all = [...items.values()];
  return {
    nodes: new Map(nodes.map(({ id }) => [id, place(/** @type {Item} */ (items.get(id)))])),
    edges: chains.map((chain) => chain.map(place)),
    layers: columns.length,
    top: Math.min(...all.map((item) => item.y - item.up)),
    bottom: Math.max(...all.map((item) => item.y + item.down)),
  };
}

/** @param {Node[]} nodes @param {Edge[]} edges @returns {Map<string, number>} */
export function layersOf(nodes, edges) {
  const incoming = group(edges, (edge) => edge.to);
  const outgoing = group(edges, (edge) => edge.from);
  /** @type {Map<string, number>} */
  const layer = new Map();
  /** @param {string} id @returns {number} */
  const depth = (id) => {
    const known = layer.get(id);
    if (known !== undefined) return known;
    const own = Math.max(0, ...(incoming.get(id) ?? []).map((edge) => depth(edge.from) + 1));
    layer.set(id, own);
    return own;
  };
  nodes.forEach(({ id }) => depth(id));
  const late = nodes
    .filter((node) => node.late || !incoming.has(node.id))
    .sort((a, b) => depth(b.id) - depth(a.id));
  for (const { id } of late) {
    const uses = outgoing.get(id);
    if (uses) layer.set(id, Math.min(...uses.map((edge) => depth(edge.to))) - 1);
  }
  return layer;
}

/** @template T @param {T[]} list @param {(item: T) => string} key @returns {Map<string, T[]>} */
function group(list, key) {
  /** @type {Map<string, T[]>} */
  const groups = new Map();
  for (const item of list) groups.set(key(item), [...(groups.get(key(item)) ?? []), item]);
  return groups;
}

/**
 * @param {Node[]} nodes
 * @param {Edge[]} edges
 * @param {Map<string, number>} layer
 * @param {number} reach of an edge that runs past others
 */
function withBends(nodes, edges, layer, reach) {
  /** @type {Map<string, Item>} */
  const items = new Map();
  const add = (
    /** @type {string} */ id,
    /** @type {{up: number, down: number}} */ { up, down },
    /** @type {number} */ at,
    /** @type {number} */ weight,
  ) => {
    const item = { id, up, down, layer: at, y: 0, order: items.size, weight };
    items.set(id, item);
    return item;
  };
  for (const node of nodes) add(node.id, node, layer.get(node.id) ?? 0, node.spine ? SPINE : 1);
  /** @type {Link[]} */
  const links = [];
  const chains = edges.map((edge, number) => {
    const [start, end] = [items.get(edge.from), items.get(edge.to)];
    if (!start || !end) throw new Error(`edge ${edge.from} -> ${edge.to} has no such node`);
    const chain = [start];
    for (let at = start.layer + 1; at < end.layer; at += 1)
      chain.push(add(`bend ${number} ${at}`, { up: reach, down: reach }, at, 2));
    chain.push(end);
    for (let at = 1; at < chain.length; at += 1) {
      links.push({
        from: chain[at - 1],
        to: chain[at],
        port: at === chain.length - 1 ? (edge.port ?? 0) : 0,
      });
    }
    return chain;
  });
  return { items, links, chains };
}

/** @param {Map<string, Item>} items @returns {Item[][]} */
function columnsOf(items) {
  /** @type {Item[][]} */
  const columns = [];
  for (const item of items.values()) (columns[item.layer] ??= []).push(item);
  return Array.from(columns, (column) => column ?? []);
}

/**
 * Barycentre sweeps, first from the right (operands by their port), then in both directions; the
 * best order seen is kept.
 *
 * @param {Item[][]} columns
 * @param {Link[]} links
 */
function orderColumns(columns, links) {
  const near = neighbours(links);
  number(columns);
  let best = { crossings: Infinity, order: new Map() };
  for (let sweep = 0; sweep < SWEEPS; sweep += 1) {
    const leftwards = sweep % 2 === 0;
    for (const column of leftwards ? [...columns].reverse() : columns)
      sortColumn(column, near, leftwards);
    number(columns);
    const count = crossings(links);
    if (count < best.crossings)
      best = { crossings: count, order: new Map(columns.flat().map((item) => [item, item.order])) };
  }
  for (const column of columns) column.sort((a, b) => best.order.get(a) - best.order.get(b));
  number(columns);
}

/** @param {Item[][]} columns */
function number(columns) {
  for (const column of columns) column.forEach((item, order) => (item.order = order));
}

/** The links of every item: those that come in, and those that go out. @param {Link[]} links */
function neighbours(links) {
  return { incoming: groupItems(links, "to"), outgoing: groupItems(links, "from") };
}

/** @param {Link[]} links @param {"from" | "to"} end @returns {Map<Item, Link[]>} */
function groupItems(links, end) {
  /** @type {Map<Item, Link[]>} */
  const groups = new Map();
  for (const link of links) {
    const known = groups.get(link[end]);
    if (known) known.push(link);
    else groups.set(link[end], [link]);
  }
  return groups;
}

/** @param {Item[]} column @param {ReturnType<typeof neighbours>} near @param {boolean} leftwards */
function sortColumn(column, { incoming, outgoing }, leftwards) {
  const centre = new Map(
    column.map((item) => {
      const places = leftwards
        ? (outgoing.get(item) ?? []).map((link) => link.to.order + 0.01 * link.port)
        : (incoming.get(item) ?? []).map((link) => link.from.order);
      return [
        item,
        places.length ? places.reduce((sum, place) => sum + place, 0) / places.length : item.order,
      ];
    }),
  );
  column.sort((a, b) => (centre.get(a) ?? 0) - (centre.get(b) ?? 0) || a.order - b.order);
  column.forEach((item, order) => (item.order = order));
}

/** How many pairs of links between two neighbouring layers cross. @param {Link[]} links */
export function crossings(links) {
  /** @type {Link[][]} */
  const layers = [];
  for (const link of links) (layers[link.from.layer] ??= []).push(link);
  let count = 0;
  for (const layer of layers.filter(Boolean)) {
    for (let at = 0; at < layer.length; at += 1) {
      const a = layer[at];
      for (let other = at + 1; other < layer.length; other += 1) {
        const b = layer[other];
        if ((a.from.order - b.from.order) * (a.to.order - b.to.order) < 0) count += 1;
      }
    }
  }
  return count;
}

/** @param {Item[][]} columns @param {Link[]} links @param {number} gap */
function placeColumns(columns, links, gap) {
  const near = neighbours(links);
  for (const column of columns) stack(column, gap);
  for (let round = 0; round < 4 * SWEEPS; round += 1) {
    for (const column of round % 2 ? [...columns].reverse() : columns) {
      const wishes = column.map((item) => wish(item, near));
      settle(column, wishes, gap);
    }
  }
  straighten(columns, links, gap);
}

/**
 * What leads on from one another is pulled to one height, as far as what stands above and below
 * allows.
 *
 * @param {Item[][]} columns
 * @param {Link[]} links
 * @param {number} gap
 */
function straighten(columns, links, gap) {
  const chains = chainsOf(links);
  for (let round = 0; round < SWEEPS; round += 1) {
    const mean = new Map(
      [...new Set(chains.values())].map((chain) => [
        chain,
        chain.reduce((sum, { y }) => sum + y, 0) / chain.length,
      ]),
    );
    for (const column of columns)
      settle(
        column,
        column.map((item) => mean.get(chains.get(item) ?? []) ?? item.y),
        gap,
      );
  }
}

/**
 * Of every item the chain that it is in: an item is followed by the one that it leads to first of
 * all and that begins with it first of all.
 *
 * @param {Link[]} links
 * @returns {Map<Item, Item[]>}
 */
function chainsOf(links) {
  const { incoming, outgoing } = neighbours(links);
  const first = (/** @type {Link[]} */ list, /** @type {"from" | "to"} */ end) =>
    [...list].sort((a, b) => b[end].weight - a[end].weight || a.port - b.port)[0]?.[end];
  /** @type {Map<Item, Item[]>} */
  const chains = new Map();
  for (const [item, list] of [...incoming].sort(([a], [b]) => a.layer - b.layer)) {
    const before = first(list, "from");
    if (first(outgoing.get(before) ?? [], "to") !== item) continue;
    const chain = chains.get(before) ?? [before];
    chain.push(item);
    chains.set(before, chain).set(item, chain);
  }
  return chains;
}

/** Centred about zero, as close as allowed. @param {Item[]} column @param {number} gap */
function stack(column, gap) {
  const total =
    column.reduce((sum, { up, down }) => sum + up + down, 0) + gap * (column.length - 1);
  let y = -total / 2;
  for (const item of column) {
    item.y = y + item.up;
    y += item.up + item.down + gap;
  }
}

/**
 * Where an item would like to be: amid its neighbours; the spine hears only the spine, so that it
 * runs straight.
 *
 * @param {Item} item
 * @param {ReturnType<typeof neighbours>} near
 */
function wish(item, { incoming, outgoing }) {
  const pulls = [
    ...(incoming.get(item) ?? []).map((link) => link.from),
    ...(outgoing.get(item) ?? []).map((link) => link.to),
  ];
  const spine = pulls.filter((other) => other.weight === SPINE);
  const heard = item.weight === SPINE && spine.length ? spine : pulls;
  return heard.length ? heard.reduce((sum, other) => sum + other.y, 0) / heard.length : item.y;
}

/**
 * Pool adjacent violators: the heights closest to the wishes (by weight) that keep order and
 * distance.
 * @param {Item[]} column @param {number[]} wishes @param {number} gap
 */
function settle(column, wishes, gap) {
  let shift = 0;
  /** @type {{sum: number, weight: number, items: {item: Item, shift: number}[]}[]} */
  const blocks = [];
  column.forEach((item, at) => {
    if (at > 0) shift += column[at - 1].down + item.up + gap;
    blocks.push({
      sum: item.weight * (wishes[at] - shift),
      weight: item.weight,
      items: [{ item, shift }],
    });
    while (blocks.length > 1) {
      const [a, b] = blocks.slice(-2);
      if (a.sum / a.weight <= b.sum / b.weight) break;
      blocks.splice(-2, 2, {
        sum: a.sum + b.sum,
        weight: a.weight + b.weight,
        items: [...a.items, ...b.items],
      });
    }
  });
  for (const block of blocks)
    for (const { item, shift: own } of block.items) item.y = block.sum / block.weight + own;
}
