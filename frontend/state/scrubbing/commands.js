/**
 * Dragging a number: everything that depends on it follows, and nothing is kept until it is let go.
 * One request is on its way at a time, and the newest number wins.
 *
 * @import { Trace } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @typedef {object} Means  what it shares with the other commands
 * @property {(name: string, cells: {index: number[], value: number}[]) => Promise<unknown>} edit
 * @property {(text: string) => void} say
 * @property {(error: unknown) => void} report
 * @property {() => import("../../service/client.js").Listed} listed  whose numbers a trace should list
 */

import { now } from "../../lib/moment.js";
import { printOne } from "../../lib/numbers.js";
import { cellName } from "../../lib/tensor.js";
import { beginDrag, endDrag, showPreview, updateDrag } from "./reducer.js";

/** @param {Store} store @param {Client} client @param {Means} means */
export function createScrubbing({ get, apply }, client, { edit, say, report, listed }) {
  let asking = false;

  /** The loss along the number, drawn beside it; a program may have none that can be drawn. */
  const readSlice = async () => {
    const { run, drag, shown } = get();
    if (!run || !drag || shown?.trace.tensors[drag.name].role !== "parameter") return;
    const query = { parameter: drag.name, index: drag.index.join(",") };
    try {
      const slice = await client.study(run.id, "plots/slice", query, now(run), false);
      if (get().drag?.before === drag.before) apply(updateDrag, { slice });
    } catch {
      // Without the curve there are still the numbers themselves.
    }
  };

  const follow = async () => {
    const { drag, run, open } = get();
    if (asking || !drag || !run || drag.seen === drag.value) return;
    asking = true;
    const { name, index, value, before } = drag;
    try {
      const trace = await client.preview(run.id, { [name]: [{ index, value }] }, listed(), open);
      if (get().drag?.before === before)
        apply(showPreview, /** @type {Trace} */ (/** @type {unknown} */ (trace)), value);
    } catch (error) {
      if (get().drag?.before === before) {
        apply(endDrag);
        report(error);
      }
    }
    asking = false;
    void follow();
  };

  const scrubbing = {
    /**
     * @param {string} name
     * @param {number[]} index
     * @param {number} value that it has
     */
    begin(name, index, value) {
      if (!get().shown || get().drag) return;
      apply(beginDrag, name, index, value);
      void readSlice();
    },

    /** @param {number} value */
    move(value) {
      if (!get().drag) return;
      apply(updateDrag, { value });
      void follow();
    },

    /** The number goes back to what it was. */
    cancel() {
      const { drag } = get();
      if (!drag) return;
      apply(endDrag);
      say(
        `${cellName(drag.name, drag.index, null)} is ${printOne(drag.from, get().digits)} again.`,
      );
    },

    /** What is on the screen is kept, as one change. */
    async keep() {
      const { drag } = get();
      if (!drag) return;
      if (drag.value === drag.from) return apply(endDrag);
      await edit(drag.name, [{ index: drag.index, value: drag.value }]);
      if (get().drag?.before === drag.before) apply(endDrag);
    },
  };
  return scrubbing;
}
