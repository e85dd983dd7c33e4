/**
 * The film strip's columns as far as they are here, and where its brushes are.
 *
 * @import { Row } from "../../lib/film.js"
 * @import { Moment } from "../../lib/moment.js"
 * @import { Field, Tensor } from "../../lib/types.js"
 * @import { Side } from "../history/reducer.js"
 * @import { State } from "../state.js"
 * @typedef {{position: number, state: {iteration: number, event: number}, moment: Moment, loss: number | null}}
 *   Column
 * @typedef {{key: string, state: {iteration: number, event: number}, row: Row}} Need
 */

import { columnPositions, firstRows, nearest, predictionOf } from "../../lib/film.js";
import { span } from "../../lib/tint.js";
import { fromWire } from "../../lib/numbers.js";
import { momentAt, positionOf, stateAt } from "../../lib/timeline.js";
import { keyOf, timelineIn } from "../history/selectors.js";

/** Is the run's history known, so that its moments have their names? @param {State} state */
export function isTold(state) {
  return state.past.key === keyOf(state) && state.past.events.length > 0;
}

/** @param {State} state @returns {Row[]} */
export function rowsOf({ past, shown }) {
  if (!shown) return [];
  const there = (/** @type {Row} */ { name }) => Object.hasOwn(shown.trace.tensors, name);
  return (past.film.rows ?? firstRows(shown.trace)).filter(there);
}

/** @param {State} state @returns {Column[]} */
export function columnsOf(state) {
  const timeline = timelineIn(state);
  return columnPositions(timeline.length).map((position) => columnAt(state, position));
}

/** @param {State} state @param {number} position @returns {Column} */
export function columnAt(state, position) {
  const timeline = timelineIn(state);
  const moment = momentAt(timeline, position);
  const own = stateAt(timeline, position);
  return { position, state: own, moment, loss: lossAt(state, own, moment) };
}

/**
 * @param {State} state
 * @param {{iteration: number, event: number}} own
 * @param {Moment} moment
 */
function lossAt(state, own, moment) {
  const known = moment.event === null ? state.losses[own.iteration] : null;
  if (known !== null && known !== undefined) return known;
  const frame = state.past.film.frames[frameKey(state, own, lossRow(state))];
  return frame ? frame.data[0] : null;
}

/** @param {State} state @returns {Row} */
function lossRow({ shown }) {
  const tensors = shown?.trace.tensors ?? {};
  const name = Object.keys(tensors).find((one) => tensors[one].role === "loss") ?? "loss";
  return { name, field: "value" };
}

/**
 * Names a column's picture for good: a change keeps its number.
 *
 * @param {State} state
 * @param {{iteration: number, event: number}} own
 * @param {Row} row
 */
export function frameKey({ run }, { iteration, event }, { name, field }) {
  return [run?.id, iteration, event, name, field].join("|");
}

/** @param {State} state @param {Column} column @param {Row} row @returns {Tensor | null | undefined} */
export function frameOf(state, column, row) {
  return state.past.film.frames[frameKey(state, column.state, row)];
}

/**
 * A brush: where in the film it is, and its moment; null where that is of another run, or off the
 * way to now.
 *
 * @param {State} state
 * @param {"one" | "other"} which
 * @returns {Column | null}
 */
export function brushOf(state, which) {
  const { run, past } = state;
  const side = past[which];
  if (!run || !side || side.run !== run.id) return null;
  const timeline = timelineIn(state);
  if (side.moment === null) return columnAt(state, timeline.length - 1);
  const position = positionOf(timeline, side.moment);
  const found = columnAt(state, position);
  const { event, iteration } = side.moment;
  return found.state.iteration === iteration && (event === null || event === found.state.event)
    ? found
    : null;
}

/** The column in which a brush is drawn. @param {Column[]} columns @param {Column} brush */
export function columnOf(columns, brush) {
  return nearest(
    columns.map(({ position }) => position),
    brush.position,
  );
}

/** @param {State} state @param {number} position @returns {Side | null} */
export function sideAt(state, position) {
  if (!state.run) return null;
  const timeline = timelineIn(state);
  return { run: state.run.id, moment: momentAt(timeline, position) };
}

/**
 * What the film lacks, the brushed columns first.
 *
 * @param {State} state
 * @returns {Need[]}
 */
export function filmNeeds(state) {
  if (state.mode !== "history" || !state.run || !state.shown || !isTold(state)) return [];
  const rows = rowsOf(state);
  const brushed = [brushOf(state, "one"), brushOf(state, "other")].filter((one) => one !== null);
  const prediction = predictionOf(state.shown.trace);
  /** @type {Row[]} */
  const asked = prediction ? [{ name: prediction.prediction, field: "value" }] : [];
  const wanted = [
    ...brushed.flatMap((column) => [...rows, ...asked].map((row) => ({ column, row }))),
    ...columnsOf(state).flatMap((column) => [
      ...(column.loss === null ? [{ column, row: lossRow(state) }] : []),
      ...rows.map((row) => ({ column, row })),
    ]),
  ];
  return wanted
    .map(({ column, row }) => ({
      key: frameKey(state, column.state, row),
      state: column.state,
      row,
    }))
    .filter(({ key }) => !Object.hasOwn(state.past.film.frames, key));
}

/** The largest magnitudes of the film, by field. @param {State} state @param {Column[]} columns */
export function filmScales(state, columns) {
  /** @type {Record<Field, number>} */
  const scales = { value: 0, gradient: 0 };
  for (const row of rowsOf(state))
    for (const column of columns) {
      const frame = frameOf(state, column, row);
      if (!frame) continue;
      scales[row.field] = Math.max(scales[row.field], span(frame.data));
    }
  return scales;
}

/** The loss of a compared moment. @param {any} told */
export function lossOf(told) {
  return fromWire(told.loss);
}
