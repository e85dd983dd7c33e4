/**
 * More or less of the graph.
 *
 * @import { Fold } from "../../lib/folding.js"
 * @import { Store } from "../store.js"
 */

import { afterDrawing } from "../../lib/drawing.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";

/** @param {Store["apply"]} apply @param {(text: string) => void} say */
export function createGraph(apply, say) {
  return {
    ...bind(apply, reducers),

    /**
     * The large graph takes the focus, and gives it back to the page.
     *
     * @param {boolean} large
     * @param {string} [focus] what takes it
     */
    enlargeGraph(large, focus = "graph-plot") {
      const place = document.activeElement;
      apply(reducers.enlargeGraph, large);
      afterDrawing(() => {
        if (large) document.getElementById(focus)?.focus();
        else if (place instanceof HTMLElement && place.closest("#graph")) place.blur();
      });
    },

    /** @param {Fold} fold @param {boolean} folded */
    foldSteps({ key, level, name, count, told }, folded) {
      apply(reducers.foldSteps, key, folded);
      say(
        folded
          ? `The ${told} are one node: ${name}.`
          : level
            ? `All ${count} operations of ${name} are shown.`
            : `Loop ${name} is expanded (${count} times).`,
      );
    },

    /** @param {boolean} folded */
    foldLines(folded) {
      apply(reducers.foldLines, folded);
      say(folded ? "Every line of the program is one node." : "All operations are shown.");
    },
  };
}
