/**
 * Reads the plot that is on the screen, and reads it anew when it or the moment is another one.
 *
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../effects.js"
 * @import { Study } from "../studies/reducer.js"
 * @import { Plots } from "./reducer.js"
 * @import { Asking } from "./selectors.js"
 */

import { troubleOf } from "../../service/client.js";
import { updatePlots } from "./reducer.js";
import { LIST, askings, chosenBy, nameOf } from "./selectors.js";

const KEPT = 40;

/** @param {Store} store @param {Client} client */
export function createPlots({ get, apply }, client) {
  /** @type {Map<string, Study>} */
  const known = new Map();
  /** @type {string | null} */
  let reading = null;

  /** @param {Partial<Plots>} part */
  const put = (part) => apply(updatePlots, part);

  /**
   * What the answer chose belongs to the question from then on, so that it is not asked again.
   *
   * @param {Asking} asking
   * @param {Study} study
   */
  const keep = (asking, study) => {
    const { plots } = get();
    const chosen =
      study.answer && asking.name === nameOf(get()) ? chosenBy(get(), study.answer) : plots.chosen;
    const next = askings({ ...get(), plots: { ...plots, chosen } }).find(
      ({ name }) => name === asking.name,
    );
    const named = next && study.answer ? { ...study, key: next.key } : study;
    if (study.answer) known.set(named.key, named);
    if (known.size > KEPT) known.delete([...known.keys()][0]);
    put({ chosen, answers: { ...plots.answers, [asking.name]: named } });
  };

  /** @param {string} id @param {Asking} asking */
  const read = async (id, asking) => {
    reading = asking.key;
    /** @type {Study} */
    let study;
    try {
      const kind = asking.name === LIST ? "plots" : `plots/${asking.name}`;
      study = {
        key: asking.key,
        answer: await client.study(id, kind, asking.query, asking.moment, false),
        trouble: null,
      };
    } catch (error) {
      study = { key: asking.key, answer: null, trouble: troubleOf(error) };
    }
    reading = null;
    if (askings(get()).some(({ key }) => key === asking.key)) keep(asking, study);
    else follow();
  };

  /**
   * Read what is on the screen and not at hand; one answer after the other, so that a slider does
   * not pile them up.
   */
  const follow = () => {
    const { run, shown, revision, plots } = get();
    if (!run || !shown || nameOf(get()) === null || shown.revision !== revision || reading !== null)
      return;
    const missing = askings(get()).find(({ name, key }) => plots.answers[name]?.key !== key);
    if (!missing) return;
    const study = known.get(missing.key);
    if (study) return put({ answers: { ...plots.answers, [missing.name]: study } });
    void read(run.id, missing);
  };

  return {
    follow,
    /** @param {Partial<Plots>} part */
    choose: (part) => put(part),
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
