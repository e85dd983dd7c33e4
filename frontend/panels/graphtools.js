/**
 * What the large form of the graph has beside the drawing: search, folding, size, saving; and how
 * the drawing is moved.
 *
 * @import { Commands } from "../state/commands.js"
 * @import { Course } from "../lib/course.js"
 * @import { Laid } from "../lib/laying.js"
 * @import { Palette, Trace } from "../lib/types.js"
 * @typedef {import("../state/graph/reducer.js").Drawing} Drawing
 */

import { isFolded } from "../lib/folding.js";
import { h } from "../lib/h.js";
import { MINUS } from "../lib/numbers.js";
import { save } from "../lib/plotly.js";
import { search } from "../lib/search.js";
import { searchView } from "../views/search.js";

/**
 * A press of a button makes the drawing so many times as large; an arrow moves it by so many
 * pixels.
 */
const STEP = 1.25;
const PAN = 60;

/**
 * @param {{laid: Laid, trace: Trace, drawing: Drawing, symbols: Record<string, string>, palette: Palette | null, missing: boolean}} props
 * @param {Commands} commands
 */
export function toolsView({ laid, trace, drawing, symbols, palette, missing }, commands) {
  return h(
    "div",
    { class: "graph-head", key: "head" },
    h("span", { class: "title", "aria-hidden": "true" }, "Computation graph"),
    h(
      "span",
      { class: "graph-legend" },
      "ribbon width: log of the norm ",
      h("span", { class: "value" }, "values →"),
      " ",
      h("span", { class: "gradient" }, "← gradients"),
    ),
    h("span", { class: "space" }),
    drawing.large &&
      h(
        "button",
        {
          type: "button",
          class: "quiet",
          title: "Close the large graph (Escape)",
          onclick: () => commands.graph.enlargeGraph(false),
        },
        "Close graph",
      ),
    h(
      "div",
      { class: "tools" },
      searchView(
        drawing,
        search(drawing.query, trace, (op) => symbols[op] ?? op),
        { ...commands.graph, selectTensor: commands.inspector.selectTensor },
      ),
      foldingView(laid, drawing, commands),
      h("span", { class: "space" }),
      !missing && zoomView(laid.course, drawing.zoom, commands),
      !missing && palette && saveView(palette.panel),
    ),
  );
}

/**
 * Loops, and lines of several operations, can be folded into one node.
 *
 * @param {Laid} laid
 * @param {Drawing} drawing
 * @param {Commands} commands
 */
function foldingView({ loops, lines, level }, { folded: chosen, lines: wanted }, commands) {
  const button = (
    /** @type {string} */ text,
    /** @type {boolean} */ on,
    /** @type {string} */ title,
    /** @type {() => void} */ onclick,
  ) =>
    h(
      "button",
      { type: "button", class: "small", key: text, "aria-pressed": String(on), title, onclick },
      text,
    );
  const several = lines.some((line) => line.level === 1);
  const touched = lines.some(({ key }) => key in chosen);
  const all = wanted === true && !touched;
  return [
    ...loops.map((loop) => {
      const on = isFolded(loop, chosen, level);
      return button(
        `Collapse loop ${loop.name} (×${loop.count})`,
        on,
        on
          ? `${loop.told} are drawn as one node; press to expand them`
          : `Draw ${loop.told} as one node`,
        () => commands.graph.foldSteps(loop, !on),
      );
    }),
    several &&
      button(
        "Group by line",
        all,
        all
          ? "Every line of the program is drawn as one node; press to see its operations"
          : "Draw every line of the program as one node",
        () => commands.graph.foldLines(!all),
      ),
  ];
}

/** @param {Course} course @param {number} zoom @param {Commands} commands */
function zoomView(course, zoom, commands) {
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ label,
    /** @type {(event: any) => void} */ onclick,
  ) =>
    h(
      "button",
      { type: "button", class: "small", "aria-label": label, title: label, onclick },
      text,
    );
  const size = `${Math.round(100 * zoom)} %`;
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Size of the graph" },
    button(MINUS, `Zoom out (${MINUS})`, () => commands.graph.zoomGraph(zoom / STEP)),
    button(size, `${size}, back to original size`, () => commands.graph.zoomGraph(1)),
    button("+", "Zoom in (+)", () => commands.graph.zoomGraph(zoom * STEP)),
    button("Fit", "Fit the graph", (event) =>
      commands.graph.zoomGraph(
        fit(course, event.currentTarget.closest("#graph").querySelector(".graph-plot")),
      ),
    ),
  );
}

/** @param {string} paper  the colour of its ground */
function saveView(paper) {
  return h(
    "div",
    { class: "zoom", role: "group", "aria-label": "Save the graph" },
    ["PNG", "SVG"].map((format) =>
      h(
        "button",
        {
          type: "button",
          class: "small",
          key: format,
          "aria-label": `Save the graph as ${format}`,
          title: `Save the graph as ${format}`,
          onclick: (/** @type {any} */ event) =>
            void save(
              event.currentTarget.closest("#graph").querySelector(".graph-plot .plot"),
              "graph",
              format.toLowerCase(),
              paper,
            ),
        },
        format,
      ),
    ),
  );
}

/**
 * The zoom at which all of it is seen.
 *
 * @param {Course} course
 * @param {HTMLElement} place
 */
function fit({ width, height }, place) {
  return Math.min(1, place.clientWidth / width, place.clientHeight / height);
}

/**
 * Wheel, drag and keys in the drawing.
 *
 * @param {number} zoom
 * @param {Course | null} course
 * @param {Commands} commands
 */
export function panning(zoom, course, commands) {
  return {
    onwheel: (/** @type {any} */ event) => wheel(event, zoom, commands),
    onpointerdown: grab,
    onkeydown: (/** @type {any} */ event) => {
      const place = event.currentTarget;
      if (event.ctrlKey || event.metaKey || event.altKey || (event.shiftKey && event.key !== "+"))
        return;
      const size = /** @type {Record<string, number>} */ ({
        "+": zoom * STEP,
        "=": zoom * STEP,
        "-": zoom / STEP,
        1: 1,
        0: course ? fit(course, place) : 1,
      })[event.key];
      const way = /** @type {Record<string, [number, number]>} */ ({
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, -1],
        ArrowDown: [0, 1],
      })[event.key];
      const moves =
        way &&
        (way[0] ? place.scrollWidth > place.clientWidth : place.scrollHeight > place.clientHeight);
      if (size) commands.graph.zoomGraph(size);
      else if (moves) place.scrollBy(way[0] * PAN, way[1] * PAN);
      else return;
      event.preventDefault();
    },
  };
}

/**
 * The drawing follows the mouse while its button is held; a finger moves it anyway.
 *
 * @param {any} event
 */
function grab({ currentTarget: place, button, pointerType, clientX, clientY }) {
  if (button !== 0 || pointerType === "touch") return;
  let [x, y] = [clientX, clientY];
  const follow = (/** @type {PointerEvent} */ event) => {
    if (event.buttons === 0) return release();
    place.scrollBy(x - event.clientX, y - event.clientY);
    [x, y] = [event.clientX, event.clientY];
  };
  const release = () => window.removeEventListener("pointermove", follow);
  window.addEventListener("pointermove", follow);
  window.addEventListener("pointerup", release, { once: true });
}

/**
 * The wheel moves the drawing; with Ctrl or ⌘ it changes the size.
 *
 * @param {any} event
 * @param {number} zoom
 * @param {Commands} commands
 */
function wheel(event, zoom, commands) {
  if (!event.ctrlKey && !event.metaKey) return wheelAlong(event);
  event.preventDefault();
  commands.graph.zoomGraph(zoom * Math.exp(-Math.max(-80, Math.min(80, event.deltaY)) / 300));
}

/**
 * What is only wider than its place is moved sideways by a plain wheel.
 *
 * @param {any} event
 */
export function wheelAlong(event) {
  const place = event.currentTarget;
  if (place.scrollHeight > place.clientHeight || event.deltaX || event.shiftKey) return;
  const before = place.scrollLeft;
  place.scrollLeft += event.deltaY;
  if (place.scrollLeft !== before) event.preventDefault();
}
