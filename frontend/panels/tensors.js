/**
 * The stage: the step as a picture of its whole equation, with its result always in view.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { StepScene } from "../state/stage/selectors.js"
 * @import { Watch } from "../state/inspector/selectors.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Target } from "../lib/types.js"
 */

import { inShapes } from "../lib/code.js";
import { afterDrawing } from "../lib/drawing.js";
import { sameTarget, subjectOf } from "../lib/explanation.js";
import { dotFor, fits, isNarrow } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { span } from "../lib/heat.js";
import { imageTensor } from "../lib/images.js";
import { lightStep, lightTargets, lightTwins } from "../lib/lighting.js";
import { isMoving, moveTensors, settleTensors, whenStill } from "../lib/motion.js";
import { exact, printOne, printShape, signed } from "../lib/numbers.js";
import { frameAt, frameText, moveFrames, printedSize } from "../lib/overview.js";
import { scalesOf } from "../lib/scale.js";
import { GRID_CELLS, firstPlace, followers } from "../lib/slices.js";
import { cell, ownIndex } from "../lib/tensor.js";
import { aspectOf } from "../state/explanation/selectors.js";
import { equationOf, levelOf } from "../state/fitting/selectors.js";
import { inspected } from "../state/inspector/selectors.js";
import { slideScene } from "../state/slide/selectors.js";
import { currentStep, partAt, partsOf, stepScene } from "../state/stage/selectors.js";
import { present } from "../state/studies/selectors.js";
import { linkedStatement } from "../views/code.js";
import { drawnSize } from "../views/heatmap.js";
import { legendView } from "../views/legend.js";
import { nameOf } from "../views/matrix.js";
import { pixelText } from "../views/overview.js";
import { partsView } from "../views/parts.js";
import { pictureView, productTerms } from "../views/picture.js";
import { sliceBox } from "../views/slicebox.js";
import { choosersView, placeText, slideView } from "../views/slide.js";
import { windowGrid } from "../views/windowgrid.js";
import { pinnedView } from "./plots.js";
import { ownStage } from "./practice.js";

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
  sliding,
  framed,
  part,
  parts,
  room,
  mode,
  drag,
  tight,
  practice,
  plots,
  library,
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
    sliding,
    framed,
    part,
    divided: studies.parts,
    parts,
    room,
    mode,
    drag,
    tight,
    plots: plots.pinned === null ? null : plots,
    library,
    answer: mode === "practice" ? practice.answer : null,
    sheet: mode === "practice" ? practice.tensor : null,
  };
}

/** @param {ReturnType<typeof select>} _ @param {Commands} commands @param {State} state */
export function view(_, commands, state) {
  const title = h("h2", { id: "tensors-title", class: "unseen" }, "Tensors");
  const scene = stepScene(state);
  if (!scene || !state.shown)
    return [
      title,
      h("p", { class: "pending stage-empty" }, state.busy ? "Loading…" : "No document is open."),
    ];
  const own = ownStage(state, commands);
  if (own) return [title, ...own];
  const { step } = scene;
  const whole = currentStep(state) ?? step;
  const parts = partsOf(state);
  const seen = inspected(state);
  const trace = state.shown.trace;
  const options = optionsOf(scene, seen, commands, state);
  const equation = {
    tokens: step.tokens,
    kind: step.picture?.kind ?? "composite",
    letters: step.picture?.labels ?? null,
    operands: scene.operands,
    result: scene.result,
  };
  const { level } = options;
  const slide = slideScene(state);
  return [
    title,
    h(
      "div",
      { class: "equation", key: "equation" },
      h("code", null, ...linkedStatement(step, options.isTensor, commands.inspector.selectTensor)),
      slide && !isNarrow(state.room.width)
        ? choosersView(slide, scene.result, commands.slide.of(scene.result, slide.index))
        : h("span", { class: "shapes" }, shapesText(step)),
    ),
    h(
      "div",
      {
        class: ["picture", options.tight ? "tight" : "", whole.parts ? "parted" : ""]
          .join(" ")
          .trim(),
        key: "picture",
        role: "group",
        "aria-label": `Picture of ${whole.output} = ${whole.code}`,
        style: {
          "--cell-height": `${level.height}px`,
          "--cell-font": `${level.font}px`,
        },
        hook: (/** @type {HTMLElement} */ element) => {
          const name = `${state.run?.id} ${state.shown?.iteration} ${state.cursor}`;
          afterDrawing(() => {
            settleTensors(element, name);
            const fit = () => {
              if (isComing(scene) || !overflows(element) || options.tight >= TIGHTEST) return false;
              commands.fitting.tightenStage(tightKey(state), options.tight + 1);
              return true;
            };
            if (isMoving(element)) whenStill(element, fit);
            else if (fit()) return;
            moveTensors(element, name);
          });
        },
      },
      parts.length > 0 &&
        partsView(
          { parts, at: partAt(state), whole: whole.phase === "forward" ? whole.code : null },
          state.cursor,
          commands.stage.choosePart,
        ),
      slide
        ? slideView(slide, scene.result, options, commands.slide.of(scene.result, slide.index))
        : framedView(pictureView(equation, options), printedView(options), state.room),
      state.drag && sliceBox(state.drag, trace),
      pinnedView(state, commands),
    ),
    h(
      "div",
      { class: "stage-foot", key: "foot" },
      h(
        "p",
        { class: "readout" },
        (slide && placeText(slide, state.digits)) ?? readout(scene, seen, state, equation),
      ),
      legendView(step, options.scales, hatchedText(scene, state)),
    ),
  ];
}

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

/** So many times a picture that does not fit is made smaller, each time by this factor. */
const [TIGHTEST, SHRINK] = [9, 0.84];

/** Are pictures on their way? What stands in their place has no say in the size. @param {StepScene} scene */
function isComing({ operands, result }) {
  return [...operands, result].some(({ overview }) => overview === null);
}

/** Is more drawn than can be seen? @param {HTMLElement} element */
function overflows({ scrollWidth, clientWidth, scrollHeight, clientHeight }) {
  return clientWidth > 0 && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1);
}

/** What the size of a picture depends on. @param {State} state */
function tightKey({ run, cursor, room, digits, shown, part }) {
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
 * @param {StepScene} scene
 * @param {Watch | null} seen
 * @param {Commands} commands
 * @param {State} state
 */
function optionsOf(scene, seen, commands, state) {
  const trace = /** @type {NonNullable<State["shown"]>} */ (state.shown).trace;
  const all = [...scene.operands, scene.result, ...(seen?.matrices ?? [])];
  const level = levelOf(state);
  const tight = state.tight.key === tightKey(state) ? state.tight.level : 0;
  const shrunk = SHRINK ** tight;
  const drawn = [...scene.operands, scene.result];
  return {
    ...framing(drawn, commands, state),
    trace,
    photo: imageTensor(trace),
    level,
    tight,
    room: { width: state.room.width, height: roomOf(state).height * shrunk },
    dot: dotOf(scene, level, state, tight),
    scales: scalesIn(scalesOf(trace), drawn),
    ghosts: state.drag?.before ?? null,
    drag: state.drag,
    selected: state.selected,
    inNumbers: commands.windows.showNumbers,
    reveal: commands.windows.reveal,
    pick: (/** @type {Matrix} */ matrix, /** @type {number} */ axis, /** @type {number} */ at) =>
      commands.windows.sliceAxes(followers(all, matrix, axis), at),
    digits: state.digits,
    lit: litCells(scene, seen, state),
    chosen: state.lit,
    explained: state.explained?.target ?? null,
    edit: state.edit,
    cells: commands.cells,
    palette: state.palette,
    select: commands.inspector.selectTensor,
    isTensor: (/** @type {string} */ name) => Object.hasOwn(trace.tensors, name),
    copy: commands.cells.copy,
    letters: scene.step.picture?.labels ?? null,
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
function framedView(picture, printed, { width }) {
  if (!printed) return picture;
  const beside = width >= PRINTED_ROOM.wide;
  return h("div", { class: beside ? "framed beside" : "framed", key: "framed" }, picture, printed);
}

/**
 * The exact numbers in the frame of a tensor that is too large for cells.
 *
 * @param {ReturnType<typeof optionsOf>} options
 */
function printedView({ framed, ...options }) {
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
    part && !matrix.veiled
      ? windowGrid(matrix, part, { gridRow, gridColumn }, { ...options, level }, printedSize(shape))
      : h("p", { class: "pending" }, matrix.veiled ? "hidden until it is solved" : "Loading…"),
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

/** The step in shapes: `(10, 6) @ (6, 2) → (10, 2)`. @param {import("../lib/types.js").Step} step */
function shapesText(step) {
  const operands = step.picture?.operands ?? [];
  return operands.some(({ shape }) => shape.length)
    ? `${inShapes(step.tokens, operands, printShape)} → ${printShape(step.shape)}`
    : printShape(step.shape);
}

/**
 * Pixels a number where the equation does not fit with numbers in its cells; 0 where it does.
 *
 * @param {StepScene} scene
 * @param {import("../lib/fitting.js").Level} level
 * @param {State} state
 * @param {number} tight
 */
function dotOf({ operands, result, step }, level, state, tight) {
  const all = [...operands, result];
  const printed = all.some(({ overview }) => overview !== undefined);
  const own = roomOf(state);
  const room = printed ? besidePrinted(own) : own;
  const equation = equationOf(state, step);
  const large = all.some(({ part }) => {
    const [rows, columns] = part ? drawnSize(part) : [1, 1];
    return rows * columns > GRID_CELLS;
  });
  const sliced = all.some(({ shape }) => shape.length > 2);
  if (large) return dotFor(equation, room) * SHRINK ** tight;
  if (sliced) return 0;
  if (!tight && fits(equation, level, room)) return 0;
  return dotFor(equation, room) * SHRINK ** Math.max(0, tight - 1);
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
 * What hatched cells mean here, where there are any.
 *
 * @param {StepScene} scene
 * @param {State} state
 */
function hatchedText({ operands, result }, { shown }) {
  const blocked = [...operands, result].some(
    ({ name, field }) =>
      name !== null && field === "gradient" && shown?.trace.tensors[name]?.blocked?.length,
  );
  const mask = operands.some((operand) => operand.mask);
  return blocked || mask ? "hatched: nothing passes" : null;
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
  const all = [...operands, result, ...(seen?.matrices ?? [])];
  const matrix = all.find(({ id }) => id === lit?.matrix);
  const number = lit && matrix?.part ? cell(matrix.part, lit.index) : undefined;
  if (!lit || !matrix || number === undefined) return "Point at a number to see its sources.";
  if (matrix?.veiled)
    return [h("code", null, `${nameOf(matrix, lit.index)} = ?`), " Write its formula to see it."];
  const terms = productTerms(equation, lit, (term) => printOne(term, digits));
  return [
    h(
      "code",
      { title: signed(exact(number)) },
      `${nameOf(matrix, lit.index)} = `,
      terms && h("span", { class: "terms" }, `${terms} = `),
      h("b", null, terms ? printOne(number, digits) : signed(exact(number))),
    ),
  ];
}
