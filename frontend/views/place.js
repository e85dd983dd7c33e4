/**
 * Which part of a large tensor is at hand: first row and column of the window, and where in it the
 * grid of numbers begins.
 * @import { Place } from "../lib/slices.js"
 */

import { h } from "../lib/h.js";

/**
 * @param {string} name @param {number[]} shape @param {Place} place
 * @param {{room: number, grid: boolean}} window how many rows and columns it has, and whether a
 *   grid shows a part of it
 * @param {(name: string, place: Place) => void} choose
 */
export function placeView(name, shape, place, { room, grid }, choose) {
  const [rows, columns] = shape.length > 1 ? shape.slice(-2) : [1, shape[0] ?? 1];
  const set = (/** @type {Partial<Place>} */ change) => choose(name, { ...place, ...change });
  const pickers = [];
  if (rows > room)
    pickers.push(picker("rows from", place.row, rows, (row) => set({ row, gridRow: row })));
  if (columns > room)
    pickers.push(
      picker("columns from", place.column, columns, (column) =>
        set({ column, gridColumn: column }),
      ),
    );
  if (grid)
    pickers.push(picker("grid from row", place.gridRow, rows, (gridRow) => set({ gridRow })));
  if (grid)
    pickers.push(picker("column", place.gridColumn, columns, (gridColumn) => set({ gridColumn })));
  return pickers.length ? h("div", { class: "row place" }, pickers) : null;
}

/**
 * @param {string} label
 * @param {number} at
 * @param {number} length
 * @param {(at: number) => void} choose
 */
function picker(label, at, length, choose) {
  return h(
    "label",
    { class: "field", key: label },
    h("span", { class: "field-name" }, label),
    h("input", {
      type: "number",
      min: "0",
      max: String(length - 1),
      step: "1",
      value: String(at),
      onchange: (/** @type {any} */ event) =>
        Number.isInteger(event.target.valueAsNumber) &&
        choose(Math.max(0, Math.min(length - 1, event.target.valueAsNumber))),
    }),
  );
}
