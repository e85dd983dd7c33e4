/**
 * Reads the parts of large tensors that are on the screen, and the pictures of the whole. What was
 * refused is not asked for again.
 *
 * @import { Tensor } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Shown } from "../trace/reducer.js"
 * @import { Need } from "./selectors.js"
 */

import { PIXELS } from "../../lib/overview.js";
import { fromNested } from "../../lib/tensor.js";
import { createQuery } from "../query.js";
import { addExcerpt } from "./reducer.js";
import { needs } from "./selectors.js";

/** @param {Store} store @param {Client} client @param {(error: unknown) => void} report */
export function createExcerpts({ get, apply }, client, report) {
  /** @type {Set<string>} */
  const refused = new Set();

  /**
   * A picture of the whole, each number for a block: where it begins in the whole is 0, and how much
   * it stands for follows from the sizes.
   *
   * @param {string} id
   * @param {Shown} shown
   * @param {Need} need
   * @param {number[]} lead
   * @returns {Promise<Tensor>}
   */
  const overview = async (id, shown, { name, field }, lead) => {
    const { rows, columns } = PIXELS;
    const query = { lead: lead.join(), rows: String(rows), columns: String(columns) };
    const { value, block } = await client.overview(id, name, field, shown, query, shown.open);
    const list = /** @type {any[][]} */ (value);
    return { ...fromNested(value, [list.length, list[0]?.length ?? 0]), whole: block };
  };

  /** @param {string} id @param {Shown} shown @param {Need} need @returns {Promise<Tensor>} */
  const excerpt = async (id, shown, { name, field, window, shape }) => {
    const { value } = await client.tensor(id, name, field, shown, window, shown.open);
    const ranges = window ? window.split(",").map((range) => range.split(":").map(Number)) : [];
    return {
      ...fromNested(
        value,
        ranges.map(([start, stop]) => stop - start),
      ),
      offset: ranges.map(([start]) => start),
      whole: shape,
    };
  };

  return createQuery({
    wanted: () => (get().run ? needs(get()).filter(({ key }) => !refused.has(key)) : []),
    ask(need) {
      const shown = /** @type {Shown} */ (get().shown);
      return need.lead
        ? overview(shown.run, shown, need, need.lead)
        : excerpt(shown.run, shown, need);
    },
    show: ({ key }, tensor) => apply(addExcerpt, key, tensor),
    refuse({ key }, error) {
      refused.add(key);
      report(error);
    },
  });
}
