/**
 * Asks the service what an element is made of, and asks anew whenever another iteration or other
 * numbers come on the screen.
 *
 * @import { Moment } from "../../lib/moment.js"
 * @import { Explanation, Target } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Store } from "../effects.js"
 */

import { targetName } from "../../lib/explanation.js";
import { fromWire, printOne } from "../../lib/numbers.js";
import { troubleOf } from "../../service/client.js";
import { setStatus } from "../messages/reducer.js";
import { askExplanation, refuseExplanation, showExplanation } from "./reducer.js";
import { explanationKey, wanted } from "./selectors.js";

const KEPT = 40;

/** @param {Store} store @param {Client} client */
export function createExplainer({ get, apply }, client) {
  /** @type {Map<string, Promise<Explanation>>} */
  const answers = new Map();
  /** @type {string | null} */
  let asking = null;
  /**
   * What a person asked for and has not been told of, and what the status said then.
   *
   * @type {{target: Target, status: string} | null}
   */
  let curious = null;
  /** @type {Promise<void>} */
  let reading = Promise.resolve();

  /** @param {string} id @param {Moment} moment @param {string} key @param {Target} target */
  const answer = (id, moment, key, target) => {
    const known = answers.get(key);
    if (known) return known;
    const coming = client.explain(id, target, moment, get().open);
    answers.set(key, coming);
    coming.catch(() => answers.delete(key));
    if (answers.size > KEPT) answers.delete([...answers.keys()][0]);
    return coming;
  };

  /** Older news does not replace newer. @param {Explanation} explanation */
  const tell = (explanation) => {
    const due =
      curious !== null &&
      get().explained?.target === curious.target &&
      get().status === curious.status;
    if (get().explained?.target === curious?.target) curious = null;
    if (due)
      apply(
        setStatus,
        `${targetName(explanation)} = ${printOne(fromWire(explanation.value), get().digits)}${madeOf(explanation)}.`,
      );
  };

  /** @param {string} id @param {Moment} moment @param {string} key @param {Target} target */
  const read = async (id, moment, key, target) => {
    asking = key;
    try {
      const explanation = await answer(id, moment, key, target);
      apply(showExplanation, key, explanation);
      if (get().explained?.key === key) tell(explanation);
    } catch (error) {
      apply(refuseExplanation, key, troubleOf(error));
    }
    if (asking === key) asking = null;
  };

  const explainer = {
    /**
     * Resolves once it is on the screen.
     *
     * @param {Target} target
     * @param {Target[]} [trail] by which one came
     */
    explain(target, trail = []) {
      curious = { target, status: get().status };
      apply(askExplanation, target, trail);
      return reading;
    },

    /** Something else was said: what was asked for is shown without a word. */
    hush() {
      curious = null;
    },

    /** Read what is wanted and not on the screen as it should be. */
    follow() {
      const { run, shown, revision, explained, asked } = get();
      const key = explanationKey(get());
      const want = wanted(get());
      if (
        !run ||
        !shown ||
        !want ||
        key === null ||
        shown.revision !== revision ||
        shown.open !== get().open ||
        asking === key
      )
        return;
      if (asked || explained?.key !== key) reading = read(run.id, shown, key, want.target);
    },
  };
  return explainer;
}

/** @param {Explanation} explanation */
function madeOf({ family, term_count: count }) {
  if (family === "leaf") return ", which is given";
  return count === 1 ? ", a single term" : `, the sum of ${count.toLocaleString("en")} terms`;
}
