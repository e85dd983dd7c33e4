/**
 * The step as a picture of its equation, and the selected tensor beside it.
 *
 * @import { Acts } from "./acts.js"
 * @import { State } from "../state/state.js"
 * @import { StepScene, Watch } from "../state/scene.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Target } from "../lib/types.js"
 */

import { sameTarget, subjectOf } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { lightStep, lightTargets, lightTwins } from "../lib/lighting.js";
import { exact, printOne, printShape, signed } from "../lib/numbers.js";
import { cell } from "../lib/tensor.js";
import { GRID_CELLS, WINDOW, followers, partText } from "../lib/slices.js";
import { stepScene, watch } from "../state/scene.js";
import { aspectOf, present } from "../state/studies.js";
import { linkedStatement } from "../views/code.js";
import { formulaView } from "../views/formula.js";
import { drawnSize } from "../views/heatmap.js";
import { nameOf, ownIndex } from "../views/matrix.js";
import { isLarge, pictureView, productTerms, tensorView } from "../views/picture.js";
import { placeView } from "../views/place.js";
import { pickersView } from "../views/slices.js";
import { windowGrid } from "../views/windowgrid.js";

/** About what a selected tensor takes of the room. */
const WATCH_WIDTH = 330;

/** What the panels of a selected tensor take of it. */
const SHARE = { width: 165, height: 300 };

/** What is said above a picture of which part is drawn, in pixels. */
const PART_NOTE = 34;

/** @param {State} state */
export function select({
  shown,
  run,
  cursor,
  selected,
  lit,
  explained,
  pointed,
  aspect,
  studies,
  edit,
  digits,
  palette,
  places,
  sample,
  parts,
  room,
}) {
  return {
    shown,
    run: run?.iteration,
    cursor,
    selected,
    lit,
    explained,
    pointed,
    aspect,
    uses: studies.uses,
    edit,
    digits,
    palette,
    places,
    sample,
    parts,
    room,
  };
}

/** @param {ReturnType<typeof select>} _ @param {Acts} acts @param {State} state */
export function view(_, acts, state) {
  const scene = stepScene(state);
  const seen = watch(state);
  if (!scene || !state.shown)
    return [
      h("h2", { id: "tensors-title" }, "Tensors"),
      h("p", { class: "pending" }, "Nothing is open yet."),
    ];
  const lit = litCells(scene, seen, state);
  const isTensor = (/** @type {string} */ name) =>
    Object.hasOwn(state.shown?.trace.tensors ?? {}, name);
  const all = [...scene.operands, scene.result, ...(seen?.matrices ?? [])];
  const slicing = {
    selected: state.selected,
    inNumbers: acts.inNumbers,
    reveal: acts.reveal,
    pick: (/** @type {Matrix} */ matrix, /** @type {number} */ axis, /** @type {number} */ at) =>
      acts.slice(followers(all, matrix, axis), at),
  };
  const options = {
    ...slicing,
    digits: state.digits,
    lit,
    chosen: state.lit,
    explained: state.explained?.target ?? null,
    edit: state.edit,
    acts,
    palette: state.palette,
    select: acts.select,
    isTensor,
    copy: acts.copy,
    room:
      seen && state.room.width > 2 * WATCH_WIDTH
        ? { ...state.room, width: state.room.width - WATCH_WIDTH }
        : state.room,
    letters: scene.step.picture?.labels ?? null,
  };
  const equation = {
    tokens: scene.step.tokens,
    kind: scene.step.picture?.kind ?? "composite",
    letters: scene.step.picture?.labels ?? null,
    operands: scene.operands,
    result: scene.result,
  };
  return [
    h("h2", { id: "tensors-title" }, "Tensors"),
    h(
      "div",
      { class: "equation" },
      h("code", null, ...linkedStatement(scene.step, isTensor, acts.select)),
      scene.step.mathml ? formulaView(scene.step.mathml) : null,
    ),
    h(
      "div",
      { class: "stage" },
      h(
        "div",
        {
          class: all.some(({ shape }) => shape.length > 2) ? "picture wraps" : "picture",
          role: "group",
          "aria-label": `Picture of ${scene.step.output} = ${scene.step.code}`,
        },
        pictureView(equation, {
          ...options,
          scale: sceneScale(scene, state.room),
          beside: seen !== null,
          busy: "on its way…",
        }),
      ),
      seen && watchView(seen, options, acts),
    ),
    h("p", { class: "readout" }, readout(scene, seen, state, equation)),
  ];
}

/**
 * @param {StepScene} scene
 * @param {Watch | null} seen
 * @param {State} state
 * @returns {Record<string, Cells>}
 */
function litCells({ operands, result }, seen, state) {
  const { lit, pointed, explained } = state;
  const all = [...operands, result, ...(seen?.matrices ?? [])];
  const named = pointed ?? toldCells(state);
  if (pointed || !lit) return lightTargets(all, named);
  const from = all.find(({ id }) => id === lit.matrix || `${id} window` === lit.matrix);
  if (!from) return {};
  const twins =
    from.naming === "new"
      ? {}
      : lightTwins((seen?.matrices ?? []).concat(operands, result), from, lit.index);
  const subject = subjectOf(from);
  const told =
    explained &&
    subject &&
    sameTarget(explained.target, { ...subject, index: ownIndex(from, lit.index) })
      ? lightTargets(all, named)
      : {};
  return { ...twins, ...lightStep(operands, result, { ...lit, matrix: from.id }), ...told };
}

/**
 * The cells that the explanation on the screen tells of: what an element is made of, or where it
 * goes.
 *
 * @param {State} state
 * @returns {Target[]}
 */
function toldCells(state) {
  if (!state.explained) return [];
  const uses = aspectOf(state) === "uses" ? present(state, "uses")?.answer : null;
  if (uses)
    return uses.branches.flatMap(
      (/** @type {import("../lib/types.js").Branch} */ { cells }) => cells,
    );
  return (
    state.explained.answer?.terms.flatMap(({ factors }) => factors.flatMap(({ cells }) => cells)) ??
    []
  );
}

/**
 * Pixels per cell where a tensor of the step is too large for a grid; 0 where all are grids.
 *
 * @param {StepScene} scene
 * @param {State["room"]} room
 */
function sceneScale({ operands, result, step }, room) {
  const parts = [...operands, result].flatMap(({ part }) => (part ? [part] : []));
  if (!parts.some(isLarge)) return 0;
  const sizes = parts.map((part) => drawnSize(part));
  const tallest = Math.max(...sizes.map(([rows]) => rows));
  const widest = Math.max(...sizes.map(([, columns]) => columns));
  const product = step.picture?.kind === "product";
  const [rows, columns] = product
    ? [
        sum(sizes.slice(0, 2).map(([length]) => length)),
        sum(sizes.slice(0, 2).map(([, length]) => length)),
      ]
    : [tallest, widest * sizes.length];
  const notes = [...operands, result].some(({ part, shape }) => part && partText(part, shape))
    ? (product ? 2 : 1) * PART_NOTE
    : 0;
  return Math.max(
    1.5,
    Math.min(12, (room.height - 60 - notes) / rows, (room.width - 100) / columns),
  );
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** @param {Watch} seen @param {any} options @param {Acts} acts */
function watchView({ name, record, matrices, whole, place }, options, acts) {
  const large = matrices.some(({ part }) => part && isLarge(part));
  const [rows, columns] = matrices[0]?.part ? drawnSize(matrices[0].part) : [1, 1];
  const scale = large ? Math.max(1.5, Math.min(8, 220 / Math.max(rows, columns))) : 0;
  const begin = (/** @type {number[]} */ index) =>
    acts.place(name, {
      ...place,
      gridRow: index[index.length - 2] ?? 0,
      gridColumn: index[index.length - 1] ?? 0,
    });
  return h(
    "aside",
    { id: "selected", "aria-label": `Selected: ${name}`, key: "selected" },
    h(
      "h3",
      null,
      h("code", null, name),
      ` ${record.role} ${printShape(whole)} ${record.dtype}`,
      h("span", { class: "space" }),
      h(
        "button",
        {
          type: "button",
          class: "small",
          "aria-label": `Close ${name}`,
          onclick: () => acts.select(null),
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
      acts.place,
    ),
    h(
      "div",
      { class: "pair" },
      matrices.map((matrix) =>
        h(
          "div",
          { key: matrix.id, class: matrix.ready ? "" : "not-yet" },
          tensorView(matrix, {
            ...options,
            scale,
            share: SHARE,
            click: begin,
            copies: true,
            busy: "on its way…",
          }),
          large && matrix.part ? windowGrid(matrix, matrix.part, place, options) : null,
        ),
      ),
    ),
  );
}

/**
 * The chosen cell in full.
 *
 * @param {StepScene} scene
 * @param {Watch | null} seen
 * @param {State} state
 * @param {any} equation
 */
function readout({ operands, result }, seen, { lit, digits }, equation) {
  const matrix = [...operands, result, ...(seen?.matrices ?? [])].find(
    ({ id }) => id === lit?.matrix,
  );
  const number = lit && matrix?.part ? cell(matrix.part, lit.index) : undefined;
  if (!lit || !matrix || number === undefined)
    return "Point at a cell to see where it comes from and where it goes.";
  if (matrix?.veiled)
    return [
      h("code", null, `${nameOf(matrix, lit.index)} = ?`),
      " is to be found: write its formula under Practice.",
    ];
  const terms = productTerms(equation, lit, (term) => printOne(term, digits));
  return [
    h(
      "code",
      null,
      `${nameOf(matrix, lit.index)} = `,
      terms && h("span", { class: "terms" }, `${terms} = `),
      h("b", null, signed(exact(number))),
    ),
  ];
}
