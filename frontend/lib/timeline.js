/**
 * All moments on the way to now, in a row: every iteration, and every edit between two of them.
 *
 * @import { Moment } from "./moment.js"
 * @import { HistoryEntry } from "./answers.js"
 * @typedef {Omit<HistoryEntry, "kind" | "present"> & {kind: string}} Change
 * @typedef {{change: Change, first: number, count: number, start: number}} Stretch `first` is its
 *   first iteration, `start` its first position
 * @typedef {{stretches: Stretch[], length: number}} Timeline
 */

/** Does it change numbers, rather than tell or move? @param {Change} event */
export function isChange({ number, head }) {
  return number === head;
}

/**
 * The changes that led to where the run stands, the first one first.
 *
 * @param {Change[]} events in order
 * @returns {Change[]}
 */
export function chainOf(events) {
  const changes = new Map(events.filter(isChange).map((change) => [change.number, change]));
  /** @type {Change[]} */
  const chain = [];
  /** @type {number | null} */
  let at = events[events.length - 1]?.head ?? null;
  while (at !== null) {
    const change = changes.get(at);
    if (!change) break;
    chain.push(change);
    at = change.parent;
  }
  return chain.reverse();
}

/** @param {Change[]} chain @returns {Timeline} */
export function timelineOf(chain) {
  let length = 0;
  const stretches = chain.map((change) => {
    const count = change.iterations ?? 1;
    const stretch = {
      change,
      first: change.iteration - (change.iterations ? count - 1 : 0),
      count,
      start: length,
    };
    length += count;
    return stretch;
  });
  return { stretches, length };
}

/**
 * While the history is not known: iterations alone.
 *
 * @param {number} iteration
 * @returns {Timeline}
 */
export function plainTimeline(iteration) {
  const place = { parent: null, head: 0, text: "" };
  const beginning = { ...place, number: 0, kind: "", iteration: 0 };
  return timelineOf(
    iteration ? [beginning, { ...beginning, iteration, iterations: iteration }] : [beginning],
  );
}

/** @param {Timeline} timeline @param {number} position */
function stretchAt({ stretches }, position) {
  let [low, high] = [0, stretches.length - 1];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (stretches[middle].start <= position) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param {Timeline} timeline @param {number} position @returns {Moment} */
export function momentAt(timeline, position) {
  const at = stretchAt(timeline, position);
  const { change, first, count, start } = timeline.stretches[at];
  const iteration = first + Math.min(position - start, count - 1);
  const following = timeline.stretches[at + 1];
  // what is asked for by its iteration alone is the last state there
  const superseded = following !== undefined && following.first === iteration;
  return { iteration, event: superseded ? change.number : null };
}

/**
 * The state at a position by the change that made it, which names it whatever happens later.
 *
 * @param {Timeline} timeline
 * @param {number} position
 * @returns {{iteration: number, event: number}}
 */
export function stateAt(timeline, position) {
  const { change, first, count, start } = timeline.stretches[stretchAt(timeline, position)];
  return { iteration: first + Math.min(position - start, count - 1), event: change.number };
}

/**
 * The position of a moment; of one on another branch that of its iteration.
 *
 * @param {Timeline} timeline
 * @param {Moment} moment
 */
export function positionOf({ stretches, length }, { iteration, event }) {
  const named = stretches.find(
    ({ change, first, count }) =>
      change.number === event && first <= iteration && iteration < first + count,
  );
  if (named) return named.start + iteration - named.first;
  const last = stretches.filter(({ first }) => first <= iteration).pop();
  return last
    ? Math.min(length - 1, last.start + Math.min(last.count - 1, iteration - last.first))
    : 0;
}

/** The moment in words. @param {Timeline} timeline @param {number} position @returns {string} */
export function momentText(timeline, position) {
  const { change, first, count, start } = timeline.stretches[stretchAt(timeline, position)];
  const iteration = first + Math.min(position - start, count - 1);
  return change.iterations || change.parent === null
    ? `iteration ${iteration}`
    : `iteration ${iteration}, after ${change.text}`;
}
