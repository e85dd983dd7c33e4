/**
 * The selected tensor: all its numbers and all of its gradient, which is dotted until the step that
 * computes it.
 *
 * @import { Inspected } from "../state/inspector/selectors.js"
 * @import { Matrix } from "../lib/types.js"
 * @import { PictureOptions } from "./picture.js"
 * @import { Place } from "../lib/slices.js"
 * @typedef {object} InspectorCommands
 * @property {(name: string | null) => void} selectTensor
 * @property {(name: string, place: Place) => void} choosePlace
 * @property {(step: number) => void} stepTo
 */

import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { GRID_CELLS, WINDOW } from "../lib/slices.js";
import { drawnSize } from "./heatmap.js";
import { tensorView } from "./picture.js";
import { placeView } from "./place.js";
import { pickersView } from "./slices.js";
import { windowGrid } from "./windowgrid.js";

/** Pixels a number of what is too large for cells. */
const DOT = { least: 1, most: 8 };
/** What a picture of it takes at most of the column. */
const PICTURE = 200;

const ROLES = {
  parameter: "parameter",
  input: "input",
  intermediate: "computed",
  loss: "loss",
  state: "kept by the optimizer",
};

/** Are its cells too many to be drawn one by one? @param {Matrix} matrix */
function isLarge({ part }) {
  if (!part) return false;
  const [rows, columns] = drawnSize(part);
  return rows * columns > GRID_CELLS;
}

/**
 * @param {Inspected} seen
 * @param {PictureOptions} options
 * @param {InspectorCommands} commands
 */
export function inspectorView({ name, record, matrices, whole, place }, options, commands) {
  const large = matrices.some(isLarge);
  const [rows, columns] = matrices[0]?.part ? drawnSize(matrices[0].part) : [1, 1];
  const dot = large
    ? Math.max(DOT.least, Math.min(DOT.most, PICTURE / Math.max(rows, columns)))
    : 0;
  const begin = (/** @type {number[]} */ index) =>
    commands.choosePlace(name, {
      ...place,
      gridRow: index[index.length - 2] ?? 0,
      gridColumn: index[index.length - 1] ?? 0,
    });
  return h(
    "aside",
    { id: "selected", "aria-label": `Selected: ${name}`, key: "selected" },
    h(
      "p",
      { class: "selected-head" },
      h("code", { class: "value" }, name),
      h("span", { class: "shape" }, `${ROLES[record.role]} ${printShape(whole)} ${record.dtype}`),
      h("span", { class: "space" }),
      h(
        "button",
        {
          type: "button",
          class: "small quiet",
          "aria-label": `Close ${name}`,
          onclick: () => commands.selectTensor(null),
        },
        "Close",
      ),
    ),
    pickersView(matrices[0], options.pick),
    placeView(
      name,
      whole,
      place,
      { room: whole.length > 1 ? WINDOW : GRID_CELLS, grid: large },
      commands.choosePlace,
    ),
    h(
      "div",
      { class: "selected-pair" },
      matrices.map((matrix) =>
        h(
          "div",
          { key: matrix.id, class: matrix.ready ? "" : "not-yet" },
          tensorView({ ...matrix, note: null }, { ...options, dot, click: begin, copies: true }),
          large && matrix.part ? windowGrid(matrix, matrix.part, place, options) : null,
          !matrix.ready && comingView(record.ready[matrix.field ?? "value"], commands),
        ),
      ),
    ),
  );
}

/** When it is computed, and the way there. @param {number | null} step @param {InspectorCommands} commands */
function comingView(step, { stepTo }) {
  if (step === null) return h("p", { class: "note" }, "not needed for the parameters");
  return h(
    "p",
    { class: "note" },
    "computed in ",
    h(
      "button",
      { type: "button", class: "name-link", onclick: () => stepTo(step) },
      `step ${step + 1}`,
    ),
  );
}
