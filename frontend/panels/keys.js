/**
 * The keys of the page. They never fire while one types, nor where a grid, list or button needs
 * them itself.
 *
 * @import { Commands } from "../state/commands.js"
 */

import { drawNow } from "../lib/drawing.js";
import { MODES } from "./header.js";

export const KEYS = [
  ["→ / ←", "next / previous step"],
  ["Shift + →", "finish the iteration"],
  ["Space", "play and pause"],
  ["t", "train"],
  ["Ctrl or ⌘ + Z", "undo"],
  ["Shift + Ctrl or ⌘ + Z", "redo"],
  ["1 to 5", "Explore, Practice, Build, Plots, History"],
  ["Esc", "close the selected tensor, then the explanation"],
  ["p / e / f", "to the program / to the explanation / to the formula under Practice"],
  ["g", "enlarge the graph, or close it"],
  ["/", "find a node of the graph"],
  ["+ − 0 1, arrows in the large graph", "zoom in, zoom out, fit, original size; move it"],
  ["Arrows, Home, End", "move in a grid of numbers"],
  ["Click, e or Space on a cell", "explain its number; Enter does where it cannot be edited"],
  ["Drag across cells, Shift + click", "mark several, where a lesson asks for cells"],
  ["Shift or Ctrl + Space on a cell", "mark its row or column, where a lesson asks for cells"],
  ["Enter, double click or a digit", "edit the number in a cell"],
  ["Enter / Esc in a cell", "write it / leave it as it was"],
  ["Paste in a cell", "write a block of numbers from a spreadsheet"],
  ["Ctrl or ⌘ + C in a grid", "copy all its numbers for a spreadsheet"],
  ["?", "this list"],
];

/**
 * What one does next is done to what has become of the page, also where that is still to be drawn: a
 * key that was pressed in what is gone by now is the key of what has the focus then.
 *
 * @param {Event} event
 */
export function catchUp(event) {
  drawNow();
  const focused = document.activeElement;
  const place = /** @type {Element} */ (event.target);
  if (!(event instanceof KeyboardEvent) || place.isConnected || !focused) return;
  event.stopImmediatePropagation();
  if (!focused.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
}

/** @param {KeyboardEvent} event @param {Commands} commands */
export function pressKey(event, commands) {
  if (event.defaultPrevented || document.querySelector("dialog[open]")) return;
  const place = /** @type {HTMLElement} */ (event.target);
  if (place.closest("input:not([type=range]), textarea, [contenteditable]")) return;
  const act = commandOf(event, commands) ?? plainOf(event, commands, place);
  if (!act) return;
  event.preventDefault();
  act();
}

/** @param {KeyboardEvent} event @param {Commands} commands */
function commandOf(event, commands) {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.key.toLowerCase() !== "z")
    return null;
  return event.shiftKey ? commands.run.redo : commands.run.undo;
}

/** @param {KeyboardEvent} event @param {Commands} commands @param {HTMLElement} place */
function plainOf(event, commands, place) {
  if (event.ctrlKey || event.metaKey || event.altKey || place.closest("select")) return null;
  const arrows = !place.closest("[role=grid], [role=tablist], input");
  const space = !place.closest("button, input, summary, a, [role=grid]");
  /** @type {Record<string, (() => void) | false>} */
  const keys = {
    ...Object.fromEntries(
      MODES.map(([mode], at) => [at + 1, () => commands.page.chooseMode(mode)]),
    ),
    ArrowRight: arrows && (event.shiftKey ? commands.stage.finish : commands.stage.next),
    ArrowLeft: arrows && !event.shiftKey && commands.stage.previous,
    " ": space && commands.stage.play,
    t: commands.training.start,
    "/": () => commands.graph.enlargeGraph(true, "graph-search"),
    g: () => commands.graph.enlargeGraph(!isGraphLarge()),
    p: () =>
      /** @type {HTMLElement | null} */ (
        document.querySelector("#program [aria-current=step]") ??
          document.querySelector("#program textarea, #program button.line")
      )?.focus(),
    e: commands.explanation.focus,
    f: commands.practice.focusFormula,
    Escape:
      !document.querySelector(":popover-open") &&
      (isGraphLarge() ? () => commands.graph.enlargeGraph(false) : commands.escape),
    "?": () => commands.files.showDialog("help"),
  };
  return Object.hasOwn(keys, event.key) ? keys[event.key] : null;
}

function isGraphLarge() {
  return document.querySelector("#graph > .graph-head") !== null;
}
