/**
 * What stands under "Tensors": the step as matrices, and the selected tensor beside it. Derived
 * from the state, never stored.
 *
 * @import { Equation, Level } from "../lib/fitting.js"
 * @import { Aim, Field, Matrix, Operand, Step, Tensor, TensorRecord, Trace } from "../lib/types.js"
 * @import { Place, Slices, Window } from "../lib/slices.js"
 * @import { Shown, State } from "./state.js"
 * @typedef {{step: Step, operands: Matrix[], result: Matrix}} StepScene
 * @typedef
 *   {{name: string, record: TensorRecord, matrices: Matrix[], whole: number[], place: Place}} Watch
 * @typedef
 *   {{key: string, name: string, field: Aim, window: string, shape: number[], lead?: number[]}} Need
 *   `lead`: of what is needed as a picture of the whole
 */

import { LEAST, isNarrow, levelFor } from "../lib/fitting.js";
import { isLargePlane, turnedOver } from "../lib/overview.js";
import { printing } from "../lib/printing.js";
import { isSampled } from "../lib/samples.js";
import {
  GRID_CELLS,
  cropped,
  firstPlace,
  slicesOf,
  windowOf as windowIn,
  windowText,
} from "../lib/slices.js";
import { isFloat, asTensor, size, swapped, transpose } from "../lib/tensor.js";
import { inThePast, partKey, studyKey } from "./state.js";

/** @param {State} state */
export function currentStep(state) {
  return state.shown?.trace.steps[state.cursor] ?? null;
}

/**
 * The named parts of the step at the cursor; empty where it has none, or they are not here.
 *
 * @param {State} state
 * @returns {import("../lib/answers.js").StepPart[]}
 */
export function partsOf(state) {
  const { studies, cursor, drag } = state;
  const key = studyKey(state, "parts", { step: String(cursor) });
  return !drag && currentStep(state)?.parts && key !== null && studies.parts?.key === key
    ? (studies.parts.answer?.parts ?? [])
    : [];
}

/** What a choice among the parts belongs to. @param {State} state */
function placeKey({ run, shown, cursor }) {
  return [run?.id, shown?.open, cursor].join("|");
}

/**
 * Which part is on the stage: the chosen one, else what the step makes; -1 for a call as a whole.
 *
 * @param {State} state
 */
export function partAt(state) {
  const parts = partsOf(state);
  if (state.part?.key === placeKey(state) && state.part.at < parts.length) return state.part.at;
  const step = currentStep(state);
  if (step?.phase === "forward") return -1;
  return parts.findIndex((part, at) => part.step === state.cursor && isLast(parts, at));
}

/** Does it make what its step makes? @param {import("../lib/answers.js").StepPart[]} parts @param {number} at */
function isLast(parts, at) {
  return parts[at + 1]?.step !== parts[at].step;
}

/** @param {State} state @param {number} step @param {number} at @returns {State} */
export function partChosen(state, step, at) {
  const moved = step === state.cursor ? state : { ...state, cursor: step };
  return { ...moved, lit: null, part: { key: placeKey(moved), at } };
}

/** The part on the stage as a step. @param {State} state @returns {Step | null} */
function partStep(state) {
  const step = currentStep(state);
  const parts = partsOf(state);
  const part = parts[partAt(state)];
  if (!step || !part) return null;
  const { name, code, tokens, shape, picture, value } = part;
  const drawn = { ...step, code, tokens, shape, picture };
  if (isLast(parts, parts.indexOf(part))) return drawn;
  return { ...drawn, output: name, value, of: { ...step.of, field: "value", part: 1 } };
}

/**
 * From which step on a tensor's value and gradient are known.
 *
 * @param {Shown} shown
 * @param {string} name
 */
export function readyAt({ trace }, name) {
  const { value, gradient } = trace.tensors[name]?.ready ?? { value: null, gradient: null };
  return { value: value ?? -1, gradient: gradient ?? Infinity };
}

/** @param {State} state @returns {StepScene | null} */
export function stepScene(state) {
  const whole = currentStep(state);
  if (!whole || !state.shown) return null;
  const step = partStep(state) ?? whole;
  return {
    step,
    operands: (step.picture?.operands ?? []).flatMap((operand, at) =>
      operand.constant && operand.shape.length === 0
        ? []
        : [operandMatrix(state, step, operand, at)],
    ),
    result: resultMatrix(state, step),
  };
}

/** @type {{depends: unknown[], level: Level} | null} */
let lastLevel = null;

/**
 * The size of the cells, which depends on the program, the window and how widely numbers are
 * printed, and not on the numbers or the step.
 *
 * @param {State} state
 * @returns {Level}
 */
export function levelOf(state) {
  const { shown, digits, room } = state;
  if (!shown) return LEAST;
  const { steps } = shown.trace;
  const depends = [
    steps.map(({ output, code, shape }) => [output, code, shape].join()).join(),
    digits,
    room,
    decimals(shown.trace, digits, isNarrow(room.width)),
  ];
  if (lastLevel?.depends.every((one, at) => one === depends[at])) return lastLevel.level;
  const level = levelFor(
    steps.map((step) => equationOf(state, step)),
    room,
  );
  lastLevel = { depends, level };
  return level;
}

/**
 * How wide the widest numbers before the decimal point are: a size of cells holds until that
 * changes.
 *
 * @param {Trace} trace
 * @param {number} digits
 * @param {boolean} narrow
 */
function decimals(trace, digits, narrow) {
  return Object.entries(trace.tensors)
    .map(
      ([name]) =>
        charactersOf(trace, name, "value", digits, narrow) +
        charactersOf(trace, name, "gradient", digits, narrow),
    )
    .join();
}

/**
 * A step's equation as it is to be laid out.
 *
 * @param {State} state
 * @param {Step} step
 * @returns {Equation}
 */
export function equationOf(state, step) {
  const { trace } = /** @type {Shown} */ (state.shown);
  const { digits } = state;
  const operands = (step.picture?.operands ?? []).filter(
    ({ constant, shape }) => !constant || shape.length > 0,
  );
  const kind = step.picture?.kind ?? "composite";
  const letters = step.picture?.labels;
  const [first] = operands;
  const gone = (first?.labels ?? []).findIndex(
    (label) => label === "" || !letters?.includes(label),
  );
  return {
    kind,
    down:
      kind === "reduction" &&
      operands.length === 1 &&
      first.shape.length === 2 &&
      gone === 0 &&
      step.shape.length === 1,
    operands: operands.map((operand) => ({
      ...extent(kind === "elementwise" && isStretched(operand, step) ? step.shape : operand.shape),
      characters:
        operand.value === undefined && operand.tensor !== null && operand.field !== null
          ? charactersOf(trace, operand.tensor, operand.field, digits, isNarrow(state.room.width))
          : digits + 3,
      caption: operand.code.length + 2 + 3 * operand.shape.length,
    })),
    result: {
      ...extent(step.shape),
      characters: charactersOf(
        trace,
        step.of.tensor,
        step.of.field === "gradient" ? "gradient" : "value",
        digits,
        isNarrow(state.room.width),
      ),
      caption: step.output.length + 2 + 3 * step.shape.length,
    },
    letters: step.tokens
      .filter(({ tensor }) => tensor === undefined)
      .reduce((sum, { text }) => sum + text.length, 0),
  };
}

/** Rows, columns and panels of what is drawn. @param {number[]} shape */
function extent(shape) {
  return {
    rows: shape.at(-2) ?? 1,
    columns: shape.at(-1) ?? 1,
    panels: size(shape.slice(0, -2)),
  };
}

/** @type {WeakMap<object, number>} */
const widths = new WeakMap();

/**
 * The letters of a tensor's widest number. What is computed may have any decimals in the next
 * iteration; what is given stays. In a narrow room there is no place for what may be.
 *
 * @param {Trace} trace
 * @param {string} name
 * @param {Field} field
 * @param {number} digits
 * @param {boolean} [narrow]
 */
function charactersOf(trace, name, field, digits, narrow = false) {
  const record = trace.tensors[name];
  const listed = record?.[field];
  const fraction = digits + 3;
  if (listed === null || listed === undefined || typeof listed !== "object") return fraction;
  const known = widths.get(listed);
  const found = known ?? printing([asTensor(listed, record.shape)], digits).width;
  if (known === undefined) widths.set(listed, found);
  const given = field === "value" && (record.role === "input" || !isFloat(record.dtype));
  return given || narrow ? found : Math.max(found, fraction);
}

/**
 * @param {State} state
 * @param {Step} step
 * @param {Operand} operand
 * @param {number} at
 * @returns {Matrix}
 */
function operandMatrix(state, step, operand, at) {
  const transposed = operand.transposed === true;
  const named = operand.value === undefined && operand.tensor !== null && operand.field !== null;
  const slices = slicesIn(
    state,
    named && operand.tensor ? operand.tensor : operand.code,
    named && transposed ? swapped(operand.shape) : operand.shape,
  );
  const inline =
    operand.value === undefined
      ? null
      : cropped(asTensor(operand.value, operand.shape), slices.window);
  const part =
    named && operand.tensor && operand.field
      ? partOf(state, operand.tensor, operand.field)
      : inline;
  const stretched =
    step.picture?.kind === "elementwise" && isStretched(operand, step) ? step.shape : null;
  return {
    id: `operand ${at}`,
    operand: at,
    code: operand.code,
    name: named ? operand.tensor : null,
    field: operand.field,
    shape: operand.shape,
    part: part && transposed && named ? transpose(part) : part,
    transposed: transposed && named,
    ready: true,
    editable: named && isLeaf(state, operand.tensor, operand.field),
    labels: operand.labels,
    origin: operand.origin ?? null,
    stretched,
    slices,
    overview:
      named && operand.tensor && operand.field
        ? overviewIn(state, operand.tensor, operand.field, transposed)
        : inlineOverview(operand),
    mask: isMask(state, named ? operand.tensor : null, operand.value),
    note: null,
    veiled: named && isVeiled(state, operand.tensor, operand.field),
    naming: named && operand.tensor === state.selected ? "plain" : "contract",
  };
}

/** @param {Operand} operand @param {Step} step */
function isStretched({ shape, labels }, step) {
  return (
    labels !== null &&
    shape.length > 0 &&
    size(shape) < size(step.shape) &&
    size(step.shape) <= GRID_CELLS &&
    step.shape.length <= 2
  );
}

/** @param {State} state @param {Step} step @returns {Matrix} */
function resultMatrix(state, step) {
  const { tensor: name, field: aim, part: contribution } = step.of;
  const field = aim === "gradient" ? aim : "value";
  const listed = step.value;
  const slices = slicesIn(state, contribution ? step.output : name, step.shape);
  const value = listed === undefined ? null : cropped(asTensor(listed, step.shape), slices.window);
  return {
    id: "result",
    code: step.output,
    name: contribution ? null : name,
    field,
    shape: step.shape,
    part: value ?? (contribution ? null : partOf(state, name, aim)),
    transposed: false,
    ready: true,
    editable: false,
    labels: step.picture?.labels ?? null,
    origin: null,
    stretched: null,
    slices,
    overview: contribution ? inlineOverview(step) : overviewIn(state, name, aim, false),
    mask: field === "value" && isMask(state, name, listed),
    veiled: step.veiled || isVeiled(state, name, field),
    note: step.phase === "update" ? "after the update" : null,
    naming: step.phase === "update" ? "new" : name === state.selected ? "plain" : "contract",
  };
}

/** @param {State} state @param {string | null} name @param {Field | null} field */
function isLeaf(state, name, field) {
  const role = name === null ? null : state.shown?.trace.tensors[name]?.role;
  return field === "value" && (role === "input" || role === "parameter") && !inThePast(state);
}

/**
 * Does it say yes or no?
 *
 * @param {State} state
 * @param {string | null} name
 * @param {any} listed its numbers, where they come with the step
 * @returns {boolean}
 */
function isMask(state, name, listed) {
  if (listed === undefined)
    return name !== null && state.shown?.trace.tensors[name]?.dtype === "bool";
  return Array.isArray(listed) ? isMask(state, null, listed[0] ?? 0) : typeof listed === "boolean";
}

/**
 * Is it a gradient that is covered until it is found?
 *
 * @param {State} state
 * @param {string | null} name
 * @param {Field | null} field
 */
function isVeiled({ shown }, name, field) {
  return field === "gradient" && name !== null && shown?.trace.tensors[name]?.veiled === true;
}

/** @param {State} state @returns {Watch | null} */
export function watch(state) {
  const { selected: name, shown } = state;
  const record = name === null ? null : shown?.trace.tensors[name];
  if (!name || !record || !shown) return null;
  const ready = readyAt(shown, name);
  const fields = /** @type {Field[]} */ (
    (record.gradient === null && !record.veiled) || record.dtype.startsWith("int")
      ? ["value"]
      : ["value", "gradient"]
  );
  const matrices = fields.map((field) => watched(state, name, record, field, ready[field]));
  return { name, record, matrices, whole: record.shape, place: placeOf(state, name, record.shape) };
}

/**
 * @param {State} state
 * @param {string} name
 * @param {TensorRecord} record
 * @param {Field} field
 * @param {number} from
 * @returns {Matrix}
 */
function watched(state, name, record, field, from) {
  const ready = state.cursor >= from;
  const step = state.shown?.trace.steps[from];
  return {
    id: `selected ${field}`,
    code: field === "gradient" ? `${name}.g` : name,
    name,
    field,
    shape: record.shape,
    part: partOf(state, name, field),
    transposed: false,
    ready,
    editable: isLeaf(state, name, field),
    labels: null,
    origin: null,
    stretched: null,
    slices: slicesIn(state, name, record.shape),
    overview: overviewIn(state, name, field, false),
    mask: field === "value" && record.dtype === "bool",
    veiled: isVeiled(state, name, field),
    naming: "contract",
    note: ready
      ? null
      : step
        ? `not yet: ${step.phase}, ${step.output} = ${step.code}`
        : "not needed for the parameters",
  };
}

/**
 * Whoever picks a sample picks it for all tensors that have samples.
 *
 * @param {State} state
 * @param {string} name
 * @param {number[]} shape
 * @returns {Place}
 */
export function placeOf({ places, shown, sample }, name, shape) {
  const place = Object.hasOwn(places, name) ? places[name] : firstPlace(shape);
  return shown && isSampled(shown.trace.tensors, name, shape)
    ? { ...place, lead: [sample, ...place.lead.slice(1)] }
    : place;
}

/** @param {State} state @param {string} name @param {number[]} shape @returns {Slices} */
function slicesIn(state, name, shape) {
  const sampled = state.shown !== null && isSampled(state.shown.trace.tensors, name, shape);
  return slicesOf(name, shape, placeOf(state, name, shape), sampled);
}

/**
 * Start and stop per axis of the part at hand.
 *
 * @param {State} state
 * @param {string} name
 * @param {number[]} shape
 * @returns {Window}
 */
export function windowOf(state, name, shape) {
  return windowIn(shape, placeOf(state, name, shape));
}

/**
 * The numbers at hand of a tensor: its window out of the trace, or out of the parts that were
 * fetched.
 *
 * @param {State} state
 * @param {string} name
 * @param {Aim} field
 * @returns {Tensor | null}
 */
export function partOf(state, name, field) {
  const { shown } = state;
  const record = shown?.trace.tensors[name];
  if (!shown || !record) return null;
  const nested = listedIn(record, field);
  if (nested === null) return null;
  const window = windowOf(state, name, record.shape);
  if (nested === undefined)
    return state.parts[partKey(shown, name, field, windowText(window))] ?? null;
  return cropped(asTensor(nested, record.shape), window);
}

/** What names the picture of a whole tensor among the parts. @param {number[]} lead */
function overviewText(lead) {
  return `overview ${lead}`;
}

/**
 * The picture of a tensor that is too large to be at hand; undefined of any other, null while it is on
 * its way.
 *
 * @param {State} state
 * @param {string} name
 * @param {Aim} field
 * @param {boolean} transposed
 * @returns {import("../lib/overview.js").Overview | null | undefined}
 */
function overviewIn(state, name, field, transposed) {
  const { shown } = state;
  const record = shown?.trace.tensors[name];
  if (!shown || !record || !isLargePlane(record.shape)) return undefined;
  const lead = windowOf(state, name, record.shape)
    .slice(0, -2)
    .map(([start]) => start);
  const listed = listedIn(record, field);
  const found =
    typeof listed === "object" && listed !== null
      ? wholePlane(asTensor(listed, record.shape), lead)
      : state.parts[partKey(shown, name, field, overviewText(lead))];
  if (!found) return null;
  const overview = remembered(found);
  return transposed ? turnedOver(overview) : overview;
}

/** The same of numbers that come with the step. @param {{value?: any, shape: number[]}} listed */
function inlineOverview({ value, shape }) {
  return typeof value === "object" && value !== null && isLargePlane(shape)
    ? remembered(
        wholePlane(
          asTensor(value, shape),
          shape.slice(0, -2).map(() => 0),
        ),
      )
    : undefined;
}

/** @type {WeakMap<Tensor, import("../lib/overview.js").Overview>} */
const overviews = new WeakMap();

/** A picture has the sizes of its blocks as its whole. @param {Tensor} tensor */
function remembered(tensor) {
  const known = overviews.get(tensor);
  if (known) return known;
  const made = {
    tensor,
    block: /** @type {[number, number]} */ ([tensor.whole[0], tensor.whole[1]]),
  };
  overviews.set(tensor, made);
  return made;
}

/** @type {WeakMap<Tensor, Map<string, Tensor>>} */
const planes = new WeakMap();

/** All numbers of the last two axes as a picture. @param {Tensor} tensor @param {number[]} lead @returns {Tensor} */
function wholePlane(tensor, lead) {
  const known = planes.get(tensor)?.get(String(lead));
  if (known) return known;
  const shape = [tensor.shape.at(-2) ?? 1, tensor.shape.at(-1) ?? 1];
  const begin =
    lead.reduce((at, position, axis) => at * tensor.shape[axis] + position, 0) * size(shape);
  const data = Float64Array.from({ length: size(shape) }, (_, at) => tensor.data[begin + at]);
  const made = { shape, offset: [0, 0], whole: [1, 1], data };
  planes.set(tensor, (planes.get(tensor) ?? new Map()).set(String(lead), made));
  return made;
}

/**
 * What a trace lists of a tensor; next values stand with the steps that make them.
 *
 * @param {TensorRecord} record
 * @param {Aim} field
 */
function listedIn(record, field) {
  return field === "next" ? undefined : record[field];
}

/**
 * The parts of large tensors that are on the screen and have not been fetched.
 *
 * @param {State} state
 * @returns {Need[]}
 */
export function needs(state) {
  const { shown } = state;
  if (!shown || shown.revision !== state.revision) return [];
  const step = stepScene(state);
  const matrices = [
    ...(step ? [...step.operands, step.result] : []),
    ...(watch(state)?.matrices ?? []),
  ];
  return matrices.flatMap(({ name, field, part, naming, overview }) => {
    if (name === null || field === null) return [];
    const record = shown.trace.tensors[name];
    const aim = naming === "new" ? "next" : field;
    if (!record || listedIn(record, aim) !== undefined) return [];
    const ranges = windowOf(state, name, record.shape);
    /** @param {string} window @param {{lead?: number[]}} [more] @returns {Need} */
    const need = (window, more = {}) => ({
      key: partKey(shown, name, aim, window),
      name,
      field: aim,
      window,
      shape: record.shape,
      ...more,
    });
    const lead = ranges.slice(0, -2).map(([start]) => start);
    return [
      ...(part ? [] : [need(windowText(ranges))]),
      ...(overview === null ? [need(overviewText(lead), { lead })] : []),
    ];
  });
}
