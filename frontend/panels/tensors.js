/**
 * The stage: the step as a picture of its whole equation, with its result always in view.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { StepMatrices } from "../state/stage/selectors.js"
 * @import { Inspected } from "../state/inspector/selectors.js"
 */

import { inShapes } from "../lib/code.js";
import { afterDrawing } from "../lib/drawing.js";
import { isNarrow } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { isMoving, moveTensors, settleTensors, whenStill } from "../lib/motion.js";
import { exact, printOne, printShape, signed } from "../lib/numbers.js";
import { cell } from "../lib/tensor.js";
import { inspected } from "../state/inspector/selectors.js";
import { coversField } from "../state/learning/concealing.js";
import { asking, isShapeAsked, lessonCells } from "../state/learning/selectors.js";
import { currentStep, partAt, partsOf, stepMatrices } from "../state/stage/selectors.js";
import { codeOf } from "../views/cell.js";
import { linkedStatement } from "../views/code.js";
import { legendView } from "../views/legend.js";
import { partsView } from "../views/parts.js";
import { pictureView } from "../views/picture.js";
import { productTerms } from "../views/products.js";
import { TIGHTEST, framedView, isComing, optionsOf, printedView, tightKey } from "./picture.js";

/** @param {State} state */
export function select({
  shown,
  run,
  cursor,
  selected,
  highlighted,
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
    highlighted,
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
    exerciseSet: mode === "practice" ? practice.tensor : null,
  };
}

/**
 * @typedef {(state: State, commands: Commands) => any} Other
 *
 * @param {ReturnType<typeof select>} _
 * @param {Commands} commands
 * @param {State} state
 * @param {{instead?: Other, beside?: Other, below?: Other, slides?: typeof import("./slides.js")}} [others]
 *   what may take the step's place, what stands beside it and below, and how a tensor is drawn that
 *   slides along another
 */
export function view(_, commands, state, others = {}) {
  const title = h("h2", { id: "tensors-title", class: "unseen" }, "Tensors");
  const scene = stepMatrices(state);
  if (!scene || !state.shown)
    return [
      title,
      h("p", { class: "pending stage-empty" }, state.busy ? "Loading…" : "No document is open."),
    ];
  const instead = others.instead?.(state, commands);
  if (instead) return [title, ...instead];
  const { step } = scene;
  const whole = currentStep(state) ?? step;
  const parts = partsOf(state);
  const seen = inspected(state);
  const options = optionsOf(scene, seen, commands, state);
  const equation = {
    tokens: step.tokens,
    kind: step.picture?.kind ?? "composite",
    letters: step.picture?.labels ?? null,
    operands: scene.operands,
    result: scene.result,
  };
  const { level } = options;
  const { slides } = others;
  const slide = slides?.slidePicture(state) ?? null;
  return [
    title,
    h(
      "div",
      { class: "equation", key: "equation" },
      h("code", null, ...linkedStatement(step, options.isTensor, commands.inspector.selectTensor)),
      slides && slide && !isNarrow(state.room.width)
        ? slides.choosersView(slide, scene.result, commands.slide.of(scene.result, slide.index))
        : h("span", { class: "shapes" }, shapesText(step, isShapeAsked(state, scene.result))),
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
              if (state.edit?.problem) return false; // what is said of it lies over the picture
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
      slides && slide
        ? slides.slideView(
            slide,
            scene.result,
            options,
            commands.slide.of(scene.result, slide.index),
          )
        : framedView(pictureView(equation, options), printedView(options), state.room),
      others.beside?.(state, commands),
    ),
    others.below?.(state, commands),
    h(
      "div",
      { class: "stage-foot", key: "foot" },
      h(
        "p",
        { class: "readout" },
        (slides && slide && slides.placeText(slide, state.digits)) ??
          readout(scene, seen, state, equation),
      ),
      legendView(
        [...scene.operands, scene.result],
        options.scales,
        hatchedText(scene, state),
        (field) => coversField(state, field),
      ),
    ),
  ];
}

/** Is more drawn than can be seen? @param {HTMLElement} element */
function overflows({ scrollWidth, clientWidth, scrollHeight, clientHeight }) {
  return clientWidth > 0 && (scrollWidth > clientWidth + 1 || scrollHeight > clientHeight + 1);
}

/**
 * The step in shapes: `(10, 6) @ (6, 2) → (10, 2)`.
 *
 * @param {import("../lib/types.js").Step} step
 * @param {boolean} asked  for the shape of the result
 */
function shapesText(step, asked) {
  const operands = step.picture?.operands ?? [];
  if (asked) return `${inShapes(step.tokens, operands, printShape)} → ?`;
  return operands.some(({ shape }) => shape.length)
    ? `${inShapes(step.tokens, operands, printShape)} → ${printShape(step.shape)}`
    : printShape(step.shape);
}

/**
 * What hatched cells mean here, where there are any.
 *
 * @param {StepMatrices} scene
 * @param {State} state
 */
function hatchedText({ operands, result }, state) {
  const { shown } = state;
  if (asking(state)?.kind === "cells") return null;
  const blocked = [...operands, result].some(
    ({ name, field, hidden }) =>
      !hidden &&
      name !== null &&
      field === "gradient" &&
      shown?.trace.tensors[name]?.blocked?.length,
  );
  const mask = operands.some((operand) => operand.mask);
  return blocked || mask ? "hatched: nothing passes" : null;
}

/**
 * The chosen cell in full.
 *
 * @param {StepMatrices} scene
 * @param {Inspected | null} seen
 * @param {State} state
 * @param {any} equation
 */
function readout({ operands, result }, seen, state, equation) {
  const { highlighted, digits } = state;
  const all = [...operands, result, ...(seen?.matrices ?? [])];
  const matrix = all.find(({ id }) => id === highlighted?.matrix);
  const number = highlighted && matrix?.part ? cell(matrix.part, highlighted.index) : undefined;
  if (!highlighted || !matrix || number === undefined)
    return "Point at a number to see its sources.";
  if (matrix?.hidden || lessonCells(state)?.veiled(matrix, highlighted.index))
    return [
      h("code", null, `${codeOf(matrix, highlighted.index)} = ?`),
      asking(state) ? " Answer the question to see it." : " Write its formula to see it.",
    ];
  const terms = productTerms(equation, highlighted, (term) => printOne(term, digits));
  return [
    h(
      "code",
      { title: signed(exact(number)) },
      `${codeOf(matrix, highlighted.index)} = `,
      h("b", null, terms ? printOne(number, digits) : signed(exact(number))),
      terms && h("span", { class: "terms" }, ` = ${terms}`),
    ),
  ];
}
