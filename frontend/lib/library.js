/**
 * The script of Plotly, which is fetched ahead and run when there is something to draw.
 *
 * @import { Library } from "./plotly.js"
 */

import { setPlotly, whenWanted } from "./plotly.js";

/** @type {(library: Library) => void} */
let tellLibrary = () => undefined;

/**
 * Tells whether the library is here, as soon as that is known and whenever it changes. It is
 * fetched from now on, with what bandwidth is left, and run when there is something to draw; or as
 * soon as it is here, while the page waits for its engine with nothing else to do.
 *
 * @param {(library: Library) => void} tell
 * @param {boolean} waiting
 */
export function watchLibrary(tell, waiting) {
  tellLibrary = tell;
  whenWanted(askForLibrary);
  if (loaded()) return settleLibrary();
  void fetchAhead().then(() => waiting && loadFirst());
}

/**
 * Into the browser's cache, from where the script takes it. Not by a link that prefetches: Firefox
 * refuses that under a policy whose default is nothing.
 */
async function fetchAhead() {
  try {
    await (await fetch(named().src, { priority: "low" })).arrayBuffer();
  } catch {
    // The script, which is asked for later, says what is missing.
  }
}

/** Asks for the library once more. */
export function retryLibrary() {
  tellLibrary(setPlotly(undefined));
  load();
}

let asked = false;

/** Where there are no numbers to wait for, it is not waited for longer than this. */
const NUMBERS_MILLISECONDS = 2000;

/** Running the library takes a while: that is left until the first numbers are painted. */
function askForLibrary() {
  if (asked) return;
  asked = true;
  const go = () => {
    observer.disconnect();
    clearTimeout(timer);
    requestAnimationFrame(() => setTimeout(load));
  };
  const look = () => document.querySelector('[role="gridcell"][data-value]') && go();
  const observer = new MutationObserver(look);
  const timer = setTimeout(go, NUMBERS_MILLISECONDS);
  observer.observe(document.body, { childList: true, subtree: true });
  look();
}

function loadFirst() {
  if (asked) return;
  asked = true;
  load();
}

function load() {
  const script = Object.assign(document.createElement("script"), { id: "plotly", async: true });
  script.src = named().src;
  for (const ended of ["load", "error"])
    script.addEventListener(ended, settleLibrary, { once: true });
  named().replaceWith(script);
}

function named() {
  return /** @type {HTMLScriptElement} */ (document.getElementById("plotly"));
}

/** @returns {any} */
function loaded() {
  return /** @type {any} */ (globalThis).Plotly;
}

function settleLibrary() {
  tellLibrary(setPlotly(loaded() ?? null));
}
