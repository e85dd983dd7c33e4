/**
 * Puts the page together: store, commands, and one panel per region.
 *
 * @import { Theme } from "./state/settings/reducer.js"
 */

import { afterPainting, drawSoon } from "./lib/drawing.js";
import { keepFocus } from "./lib/focus.js";
import { render } from "./lib/h.js";
import { readPalette } from "./lib/palette.js";
import { watchLibrary } from "./lib/library.js";
import { REGIONS } from "./lib/regions.js";
import { stageRoom } from "./lib/room.js";
import * as alert from "./panels/alert.js";
import * as aside from "./panels/aside.js";
import * as build from "./panels/builder.js";
import * as dialogs from "./panels/dialogs.js";
import * as graph from "./panels/graph.js";
import * as header from "./panels/header.js";
import * as history from "./panels/history.js";
import { catchUp, pressKey } from "./panels/keys.js";
import * as lesson from "./panels/lesson.js";
import { drag } from "./panels/opening.js";
import * as plots from "./panels/plots.js";
import * as practice from "./panels/practice.js";
import * as program from "./panels/program.js";
import * as stage from "./panels/stage.js";
import * as transport from "./panels/transport.js";
import { createClient } from "./service/client.js";
import { memory, tabMemory } from "./service/memory.js";
import { firstDocument, isServed, source } from "./service/source.js";
import { createCommands } from "./state/commands.js";
import { measureStage } from "./state/fitting/reducer.js";
import { offerLesson } from "./state/learning/reducer.js";
import { setWaiting } from "./state/messages/reducer.js";
import { leftOut } from "./state/page/reducer.js";
import { setLibrary, setTheme } from "./state/settings/reducer.js";
import { initial } from "./state/state.js";
import { createStore } from "./state/store.js";

/**
 * In the order in which they are drawn: what one waits for comes first.
 *
 * @type
 *   {Record<string, {select: (state: any) => Record<string, unknown>, view: (props: any, commands: any, state: any) => any}>}
 */
const panels = {
  training: transport,
  tensors: stage,
  program,
  header,
  explanation: aside,
  lesson,
  graph,
  practice,
  build,
  plots,
  history,
  alert,
  dialogs,
};

const store = createStore(initial);
const remembered = memory(() => window.localStorage);
const thisTab = tabMemory(() => window.sessionStorage);
const commands = createCommands(store, createClient(source(), "./api", tellWaiting), {
  search: location.search,
  hash: location.hash,
  base: location.origin + location.pathname,
  setAddress: (address) => window.history.replaceState(null, "", address),
  copy: (text) => navigator.clipboard.writeText(text),
  remember: remembered.addRun,
  recent: remembered.runs,
  step: thisTab.step,
  progress: remembered.lessons,
  keepProgress: remembered.keepLessons,
  first: firstDocument,
  save: saveFile,
  setTheme: showTheme,
});

/** @param {import("./service/patience.js").Waiting} waiting */
function tellWaiting(waiting) {
  store.apply(setWaiting, waiting);
}

/** @param {string} name @param {Blob} content */
function saveFile(name, content) {
  const address = URL.createObjectURL(content);
  const link = Object.assign(document.createElement("a"), { href: address, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** @param {Theme} theme */
function showTheme(theme) {
  document.documentElement.dataset.theme = theme;
  remembered.setTheme(theme);
  store.apply(setTheme, theme, readPalette(document.body));
}

/** @type {Record<string, Record<string, unknown>>} */
const drawn = {};
function drawPanels() {
  for (const [id, panel] of Object.entries(panels)) drawPanel(id, panel);
}

/** @param {string} id @param {(typeof panels)[string]} panel */
function drawPanel(id, panel) {
  const state = store.get();
  const props = panel.select(state);
  const before = drawn[id];
  if (before && Object.keys(props).every((name) => props[name] === before[name])) return;
  drawn[id] = props;
  const element = /** @type {HTMLElement} */ (document.getElementById(id));
  keepFocus(element, () => render(element, panel.view(props, commands, state)));
}

/** What the picture of a step has room in. */
const tensorsRegion = /** @type {Element} */ (document.getElementById("tensors"));
new ResizeObserver(() => {
  const room = stageRoom();
  if (room) store.apply(measureStage, room.width, room.height);
}).observe(tensorsRegion);

let following = false;
/** What else the screen lacks is read when it is painted. */
function followSoon() {
  if (following) return;
  following = true;
  afterPainting(() => {
    following = false;
    commands.follow();
  });
}

/** What stands in the stage's place, and what a link leaves out. */
function arrange() {
  const { mode, tab, learning, embed } = store.get();
  const hidden = leftOut(store.get());
  document.body.dataset.mode = mode;
  document.body.classList.toggle("embedded", embed !== null);
  document.body.dataset.tab = tab;
  document.body.classList.toggle("in-lesson", learning.course !== null && mode === "explore");
  for (const id of new Set([...Object.keys(REGIONS), ...Object.keys(PLACES)])) {
    const region = /** @type {HTMLElement} */ (document.getElementById(id));
    region.hidden = hidden.includes(id) || (id in PLACES && PLACES[id] !== mode);
  }
}

/** The regions that only one mode has. @type {Record<string, import("./state/page/reducer.js").Mode>} */
const PLACES = { practice: "practice", build: "build", plots: "plots", history: "history" };

store.subscribe(arrange);
store.subscribe(() => void drawSoon(drawPanels));
store.subscribe(followSoon);
for (const type of ["keydown", "pointerdown"])
  document.addEventListener(type, catchUp, { capture: true });
document.addEventListener("keydown", (event) => pressKey(event, commands));
document.addEventListener("dragover", (event) => drag(event, commands));
document.addEventListener("drop", (event) => drag(event, commands));
document.addEventListener(
  "visibilitychange",
  () => document.visibilityState === "visible" && void commands.ownership.look(),
);
window.addEventListener("pagehide", () => {
  const { run, cursor } = store.get();
  if (run) thisTab.keepStep(run.id, cursor);
});
window.addEventListener("hashchange", () => void commands.turn(location.hash));
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () =>
  showTheme(store.get().theme),
);
showTheme(remembered.theme());
if (!remembered.visited() && !location.hash && !location.search) store.apply(offerLesson);
watchLibrary((library) => store.apply(setLibrary, library), !isServed());
void commands.start();
