/**
 * What all plots have in common: axes, margins, lines that mark the moment on the screen.
 *
 * @import { Figure } from "../../lib/plotly.js"
 * @import { Palette, Wire } from "../../lib/types.js"
 * @import { Choice } from "./choices.js"
 * @typedef {{head: string[], rows: string[][], caption: string}} Table
 * @typedef {object} PlotOptions
 * @property {Palette} palette
 * @property {number} iteration  on the screen
 * @property {boolean} log
 * @property {number} digits
 * @property {boolean} [small]  there is no room for axes and legends
 * @typedef {object} Drawing     how a plot is drawn: what the file of its name exports as `plot`
 * @property {(answer: any, options: PlotOptions, width: number, height: number) => Figure} figure
 * @property {(answer: any, options: PlotOptions) => Table} table
 * @property {Choice[]} [choices]
 * @property {(point: any) => number | undefined} [iterationAt] the iteration that a click on a
 *   point goes to
 * @property {boolean} [tall]
 * @property {boolean} [pinnable]  it is worth being seen beside the numbers
 */

import { fromWire, MINUS, printOne } from "../../lib/numbers.js";
import { cellName } from "../../lib/tensor.js";
import { thinned } from "../../lib/thin.js";

/** Below this width parts of a figure stand below each other. */
export const NARROW = 640;
/** So many iterations have room at least. */
const FEWEST = 5;
/** More rows than these are thinned out in a table. */
const ROWS = 41;

/** Axes further apart than this are not drawn to one scale: one of them would be a line. */
const APART = 5;

/**
 * One unit is as long on the second axis as on the first.
 *
 * @param {number[]} x  ends of the first axis
 * @param {number[]} y
 */
export function toScale(x, y) {
  return isToScale(x, y) ? { scaleanchor: "x", scaleratio: 1, constrain: "domain" } : {};
}

/** @param {number[]} x @param {number[]} y */
export function isToScale([left, right], [low, high]) {
  const ratio = Math.abs((right - left) / (high - low || 1));
  return ratio > 1 / APART && ratio < APART;
}

/**
 * Where a picture to scale begins and ends in the room beside its axes, as parts of its width.
 *
 * @param {number[]} x @param {number[]} y
 * @param {number} width of the room
 * @param {number} height
 * @returns {[number, number]}
 */
export function sidesOf(x, y, width, height) {
  if (!isToScale(x, y)) return [0, 1];
  const unit = Math.min(width / (x[1] - x[0]), height / (y[1] - y[0]));
  const half = Math.min(0.5, (unit * (x[1] - x[0])) / width / 2);
  return [0.5 - half, 0.5 + half];
}

/** @param {Palette} palette @param {string} title @param {Record<string, any>} [more] */
export function axis(palette, title, more = {}) {
  return {
    color: palette.soft,
    gridcolor: palette.line,
    linecolor: palette.line,
    zeroline: false,
    fixedrange: true,
    automargin: true,
    tickfont: { size: 12, color: palette.soft },
    exponentformat: "power",
    title: { text: title, font: { size: 12, color: palette.ink }, standoff: 8 },
    ...more,
  };
}

/**
 * @param {Palette} palette
 * @param {number} width
 * @param {number} height
 * @param {Record<string, any>} more
 */
export function layout(palette, width, height, more) {
  return {
    width,
    height,
    margin: { l: 58, r: 16, t: 24, b: 44 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
    dragmode: false,
    hovermode: "closest",
    font: { family: "system-ui, DejaVu Sans, sans-serif", size: 12, color: palette.soft },
    uirevision: "constant",
    hoverlabel: {
      bgcolor: palette.panel,
      bordercolor: palette.ink,
      font: { color: palette.ink, size: 12 },
    },
    ...more,
  };
}

/**
 * The axis of iterations.
 *
 * @param {Palette} palette
 * @param {number[]} iterations
 * @param {Record<string, any>} [more]
 */
export function iterationAxis(palette, iterations, more = {}) {
  const last = Math.max(iterations[iterations.length - 1] ?? 0, FEWEST);
  const ticks = last > 2 * FEWEST ? { nticks: 7 } : { dtick: 1 };
  return axis(palette, "iteration", {
    range: [-0.02 * last, 1.02 * last],
    tickformat: ",d",
    ...more,
    ...ticks,
  });
}

/**
 * A line across a figure at the iteration on the screen.
 *
 * @param {Palette} palette
 * @param {number} iteration
 * @param {string} x
 * @param {string} y its axes, `y2 domain` for the second one's height
 */
export function marker(palette, iteration, x = "x", y = "y domain") {
  return {
    type: "line",
    xref: x,
    yref: y,
    x0: iteration,
    x1: iteration,
    y0: 0,
    y1: 1,
    line: { color: palette.ink, width: 1, dash: "dot" },
    layer: "above",
  };
}

/**
 * Numbers as Plotly draws them: a gap where there is none, or where a logarithm has none.
 *
 * @param {(Wire | null)[]} series
 * @param {boolean} [log]
 */
export function drawable(series, log = false) {
  return series.map((wire) => {
    const number = fromWire(wire);
    return Number.isFinite(number) && (!log || number > 0) ? number : null;
  });
}

/**
 * An axis of sizes: on a logarithmic scale with round numbers at its ticks.
 *
 * @param {Palette} palette
 * @param {string} title
 * @param {(number | null)[]} numbers all that are drawn
 * @param {boolean} log
 * @param {Record<string, any>} [more]
 */
export function sizeAxis(palette, title, numbers, log, more = {}) {
  const known = numbers.filter((number) => number !== null);
  if (!log || known.length === 0)
    return axis(palette, title, { rangemode: "tozero", nticks: 6, ...more });
  const [low, high] = [Math.log10(Math.min(...known)), Math.log10(Math.max(...known))];
  const room = 0.05 * (high - low || 1);
  return axis(palette, title, {
    type: "log",
    range: [low - room, high + room],
    ...roundTicks(low - room, high + room),
    ...more,
  });
}

/**
 * Round numbers between two positive ones, which are given by their logarithms.
 *
 * @param {number} from
 * @param {number} to
 */
export function roundTicks(from, to) {
  const decades = to - from;
  const every = Math.max(1, Math.ceil(decades / 8));
  const factors =
    decades > 3
      ? [1]
      : decades > 1.4
        ? [1, 3]
        : decades > 0.5
          ? [1, 2, 3, 5, 7]
          : [1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 9];
  const tickvals = [];
  for (let power = Math.floor(from / every) * every; power <= to; power += every)
    tickvals.push(
      ...factors
        .map((factor) => factor * 10 ** power)
        .filter((number) => Math.log10(number) >= from && Math.log10(number) <= to),
    );
  return { tickvals, ticktext: tickvals.map(roundText) };
}

/** @param {number} number */
function roundText(number) {
  const power = Math.floor(Math.log10(number) + 1e-9);
  if (power > -4 && power < 5) return String(Number(number.toPrecision(2)));
  const factor = Number((number / 10 ** power).toPrecision(2));
  return `${factor === 1 ? "" : `${factor}·`}10<sup>${String(power).replace("-", MINUS)}</sup>`;
}

/** Can it be drawn on a logarithmic scale? @param {(Wire | null)[]} series */
export function isPositive(series) {
  const numbers = drawable(series).filter((number) => number !== null);
  return numbers.length > 0 && numbers.every((number) => number > 0);
}

/** Markers that are seen where there are few points. @param {number} count */
export function mode(count) {
  return count < 30 ? "lines+markers" : "lines";
}

/** @param {Wire | null | undefined} wire @param {number} digits */
export function printed(wire, digits) {
  return wire === null || wire === undefined ? "–" : printOne(fromWire(wire), digits);
}

/**
 * A table with a row for some of the iterations.
 *
 * @param {string} caption
 * @param {number[]} iterations
 * @param {string[]} head
 * @param {(at: number) => string[]} row
 * @returns {Table}
 */
export function iterationTable(caption, iterations, head, row) {
  const places = thinned(iterations.length, ROWS);
  const some =
    places.length < iterations.length
      ? `, ${places.length} of ${iterations.length} iterations`
      : "";
  return {
    caption: caption + some,
    head: ["iteration", ...head],
    rows: places.map((at) => [String(iterations[at]), ...row(at)]),
  };
}

/** `w1[2, 1]` @param {{parameter: string, index: number[]}} weight */
export function weightName({ parameter, index }) {
  return cellName(parameter, index, null);
}
