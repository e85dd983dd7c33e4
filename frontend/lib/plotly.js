/**
 * The only door to Plotly. A plot is a function from its size to a figure; it is drawn again when
 * what it depends on changes,
 * or its element's size does. The library comes when it comes (`lib/library.js`), and perhaps not at
 * all: the page does not wait for it.
 *
 * @typedef {{x: number, y: number, across: number} | undefined} Spot a place in the figure, and
 *   where in the width of the view it should stand
 * @typedef {{content: object, step: string, chosen: string, current: Spot, selected: Spot}} View
 *   what a figure that is scrolled should show
 * @typedef {{data: object[], layout: Record<string, any>, view?: View}} Figure
 * @typedef {(width: number, height: number) => Figure} Build
 * @typedef {"coming" | "here" | "missing"} Library
 * @typedef {{click?: (point: any) => void, hover?: (point: any) => void, unhover?: () => void}}
 *   Handlers
 */

/**
 * @typedef
 *   {{build: Build, depends: unknown[], handlers: Handlers, width: number, height: number, observer: ResizeObserver, view?: View}}
 *   Plot
 */

/** @type {WeakMap<Element, Plot>} */
const plots = new WeakMap();

/** What is to be drawn once the library is here. @type {Set<any>} */
const undrawn = new Set();

/** @type {any} */
let plotly;
/** @type {Library} */
let known = "coming";
/** @type {() => void} */
let askForPlotly = () => undefined;

const CONFIG = {
  displayModeBar: false,
  displaylogo: false,
  scrollZoom: false,
  doubleClick: "reset",
  showTips: false,
};

/**
 * @param {any} element
 * @param {unknown[]} depends what the figure shows
 * @param {Build} build
 * @param {Handlers} [handlers]
 */
export function draw(element, depends, build, handlers = {}) {
  const old = plots.get(element);
  if (old) {
    const same =
      old.depends.length === depends.length &&
      old.depends.every((value, at) => value === depends[at]);
    Object.assign(old, { build, depends, handlers });
    if (!same) redrawSoon(element);
    return;
  }
  const observer = new ResizeObserver(() => {
    const plot = plots.get(element);
    if (
      plot &&
      (frame(element).clientWidth !== plot.width || frame(element).clientHeight !== plot.height)
    )
      redrawSoon(element);
  });
  const plot = { build, depends, handlers, width: 0, height: 0, observer };
  plots.set(element, plot);
  observer.observe(frame(element));
  redrawSoon(element);
}

/** @type {Set<any>} */
const waiting = new Set();

/** Milliseconds from the paint to a drawing, in which whatever else waited for the paint goes first. */
const PAUSE = 8;
/** Between two drawings there is so many times the time that the first of them took. */
const REST = 3;
/** At least so many milliseconds, where a change came before the picture of the last one. */
const LEAST_REST = 120;
let [rested, overtaken] = [0, false];

/**
 * Plots come after the paint that brings the text: a number must not wait for a picture. Until then
 * the picture is an old one. Where one change follows the other, as while a number is dragged, the
 * pictures take a part of the time and no more. What was not there yet is drawn at once.
 *
 * @param {any} element
 */
function redrawSoon(element) {
  element.setAttribute("aria-busy", "true");
  const isNew = !element.on;
  if (waiting.size === 0 || isNew) {
    const rest = isNew ? 0 : rested - performance.now();
    requestAnimationFrame(() => setTimeout(redrawAll, Math.max(PAUSE, rest)));
  }
  overtaken ||= waiting.has(element);
  waiting.add(element);
}

function redrawAll() {
  if (waiting.size === 0) return;
  const begun = performance.now();
  drawWaiting();
  const ended = performance.now();
  rested = ended + Math.max(overtaken ? LEAST_REST : 0, REST * (ended - begun));
  overtaken = false;
}

function drawWaiting() {
  const elements = [...waiting];
  waiting.clear();
  for (const element of elements) {
    const plot = plots.get(element);
    if (plot && !plotly) {
      undrawn.add(element);
      askForPlotly();
    } else if (plot) redraw(element, plot);
    if (!waiting.has(element) && (known !== "coming" || !undrawn.has(element)))
      element.removeAttribute("aria-busy");
    element.toggleAttribute("data-undrawn", known === "missing");
  }
}

/**
 * The library, once it is here, or null where it cannot be had: what waited for it is drawn, or marked as
 * not drawn. Undefined: it is coming.
 *
 * @param {any} library
 * @returns {Library}
 */
export function setPlotly(library) {
  plotly = library;
  known = library === undefined ? "coming" : library === null ? "missing" : "here";
  const elements = [...undrawn];
  if (known === "here") undrawn.clear();
  elements.forEach(redrawSoon);
  return known;
}

/** Asks for the library when there is something to draw. @param {() => void} ask */
export function whenWanted(ask) {
  askForPlotly = ask;
}

/** @param {any} element */
export function purge(element) {
  plots.get(element)?.observer.disconnect();
  plots.delete(element);
  undrawn.delete(element);
  plotly?.purge(element);
}

/**
 * The element whose size counts: the plot may be wider than what it scrolls in.
 *
 * @param {HTMLElement} element
 * @returns {HTMLElement}
 */
function frame(element) {
  return /** @type {HTMLElement} */ (element.parentElement ?? element);
}

/** @param {any} element @param {Plot} plot */
function redraw(element, plot) {
  plot.width = frame(element).clientWidth;
  plot.height = frame(element).clientHeight;
  if (!plot.width) return;
  const { data, layout, view } = plot.build(plot.width, plot.height);
  const fresh = !element.on;
  const before = middleOf(frame(element));
  if (view)
    Object.assign(element.style, { width: `${layout.width}px`, height: `${layout.height}px` });
  plotly.react(element, data, layout, CONFIG);
  if (fresh) attach(element);
  if (view) scroll(frame(element), view, plot.view, before);
  plot.view = view;
}

/**
 * The middle of what is in view, as parts of the whole; null where all is in view.
 *
 * @param {HTMLElement} frame
 * @returns {[number, number] | null}
 */
function middleOf({ scrollLeft, scrollTop, clientWidth, clientHeight, scrollWidth, scrollHeight }) {
  if (scrollWidth <= clientWidth && scrollHeight <= clientHeight) return null;
  return [
    (scrollLeft + clientWidth / 2) / scrollWidth,
    (scrollTop + clientHeight / 2) / scrollHeight,
  ];
}

/**
 * What is new is brought into view; else the middle stays the middle.
 *
 * @param {HTMLElement} frame
 * @param {View} view
 * @param {View | undefined} last
 * @param {[number, number] | null} middle
 */
function scroll(frame, view, last, middle) {
  const chosen = last && last.chosen !== view.chosen && view.selected;
  const moved = last?.step !== view.step && view.current;
  const spot =
    chosen ||
    moved ||
    (last?.content !== view.content || middle === null
      ? (view.selected ?? view.current)
      : undefined);
  if (spot) {
    frame.scrollLeft = spot.x - spot.across * frame.clientWidth;
    frame.scrollTop = spot.y - frame.clientHeight / 2;
  } else if (middle) {
    frame.scrollLeft = middle[0] * frame.scrollWidth - frame.clientWidth / 2;
    frame.scrollTop = middle[1] * frame.scrollHeight - frame.clientHeight / 2;
  }
}

/** Of a saved picture, in pixels. */
const LEAST_WIDTH = 800;

/**
 * Saves what the element shows as a file, on paper of that colour.
 *
 * @param {any} element
 * @param {string} name
 * @param {string} format png or svg
 * @param {string} paper
 */
export async function save(element, name, format, paper) {
  if (!element?.data) return;
  const { data, layout } = element;
  const picture = await plotly.toImage(
    { data, layout: { ...layout, paper_bgcolor: paper } },
    {
      format,
      width: layout.width,
      height: layout.height,
      scale: format === "png" ? Math.max(2, Math.ceil(LEAST_WIDTH / layout.width)) : 1,
    },
  );
  const link = document.createElement("a");
  Object.assign(link, { href: picture, download: `${name}.${format}` });
  link.click();
}

/** @param {any} element */
function attach(element) {
  const handlers = () => plots.get(element)?.handlers ?? {};
  element.on("plotly_click", (/** @type {any} */ event) => handlers().click?.(event.points[0]));
  element.on("plotly_hover", (/** @type {any} */ event) => handlers().hover?.(event.points[0]));
  element.on("plotly_unhover", () => handlers().unhover?.());
}
