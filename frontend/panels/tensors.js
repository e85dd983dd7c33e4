/** The step as a picture of its equation, and the selected tensor beside it. @import { Acts } from "./acts.js" @import { State } from "../state/state.js" @import { StepScene, Watch } from "../state/scene.js" @import { Cells } from "../lib/lighting.js" @import { Matrix } from "../lib/types.js" */

import { h } from "../lib/h.js";
import { lightStep, lightTargets, lightTwins } from "../lib/lighting.js";
import { exact, printOne, printShape, signed } from "../lib/numbers.js";
import { cell } from "../lib/tensor.js";
import { GRID_CELLS, WINDOW, stepScene, watch } from "../state/scene.js";
import { linkedCode } from "../views/code.js";
import { drawnSize } from "../views/heatmap.js";
import { nameOf } from "../views/matrix.js";
import { pictureView, productTerms, tensorView } from "../views/picture.js";
import { placeView } from "../views/place.js";
import { windowGrid } from "../views/windowgrid.js";

/** About what a selected tensor takes of the room. */
const WATCH_WIDTH = 330;

/** @param {State} state */
export function select({ shown, run, cursor, selected, lit, explained, pointed, edit, digits, palette, places, parts, room }) {
  return { shown, run: run?.iteration, cursor, selected, lit, explained, pointed, edit, digits, palette, places, parts, room };
}

/** @param {ReturnType<typeof select>} _ @param {Acts} acts @param {State} state */
export function view(_, acts, state) {
  const scene = stepScene(state);
  const seen = watch(state);
  if (!scene || !state.shown) return [h("h2", { id: "tensors-title" }, "Tensors"), h("p", { class: "pending" }, "Nothing is open yet.")];
  const lit = litCells(scene, seen, state);
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(state.shown?.trace.tensors ?? {}, name);
  const options = { digits: state.digits, lit, chosen: state.lit, explained: state.explained?.target ?? null, edit: state.edit, acts, palette: state.palette, select: acts.select, isTensor, copy: acts.copy, room: seen && state.room.width > 2 * WATCH_WIDTH ? { ...state.room, width: state.room.width - WATCH_WIDTH } : state.room, letters: scene.step.picture?.labels ?? null };
  const equation = { code: scene.step.code, kind: scene.step.picture?.kind ?? "composite", letters: scene.step.picture?.labels ?? null, operands: scene.operands, result: scene.result };
  return [
    h("h2", { id: "tensors-title" }, "Tensors"),
    h("div", { class: "equation" },
      h("code", null, ...linkedCode(`${scene.step.output} = ${signed(scene.step.code)}`, isTensor, acts.select)),
      scene.step.mathml ? h("span", { class: "formula", key: scene.step.mathml, mathml: scene.step.mathml }) : null),
    h("div", { class: "stage" },
      h("div", { class: "picture", role: "group", "aria-label": `Picture of ${scene.step.output} = ${scene.step.code}` }, pictureView(equation, { ...options, scale: sceneScale(scene, state.room), beside: seen !== null, busy: "on its way…" })),
      seen && watchView(seen, options, acts)),
    h("p", { class: "readout" }, readout(scene, seen, state, equation)),
  ];
}

/** @param {StepScene} scene @param {Watch | null} seen @param {State} state @returns {Record<string, Cells>} */
function litCells({ operands, result }, seen, { lit, explained, pointed }) {
  const all = [...operands, result, ...(seen?.matrices ?? [])];
  const named = pointed ?? explained?.answer?.terms.flatMap(({ factors }) => factors.flatMap(({ cells }) => cells)) ?? [];
  if (pointed || !lit) return lightTargets(all, named);
  const from = all.find((matrix) => matrix.id === lit.matrix);
  if (!from) return {};
  const twins = from.naming === "new" ? {} : lightTwins((seen?.matrices ?? []).concat(operands, result), from, lit.index);
  return { ...twins, ...lightStep(operands, result, lit) };
}

/** Pixels per cell where a tensor of the step is too large for a grid; 0 where all are grids. @param {StepScene} scene @param {State["room"]} room */
function sceneScale({ operands, result, step }, room) {
  const parts = [...operands, result].flatMap(({ part }) => (part ? [part] : []));
  if (parts.every((part) => part.data.length <= GRID_CELLS)) return 0;
  const sizes = parts.map((part) => drawnSize(part));
  const tallest = Math.max(...sizes.map(([rows]) => rows));
  const widest = Math.max(...sizes.map(([, columns]) => columns));
  const product = step.picture?.kind === "product";
  const [rows, columns] = product ? [sum(sizes.slice(0, 2).map(([length]) => length)), sum(sizes.slice(0, 2).map(([, length]) => length))] : [tallest, widest * sizes.length];
  return Math.max(1.5, Math.min(12, (room.height - 60) / rows, (room.width - 100) / columns));
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param {Watch} seen @param {any} options @param {Acts} acts */
function watchView({ name, record, matrices, whole, place }, options, acts) {
  const large = matrices.some(({ part }) => part && part.data.length > GRID_CELLS);
  const [rows, columns] = matrices[0]?.part ? drawnSize(matrices[0].part) : [1, 1];
  const scale = large ? Math.max(1.5, Math.min(8, 220 / Math.max(rows, columns))) : 0;
  const begin = (/** @type {number[]} */ index) => acts.place(name, { ...place, gridRow: index[index.length - 2] ?? 0, gridColumn: index[index.length - 1] ?? 0 });
  return h("aside", { id: "selected", "aria-label": `Selected: ${name}`, key: "selected" },
    h("h3", null, h("code", null, name), ` ${record.role} ${printShape(whole)} ${record.dtype}`, h("span", { class: "space" }),
      h("button", { type: "button", class: "small", "aria-label": `Close ${name}`, onclick: () => acts.select(null) }, "Close")),
    placeView(name, whole, place, { room: whole.length > 1 ? WINDOW : GRID_CELLS, grid: large }, acts.place),
    h("div", { class: "pair" }, matrices.map((matrix) => h("div", { key: matrix.id, class: matrix.ready ? "" : "not-yet" },
      tensorView(matrix, { ...options, scale, click: begin, copies: true, busy: "on its way…" }),
      large && matrix.part ? windowGrid(matrix, matrix.part, place, options) : null))));
}

/** The chosen cell in full. @param {StepScene} scene @param {Watch | null} seen @param {State} state @param {any} equation */
function readout({ operands, result }, seen, { lit, digits }, equation) {
  const matrix = [...operands, result, ...(seen?.matrices ?? [])].find(({ id }) => id === lit?.matrix);
  const number = lit && matrix?.part ? cell(matrix.part, lit.index) : undefined;
  if (!lit || !matrix || number === undefined) return "Point at a cell to see where it comes from and where it goes.";
  if (matrix?.veiled) return [h("code", null, `${nameOf(matrix, lit.index)} = ?`), " is to be found: write its formula under Practice."];
  const terms = productTerms(equation, lit, (term) => printOne(term, digits));
  return [h("code", null, `${nameOf(matrix, lit.index)} = `, terms && h("span", { class: "terms" }, `${terms} = `), h("b", null, signed(exact(number))))];
}
