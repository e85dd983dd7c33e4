/**
 * The past of a run as a film strip: the loss and some tensors at each sampled moment, two moments
 * compared, and all that was done.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Column } from "../state/film/selectors.js"
 * @import { Row } from "../lib/film.js"
 */

import { rowCode, sameRow } from "../lib/film.js";
import { h } from "../lib/h.js";
import { isFloat } from "../lib/tensor.js";
import { positionOf } from "../lib/timeline.js";
import { unfoldBelow } from "../lib/unfolding.js";
import {
  brushOf,
  columnOf,
  columnsOf,
  filmScales,
  frameOf,
  rowsOf,
} from "../state/film/selectors.js";
import { timelineIn } from "../state/history/selectors.js";
import { recalculated } from "../state/trace/selectors.js";
import { filmView } from "../views/film.js";
import { scaleView } from "../views/legend.js";
import { recalculatedView, retentionText } from "../views/notices.js";
import { aside } from "./comparison.js";

/** As many rows can be looked at at once. */
const MOST_ROWS = 6;

/** @param {State} state */
export function select(state) {
  if (state.mode !== "history") return { past: null };
  const { run, shown, past, recent, palette, digits, losses, revision, retention } = state;
  return { run, shown, past, recent, palette, digits, losses, revision, retention };
}

/** @param {unknown} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  if (state.mode !== "history") return [];
  if (!state.run || !state.shown) return [h("p", { class: "pending" }, "No document is open.")];
  const columns = columnsOf(state);
  return [
    h(
      "div",
      { class: "film-side", key: "film" },
      head(columns, state, commands),
      strip(columns, state, commands),
      foot(columns, state),
    ),
    aside(state, commands),
  ];
}

/** @param {Column[]} columns @param {State} state @param {Commands} commands */
function head(columns, state, commands) {
  const { run, past } = state;
  const count = run?.iteration ?? 0;
  return h(
    "div",
    { class: "film-head", key: "head" },
    h("h2", null, `${count} ${count === 1 ? "iteration" : "iterations"}`),
    h(
      "p",
      { class: "hint" },
      count === 0
        ? "Train to fill the strip: each iteration becomes a column."
        : "Point at a column to see its numbers, drag A or B to compare.",
    ),
    h("span", { class: "space" }),
    h(
      "button",
      { type: "button", disabled: columns.length < 2, onclick: commands.film.play },
      past.film.playing ? "Pause" : "Play",
      h("span", { "aria-hidden": "true" }, past.film.playing ? "" : " ▸"),
    ),
    h(
      "button",
      {
        type: "button",
        class: "rows-button",
        popovertarget: "film-rows",
        "aria-haspopup": "dialog",
      },
      `Rows: ${rowsOf(state).map(rowCode).join(", ")}`,
      h("span", { "aria-hidden": "true" }, " ▾"),
    ),
    rowsPopover(state, commands),
  );
}

/** @param {State} state @param {Commands} commands */
function rowsPopover(state, commands) {
  const rows = rowsOf(state);
  const tensors = state.shown?.trace.tensors ?? {};
  const possible = Object.entries(tensors)
    .filter(
      ([, { role, named, dtype }]) =>
        isFloat(dtype) && (named || role === "parameter") && role !== "loss",
    )
    .flatMap(([name, { role, gradient }]) => [
      ...(role === "input" ? [] : [{ name, field: /** @type {const} */ ("value") }]),
      ...(gradient === null ? [] : [{ name, field: /** @type {const} */ ("gradient") }]),
    ]);
  const toggle = (/** @type {Row} */ row, /** @type {boolean} */ on) =>
    commands.film.rows(
      on ? [...rows, row].slice(-MOST_ROWS) : rows.filter((one) => !sameRow(one, row)),
    );
  return h(
    "div",
    {
      id: "film-rows",
      key: "rows",
      popover: "auto",
      role: "dialog",
      "aria-label": "Rows",
      hook: unfoldBelow(".rows-button"),
    },
    h("p", { class: "hint" }, `At most ${MOST_ROWS} rows.`),
    h(
      "div",
      { class: "ticks" },
      possible.map((row) =>
        h(
          "label",
          { class: "tick", key: rowCode(row) },
          h("input", {
            type: "checkbox",
            checked: rows.some((one) => sameRow(one, row)),
            onchange: (/** @type {any} */ event) => toggle(row, event.target.checked),
          }),
          h("code", { class: row.field }, rowCode(row)),
        ),
      ),
    ),
  );
}

/** @param {Column[]} columns @param {State} state @param {Commands} commands */
function strip(columns, state, commands) {
  const { past, shown, palette, digits } = state;
  const rows = rowsOf(state);
  const brushes = /** @type {const} */ (["one", "other"]).flatMap((which, at) => {
    const brush = brushOf(state, which);
    return brush ? [{ which, name: "AB"[at], column: columnOf(columns, brush), at: brush }] : [];
  });
  const timeline = timelineIn(state);
  const position = shown ? positionOf(timeline, shown) : 0;
  const exact = columns.findIndex((column) => column.position === position);
  return filmView(
    {
      columns,
      rows,
      shapes: rows.map(({ name }) => shown?.trace.tensors[name]?.shape ?? []),
      frame: (column, row) => frameOf(state, column, row),
      scales: filmScales(state, columns),
      brushes,
      shown: exact < 0 ? null : exact,
      hovered: past.film.hovered,
      playing: past.film.playing,
      palette,
      digits,
    },
    {
      hover: commands.film.hover,
      go: (column) => commands.history.viewAt(column.position),
      brush: (which, column) => commands.history.brush(which, columns[column].position),
    },
  );
}

/** @param {Column[]} columns @param {State} state */
function foot(columns, state) {
  const scales = filmScales(state, columns);
  const all = timelineIn(state).length;
  const edited = columns.some(({ moment }) => moment.event !== null);
  const told =
    columns.length < all
      ? `${columns.length} of ${all} moments`
      : `One column is one iteration${edited ? ", or what it was before an edit" : ""}`;
  return h(
    "div",
    { class: "film-foot", key: "foot" },
    h(
      "p",
      { class: "readout" },
      `${told}; one colour scale per kind for the whole strip. ${retentionText(state.retention)} `,
      recalculated(state) === null && recalculatedView(state.run?.recalculated ?? null),
    ),
    h(
      "div",
      { class: "legend" },
      /** @type {const} */ (["value", "gradient"]).map(
        (field) => scales[field] > 0 && scaleView(field, scales[field], `${field}s `),
      ),
    ),
  );
}
