/**
 * How the picture of the step at the cursor is drawn: its room, its scales, and what is highlighted in it.
 *
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Target } from "../lib/types.js"
 * @import { Commands } from "../state/commands.js"
 * @import { Inspected } from "../state/inspector/selectors.js"
 * @import { StepMatrices } from "../state/stage/selectors.js"
 * @import { State } from "../state/state.js"
 */

import { sameTarget, subjectOf } from "../lib/explanation.js";
import { HANDY, dotFor, fits, handyLevel, isNarrow, smallerLevel } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { span } from "../lib/tint.js";
import { imageTensor } from "../lib/images.js";
import { lightStep, highlightTargets, highlightTwins } from "../lib/lighting.js";
import { signed } from "../lib/numbers.js";
import { frameAt, frameText, moveFrames, printedSize } from "../lib/overview.js";
import { scalesOf } from "../lib/scale.js";
import { GRID_CELLS, firstPlace, followers } from "../lib/slices.js";
import { ownIndex } from "../lib/tensor.js";
import { aspectOf } from "../state/explanation/selectors.js";
import { equationOf, levelOf } from "../state/fitting/selectors.js";
import { areCellsAsked } from "../state/learning/concealing.js";
import { asking, isShapeAsked, lessonCells, litTensors } from "../state/learning/selectors.js";
import { currentStep } from "../state/stage/selectors.js";
import { present } from "../state/studies/selectors.js";
import { drawnSize } from "../views/heatmap.js";
import { pixelText } from "../views/overview.js";
import { windowGrid } from "../views/windowgrid.js";

/** So many times a picture that does not fit is made smaller. */
export const TIGHTEST = 9;

/** Each time by this factor. */
const SHRINK = 0.84;

/** What the printed numbers of a large tensor take: below the picture in a narrow room, else beside it. */
const PRINTED_ROOM = { width: 330, height: 214, wide: 600 };

/** @param {{width: number, height: number}} room */
function besidePrinted({ width, height }) {
  return width < PRINTED_ROOM.wide
    ? { width, height: height - PRINTED_ROOM.height }
    : { width: width - PRINTED_ROOM.width, height, narrow: false };
}

/** The row of parts stands above the picture. @param {State} state */
function roomOf(state) {
  const { width, height } = state.room;
  return { width, height: currentStep(state)?.parts ? height - PARTS : height };
}

const PARTS = 36;

/** Are pictures on their way? What stands in their place has no say in the size. @param {StepMatrices} scene */
export function isComing({ operands, result }) {
  return [...operands, result].some(({ overview }) => overview === null);
}

/** What the size of a picture depends on. @param {State} state */
export function tightKey({ run, cursor, room, digits, shown, part }) {
  return [
    run?.id,
    cursor,
    part?.at,
    room.width,
    room.height,
    digits,
    shown?.open,
    shown?.revision,
  ].join();
}

/**
 * @param {StepMatrices} scene
 * @param {Inspected | null} seen
 * @param {Commands} commands
 * @param {State} state
 */
export function optionsOf(scene, seen, commands, state) {
  const trace = /** @type {NonNullable<State["shown"]>} */ (state.shown).trace;
  const all = [...scene.operands, scene.result, ...(seen?.matrices ?? [])];
  const tight = state.tight.key === tightKey(state) ? state.tight.level : 0;
  const shrunk = SHRINK ** tight;
  const { level, dot } = sizeOf(scene, state, tight);
  const drawn = [...scene.operands, scene.result];
  return {
    ...framing(drawn, commands, state),
    trace,
    plain: asking(state)?.kind === "cells",
    photo: imageTensor(trace),
    level,
    tight,
    room: { width: state.room.width, height: roomOf(state).height * shrunk },
    dot,
    scales: scalesIn(scalesOf(trace), drawn),
    ghosts: state.drag?.before ?? null,
    drag: state.drag,
    selected: state.selected,
    inNumbers: commands.windows.showNumbers,
    reveal: commands.windows.reveal,
    pick: (/** @type {Matrix} */ matrix, /** @type {number} */ axis, /** @type {number} */ at) =>
      commands.windows.sliceAxes(followers(all, matrix, axis), at),
    digits: state.digits,
    highlighted: highlightedCells(scene, seen, state),
    chosen: state.highlighted,
    explained: state.explained?.target ?? null,
    edit: state.edit,
    cells: commands.cells,
    palette: state.palette,
    select: commands.inspector.selectTensor,
    isTensor: (/** @type {string} */ name) => Object.hasOwn(trace.tensors, name),
    copy: commands.cells.copy,
    letters: scene.step.picture?.labels ?? null,
    lesson: lessonCells(state),
    lit: litTensors(state),
    shapeless: (/** @type {Matrix} */ matrix) => isShapeAsked(state, matrix),
    busy: "Loading…",
  };
}

/**
 * The frames of tensors that are drawn as pictures of the whole, and the one whose numbers are printed.
 *
 * @param {Matrix[]} drawn
 * @param {Commands} commands
 * @param {State} state
 */
function framing(drawn, commands, state) {
  const large = drawn.filter(({ overview }) => overview !== undefined);
  if (large.length === 0) return { framed: null };
  const framed = large.find(({ id }) => id === state.framed) ?? large[large.length - 1];
  const placeOf = (/** @type {Matrix} */ { slices, shape }) => slices?.place ?? firstPlace(shape);
  const cornerOf = (/** @type {Matrix} */ matrix) =>
    frameAt(matrix.shape, placeOf(matrix), matrix.transposed);
  return {
    framed: { matrix: framed, corner: cornerOf(framed) },
    frame: (/** @type {Matrix} */ matrix) => ({
      corner: cornerOf(matrix),
      active: matrix.id === framed.id,
      move: (/** @type {[number, number]} */ corner) =>
        commands.windows.moveFrames(matrix.id, moveFrames(large, matrix, corner, placeOf)),
    }),
  };
}

/**
 * A picture with the numbers of one of its frames.
 *
 * @param {import("../lib/h.js").VNode} picture
 * @param {import("../lib/h.js").VNode | null} printed
 * @param {{width: number, height: number}} room
 */
export function framedView(picture, printed, { width }) {
  if (!printed) return picture;
  const beside = width >= PRINTED_ROOM.wide;
  return h("div", { class: beside ? "framed beside" : "framed", key: "framed" }, picture, printed);
}

/**
 * The exact numbers in the frame of a tensor that is too large for cells.
 *
 * @param {ReturnType<typeof optionsOf>} options
 */
export function printedView({ framed, ...options }) {
  if (!framed) return null;
  const { matrix, corner } = framed;
  const { part, shape } = matrix;
  const [gridRow, gridColumn] = corner;
  const level = { ...options.level, font: 12, height: 22, width: 52 };
  return h(
    "figure",
    { class: "printed", key: "printed", style: { "--rows": String(printedSize(shape)[0]) } },
    h(
      "figcaption",
      null,
      h("span", { class: `tensor-name ${matrix.field ?? ""}` }, signed(matrix.code)),
      h("span", { class: "note" }, frameText(shape, corner)),
    ),
    part && !matrix.hidden
      ? windowGrid(matrix, part, { gridRow, gridColumn }, { ...options, level }, printedSize(shape))
      : h("p", { class: "pending" }, matrix.hidden ? "hidden until it is solved" : "Loading…"),
    matrix.overview && h("p", { class: "note" }, pixelText(matrix.overview)),
  );
}

/**
 * One scale for a step where the trace lists no numbers.
 *
 * @param {import("../lib/scale.js").Scales} scales
 * @param {Matrix[]} drawn
 */
function scalesIn(scales, drawn) {
  if (scales.value || scales.gradient) return scales;
  const largest = (/** @type {boolean} */ gradient) =>
    Math.max(
      0,
      ...drawn.map(({ field, overview, part }) =>
        (field === "gradient") === gradient ? span((overview?.tensor ?? part)?.data ?? []) : 0,
      ),
    );
  return { value: largest(false), gradient: largest(true) };
}

/**
 * The level of the cells, smaller where that keeps the numbers; and pixels a number where the equation fits with no
 * level, else 0.
 *
 * @param {StepMatrices} scene
 * @param {State} state
 * @param {number} tight
 * @returns {{level: import("../lib/fitting.js").Level, dot: number}}
 */
function sizeOf({ operands, result, step }, state, tight) {
  const level = levelOf(state);
  const all = [...operands, result];
  const printed = all.some(({ overview }) => overview !== undefined);
  const own = roomOf(state);
  const room = printed ? besidePrinted(own) : own;
  const equation = asDrawn(equationOf(state, step), operands, result);
  const large = all.some(({ part }) => {
    const [rows, columns] = part ? drawnSize(part) : [1, 1];
    return rows * columns > GRID_CELLS;
  });
  const sliced = all.some(({ shape }) => shape.length > 2);
  if (large) return { level, dot: dotFor(equation, room) * SHRINK ** tight };
  const low = level.height < HANDY.height || level.width < HANDY.width;
  if (
    asking(state)?.kind === "cells" &&
    all.some((matrix) => areCellsAsked(state, matrix)) &&
    low
  ) {
    const handy = tight ? null : handyLevel(equation, room);
    if (handy) return { level: handy, dot: 0 };
    // On a phone one scrolls to the rest rather than miss a cell.
    if (isNarrow(state.room.width)) return { level: { ...level, ...HANDY }, dot: 0 };
  }
  if (sliced || (!tight && fits(equation, level, room))) return { level, dot: 0 };
  const smaller = smallerLevel(equation, { ...room, height: room.height * SHRINK ** tight });
  if (smaller) return { level: smaller, dot: 0 };
  return { level, dot: dotFor(equation, room) * SHRINK ** Math.max(0, tight - 1) };
}

/**
 * The equation with what is drawn of tensors that have samples or channels: one sample, its channels as panels.
 *
 * @param {import("../lib/fitting.js").Equation} equation
 * @param {Matrix[]} operands
 * @param {Matrix} result
 */
function asDrawn(equation, operands, result) {
  const drawn = (
    /** @type {import("../lib/fitting.js").Box} */ box,
    /** @type {Matrix} */ matrix,
  ) => {
    if (!matrix.part || matrix.shape.length <= 2) return box;
    const [rows, columns] = drawnSize(matrix.part);
    return { ...box, rows, columns, panels: 1 };
  };
  return {
    ...equation,
    operands: equation.operands.map((box, at) => drawn(box, operands[at])),
    result: drawn(equation.result, result),
  };
}

/**
 * @param {StepMatrices} scene
 * @param {Inspected | null} seen
 * @param {State} state
 * @returns {Record<string, Cells>}
 */
function highlightedCells(scene, seen, state) {
  const cells = litCells(scene, seen, state);
  const all = [...scene.operands, scene.result];
  for (const matrix of all) if (areCellsAsked(state, matrix)) delete cells[matrix.id];
  return cells;
}

/**
 * @param {StepMatrices} scene
 * @param {Inspected | null} seen
 * @param {State} state
 * @returns {Record<string, Cells>}
 */
function litCells({ operands, result }, seen, state) {
  const { highlighted, pointed, explained } = state;
  const all = [...operands, result, ...(seen?.matrices ?? [])];
  const named = pointed ?? toldCells(state);
  if (pointed || !highlighted) return highlightTargets(all, named);
  const from = all.find(
    ({ id }) => id === highlighted.matrix || `${id} window` === highlighted.matrix,
  );
  if (!from) return {};
  const twins =
    from.naming === "new"
      ? {}
      : highlightTwins((seen?.matrices ?? []).concat(operands, result), from, highlighted.index);
  const subject = subjectOf(from);
  const told =
    explained &&
    subject &&
    sameTarget(explained.target, { ...subject, index: ownIndex(from, highlighted.index) })
      ? highlightTargets(all, named)
      : {};
  return { ...twins, ...lightStep(operands, result, { ...highlighted, matrix: from.id }), ...told };
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
