/**
 * What is read and not changed, in a notebook and in a file that is taken along: the list of the
 * steps, and cells that tell and take nothing.
 *
 * @import { Matrix, Step, Tensor, Trace } from "../lib/types.js"
 * @import { State } from "../state/state.js"
 * @import { Store } from "../state/store.js"
 */

import { asNumpy, asTabs } from "../lib/block.js";
import { moveInGrid } from "../lib/gridkeys.js";
import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { highlightCell } from "../state/cells/reducer.js";
import * as stage from "../state/stage/reducer.js";
import { bind } from "../state/store.js";
import { statementView } from "../views/code.js";

const PHASES = ["forward", "backward", "update"];

/**
 * The commands of cells.
 *
 * @param {Store["apply"]} apply
 * @param {(matrix: Matrix, index: number[]) => void} [explain]
 */
export function lookingCells(apply, explain = () => {}) {
  const nothing = () => {};
  return {
    paste: nothing,
    edit: nothing,
    explain,
    highlightCell: (/** @type {State["highlighted"]} */ place) => apply(highlightCell, place),
    copy: (/** @type {Matrix} */ _, /** @type {Tensor} */ part, /** @type {string} */ how) =>
      void navigator.clipboard.writeText(how === "numpy" ? asNumpy(part) : asTabs(part)),
    key(/** @type {KeyboardEvent} */ event, /** @type {Matrix} */ matrix) {
      const place = /** @type {HTMLElement} */ (event.target);
      const { index } = place.dataset;
      const asked = ["Enter", " ", "e"].includes(event.key) && !event.ctrlKey && !event.metaKey;
      if (asked && index !== undefined)
        explain(matrix, index.split(",").filter(Boolean).map(Number));
      else if (!moveInGrid(event, place)) return;
      event.preventDefault();
      event.stopPropagation();
    },
  };
}

/**
 * The commands that go from step to step, and at the ends beyond, where there is something.
 *
 * @param {Store} store
 * @param {(step: number) => void} stepTo
 * @param {(by: 1 | -1) => void} [beyond]
 */
export function steppingCommands({ get, apply }, stepTo, beyond = () => {}) {
  const step = (/** @type {1 | -1} */ by) => {
    const aim = get().cursor + by;
    if (get().shown?.trace.steps[aim]) stepTo(aim);
    else beyond(by);
  };
  return { ...bind(apply, stage), stepTo, next: () => step(1), previous: () => step(-1) };
}

/**
 * The steps by their phases; a click goes to one.
 *
 * @param {Trace} trace
 * @param {number} cursor
 * @param {(index: number) => void} stepTo
 */
export function stepsView({ steps, tensors }, cursor, stepTo) {
  const isTensor = (/** @type {string} */ name) => Object.hasOwn(tensors, name);
  return PHASES.map((phase) =>
    phaseView(
      phase,
      steps.filter((step) => step.phase === phase),
      cursor,
      isTensor,
      stepTo,
    ),
  );
}

/**
 * @param {string} phase
 * @param {Step[]} list
 * @param {number} cursor
 * @param {(name: string) => boolean} isTensor
 * @param {(index: number) => void} stepTo
 */
function phaseView(phase, list, cursor, isTensor, stepTo) {
  return (
    list.length > 0 &&
    h(
      "div",
      { key: phase },
      h("h3", null, phase),
      h(
        "ol",
        { class: "lines" },
        list.map(({ index, shape, ...step }) =>
          h(
            "li",
            { key: index },
            h(
              "button",
              {
                type: "button",
                class: index === cursor ? "line now" : "line",
                "aria-current": index === cursor ? "step" : null,
                onclick: () => stepTo(index),
                hook: index === cursor ? keepInView : undefined,
              },
              h("span", { class: "line-number" }, String(index + 1)),
              h("code", null, ...statementView(step, isTensor)),
              h("span", { class: "shape" }, printShape(shape)),
            ),
          ),
        ),
      ),
    )
  );
}

/** The line of the step, by its list. @type {WeakMap<Element, HTMLElement>} */
const reached = new WeakMap();

/**
 * When it is reached, and not when its list is scrolled by hand. Within the list only: the notebook
 * itself stays where it is.
 *
 * @param {HTMLElement} line
 */
function keepInView(line) {
  const list = line.closest("#program");
  if (!list || reached.get(list) === line) return;
  reached.set(list, line);
  const [here, around] = [line.getBoundingClientRect(), list.getBoundingClientRect()];
  if (here.top < around.top || here.bottom > around.bottom)
    list.scrollTop += here.top - around.top - list.clientHeight / 2;
}
