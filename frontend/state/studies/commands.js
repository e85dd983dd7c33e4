/**
 * Reads what is on the screen of the explanation, and reads it anew whenever another iteration or other
 * numbers come on it.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../effects.js"
 * @import { Study } from "./reducer.js"
 * @import { Asking } from "./selectors.js"
 */

import { troubleOf } from "../../service/client.js";
import { addStudy } from "./reducer.js";
import { CLOSED, askings } from "./selectors.js";

const KEPT = 60;

/** What has no samples, or not this one, or is too large for one. */
const TOO_LARGE = ["no_samples", "unknown_sample", "over_budget"];

/** @param {Store} store @param {Client} client */
export function createStudies({ get, apply }, client) {
  /** @type {Map<string, Study>} */
  const known = new Map();
  /** @type {Set<string>} */
  const asked = new Set();

  /** @param {string} id @param {Moment} moment @param {boolean} open @param {Asking} asking */
  const read = async (id, moment, open, { kind, path, key, query }) => {
    asked.add(key);
    /** @type {Study} */
    let study;
    try {
      study = { key, answer: await ask(id, path, query, moment, open), trouble: null };
      known.set(key, study);
      if (known.size > KEPT) known.delete([...known.keys()][0]);
    } catch (error) {
      study = { key, answer: null, trouble: troubleOf(error) };
    }
    asked.delete(key);
    if (askings(get()).some((one) => one.key === key)) apply(addStudy, kind, study);
  };

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
      if (TOO_LARGE.includes(troubleOf(error).code)) return costs;
      throw error;
    });
  };

  return {
    /** Read what is on the screen and not at hand. */
    follow() {
      const state = get();
      const { run, shown, revision, open } = state;
      if (!run || !shown || shown.revision !== revision || shown.open !== open) return;
      for (const asking of askings(state)) {
        if (state.studies[asking.kind]?.key === asking.key || asked.has(asking.key)) continue;
        const study = known.get(asking.key);
        if (study) return apply(addStudy, asking.kind, study);
        void read(run.id, shown, open, asking);
      }
    },
  };
}
