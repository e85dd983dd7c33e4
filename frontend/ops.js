/** Puts the page of operations together. @import { Theme } from "./state/settings/reducer.js" */

import { documentAddress, plainDocument, runAddress } from "./lib/address.js";
import { render } from "./lib/h.js";
import { anchorOf } from "./lib/reference.js";
import { contentsView, entriesView, headerView } from "./panels/reference.js";
import { createClient } from "./service/client.js";
import { memory } from "./service/memory.js";
import { waitingText } from "./service/patience.js";
import { problemOf } from "./service/refusal.js";
import { isServed, source } from "./service/source.js";
import {
  initialReference,
  searchReference,
  setProblem,
  setReference,
  setStatus,
  setTheme,
} from "./state/reference/reducer.js";
import { createStore } from "./state/store.js";

const store = createStore(initialReference);
const client = createClient(source(), "./api", tellWaiting);
const remembered = memory(() => window.localStorage);
const latest = remembered.runs()[0];

const commands = {
  home: latest ? runAddress("./", latest.id) : "./",
  search: (/** @type {string} */ query) => store.apply(searchReference, query),
  theme(/** @type {Theme} */ theme) {
    document.documentElement.dataset.theme = theme;
    remembered.setTheme(theme);
    store.apply(setTheme, theme);
  },
};

/** @type {import("./views/operation.js").Travel} */
const travel = {
  address: (document) => documentAddress("./", plainDocument(document)),
  copyJson: (document, name) =>
    void copy(JSON.stringify(document, null, 2), `${name} copied as JSON.`),
  copyCurl: isServed()
    ? (document, name) => void copy(curl(document), `${name} copied as a curl command.`)
    : null,
};

/** @param {import("./service/patience.js").Waiting} waiting */
function tellWaiting(waiting) {
  store.apply(setStatus, waitingText(waiting));
}

/** For a shell: a quote in the document would end the argument. @param {unknown} document */
function curl(document) {
  const body = JSON.stringify(document).replaceAll("'", "'\\''");
  return `curl -s ${new URL("./api/trace", location.href)} -H 'Content-Type: application/json' -d '${body}'`;
}

/** @param {string} text @param {string} said */
async function copy(text, said) {
  try {
    await navigator.clipboard.writeText(text);
    store.apply(setStatus, said);
  } catch {
    store.apply(setProblem, {
      detail: "The browser does not let the page write to the clipboard.",
      hint: "Open the example instead, and use Export.",
      where: {},
      status: 0,
      code: "page",
    });
  }
}

/** @param {string} id */
const place = (id) => /** @type {HTMLElement} */ (document.getElementById(id));

function draw() {
  const state = store.get();
  render(place("page-header"), headerView(state, commands));
  render(place("page-contents"), contentsView(state));
  render(place("page-entries"), entriesView(state, travel));
  render(place("page-status"), state.said);
  render(
    place("page-alert"),
    state.problem && `${state.problem.detail} ${state.problem.hint ?? ""}`,
  );
}

/**
 * What is wider than its place can be scrolled by keyboard; the rest is no stop on the way. An
 * entry has its measures from when it comes into sight.
 *
 * @param {Element} part
 */
function markScrollers(part) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (
    part.querySelectorAll(".typeset, pre")
  )) {
    if (element.scrollWidth > element.clientWidth) element.tabIndex = 0;
    else element.removeAttribute("tabindex");
  }
}

/** Where the reading is: what a line in the upper third of the window crosses. */
const READ = { rootMargin: "-32% 0px -67% 0px" };

/** The contents mark the entry that is read, and show where that is. @param {Element} entry */
function markContents(entry) {
  const contents = place("page-contents");
  const link = contents.querySelector(`a[href="#${CSS.escape(entry.id)}"]`);
  contents.querySelector("[aria-current]")?.removeAttribute("aria-current");
  if (!link) return;
  link.setAttribute("aria-current", "true");
  // Not `scrollIntoView`, which would scroll the page, too, where the contents stand above it.
  const [list, line] = [contents.getBoundingClientRect(), link.getBoundingClientRect()];
  if (line.top < list.top) contents.scrollTop -= list.top - line.top;
  else if (line.bottom > list.bottom) contents.scrollTop += line.bottom - list.bottom;
}

/** @param {(entry: Element) => void} act @param {IntersectionObserverInit} [where] */
function whenSeen(act, where) {
  const seen = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) if (isIntersecting) act(target);
  }, where);
  for (const entry of place("page-entries").querySelectorAll(".entry")) seen.observe(entry);
}

/** What depends on which entries are in sight. */
function watchEntries() {
  whenSeen(markScrollers);
  whenSeen(markContents, READ);
  addEventListener("resize", () => {
    for (const entry of place("page-entries").querySelectorAll(".entry"))
      if (entry.checkVisibility({ contentVisibilityAuto: true })) markScrollers(entry);
  });
}

/** Shows what the address means, also by another name and behind a search; going there marks it. */
function goToAnchor() {
  const { reference, query } = store.get();
  if (!reference || location.hash.length < 2) return;
  const anchor = anchorOf(reference, location.hash);
  const target = document.getElementById(anchor);
  if (!target) return;
  if (query && target.closest("[hidden]")) store.apply(searchReference, "");
  if (`#${anchor}` !== location.hash || !target.matches(":target")) location.replace(`#${anchor}`);
  target.scrollIntoView();
}

/**
 * `/` goes to the search, as elsewhere; Escape in it shows everything again.
 *
 * @param {KeyboardEvent} event
 */
function pressKey(event) {
  const search = /** @type {HTMLInputElement} */ (document.querySelector("input[type=search]"));
  const typing = /** @type {Element} */ (event.target).matches?.("input, select, textarea");
  if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    search.focus();
  }
  if (event.key === "Escape" && event.target === search) store.apply(searchReference, "");
}

store.subscribe(draw);
addEventListener("hashchange", goToAnchor);
addEventListener("keydown", pressKey);
commands.theme(remembered.theme());
try {
  store.apply(setReference, await client.reference());
  watchEntries();
  goToAnchor();
} catch (error) {
  store.apply(setProblem, problemOf(error));
}
