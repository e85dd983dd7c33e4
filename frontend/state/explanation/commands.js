/**
 * Asks the service what an element is made of, and asks anew whenever another iteration or other
 * numbers come on the screen.
 *
 * @import { Aspect, Explanation, Target } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Shown } from "../trace/reducer.js"
 */

import { afterDrawing } from "../../lib/drawing.js";
import { targetName } from "../../lib/explanation.js";
import { fromWire, printOne } from "../../lib/numbers.js";
import { tree } from "../../lib/tree.js";
import { problemOf } from "../../service/refusal.js";
import { isElementCovered } from "../learning/selectors.js";
import { setStatus } from "../messages/reducer.js";
import { createQuery } from "../query.js";
import { moveCursor } from "../stage/reducer.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";
import { explanationKey, wanted } from "./selectors.js";

const KEPT = 40;

/** @param {Store} store @param {Pick<Client, "explain">} client */
export function createExplainer({ get, apply }, client) {
  /**
   * What a person asked for and has not been told of, and what the status said then.
   *
   * @type {{target: Target, status: string} | null}
   */
  let curious = null;
  /** What is to be explained and is not on the screen as it should be. */
  const lacking = () => {
    const { run, shown, revision, open, explained, asked } = get();
    const key = explanationKey(get());
    const want = wanted(get());
    if (!run || !shown || !want || key === null) return [];
    if (shown.revision !== revision || shown.open !== open) return [];
    return asked || explained?.key !== key ? [{ key, id: shown.run, target: want.target }] : [];
  };

  /** Older news does not replace newer. @param {Explanation} explanation */
  const tell = (explanation) => {
    const due =
      curious !== null &&
      get().explained?.target === curious.target &&
      get().status === curious.status;
    if (get().explained?.target === curious?.target) curious = null;
    if (due && !isElementCovered(get(), explanation))
      apply(
        setStatus,
        `${targetName(explanation)} = ${printOne(fromWire(explanation.value), get().digits)}${madeOf(explanation)}.`,
      );
  };

  const query = createQuery({
    wanted: lacking,
    ask: ({ id, target }) =>
      client.explain(id, target, /** @type {Shown} */ (get().shown), get().open),
    show({ key }, explanation) {
      apply(reducers.showExplanation, key, explanation);
      if (get().explained?.key === key) tell(explanation);
    },
    refuse: ({ key }, error) => apply(reducers.refuseExplanation, key, problemOf(error)),
    most: KEPT,
  });

  const explainer = {
    /**
     * Resolves once it is on the screen.
     *
     * @param {Target} target
     * @param {Target[]} [trail] by which one came
     */
    explain(target, trail = []) {
      curious = { target, status: get().status };
      apply(reducers.askExplanation, target, trail);
      return query.reading(explanationKey(get()) ?? "") ?? Promise.resolve();
    },

    /** Something else was said: what was asked for is shown without a word. */
    showSilently() {
      curious = null;
    },

    follow: query.follow,
  };
  return explainer;
}

/** @param {Explanation} explanation */
function madeOf({ family, term_count: count }) {
  if (family === "leaf") return ", which is given";
  return count === 1 ? ", a single term" : `, the sum of ${count.toLocaleString("en")} terms`;
}

/** @param {Store} store @param {Pick<Client, "explain">} client */
export function createExplanation(store, client) {
  const { apply } = store;

  const explanation = {
    ...bind(apply, reducers),
    ...createExplainer(store, client),

    /** To a step, and its own explanation. @param {number} index */
    explainAt(index) {
      apply(reducers.closeExplanation);
      apply(moveCursor, index);
      explanation.focus();
    },

    /** The step instead of an element. @param {string} why */
    explainStep(why) {
      apply(reducers.closeExplanation);
      apply(setStatus, why);
    },

    /**
     * From one explanation to another, for the keyboard too.
     *
     * @param {Target} target
     * @param {Target[]} trail
     */
    async visit(target, trail) {
      const within = hasFocus();
      await explanation.explain(target, trail);
      if (within) afterDrawing(explanation.focus);
    },

    focus: () =>
      /** @type {HTMLElement | null} */ (
        tree.root.querySelector("#explanation [data-home]")
      )?.focus(),

    /** Whoever leaves it goes back to the number, where that is drawn. */
    closeExplanation() {
      const cell = /** @type {HTMLElement | null} */ (tree.root.querySelector(".explained-cell"));
      const within = hasFocus();
      apply(reducers.closeExplanation);
      if (within) cell?.focus();
    },

    /** @param {KeyboardEvent} event */
    key(event) {
      if (event.key !== "Escape") return;
      event.preventDefault();
      explanation.closeExplanation();
    },

    /** @param {Aspect} aspect @param {boolean} [focus] give the tab the focus */
    chooseAspect(aspect, focus) {
      apply(reducers.chooseAspect, aspect);
      if (focus) afterDrawing(() => tree.root.getElementById(`aspect-${aspect}`)?.focus());
    },
  };
  return explanation;
}

function hasFocus() {
  return tree.root.getElementById("explanation")?.contains(tree.root.activeElement) ?? false;
}
