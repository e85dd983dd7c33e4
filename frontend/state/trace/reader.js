/**
 * What the page reads of a run: traces, and the parts of tensors that are too large to come with
 * them. Each is read once a revision.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Run, Tensor, Trace } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Need } from "../excerpts/selectors.js"
 */

import { at } from "../../lib/moment.js";
import { PIXELS } from "../../lib/overview.js";
import { fromNested } from "../../lib/tensor.js";

const KEPT = 12;

/** @param {Client} client */
export function createReader(client) {
  /** @type {Map<string, Trace>} */
  const traces = new Map();
  /** @type {Set<string>} */
  const asked = new Set();
  let small = false;

  /**
   * A trace that was read, or came with another answer.
   *
   * @param {Run} run
   * @param {number} revision
   * @param {Moment} moment
   * @param {boolean} open
   * @param {Trace} trace
   */
  const keep = (run, revision, moment, open, trace) => {
    small = Object.values(trace.tensors).every(({ value }) => value !== undefined);
    traces.set(`${run.id} ${revision} ${at(moment)} ${open}`, trace);
    if (traces.size > KEPT) traces.delete([...traces.keys()][0]);
  };

  return {
    /**
     * A picture of the whole, each number for a block: where it begins in the whole is 0, and how much
     * it stands for follows from the sizes.
     *
     * @param {string} id
     * @param {Moment} moment
     * @param {boolean} open
     * @param {string} name
     * @param {import("../../lib/types.js").Aim} field
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

    /** Did the whole trace that was read last fit into one answer? */
    isSmall: () => small,

    keep,

    /** @param {Run} run @param {number} revision @param {Moment} moment @param {boolean} open */
    async trace(run, revision, moment, open) {
      const key = `${run.id} ${revision} ${at(moment)} ${open}`;
      const known = traces.get(key);
      if (known) return known;
      const trace = await client.trace(run.id, moment, "few", open);
      keep(run, revision, moment, open, trace);
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
