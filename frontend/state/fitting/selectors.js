/**
 * The size of the cells on the stage.
 *
 * @import { Equation, Level } from "../../lib/fitting.js"
 * @import { Field, Step, Trace } from "../../lib/types.js"
 * @import { State } from "../state.js"
 * @import { Shown } from "../trace/reducer.js"
 */

import { LEAST, isNarrow, levelFor } from "../../lib/fitting.js";
import { printing } from "../../lib/printing.js";
import { GRID_CELLS } from "../../lib/slices.js";
import { asTensor, isFloat, size } from "../../lib/tensor.js";
import { isStretched } from "../stage/selectors.js";

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
 * iteration; what is given stays. In a narrow room there is no place for what may be. What is too
 * large for cells is a picture, whose numbers nobody need print to find that out.
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
  if (record && size(record.shape.slice(-2)) > GRID_CELLS) return fraction;
  if (listed === null || listed === undefined || typeof listed !== "object") return fraction;
  const known = widths.get(listed);
  const found = known ?? printing([asTensor(listed, record.shape)], digits).width;
  if (known === undefined) widths.set(listed, found);
  const given = field === "value" && (record.role === "input" || !isFloat(record.dtype));
  return given || narrow ? found : Math.max(found, fraction);
}
