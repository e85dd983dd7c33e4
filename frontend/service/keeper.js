/**
 * Keeps the site's files in the browser, so that it opens without a network after the first visit.
 * Nothing but these goes through it. Its own address names the list of files, which has another name
 * for every version of the site.
 */

const scope = /** @type {any} */ (self);

/** Where the site is: there may be several below one host. @type {string} */
const home = new URL("./", location.href).href;

/** What has another name when it is another file. */
const assets = new URL("assets/", home).href;

const list = new URL(location.href).searchParams.get("files") ?? "";

const PREFIX = `backprop-explorer ${home} `;

const NAME = PREFIX + list;

scope.addEventListener("install", (/** @type {any} */ event) => event.waitUntil(install()));
scope.addEventListener("activate", (/** @type {any} */ event) => event.waitUntil(activate()));
scope.addEventListener("message", (/** @type {any} */ event) => {
  if (event.data.keep) event.waitUntil(keep(event.data.keep));
});
scope.addEventListener("fetch", (/** @type {any} */ event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") event.respondWith(freshest(request));
  else event.respondWith(known(request));
});

async function install() {
  const files = await (await fetch(new URL(list, home))).json();
  await keep([home, ...files.map((/** @type {string} */ file) => new URL(file, home).href)]);
  await scope.skipWaiting();
}

/** Those of other versions of this site are let go of. */
async function activate() {
  const names = await caches.keys();
  const old = names.filter((name) => name.startsWith(PREFIX) && name !== NAME);
  await Promise.all(old.map((name) => caches.delete(name)));
  await scope.clients.claim();
}

/** Out of what the browser has anyway, where it has it. @param {string[]} addresses */
async function keep(addresses) {
  const cache = await caches.open(NAME);
  await Promise.all(
    addresses.map(async (address) => {
      if (await cache.match(address)) return;
      const answer = await fetch(address, { cache: "force-cache" });
      if (answer.ok) await cache.put(address, answer);
    }),
  );
}

/**
 * A page: the newest, or without a network the one that was kept; what is not kept at first is when
 * it is used. Where the host says that it is
 * elsewhere, as of a folder without its slash, the browser goes there itself.
 *
 * @param {Request} request
 */
async function freshest(request) {
  const page = new URL(request.url);
  page.search = "";
  try {
    const answer = await fetch(request);
    if (answer.ok) await keepUnknown(page.href, answer);
    if (answer.ok || answer.type === "opaqueredirect") return answer;
  } catch {
    // There is no network.
  }
  return (await known(page.href)) ?? Response.error();
}

/** One of this version is not exchanged for a newer one. @param {string} address @param {Response} answer */
async function keepUnknown(address, answer) {
  const cache = await caches.open(NAME);
  if (!(await cache.match(address))) await cache.put(address, answer.clone());
}

/** @param {Request | string} request @returns {Promise<Response>} */
async function known(request) {
  const cache = await caches.open(NAME);
  const kept = await cache.match(request);
  if (kept) return kept;
  const answer = await fetch(request);
  const address = typeof request === "string" ? request : request.url;
  if (answer.ok && address.startsWith(assets)) await cache.put(address, answer.clone());
  return answer;
}
