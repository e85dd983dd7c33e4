/**
 * Where the page's answers come from: a server or, where the page is a folder of files, an engine in
 * a worker of this browser. Such a page says in its head where that is.
 */

import { engineFetcher } from "./engine.js";
import { listFetcher } from "./lists.js";

/** @returns {HTMLMetaElement | null} */
function engineNamed() {
  return document.querySelector("meta[name=engine]");
}

/** Whether there is a service that others could ask, such as a shell. */
export function isServed() {
  return !engineNamed();
}

/**
 * What a page opens that was made for something: a document or an example, as it is posted to begin a
 * run, or the name of a lesson; null where it was made for nothing.
 *
 * @returns {Promise<{example?: string, lesson?: string} | null>}
 */
export async function firstDocument() {
  const first = engineNamed()?.dataset.first;
  return first === undefined ? null : (await fetch(first)).json();
}

/** @returns {typeof fetch} */
export function source() {
  const named = engineNamed();
  if (!named) return (...request) => fetch(...request);
  const { lists = "", python = "", archive = "", snapshot = "", keeper = "" } = named.dataset;
  const absolute = (/** @type {string} */ address) => new URL(address, document.baseURI).href;
  const begin = () => {
    const worker = new Worker(absolute(named.content), { type: "module" });
    const places = { python, archive, snapshot };
    const start = Object.fromEntries(
      Object.entries(places).map(([name, place]) => [name, absolute(place)]),
    );
    worker.postMessage({ start });
    return worker;
  };
  const engine = engineFetcher(
    begin,
    (used) => void keep(absolute(keeper), used),
    () => location.reload(),
  );
  return listFetcher(absolute(lists), engine);
}

/**
 * Has the browser keep what the page is made of, so that it opens without a network from now on.
 *
 * @param {string} keeper
 * @param {string[]} used  what the engine was loaded from
 */
async function keep(keeper, used) {
  try {
    const { serviceWorker } = navigator;
    const known = await serviceWorker.getRegistration();
    // It is registered once: to do that again asks the network, without which this would complain.
    if (known?.active?.scriptURL !== new URL(keeper, document.baseURI).href)
      await serviceWorker.register(keeper);
    const { active } = await serviceWorker.ready;
    active?.postMessage({ keep: used });
  } catch {
    // Without it, the page needs the network again.
  }
}
