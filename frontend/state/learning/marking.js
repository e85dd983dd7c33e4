/**
 * Cells that a question asks for, marked: one by one, by drawing across them, or a row, a column or
 * a block at once.
 *
 * @import { Matrix } from "../../lib/types.js"
 * @import { Store } from "../store.js"
 */

import { sweepPointer } from "../../lib/dragging.js";
import { blockBetween, lineThrough, ownIndex } from "../../lib/tensor.js";
import { areCellsAsked } from "./concealing.js";
import * as reducers from "./reducer.js";

/** @param {Pick<Store, "get" | "apply">} store */
export function createMarking({ get, apply }) {
  /** The cell that was marked last, from which a block goes. @type {number[] | null} */
  let last = null;

  const isMarked = (/** @type {number[]} */ index) =>
    get().learning.course?.marked.includes(index.join()) === true;

  const isAsked = (/** @type {Matrix} */ matrix) => areCellsAsked(get(), matrix);

  /** Those that are not marked yet; where all are, none of them is any more. @param {number[][]} cells */
  const toggle = (cells) => {
    const on = !cells.every(isMarked);
    apply(
      reducers.markCells,
      cells.map((index) => index.join()),
      on,
    );
  };

  return {
    isAsked,

    /**
     * A click; with Shift all from the cell that was marked last to this one.
     *
     * @param {Matrix} matrix
     * @param {number[]} index
     * @param {boolean} [block]
     */
    mark(matrix, index, block = false) {
      const own = ownIndex(matrix, index);
      if (block && last?.length === own.length)
        apply(
          reducers.markCells,
          blockBetween(last, own).map((cell) => cell.join()),
          isMarked(last),
        );
      else toggle([own]);
      last = own;
    },

    /**
     * From a press on, all cells that the pointer crosses become what the first one becomes.
     *
     * @param {PointerEvent} event
     * @param {Matrix} matrix
     * @param {number[]} index
     */
    sweep(event, matrix, index) {
      const first = ownIndex(matrix, index);
      const on = !isMarked(first);
      const put = (/** @type {number[]} */ own) => {
        apply(reducers.markCells, [own.join()], on);
        last = own;
      };
      sweepPointer(event, matrix.id, {
        begin: () => put(first),
        cross: (crossed) => put(ownIndex(matrix, crossed)),
      });
    },

    /**
     * Shift and the space bar mark the row, Control and the space bar the column, as in a table of
     * numbers.
     *
     * @param {KeyboardEvent} event
     * @param {Matrix} matrix
     * @param {number[]} index
     * @returns {boolean} whether the key was for it
     */
    key({ key, shiftKey, ctrlKey, metaKey, altKey }, matrix, index) {
      if (key !== " " || metaKey || altKey || shiftKey === ctrlKey) return false;
      if (!isAsked(matrix)) return false;
      const own = ownIndex(matrix, index);
      const shape = get().shown?.trace.tensors[matrix.name ?? ""]?.shape ?? [];
      const turned = matrix.transposed === true;
      toggle(lineThrough(own, shape, shiftKey !== turned));
      last = own;
      return true;
    },
  };
}
