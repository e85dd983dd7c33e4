/**
 * How the page begins: with what its address names, else with an example; whatever the address has
 * that cannot be understood is said.
 *
 * @import { Address } from "../../lib/address.js"
 * @import { Run } from "../../lib/types.js"
 * @import { Client } from "../../service/client.js"
 * @import { Browser } from "../commands.js"
 * @import { Store } from "../store.js"
 * @typedef
 *   {(run: Run, example: string | null, instead?: string | null, borrowed?: boolean) => Promise<void>}
 *   Open
 */

import { LARGEST_DOCUMENT, decodeDocument, readAddress } from "../../lib/address.js";
import { OPENING } from "../../service/client.js";
import { refusal } from "../../service/refusal.js";
import { setCatalogue, setExamples } from "../catalogue/reducer.js";
import { chooseMode, hideRegions } from "../page/reducer.js";
import { updatePractice } from "../practice/reducer.js";
import { moveCursor } from "../stage/reducer.js";

const FIRST_EXAMPLE = "lesson13";

/**
 * @param {Store} store
 * @param {Client} client
 * @param {Browser} browser
 * @param
 *   {{change: (label: string, work: () => Promise<unknown>) => Promise<unknown>, open: Open, report: (error: unknown) => void}}
 *   means
 */
export function createStart({ get, apply }, client, browser, { change, open, report }) {
  /** @returns {Promise<void>} */
  const readLists = async () => {
    try {
      const [operations, optimizers, examples, exercises] = await Promise.all([
        client.operations(),
        client.optimizers(),
        client.examples(),
        client.exercises(),
      ]);
      apply(setCatalogue, operations, optimizers);
      apply(setExamples, examples);
      apply(updatePractice, { list: exercises });
    } catch (error) {
      report(error);
    }
  };

  /**
   * The run that the address names, or a new one of its document; null where it names none.
   *
   * @param {Address} address
   * @returns {Promise<Run | null>}
   */
  const named = async ({ run, fork, doc }) => {
    if (doc !== null) return client.create(await documentOf(doc), OPENING);
    const id = run ?? fork;
    return id === null ? null : client.read(id, OPENING);
  };

  /** @param {Address} address */
  const openNamed = async (address) => {
    /** @type {unknown} */
    let problem = null;
    const run = await named(address).catch(
      (/** @type {unknown} */ error) => void (problem = error),
    );
    if (run) await open(run, null, null, address.doc === null && address.run === null);
    else await open(await client.create({ example: FIRST_EXAMPLE }, OPENING), FIRST_EXAMPLE);
    if (problem) report(problem);
  };

  return async () => {
    const address = readAddress(browser.search, browser.hash);
    apply(hideRegions, address.hide);
    if (address.practice) {
      apply(updatePractice, { hiding: true });
      apply(chooseMode, "practice");
    }
    const opened = change("Opening", () => openNamed(address));
    const lists = new Promise((go) => setTimeout(go)).then(readLists); // the run comes first
    await opened;
    await lists;
    const odd = [...address.odd, ...goToStep(address.step)];
    if (odd.length && !get().alert)
      report(refusal(odd.join(" "), "The rest of the link is followed."));
  };

  /**
   * To the step that the address asks for.
   *
   * @param {number | null} step
   * @returns {string[]} what is wrong with it
   */
  function goToStep(step) {
    const { shown } = get();
    if (step === null || !shown) return [];
    apply(moveCursor, step);
    const last = shown.trace.steps.length - 1;
    return step > last ? [`There is no step ${step}: the last one is ${last}.`] : [];
  }
}

/** @param {string} encoded */
async function documentOf(encoded) {
  const { document, why } = await decodeDocument(encoded);
  if (why === "large")
    throw refusal(
      `The document in this link is larger than ${LARGEST_DOCUMENT.toLocaleString("en")} bytes.`,
      "Ask for it as a file; here is an example instead.",
    );
  if (why === "damaged")
    throw refusal(
      "The document in this link is damaged.",
      "Ask for the link again; here is an example instead.",
    );
  return document;
}
