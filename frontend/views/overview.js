/**
 * A picture of a whole tensor with the frame of the numbers that are printed: dragged by the pointer,
 * moved by the arrow keys.
 *
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Palette } from "../lib/types.js"
 * @import { Overview } from "../lib/overview.js"
 *
 * @typedef {object} OverviewOptions
 * @property {Palette} palette
 * @property {number} dot      pixels a number
 * @property {number} largest  the magnitude with the strongest tint
 * @property {Cells | undefined} cells  that are highlighted
 * @property {[number, number]} corner  of the frame
 * @property {boolean} active  whether its numbers are those that are printed
 * @property {(corner: [number, number]) => void} move
 */

import { h } from "../lib/h.js";
import { frameText, keptInside, planeOf, printedSize } from "../lib/overview.js";
import { paint } from "../lib/thumbnail.js";

/** A tensor is no thinner, so that it can be seen, and its frame no smaller, so that it can be held. */
const [THINNEST, HELD] = [14, 12];
/** Whoever holds Shift goes on by as many numbers as are printed. */
const KEYS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @param {Matrix} matrix @param {Overview} overview @param {OverviewOptions} options */
export function overviewView(matrix, overview, options) {
  const { palette, dot, largest, cells, corner, active, move } = options;
  const [rows, columns] = planeOf(matrix.shape);
  const [width, height] = [Math.max(THINNEST, columns * dot), Math.max(THINNEST, rows * dot)];
  const [down, across] = overview.tensor.shape;
  const [printedRows, printedColumns] = printedSize(matrix.shape);
  const text = frameText(matrix.shape, corner);
  const centred = (/** @type {HTMLElement} */ element, /** @type {PointerEvent} */ event) => {
    const box = element.getBoundingClientRect();
    move(
      keptInside(matrix.shape, [
        ((event.clientY - box.top) / height) * rows - printedRows / 2,
        ((event.clientX - box.left) / width) * columns - printedColumns / 2,
      ]),
    );
  };
  return h(
    "div",
    {
      class: "overview",
      style: { width: `${width}px`, height: `${height}px` },
      onpointerdown: (/** @type {any} */ event) => {
        if (event.button !== 0) return;
        const element = event.currentTarget;
        element.setPointerCapture(event.pointerId);
        element.querySelector("[role=slider]")?.focus({ preventScroll: true });
        centred(element, event);
        event.preventDefault();
      },
      onpointermove: (/** @type {any} */ event) =>
        event.currentTarget.hasPointerCapture(event.pointerId) &&
        centred(event.currentTarget, event),
    },
    h("canvas", {
      role: "img",
      "aria-label": `${matrix.code}, all ${rows} by ${columns} numbers; ${pixelText(overview)}`,
      hook: (/** @type {HTMLCanvasElement & {shows?: unknown[]}} */ canvas) => {
        const shows = [overview.tensor, largest, palette];
        if (canvas.shows?.every((one, place) => one === shows[place])) return;
        canvas.shows = shows;
        paint(canvas, overview.tensor.data, [down, across], largest, palette, {
          rows: down,
          columns: across,
        });
      },
    }),
    highlightedBands(cells, matrix, [rows, columns]),
    h("i", {
      class: active ? "overview-frame active" : "overview-frame",
      role: "slider",
      tabindex: "0",
      "aria-label": `Numbers of ${matrix.code}`,
      "aria-valuemin": "0",
      "aria-valuemax": String(rows * columns - 1),
      "aria-valuenow": String(corner[0] * columns + corner[1]),
      "aria-valuetext": text,
      title: text,
      style: {
        "--top": `${(100 * corner[0]) / rows}%`,
        "--left": `${(100 * corner[1]) / columns}%`,
        height: `max(${(100 * printedRows) / rows}%, ${HELD}px)`,
        width: `max(${(100 * printedColumns) / columns}%, ${HELD}px)`,
      },
      onfocus: () => !active && move(corner),
      onkeydown: (/** @type {KeyboardEvent} */ event) => {
        const aim = target(event, matrix.shape, corner);
        if (!aim) return;
        event.preventDefault();
        event.stopPropagation();
        move(aim);
      },
    }),
  );
}

/** What a pixel stands for. @param {Overview} overview */
export function pixelText({ block: [down, across] }) {
  if (down * across === 1) return "a pixel for each number";
  const block = `${down.toLocaleString("en")} × ${across.toLocaleString("en")}`;
  return `a pixel for ${block}: the number farthest from 0`;
}

/**
 * Where a key moves the frame to; null for other keys.
 *
 * @param {{key: string, shiftKey: boolean, ctrlKey: boolean, metaKey: boolean, altKey: boolean}} event
 * @param {number[]} shape
 * @param {[number, number]} corner
 * @returns {[number, number] | null}
 */
export function target({ key, shiftKey, ctrlKey, metaKey, altKey }, shape, [row, column]) {
  if (ctrlKey || metaKey || altKey) return null;
  const [rows, columns] = printedSize(shape);
  const [down, right] = KEYS[/** @type {keyof typeof KEYS} */ (key)] ?? [0, 0];
  const far = planeOf(shape);
  if (key === "Home") return [0, 0];
  if (key === "End") return keptInside(shape, far);
  if (key === "PageUp" || key === "PageDown")
    return keptInside(shape, [
      row + (key === "PageUp" ? -1 : 1) * Math.max(rows, far[0] / 10),
      column,
    ]);
  if (!down && !right) return null;
  const [by, over] = shiftKey ? [rows, columns] : [1, 1];
  return keptInside(shape, [row + down * by, column + right * over]);
}

/**
 * Whole rows and columns that are highlighted, as bands, and a single cell as a point.
 *
 * @param {Cells | undefined} cells
 * @param {Matrix} matrix
 * @param {[number, number]} plane
 */
function highlightedBands(cells, { shape }, [rows, columns]) {
  if (!cells || !("axes" in cells)) return null;
  const [row, column] = shape.length > 1 ? cells.axes.slice(-2) : [null, cells.axes[0] ?? null];
  if (row === null && column === null) return null;
  return h("i", {
    class: "overview-lit",
    style: {
      top: row === null ? "0" : `${(100 * row) / rows}%`,
      left: column === null ? "0" : `${(100 * column) / columns}%`,
      height: row === null ? "100%" : `max(2px, ${100 / rows}%)`,
      width: column === null ? "100%" : `max(2px, ${100 / columns}%)`,
    },
  });
}
