/**
 * Where openings are kept: in the browser's store of answers, one for a site, which belongs to one
 * version of the page and of Python. Tabs take turns.
 *
 * @import { Opening, Shelf } from "./opening.js"
 */

import { dealt } from "./opening.js";

const NAME = "backprop-explorer opening";

/**
 * @param {string} archive  the address of the package, which is another one for every version
 * @param {string} python
 * @returns {Shelf}
 */
export function openingShelf(archive, python) {
  const home = new URL("../", archive).href;
  const place = (/** @type {string} */ part) =>
    `${archive}?${new URLSearchParams({ python, part }).toString()}`;

  /** @param {string} part @returns {Promise<Opening | null>} */
  const read = async (part) => {
    const found = await (await caches.open(NAME)).match(place(part));
    return found ? found.json() : null;
  };
  const write = async (/** @type {string} */ part, /** @type {Opening} */ opening) =>
    (await caches.open(NAME)).put(place(part), new Response(JSON.stringify(opening)));
  const drop = async (/** @type {string} */ part) =>
    void (await (await caches.open(NAME)).delete(place(part)));
  /**
   * What fails, such as where a browser keeps nothing, is as if nothing were kept.
   *
   * @param {() => Promise<Opening | null>} look
   * @returns {Promise<Opening | null>}
   */
  const alone = async (look) => {
    try {
      return navigator.locks ? await navigator.locks.request(NAME, look) : null;
    } catch {
      return null;
    }
  };

  return {
    take: ({ address, body }) =>
      alone(async () => {
        const kept = await read("next");
        const text = new TextDecoder().decode(body ?? new ArrayBuffer(0));
        if (kept?.asked.address !== address || kept.asked.text !== text) return null;
        const parts = dealt(kept);
        if (!parts) return null;
        await Promise.all([write("next", parts.rest), write("begun", parts.own)]);
        return parts.own;
      }),
    begun: (address) =>
      alone(async () => {
        const kept = await read("begun");
        return kept && address.includes(kept.ids[0]) ? kept : null;
      }),
    done: () => drop("begun").catch(() => {}),
    drop: () => drop("next").catch(() => {}),
    async keep(opening) {
      const cache = await caches.open(NAME);
      for (const { url } of await cache.keys())
        if (url.startsWith(home) && url !== place("begun")) await cache.delete(url);
      await write("next", opening);
    },
  };
}
