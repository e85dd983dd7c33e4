/**
 * Reads what is on the screen of the explanation, and reads it anew whenever another iteration or other
 * numbers come on it.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Shown } from "../trace/reducer.js"
 */

import { problemOf } from "../../service/refusal.js";
import { createQuery } from "../query.js";
import { addStudy } from "./reducer.js";
import { CLOSED, askings } from "./selectors.js";

const KEPT = 60;

/** What has no samples, or not this one, or is too large for one. */
const TOO_LARGE = ["no_samples", "unknown_sample", "over_budget"];

/** @param {Store} store @param {Pick<Client, "study">} client */
export function createStudies({ get, apply }, client) {
  /**
   * What a Jacobian costs comes first: of one that is too large the part of a sample is asked for.
   *
   * @param {string} id
   * @param {string} path
   * @param {Record<string, string>} query
   * @param {Moment} moment
   * @param {boolean} open
   */
  const ask = async (id, path, query, moment, open) => {
    if (path !== "jacobian")
      return client.study(id, path, query, moment, open && !CLOSED.includes(path));
    const { sample, ...plain } = query;
    const costs = await client.study(id, path, { ...plain, values: "none" }, moment, open);
    const fits = costs.limit === null || costs.cost.jacobian_elements <= costs.limit;
    if (fits) return client.study(id, path, plain, moment, open);
    return client.study(id, path, query, moment, open).catch((/** @type {any} */ error) => {
      if (TOO_LARGE.includes(problemOf(error).code)) return costs;
      throw error;
    });
  };

  return createQuery({
    wanted() {
      const { run, shown, revision, open, studies } = get();
      if (!run || !shown || shown.revision !== revision || shown.open !== open) return [];
      return askings(get()).filter(({ kind, key }) => studies[kind]?.key !== key);
    },
    ask: ({ path, query }) => {
      const shown = /** @type {Shown} */ (get().shown);
      return ask(shown.run, path, query, shown, get().open);
    },
    show: ({ kind, key }, answer) => apply(addStudy, kind, { key, answer, problem: null }),
    refuse: ({ kind, key }, error) =>
      apply(addStudy, kind, { key, answer: null, problem: problemOf(error) }),
    most: KEPT,
  });
}
