/**
 * What the page reads of a run: traces, and the parts of tensors that are too large to come with
 * them. Each is read once a revision.
 *
 * @import { Client } from "../service/client.js"
 * @import { Run, Tensor, Trace } from "../lib/types.js"
 * @import { Moment } from "../lib/moment.js"
 * @import { Need } from "./scene.js"
 */

import { at, now } from "../lib/moment.js";
import { PIXELS } from "../lib/overview.js";
import { fromNested, size } from "../lib/tensor.js";

const SMALL_TRACE = 20000;
const KEPT = 12;

/** @param {Client} client */
export function createReader(client) {
  /** @type {Map<string, Trace>} */
  const traces = new Map();
  /** @type {Set<string>} */
  const asked = new Set();
  let small = false;

  return {
    /**
     * A picture of the whole, each number for a block: where it begins in the whole is 0, and how much
     * it stands for follows from the sizes.
     *
     * @param {string} id
     * @param {Moment} moment
     * @param {boolean} open
     * @param {string} name
     * @param {import("../lib/types.js").Aim} field
     * @param {number[]} lead
     * @returns {Promise<Tensor>}
     */
    async overview(id, moment, open, name, field, lead) {
      const { rows, columns } = PIXELS;
      const query = { lead: lead.join(), rows: String(rows), columns: String(columns) };
      const { value, block } = await client.overview(id, name, field, moment, query, open);
      const list = /** @type {any[][]} */ (value);
      return {
        ...fromNested(value, [list.length, list[0]?.length ?? 0]),
        whole: block,
      };
    },

    forget() {
      traces.clear();
      asked.clear();
    },

    /**
     * Does the whole trace fit into one answer? Asked again whenever the program may have changed.
     *
     * @param {Run} run
     */
    async measure(run) {
      const { tensors } = await client.trace(run.id, now(run), false, false);
      small =
        Object.values(tensors).reduce((sum, { shape }) => sum + size(shape), 0) <= SMALL_TRACE;
    },

    isSmall: () => small,

    /**
     * A trace that came with an answer.
     *
     * @param {Run} run
     * @param {number} revision
     * @param {Moment} moment
     * @param {boolean} open
     * @param {Trace} trace
     */
    keep(run, revision, moment, open, trace) {
      traces.set(`${run.id} ${revision} ${at(moment)} ${open}`, trace);
    },

    /** @param {Run} run @param {number} revision @param {Moment} moment @param {boolean} open */
    async trace(run, revision, moment, open) {
      const key = `${run.id} ${revision} ${at(moment)} ${open}`;
      const known = traces.get(key);
      if (known) return known;
      const trace = await client.trace(run.id, moment, small, open);
      traces.set(key, trace);
      if (traces.size > KEPT) traces.delete([...traces.keys()][0]);
      return trace;
    },

    /**
     * The part that is needed, or null where it has been asked for already.
     *
     * @param {string} id
     * @param {Moment} moment
     * @param {boolean} open
     * @param {Need} need
     * @returns {Promise<Tensor | null>}
     */
    async part(id, moment, open, { key, name, field, window, shape, lead }) {
      if (asked.has(key)) return null;
      asked.add(key);
      if (lead) return this.overview(id, moment, open, name, field, lead);
      const { value } = await client.tensor(id, name, field, moment, window, open);
      const ranges = window ? window.split(",").map((range) => range.split(":").map(Number)) : [];
      return {
        ...fromNested(
          value,
          ranges.map(([start, stop]) => stop - start),
        ),
        offset: ranges.map(([start]) => start),
        whole: shape,
      };
    },
  };
}
