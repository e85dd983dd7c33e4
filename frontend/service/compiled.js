/**
 * What Python has compiled in an earlier visit: with it the engine starts in a third of the time. It
 * belongs to one version of the page and of Python.
 */

const NAME = "backprop-explorer compiled";

const PARTS = ["library", "packages"];

/**
 * @param {string} archive  the address of the package, which is another one for every version
 * @param {string} python
 */
export function compiledParts(archive, python) {
  const home = new URL("../", archive).href;
  const key = (/** @type {string} */ part) =>
    `${archive}?${new URLSearchParams({ python, part }).toString()}`;
  return {
    /** Both parts, or null where they were not kept. @returns {Promise<ArrayBuffer[] | null>} */
    async read() {
      try {
        const cache = await caches.open(NAME);
        const found = await Promise.all(PARTS.map((part) => cache.match(key(part))));
        return found.every(Boolean)
          ? await Promise.all(found.map((one) => /** @type {Response} */ (one).arrayBuffer()))
          : null;
      } catch {
        return null;
      }
    },

    /** Keeps them in the place of those of other versions. @param {BodyInit[]} parts */
    async keep(parts) {
      const cache = await caches.open(NAME);
      for (const { url } of await cache.keys()) if (url.startsWith(home)) await cache.delete(url);
      await Promise.all(parts.map((part, at) => cache.put(key(PARTS[at]), new Response(part))));
    },

    /** They are of no use. */
    forget: () => Promise.all(PARTS.map((part) => drop(key(part)))),
  };
}

/** @param {string} address */
async function drop(address) {
  await (await caches.open(NAME)).delete(address);
}
