/**
 * Reads the plot that is on the screen, and reads it anew when it or the moment is another one.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../store.js"
 * @import { Plots } from "./reducer.js"
 * @import { Asking } from "./selectors.js"
 */

import { retryLibrary } from "../../lib/library.js";
import { problemOf } from "../../service/refusal.js";
import { createQuery } from "../query.js";
import { bind } from "../store.js";
import * as reducers from "./reducer.js";
import { LIST, askings, chosenBy, nameOf } from "./selectors.js";

const KEPT = 40;

/** @param {Store} store @param {Client} client */
export function createPlots({ get, apply }, client) {
  /** @param {Partial<Plots>} part */
  const put = (part) => apply(reducers.updatePlots, part);

  /**
   * What the answer chose belongs to the question from then on, so that it is not asked again.
   *
   * @param {Asking} asking
   * @param {any} answer
   * @returns {string} the key of the question then
   */
  const show = (asking, answer) => {
    const { plots } = get();
    const chosen = asking.name === nameOf(get()) ? chosenBy(get(), answer) : plots.chosen;
    const next = askings({ ...get(), plots: { ...plots, chosen } }).find(
      ({ name }) => name === asking.name,
    );
    const key = next?.key ?? asking.key;
    const study = { key, answer, problem: null };
    put({ chosen, answers: { ...plots.answers, [asking.name]: study } });
    return key;
  };

  // One answer after the other, so that a slider does not pile them up.
  const query = createQuery({
    wanted() {
      const { run, shown, revision, plots } = get();
      if (!run || !shown || nameOf(get()) === null || shown.revision !== revision) return [];
      return askings(get()).filter(({ name, key }) => plots.answers[name]?.key !== key);
    },
    ask: ({ name, moment, query }) =>
      client.study(
        get().run?.id ?? "",
        name === LIST ? "plots" : `plots/${name}`,
        query,
        moment,
        false,
      ),
    show,
    refuse({ name, key }, error) {
      const study = { key, answer: null, problem: problemOf(error) };
      put({ answers: { ...get().plots.answers, [name]: study } });
    },
    most: KEPT,
    single: true,
  });

  return {
    ...bind(apply, reducers),
    follow: query.follow,
    retryLibrary,
    /**
     * Options by their keys; null: as the service thinks right.
     *
     * @param {Record<string, string | null>} part
     */
    pick: (part) => {
      /** @type {Record<string, string>} */
      const chosen = {};
      for (const [key, value] of Object.entries({ ...get().plots.chosen, ...part }))
        if (value !== null) chosen[key] = value;
      put({ chosen });
    },
  };
}
