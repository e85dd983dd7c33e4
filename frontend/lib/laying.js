/**
 * How the graph is laid out: as much of it as the strip has room for, or all of it in rows. It
 * depends on the program and the room alone: when only numbers change, nothing is laid out again.
 *
 * @import { Course, Room } from "./course.js"
 * @import { Fold } from "./folding.js"
 * @import { Graph } from "./graph.js"
 * @import { Trace } from "./types.js"
 * @typedef {object} Wish
 * @property {boolean} large
 * @property {Record<string, boolean>} folded  what a person said of a loop or a line, by its key
 * @property {boolean | null} lines  what a person said of all lines
 * @property {Room | null} room
 * @typedef
 *   {{graph: Graph, course: Course, loops: Fold[], lines: Fold[], level: number, names: "above" | "below"}}
 *   Laid
 */

import { courseOf } from "./course.js";
import { folded, isFolded, isWithin, linesOf, loopsOf } from "./folding.js";
import { constants, graphOf } from "./graph.js";
import { riverOf } from "./river.js";

/** Before it is measured. */
const ROOM = { width: 742, height: 120 };
/** A strip lower than this has the river alone. */
const LOW = 90;
const [BELOW, LEFT, NONE] = /** @type {import("./river.js").Detail["given"][]} */ ([
  "below",
  "left",
  "none",
]);
const PLAIN = {
  letters: 7,
  level: 0,
  gap: 7,
  dots: true,
  dense: false,
  tight: false,
  given: BELOW,
  products: false,
};
const DENSE = { ...PLAIN, gap: 9, dense: true };
/**
 * From all of it in its full size to less and less: lines of several operations as one node, every
 * line as one picture, everything lower, and without what hangs below. The first that fits is taken.
 *
 * @typedef {import("./river.js").Detail & {level: number, gap: number, tight: boolean}} Attempt
 * @type {Attempt[]}
 */
const ATTEMPTS = [
  { ...PLAIN, letters: 11, gap: 15, dots: false, products: true },
  { ...PLAIN },
  { ...PLAIN, level: 1, gap: 9 },
  { ...PLAIN, level: 2, gap: 9 },
  { ...DENSE },
  { ...DENSE, level: 1 },
  { ...DENSE, given: LEFT },
  { ...DENSE, level: 2 },
  { ...DENSE, level: 1, given: NONE },
  { ...DENSE, level: 2, given: NONE },
  { ...DENSE, level: 2, given: NONE, tight: true },
].map((one) => ({ ...one, pills: one.level < 2 }));
const [WHOLE] = ATTEMPTS;
const LEAST = ATTEMPTS[ATTEMPTS.length - 1];
/** In the large form. */
const ALL_LETTERS = 16;

/** @type {{key: string, depends: unknown[], laid: Laid}[]} the last of the strip and the large one */
let kept = [];

/**
 * @param {Trace} trace
 * @param {Record<string, string>} symbols
 * @param {Wish} wish
 * @returns {Laid}
 */
export function laidOut(trace, symbols, wish) {
  const key = JSON.stringify([
    trace.steps.map(({ output, code, inputs, shape, op }) => [output, code, inputs, shape, op]),
    Object.entries(trace.tensors).map(([name, { shape, role }]) => [name, shape, role]),
  ]);
  const depends = [
    symbols,
    wish.folded,
    wish.lines,
    wish.large,
    wish.room?.width,
    wish.large ? 0 : wish.room?.height,
  ];
  const known = kept.find(
    (one) => one.key === key && one.depends.every((value, at) => value === depends[at]),
  );
  if (known) return known.laid;
  const laid = lay(trace, symbols, wish);
  kept = [{ key, depends, laid }, ...kept].slice(0, 2);
  return laid;
}

/**
 * @param {Trace} trace
 * @param {Record<string, string>} symbols
 * @param {Wish} wish
 * @returns {Laid}
 */
function lay(trace, symbols, { large, folded: chosen, lines: wanted, room: measured }) {
  const symbol = (/** @type {string} */ op) => symbols[op] ?? op;
  const whole = graphOf(trace, symbol);
  const loops = loopsOf(trace);
  const lines = linesOf(trace, loops, symbol);
  const room = measured ?? ROOM;
  const compact = !large && room.height < LOW;
  const names = compact ? /** @type {const} */ ("below") : /** @type {const} */ ("above");
  const attempt = (/** @type {Attempt} */ detail) => {
    const { level, gap, dense, tight, products } = detail;
    const isOne = (/** @type {Fold} */ fold) => isFolded(fold, chosen, level);
    const graph = folded(whole, [...loops, ...lines].filter(isOne));
    const river = riverOf(graph, trace, { ...detail, given: compact ? NONE : detail.given });
    const late = lateOf(
      graph,
      loops.filter((loop) => !isOne(loop)),
    );
    const course = courseOf(river, late, {
      room,
      wrap: large,
      gap,
      dense,
      tight,
      products,
      names,
    });
    return { graph, course, loops, lines, level, names };
  };
  if (large) return attempt({ ...WHOLE, letters: ALL_LETTERS, level: wanted ? 1 : 0 });
  const least = wanted ? 1 : 0;
  /** @type {Laid | null} */
  let low = null;
  for (const detail of ATTEMPTS) {
    if (detail.level < least) continue;
    const laid = attempt(detail);
    if (laid.course.height > room.height) continue;
    if (laid.course.width <= room.width) return laid;
    if (detail.level > 0) low ??= laid;
  }
  return low ?? attempt(LEAST);
}

/**
 * What stands just before its first use: what depends on nothing that is given, and what a repeat
 * of a loop begins with.
 *
 * @param {Graph} graph
 * @param {Fold[]} open loops
 */
function lateOf(graph, open) {
  const late = constants(graph);
  for (const node of graph.nodes) if (open.some((loop) => isWithin(node, loop))) late.add(node.id);
  return late;
}
