/**
 * One tensor laid on another, for one element of what they make: the picture with its window, what is
 * laid on it, place by place their products, and the sums that make the element.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Matrix } from "../lib/types.js"
 * @import { Lead, Meeting } from "../lib/slide.js"
 * @import { SlidePicture } from "../state/slide/selectors.js"
 * @import { PictureOptions } from "./picture.js"
 * @typedef {object} SlideCommands
 * @property {(lead: Lead, at: number) => void} pick      a sample, or another letter that is summed over
 * @property {(axis: number, at: number) => void} turn    another element of the result
 * @property {(at: [number, number] | null) => void} point
 * @property {(event: KeyboardEvent) => void} key
 */

import { h } from "../lib/h.js";
import { printOne, printShape } from "../lib/numbers.js";
import { panelOf } from "../lib/slices.js";
import { groundExtent, sumOf } from "../lib/slide.js";
import { gridView } from "./matrix.js";
import { groundView, laidView, productsView } from "./slideplanes.js";
import { codeOf, sumsHeight, sumsView } from "./slidesums.js";

/** Pixels of a cell, at most and at least. */
const [LARGEST, LEAST] = [34, 5];
/** The same of what is laid, where it has no more rows and columns than that. */
const [WIDE, SMALL] = [46, 5];
/** What stands between the three planes, and above and below them. */
const [BETWEEN, CAPTIONS] = [34, 52];
/** A phone, where the choosers stand above the planes. */
const [NARROW, CHOOSERS] = [480, 42];
/** Rows from which on a plane of the result is an image. */
const IMAGE = 6;

/**
 * @param {SlidePicture} scene
 * @param {Matrix} result
 * @param {PictureOptions} options
 * @param {SlideCommands} commands
 * @returns {VNode}
 */
export function slideView(scene, result, options, commands) {
  const { layout, rows } = scene;
  const extent = groundExtent(layout, result.shape);
  const size = cellSize(scene, extent, options.room);
  const small = smallSize(scene, extent, options.room, size);
  const across = { ...options, size };
  const over = { ...options, size: small };
  return h(
    "div",
    {
      class: "slide",
      key: "slide",
      style: options.room.width < NARROW ? { width: `${options.room.width}px` } : {},
    },
    options.room.width < NARROW && choosersView(scene, result, commands),
    h(
      "div",
      { class: "slide-planes" },
      groundView(scene, extent, across, commands),
      h("span", { class: "slide-sign" }, "×"),
      laidView(scene, extent.turned, over, commands),
      h("span", { class: "slide-sign" }, "="),
      productsView(scene, extent.turned, over, commands),
    ),
    h(
      "div",
      { class: "slide-sums" },
      sumsView(scene, options, commands),
      resultView(scene, result, options),
    ),
    h("p", { class: "unseen", "aria-live": "polite" }, toldText(scene, rows, options.digits)),
  );
}

/**
 * The largest cells with which the planes stand side by side and the rest below them.
 *
 * @param {SlidePicture} scene
 * @param {import("../lib/slide.js").Extent} extent
 * @param {{width: number, height: number}} room
 */
function cellSize({ rows }, { rows: [top, bottom], columns: [left, right] }, { width, height }) {
  const [down, over] = [bottom - top + 1, right - left + 1];
  const columns = over + 2 * rows[0].length;
  const between = width < NARROW ? 30 : 2 * BETWEEN + 8;
  const wide = (width - between) / columns;
  const chosen = width < NARROW ? CHOOSERS : 0;
  const high = (height - CAPTIONS - chosen - sumsHeight(height)) / Math.max(down, rows.length);
  return Math.max(LEAST, Math.floor(Math.min(LARGEST, wide, high)));
}

/**
 * What is laid may be drawn larger than the picture it is laid on, where it is small: its numbers are
 * read one by one.
 *
 * @param {SlidePicture} scene
 * @param {import("../lib/slide.js").Extent} extent
 * @param {{width: number, height: number}} room
 * @param {number} size  of the cells of the ground
 */
function smallSize({ rows }, { columns: [left, right] }, { width }, size) {
  if (rows.length > SMALL || rows[0].length > SMALL) return size;
  const between = width < NARROW ? 30 : 2 * BETWEEN + 8;
  const free = width - between - (right - left + 1) * size;
  return Math.max(size, Math.min(WIDE, Math.floor(free / (2 * rows[0].length))));
}

/**
 * Which sample, and which of the planes of the result; beside the equation where there is room.
 *
 * @param {SlidePicture} scene
 * @param {Matrix} result
 * @param {SlideCommands} commands
 */
export function choosersView({ layout, picks, index }, result, commands) {
  const { slide, leads } = layout;
  const own = result.shape
    .slice(0, -2)
    .flatMap((length, axis) =>
      length > 1
        ? [
            chooser(
              axis === 0 && result.slices?.sampled ? "sample" : `${result.code} axis ${axis}`,
              index[axis],
              length,
              (at) => commands.turn(axis, at),
            ),
          ]
        : [],
    );
  const summed = leads.map((lead) =>
    chooser(
      lead.batch ? "sample" : `${codeOf(slide.operands[lead.operand])} axis ${lead.axis}`,
      picks[lead.letter],
      lead.length,
      (at) => commands.pick(lead, at),
    ),
  );
  return h(
    "div",
    { class: "slide-choosers" },
    leads[0]?.batch ? [...summed, ...own] : [...own, ...summed],
  );
}

/**
 * Of which tensor an axis is, its name and the pointer tell; beside the equation there is no room.
 *
 * @param {string} word
 * @param {number} at
 * @param {number} length
 * @param {(at: number) => void} go
 */
function chooser(word, at, length, go) {
  const button = (
    /** @type {string} */ text,
    /** @type {string} */ name,
    /** @type {number} */ aim,
  ) =>
    h(
      "button",
      {
        type: "button",
        class: "quiet",
        "aria-label": `${name}: ${word}`,
        onclick: () => go((aim + length) % length),
      },
      text,
    );
  return h(
    "span",
    { class: "slide-chooser", role: "group", "aria-label": word, key: word },
    button("‹", "Previous", at - 1),
    h(
      "span",
      { title: word },
      `${/axis \d+$/.exec(word)?.[0] ?? word} `,
      h("b", null, String(at)),
      ` of ${length}`,
    ),
    button("›", "Next", at + 1),
  );
}

/**
 * The plane of the result that the element stands in.
 *
 * @param {SlidePicture} scene
 * @param {Matrix} result
 * @param {PictureOptions} options
 */
function resultView({ index }, result, options) {
  const { part } = result;
  if (!part) return null;
  const lead = index.slice(0, -2);
  const window = part.shape.map(
    (length, axis) =>
      /** @type {[number, number]} */ (
        axis < lead.length
          ? [lead[axis], lead[axis] + 1]
          : [part.offset[axis], part.offset[axis] + length]
      ),
  );
  const shown = panelOf(part, lead);
  const [rows, columns] = [part.shape.at(-2) ?? 1, part.shape.at(-1) ?? 1];
  const image = rows * columns > IMAGE * IMAGE;
  const room = options.room.width < NARROW ? options.room.width : 0.36 * options.room.width;
  const dot = Math.max(
    4,
    Math.floor(Math.min(18, (sumsHeight(options.room.height) - 50) / rows, room / columns)),
  );
  return h(
    "figure",
    {
      class: `tensor slide-result ${result.field ?? ""}`,
      key: "result",
      "data-tensor": result.name,
      "data-field": result.field,
      "data-result": "",
      style: { "--dot": `${dot}px` },
    },
    h(
      "figcaption",
      null,
      h(
        "span",
        { class: "tensor-name" },
        h(
          "button",
          {
            type: "button",
            class: `name-link ${result.field}`,
            title: `Show ${result.name}`,
            onclick: () => result.name && options.select(result.name),
          },
          result.code,
        ),
        lead.length > 0 && `[${lead.join(", ")}]`,
      ),
      h(
        "span",
        { class: "shape" },
        printShape(window.slice(lead.length).map(([from, to]) => to - from)),
      ),
    ),
    gridView(result, shown, {
      ...options,
      highlighted: { ...options.highlighted, [result.id]: { axes: index } },
      level: {
        ...options.level,
        width: Math.min(options.level.width, options.room.width < NARROW ? 40 : 64),
      },
      panel: { whole: part, lead, image, tab: true },
    }),
  );
}

/**
 * What has come on the screen, for those who do not see it.
 *
 * @param {SlidePicture} scene
 * @param {Meeting[][]} rows
 * @param {number} digits
 */
function toldText({ at }, rows, digits) {
  if (at) return "";
  const count = rows.flat().filter(({ product }) => product !== 0).length;
  return `${count} products that are not 0, together ${printOne(sumOf(rows), digits)}`;
}

/**
 * The products at a place in full.
 *
 * @param {SlidePicture} scene
 * @param {number} digits
 * @returns {import("../lib/h.js").Child[] | null}
 */
export function placeText({ layout, rows, at }, digits) {
  const one = at && rows[at[0]]?.[at[1]];
  if (!one) return null;
  const { slide, ground, laid, rank } = layout;
  const inside = one.ground?.every(
    (place, axis) => place >= 0 && place < slide.operands[ground].shape[axis],
  );
  const code = (/** @type {number} */ which, /** @type {number[]} */ index) =>
    `${codeOf(slide.operands[which])}[${index.join(", ")}]`;
  const laidCode = code(laid, one.laid);
  const name = `place (${(rank === 1 ? at.slice(1) : at).join(", ")}): `;
  if (!one.ground) return [name, h("code", null, laidCode), " meets nothing here."];
  if (!inside) return [name, h("code", null, laidCode), " lies outside, where there is 0."];
  const [other, mine] = one.value;
  return [
    name,
    h("code", null, `${code(ground, one.ground)} × ${laidCode} = `),
    h(
      "code",
      null,
      `${printOne(other, digits)} × ${printOne(mine, digits)} = `,
      h("b", null, printOne(one.product, digits)),
    ),
  ];
}
