/**
 * What the explanation says in its head, and what all its pictures share.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { State } from "../state/state.js"
 * @import { Inspected } from "../state/inspector/selectors.js"
 * @import { Matrix, Step, Target } from "../lib/types.js"
 * @import { Told } from "../views/subjecthead.js"
 */

import { axisCells } from "../lib/axes.js";
import { wordOf } from "../lib/data.js";
import { sameTarget, targetCode } from "../lib/explanation.js";
import { highlightTargets, highlightTwins } from "../lib/lighting.js";
import { fromWire, printOne, printShape, printTyped } from "../lib/numbers.js";
import { scalesOf } from "../lib/scale.js";
import { followers } from "../lib/slices.js";
import { birthOf } from "../lib/telling.js";
import { asTensor, cell } from "../lib/tensor.js";
import { exampleOf, hasGradient, isGiven, numberOf } from "../state/explanation/selectors.js";
import { isConcealing } from "../state/learning/concealing.js";
import { isElementCovered } from "../state/learning/selectors.js";
import { currentStep, stepMatrices } from "../state/stage/selectors.js";
import { readyAt } from "../state/trace/selectors.js";
import { photoOf } from "../views/photo.js";

/** Of the cells of the selected tensor, which stand in a narrow column. */
const LEVEL = { font: 12, height: 22, width: 44 };

/** @param {State} state @returns {(name: string) => boolean} */
export function known({ shown }) {
  return (name) => Object.hasOwn(shown?.trace.tensors ?? {}, name);
}

/** The element on the screen: dragged, chosen, or the step's example. @param {State} state @returns {Target | null} */
export function shownTarget(state) {
  const { drag, explained } = state;
  if (drag) return { tensor: drag.name, field: "value", index: drag.index };
  return explained?.target ?? exampleOf(state);
}

/** @param {State} state @param {Commands} commands @returns {Told} */
export function subjectTold(state, commands) {
  const { explained, drag, digits } = state;
  const target = shownTarget(state);
  const step = currentStep(state);
  const common = {
    was: null,
    next: target?.field === "next",
    gradient: null,
    birth: null,
    close: explained ? commands.explanation.closeExplanation : null,
    isTensor: known(state),
    print: (/** @type {number} */ number) => printOne(number, digits),
    typed: (/** @type {number} */ number) => printTyped(number, digits),
  };
  if (!target)
    return {
      ...common,
      code: step?.output ?? "",
      value: null,
      shape: step && !isConcealing(state) ? printShape(step.shape) : "",
      kind: step?.of.part ? "contribution" : step ? fieldWord(step.of.field) : "",
      step: step ? placeOf(step, state, commands) : null,
    };
  const own = stepOf(state, target);
  const concealed = isConcealing(state) || isElementCovered(state, target);
  const value = concealed ? null : numberShown(state, target);
  const given = isGiven(state, target);
  const birth =
    value !== null && !Number.isFinite(value) ? bornAt(state, target, own, commands) : null;
  return {
    ...common,
    code: targetCode(target),
    value,
    shape: "",
    was: drag && drag.value !== drag.from ? drag.from : null,
    kind: given
      ? roleWord(state, target.tensor) +
        (concealed ? "" : meaning(wordOf(state.document, target.tensor, value)))
      : fieldWord(target.field),
    gradient:
      given && !concealed
        ? {
            now: numberOf(state, { ...target, field: "gradient" }),
            was: drag && drag.value !== drag.from ? gradientBefore(drag) : null,
          }
        : null,
    step: given || !own ? null : placeOf(own, state, commands),
    birth,
  };
}

/** @param {State} state @param {Target} target @returns {number | null} */
function numberShown(state, target) {
  const { drag, explained, studies } = state;
  if (drag) return drag.value;
  const listed = numberOf(state, target);
  if (listed !== null) return listed;
  const answer =
    explained && sameTarget(explained.target, target) ? explained.answer : studies.explain?.answer;
  return answer && sameTarget(answer, target) ? fromWire(answer.value) : null;
}

/** @param {NonNullable<State["drag"]>} drag */
export function gradientBefore({ name, index, before }) {
  const { gradient, shape } = before.tensors[name];
  return gradient === null || gradient === undefined
    ? null
    : (cell(asTensor(gradient, shape), index) ?? null);
}

/** The step that computes an element. @param {State} state @param {Target} target @returns {Step | null} */
export function stepOf({ shown }, { tensor, field }) {
  if (!shown) return null;
  const { steps, tensors } = shown.trace;
  const updated = field === "next" || tensors[tensor]?.role === "state";
  if (updated)
    return steps.find(({ phase, output }) => phase === "update" && output === tensor) ?? null;
  return steps[readyAt(shown, tensor)[field]] ?? null;
}

/** @param {Step} step @param {State} state @param {Commands} commands */
function placeOf(step, { cursor }, commands) {
  return {
    number: step.index + 1,
    phase: step.phase,
    code: `${step.output} = ${step.code}`,
    go: step.index === cursor ? null : () => commands.stage.stepTo(step.index),
  };
}

/** What a number stands for. @param {string | null} word */
function meaning(word) {
  return word === null ? "" : `: “${word === " " ? "␣" : word.replaceAll("\n", "\\n")}”`;
}

/** @param {string} field */
function fieldWord(field) {
  return field === "next" ? "new value" : field;
}

/** @param {State} state @param {string} tensor */
function roleWord({ shown }, tensor) {
  const record = shown?.trace.tensors[tensor];
  if (record?.role === "parameter") return record.shape.length === 1 ? "parameter" : "weight";
  return record?.role === "input" ? "input" : "kept by the optimizer";
}

/**
 * Where the first number that is none was made, of those that this one comes from.
 *
 * @param {State} state
 * @param {Target} target
 * @param {Step | null} step
 * @param {Commands} commands
 */
function bornAt({ shown }, target, step, commands) {
  const warnings = /** @type {any[]} */ (shown?.trace.warnings ?? []);
  const own = warnings.find(
    (one) => one.code === "not_finite" && one.index && sameTarget(one, target),
  );
  const birth = own ?? birthOf(warnings, step?.index ?? Infinity);
  if (!birth || birth.step === undefined) return null;
  return { text: birth.message, go: () => commands.stage.stepTo(birth.step) };
}

/**
 * What sentences and pictures need: which names are tensors, how numbers are written, what follows
 * from pointing and choosing.
 *
 * @param {State} state
 * @param {Commands} commands
 */
export function speechOf(state, commands) {
  const { explained, digits, palette, shown } = state;
  const from = explained ? [...explained.trail, explained.target] : [];
  const shapes = state.studies.why?.answer?.shapes;
  const tensors = shown?.trace.tensors ?? {};
  const index = shownTarget(state)?.index ?? null;
  return {
    digits,
    palette,
    isTensor: known(state),
    letters: shapes?.axes.map((/** @type {{letter: string}} */ { letter }) => letter) ?? [],
    pointLetter: (/** @type {string | null} */ letter) =>
      commands.explanation.pointAtTerm(
        letter && shapes ? axisCells(shapes, letter, index, tensors) : null,
      ),
    print: (/** @type {number} */ number) => printOne(number, digits),
    shapeOf: (/** @type {string} */ name) => tensors[name]?.shape,
    follow: (/** @type {Target} */ target) => void commands.explanation.visit(target, from),
    point: (/** @type {Target[] | null} */ cells) => commands.explanation.pointAtTerm(cells),
    goTo: (/** @type {number} */ step) => commands.explanation.explainAt(step),
    image: photoOf(shown?.trace ?? null, state.studies.images?.answer ?? null, palette),
  };
}

/** @typedef {ReturnType<typeof speechOf>} Speaking */

/** How the selected tensor is drawn. @param {Inspected} seen @param {Commands} commands @param {State} state */
export function inspectorOptions(seen, commands, state) {
  const trace = /** @type {NonNullable<State["shown"]>} */ (state.shown).trace;
  const scene = stepMatrices(state);
  const all = [...(scene ? [...scene.operands, scene.result] : []), ...seen.matrices];
  return {
    trace,
    level: LEVEL,
    dot: 0,
    room: { width: 340, height: 300 },
    share: { width: 320, height: 300 },
    scales: scalesOf(trace),
    ghosts: state.drag?.before ?? null,
    drag: state.drag,
    digits: state.digits,
    highlighted: highlightsIn(seen.matrices, all, state),
    chosen: state.highlighted,
    explained: state.explained?.target ?? null,
    edit: state.edit,
    cells: commands.cells,
    palette: state.palette,
    selected: state.selected,
    select: commands.inspector.selectTensor,
    isTensor: known(state),
    copy: commands.cells.copy,
    inNumbers: commands.windows.showNumbers,
    reveal: commands.windows.reveal,
    pick: (/** @type {Matrix} */ matrix, /** @type {number} */ axis, /** @type {number} */ at) =>
      commands.windows.sliceAxes(followers(all, matrix, axis), at),
    letters: null,
    busy: "Loading…",
  };
}

/**
 * The cells at which one points, here or on the stage.
 *
 * @param {Matrix[]} own
 * @param {Matrix[]} all
 * @param {State} state
 */
function highlightsIn(own, all, { highlighted, pointed }) {
  if (pointed) return highlightTargets(own, pointed);
  const from =
    highlighted &&
    all.find(({ id }) => id === highlighted.matrix || `${id} window` === highlighted.matrix);
  return highlighted && from && from.naming !== "new"
    ? highlightTwins(own, from, highlighted.index)
    : {};
}

/** @param {State} state @param {Target} target */
export function gradientOf(state, target) {
  return hasGradient(state, target.tensor)
    ? numberOf(state, { ...target, field: "gradient" })
    : null;
}
