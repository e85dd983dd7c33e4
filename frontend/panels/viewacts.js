/**
 * What a person does to see more or less: of the graph, and of tensors that are not on the screen
 * as a whole.
 * @import { Fold } from "../lib/folding.js"
 * @import { Place } from "../lib/slices.js"
 * @import { Matrix } from "../lib/types.js"
 * @import { Store } from "../state/effects.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import { tightenStage } from "../state/fitting/reducer.js";
import {
  enlargeGraph,
  foldLines,
  foldSteps,
  measureGraph,
  moveChoice,
  searchGraph,
  zoomGraph,
} from "../state/graph/reducer.js";
import { setStatus } from "../state/messages/reducer.js";
import { choosePlace, moveFrames, revealElement, sliceAxes } from "../state/windows/reducer.js";
import { ownIndex } from "../views/matrix.js";

/** @param {Store["apply"]} apply */
export function viewActs(apply) {
  return {
    /**
     * The large graph takes the focus, and gives it back to the page.
     *
     * @param {boolean} large
     * @param {string} [focus] what takes it
     */
    enlarge(large, focus = "graph-plot") {
      const place = document.activeElement;
      apply(enlargeGraph, large);
      afterDrawing(() => {
        if (large) document.getElementById(focus)?.focus();
        else if (place instanceof HTMLElement && place.closest("#graph")) place.blur();
      });
    },
    /** @param {number} zoom */
    zoom: (zoom) => apply(zoomGraph, zoom),
    /** @param {Fold} fold @param {boolean} folded */
    fold({ key, level, name, count, told }, folded) {
      apply(foldSteps, key, folded);
      apply(
        setStatus,
        folded
          ? `The ${told} are one node: ${name}.`
          : level
            ? `All ${count} operations of ${name} are shown.`
            : `Loop ${name} is expanded (${count} times).`,
      );
    },
    /** @param {boolean} folded */
    foldLines(folded) {
      apply(foldLines, folded);
      apply(
        setStatus,
        folded ? "Every line of the program is one node." : "All operations are shown.",
      );
    },
    /** @param {number} width @param {number} height */
    graphRoom: (width, height) => apply(measureGraph, width, height),
    /** @param {string} query */
    search: (query) => apply(searchGraph, query),
    /** @param {number} choice */
    choose: (choice) => apply(moveChoice, choice),

    /** @param {string} key @param {number} level */
    tighten: (key, level) => apply(tightenStage, key, level),
    /** @param {string} name @param {Place} place */
    place: (name, place) => apply(choosePlace, name, place),
    /** @param {{key: string, whole: number[], axis: number}[]} axes @param {number} at */
    slice: (axes, at) => apply(sliceAxes, axes, at),
    /** @param {string} matrix @param {{key: string, place: Place}[]} moves */
    frame: (matrix, moves) => apply(moveFrames, matrix, moves),
    /** @param {Matrix} matrix @param {boolean} numbers */
    inNumbers: ({ slices }, numbers) =>
      slices && apply(choosePlace, slices.key, { ...slices.place, numbers }),
    /** @param {Matrix} matrix @param {number[]} index */
    reveal: (matrix, index) =>
      matrix.slices &&
      apply(revealElement, matrix.slices.key, matrix.slices.whole, ownIndex(matrix, index)),
  };
}
