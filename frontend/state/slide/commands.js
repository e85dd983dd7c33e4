/**
 * What one does with a tensor that is laid on another.
 *
 * @import { Matrix } from "../../lib/types.js"
 * @import { Lead } from "../../lib/slide.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(place: null) => void} highlightCell
 * @property {(matrix: Matrix, index: number[]) => void} explain
 */

import { moveInGrid } from "../../lib/gridkeys.js";
import { pickLead, pointAtPlace } from "./reducer.js";

/** @param {Store["apply"]} apply @param {Means} means */
export function createSlide(apply, { highlightCell, explain }) {
  return {
    /**
     * For an element of the result.
     *
     * @param {Matrix} result
     * @param {number[]} index
     */
    of: (result, index) => ({
      pick: (/** @type {Lead} */ lead, /** @type {number} */ at) => apply(pickLead, lead, at),
      turn: (/** @type {number} */ axis, /** @type {number} */ at) => {
        highlightCell(null);
        explain(
          result,
          index.map((old, place) => (place === axis ? at : old)),
        );
      },
      point: (/** @type {[number, number] | null} */ at) => apply(pointAtPlace, at),
      key(/** @type {KeyboardEvent} */ event) {
        if (!moveInGrid(event, /** @type {HTMLElement} */ (event.target))) return;
        event.preventDefault();
        event.stopPropagation();
      },
    }),
  };
}
