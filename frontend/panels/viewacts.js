/**
 * What a person does to see more or less: of the graph, and of tensors that are not on the screen
 * as a whole.
 * @import { Fold } from "../lib/folding.js"
 * @import { Place } from "../lib/slices.js"
 * @import { Matrix } from "../lib/types.js"
 * @import { Store } from "../state/effects.js"
 */

import { afterDrawing } from "../lib/drawing.js";
import * as actions from "../state/actions.js";
import * as drawing from "../state/drawing.js";
import * as places from "../state/places.js";
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
      apply(drawing.enlarged, large);
      afterDrawing(() => {
        if (large) document.getElementById(focus)?.focus();
        else if (place instanceof HTMLElement && place.closest("#graph")) place.blur();
      });
    },
    /** @param {number} zoom */
    zoom: (zoom) => apply(drawing.zoomed, zoom),
    /** @param {Fold} fold @param {boolean} folded */
    fold({ key, level, name, count, told }, folded) {
      apply(drawing.stepsFolded, key, folded);
      apply(
        actions.said,
        folded
          ? `The ${told} are one node: ${name}.`
          : level
            ? `All ${count} operations of ${name} are shown.`
            : `Loop ${name} is expanded (${count} times).`,
      );
    },
    /** @param {boolean} folded */
    foldLines(folded) {
      apply(drawing.linesFolded, folded);
      apply(
        actions.said,
        folded ? "Every line of the program is one node." : "All operations are shown.",
      );
    },
    /** @param {number} width @param {number} height */
    graphRoom: (width, height) => apply(drawing.roomMade, width, height),
    /** @param {string} query */
    search: (query) => apply(drawing.searched, query),
    /** @param {number} choice */
    choose: (choice) => apply(drawing.choiceMoved, choice),

    /** @param {string} key @param {number} level */
    tighten: (key, level) => apply(places.tightened, key, level),
    /** @param {string} name @param {Place} place */
    place: (name, place) => apply(places.placeChosen, name, place),
    /** @param {{key: string, whole: number[], axis: number}[]} axes @param {number} at */
    slice: (axes, at) => apply(places.sliced, axes, at),
    /** @param {string} matrix @param {{key: string, place: Place}[]} moves */
    frame: (matrix, moves) => apply(places.framesMoved, matrix, moves),
    /** @param {Matrix} matrix @param {boolean} numbers */
    inNumbers: ({ slices }, numbers) =>
      slices && apply(places.placeChosen, slices.key, { ...slices.place, numbers }),
    /** @param {Matrix} matrix @param {number[]} index */
    reveal: (matrix, index) =>
      matrix.slices &&
      apply(places.revealed, matrix.slices.key, matrix.slices.whole, ownIndex(matrix, index)),
  };
}
