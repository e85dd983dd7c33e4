/**
 * One tensor laid on another, for one element of what they make: the picture with its window, what is
 * laid on it, place by place their products, and the sums that make the element.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Matrix, Palette, Tensor } from "../lib/types.js"
 * @import { Lead, Meeting } from "../lib/slide.js"
 * @import { SlideScene } from "../state/sliding.js"
 * @import { PictureOptions } from "./picture.js"
 * @typedef {object} SlideActs
 * @property {(lead: Lead, at: number) => void} pick      a sample, or another letter that is summed over
 * @property {(axis: number, at: number) => void} turn    another element of the result
 * @property {(at: [number, number] | null) => void} point
 * @property {(event: KeyboardEvent) => void} key
 * @typedef {{number: number | null, text: string, kind: string}} Spot  null: nothing stands there
 */

import { h } from "../lib/h.js";
import { heat, span } from "../lib/heat.js";
import { printOne, printShape, signed } from "../lib/numbers.js";
import { panelOf } from "../lib/slices.js";
import { briefly, groundExtent, sumOf } from "../lib/slide.js";
import { cell, size } from "../lib/tensor.js";
import { gridView } from "./matrix.js";

/** Pixels of a cell, at most and at least; from this size on numbers are printed in it. */
const [LARGEST, LEAST, NUMBERED] = [34, 5, 22];
/** The same of what is laid, where it has no more rows and columns than that. */
const [WIDE, SMALL] = [46, 5];
/** From this size on a cell has room for four letters. */
const ROOMY = 34;
/** What stands between the three planes, and above and below them. */
const [BETWEEN, CAPTIONS] = [34, 52];
/** The lower part, the sums and the result: in a high room and in a low one. */
const [SUMS, FEW, LOW] = [178, 134, 440];
/** A phone, where the choosers stand above the planes. */
const [NARROW, CHOOSERS] = [480, 42];
/** Rows from which on a plane of the result is an image. */
const IMAGE = 6;

/**
 * @param {SlideScene} scene
 * @param {Matrix} result
 * @param {PictureOptions} options
 * @param {SlideActs} acts
 * @returns {VNode}
 */
export function slideView(scene, result, options, acts) {
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
    options.room.width < NARROW && choosersView(scene, result, acts),
    h(
      "div",
      { class: "slide-planes" },
      groundView(scene, extent, across, acts),
      h("span", { class: "slide-sign" }, "×"),
      laidView(scene, extent.turned, over, acts),
      h("span", { class: "slide-sign" }, "="),
      productsView(scene, extent.turned, over, acts),
    ),
    h(
      "div",
      { class: "slide-sums" },
      sumsView(scene, options, acts),
      resultView(scene, result, options),
    ),
    h("p", { class: "unseen", "aria-live": "polite" }, toldText(scene, rows, options.digits)),
  );
}

/**
 * The largest cells with which the planes stand side by side and the rest below them.
 *
 * @param {SlideScene} scene
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

/** @param {number} height of the room */
function sumsHeight(height) {
  return height < LOW ? FEW : SUMS;
}

/**
 * What is laid may be drawn larger than the picture it is laid on, where it is small: its numbers are
 * read one by one.
 *
 * @param {SlideScene} scene
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
 * @param {SlideScene} scene
 * @param {Matrix} result
 * @param {SlideActs} acts
 */
export function choosersView({ layout, picks, index }, result, acts) {
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
              (at) => acts.turn(axis, at),
            ),
          ]
        : [],
    );
  const summed = leads.map((lead) =>
    chooser(
      lead.batch ? "sample" : `${codeOf(slide.operands[lead.operand])} axis ${lead.axis}`,
      picks[lead.letter],
      lead.length,
      (at) => acts.pick(lead, at),
    ),
  );
  return h(
    "div",
    { class: "slide-choosers" },
    leads[0]?.batch ? [...summed, ...own] : [...own, ...summed],
  );
}

/** @param {string} word @param {number} at @param {number} length @param {(at: number) => void} go */
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
    h("span", null, `${word} `, h("b", null, String(at)), ` of ${length}`),
    button("›", "Next", at + 1),
  );
}

/** @param {{tensor: string, field: string}} operand */
function codeOf({ tensor, field }) {
  return field === "gradient" ? `${tensor}.g` : tensor;
}

/**
 * A caption: `a1.conv2d.g[15, 0] × 1000`.
 *
 * @param {{tensor: string, field: string} | null} operand
 * @param {number[]} lead
 * @param {number} power
 */
function caption(operand, lead, power) {
  const tens = `1${"0".repeat(Math.abs(power))}`;
  return h(
    "figcaption",
    null,
    h(
      "span",
      { class: `tensor-name ${operand?.field ?? ""}` },
      operand ? codeOf(operand) : "products",
      lead.length > 0 && `[${lead.join(", ")}]`,
    ),
    power !== 0 && h("span", { class: "note" }, `${power > 0 ? "×" : "÷"} ${tens}`),
  );
}

/**
 * @param {SlideScene} scene
 * @param {import("../lib/slide.js").Extent} extent
 * @param {PictureOptions & {size: number}} options
 * @param {SlideActs} acts
 */
function groundView(
  { layout, tensors, rows, at },
  { rows: [top, bottom], columns: [left, right], turned },
  options,
  acts,
) {
  const { slide, ground, rank } = layout;
  const operand = slide.operands[ground];
  const tensor = tensors[ground];
  const all = rows.flatMap((row, down) =>
    row.flatMap((one, across) =>
      one.ground ? [{ one, place: [down, across], spot: spotIn(one.ground, rank) }] : [],
    ),
  );
  if (all.length === 0) return null;
  const lead = (all[0].one.ground ?? []).slice(0, tensor.shape.length - rank);
  const meets = new Map(all.map((entry) => [entry.spot.join(), entry]));
  const brief = briefly(planeNumbers(tensor, lead), options.size >= ROOMY);
  const [height, width] = rank === 1 ? [1, tensor.shape.at(-1) ?? 1] : tensor.shape.slice(-2);
  const photo = options.photo === operand.tensor && operand.field === "value";
  const largest = (!photo && options.scales[operand.field]) || span(tensor.data);
  const outside = top < 0 || left < 0 || bottom >= height || right >= width;
  const spots = range(top, bottom).map((row) =>
    range(left, right).map((column) => {
      const inside = row >= 0 && row < height && column >= 0 && column < width;
      const met = meets.get([row, column].join());
      if (!inside) return { number: null, text: "", kind: met ? "beyond met" : "beyond" };
      const number = cell(tensor, [...lead, ...(rank === 1 ? [] : [row]), column]) ?? NaN;
      const told = met && met.one.value[1] !== 0;
      return { number, text: told ? brief.text(number) : "", kind: met ? "met" : "aside" };
    }),
  );
  const frame = around(all.map(({ spot }) => spot));
  const chosen = at && rows[at[0]]?.[at[1]]?.ground;
  return h(
    "figure",
    {
      class: "slide-plane ground",
      key: "ground",
      "data-tensor": operand.tensor,
      "data-field": operand.field,
    },
    caption(operand, lead, brief.power),
    plane(
      spots,
      { largest, photo, size: options.size },
      {
        name: `${codeOf(operand)}${lead.length ? `[${lead.join(", ")}]` : ""}, ${height} by ${width} numbers; the window is at rows ${frame.top} to ${frame.bottom}, columns ${frame.left} to ${frame.right}`,
        frames: [
          box(frame, top, left, "window"),
          chosen && box(around([spotIn(chosen, rank)]), top, left, "here"),
        ],
        point: (row, column) => {
          const met = meets.get([row + top, column + left].join());
          acts.point(met ? /** @type {[number, number]} */ (met.place) : null);
        },
        leave: () => acts.point(null),
      },
    ),
    h(
      "p",
      { class: "slide-sum note" },
      outside ? (turned.some(Boolean) ? "hatched: outside" : "padded") : "",
    ),
  );
}

/** @param {number[]} index @param {number} rank @returns {[number, number]} */
function spotIn(index, rank) {
  const own = index.slice(index.length - rank);
  return rank === 1 ? [0, own[0]] : [own[0], own[1]];
}

/** @param {number} first @param {number} last */
function range(first, last) {
  return Array.from({ length: last - first + 1 }, (_, at) => first + at);
}

/** @param {Tensor} tensor @param {number[]} lead */
function planeNumbers(tensor, lead) {
  const count = size(tensor.shape.slice(lead.length));
  const begin = lead.reduce((at, position, axis) => at * tensor.shape[axis] + position, 0) * count;
  return Array.from({ length: count }, (_, at) => tensor.data[begin + at]);
}

/** @param {[number, number][]} spots */
function around(spots) {
  const [down, across] = [spots.map(([row]) => row), spots.map(([, column]) => column)];
  return {
    top: Math.min(...down),
    bottom: Math.max(...down),
    left: Math.min(...across),
    right: Math.max(...across),
  };
}

/**
 * @param {ReturnType<typeof around>} edges
 * @param {number} top  the first row that is drawn
 * @param {number} left
 * @param {string} kind
 */
function box(edges, top, left, kind) {
  return h("i", {
    class: `slide-frame ${kind}`,
    key: kind,
    style: {
      "--row": String(edges.top - top),
      "--column": String(edges.left - left),
      "--rows": String(edges.bottom - edges.top + 1),
      "--columns": String(edges.right - edges.left + 1),
    },
  });
}

/**
 * A plane of numbers that is looked at as a whole.
 *
 * @param {Spot[][]} spots
 * @param {{largest: number, photo: boolean, size: number}} look
 * @param {{name: string, frames: any[], point: (row: number, column: number) => void, leave: () => void}} options
 */
function plane(spots, { largest, photo, size }, { name, frames, point, leave }) {
  return h(
    "div",
    {
      class: `slide-cells ${photo ? "photo" : ""}`,
      role: "img",
      "aria-label": name,
      style: { "--columns": String(spots[0].length), "--slide-cell": `${size}px` },
      onpointerleave: leave,
    },
    spots.flatMap((row, down) =>
      row.map((spot, across) =>
        h(
          "span",
          { ...cellProps(spot, largest), onpointerenter: () => point(down, across) },
          size >= NUMBERED ? spot.text : "",
        ),
      ),
    ),
    frames,
  );
}

/** @param {Spot} spot @param {number} largest */
function cellProps({ number, kind }, largest) {
  const { sign, strength } = number === null ? { sign: "", strength: 0 } : heat(number, largest);
  return {
    class: `cell ${sign} ${kind} ${strength > 70 ? "strong" : ""}`,
    style: { "--heat": `${strength}%` },
  };
}

/**
 * Rows and columns as they are laid: turned where they run backwards.
 *
 * @param {Meeting[][]} rows
 * @param {boolean[]} turned
 * @returns {{one: Meeting, place: [number, number]}[][]}
 */
function asLaid(rows, turned) {
  const placed = rows.map((row, down) =>
    row.map((one, across) => ({ one, place: /** @type {[number, number]} */ ([down, across]) })),
  );
  const over = turned[0] ? placed.reverse() : placed;
  return turned[1] ? over.map((row) => row.reverse()) : over;
}

/**
 * @param {SlideScene} scene
 * @param {boolean[]} turned
 * @param {PictureOptions & {size: number}} options
 * @param {SlideActs} acts
 */
function laidView({ layout, tensors, rows, at }, turned, options, acts) {
  const { slide, laid, rank } = layout;
  const operand = slide.operands[laid];
  const lead = rows[0][0].laid.slice(0, operand.shape.length - rank);
  const brief = briefly(
    rows.flat().map(({ value }) => value[1]),
    options.size >= ROOMY,
  );
  const placed = asLaid(rows, turned);
  const note = turned.every(Boolean)
    ? "turned by 180°"
    : turned.some(Boolean)
      ? "turned round"
      : "";
  return h(
    "figure",
    {
      class: "slide-plane laid",
      key: "laid",
      "data-tensor": operand.tensor,
      "data-field": operand.field,
    },
    caption(operand, lead, brief.power),
    plane(
      placed.map((row) =>
        row.map(({ one }) => ({
          number: one.value[1],
          text: one.value[1] === 0 ? "" : brief.text(one.value[1]),
          kind: one.ground ? "met" : "aside",
        })),
      ),
      {
        largest: options.scales[operand.field] || span(tensors[laid].data),
        photo: false,
        size: options.size,
      },
      {
        name: `${codeOf(operand)}${lead.length ? `[${lead.join(", ")}]` : ""}, ${rows.length} by ${rows[0].length} numbers, laid on the window`,
        frames: [at && hereFrame(placed, at)],
        point: (row, column) => acts.point(placed[row][column].place),
        leave: () => acts.point(null),
      },
    ),
    h("p", { class: "slide-sum note" }, note),
  );
}

/** @param {{place: [number, number]}[][]} placed @param {[number, number]} at */
function hereFrame(placed, at) {
  for (const [row, entries] of placed.entries()) {
    const column = entries.findIndex(({ place }) => String(place) === String(at));
    if (column >= 0)
      return box({ top: row, bottom: row, left: column, right: column }, 0, 0, "here");
  }
  return null;
}

/**
 * The products, which one walks through by keys.
 *
 * @param {SlideScene} scene
 * @param {boolean[]} turned
 * @param {PictureOptions & {size: number}} options
 * @param {SlideActs} acts
 */
function productsView({ rows, at }, turned, options, acts) {
  const numbers = rows.flat().map(({ product }) => product);
  const brief = briefly(numbers, options.size >= ROOMY);
  const largest = span(numbers);
  const placed = asLaid(rows, turned);
  const tab = at ?? placed[0][0].place;
  return h(
    "figure",
    { class: "slide-plane products", key: "products" },
    caption(null, [], brief.power),
    h(
      "div",
      {
        class: "slide-cells",
        role: "grid",
        "aria-label": "Products, place by place",
        "aria-readonly": "true",
        style: { "--columns": String(rows[0].length), "--slide-cell": `${options.size}px` },
        onkeydown: acts.key,
        onpointerleave: () => acts.point(null),
        onfocusout: () => acts.point(null),
      },
      placed.map((row) =>
        h(
          "div",
          { role: "row" },
          row.map(({ one, place }) =>
            h(
              "span",
              {
                ...cellProps(
                  { number: one.product, text: "", kind: one.ground ? "met" : "aside" },
                  largest,
                ),
                role: "gridcell",
                tabindex: String(place) === String(tab) ? "0" : "-1",
                "data-index": place.join(","),
                "data-value": String(one.product),
                "aria-label": `place ${place.join(", ")}: ${one.value.map((number) => printOne(number, options.digits)).join(" times ")} is ${printOne(one.product, options.digits)}`,
                onpointerenter: () => acts.point(place),
                onfocus: () => acts.point(place),
              },
              options.size >= NUMBERED && one.product !== 0 ? brief.text(one.product) : "",
            ),
          ),
        ),
      ),
      at && hereFrame(placed, at),
    ),
    h("p", { class: "slide-sum" }, "sum ", h("b", null, plus(sumOf(rows), options.digits))),
  );
}

/** A number with its sign. @param {number} number @param {number} digits */
function plus(number, digits) {
  return `${number > 0 ? "+" : ""}${printOne(number, digits + 1)}`;
}

/**
 * The sums of all samples, of which one is on the screen, and what they add up to.
 *
 * @param {SlideScene} scene
 * @param {PictureOptions} options
 * @param {SlideActs} acts
 */
function sumsView({ layout, sums, picks, total, added, addedCode, rows }, options, acts) {
  const [lead] = layout.leads;
  const end = [
    addedCode && ` plus ${addedCode} (${printOne(added, options.digits)})`,
    sums ? " add up to " : " is ",
    h("b", null, printOne(total, options.digits + 1)),
    " →",
  ];
  const what =
    lead &&
    (lead.batch
      ? "samples"
      : `positions on axis ${lead.axis} of ${codeOf(layout.slide.operands[lead.operand])}`);
  const text = sums
    ? [`the sums of all ${lead.length} ${what}`, ...end]
    : ["the sum ", h("b", null, plus(sumOf(rows), options.digits)), ...end];
  return h(
    "figure",
    { class: "slide-bars", key: "sums" },
    h("figcaption", null, ...text),
    sums && barsView(sums, lead, picks[lead.letter], options, acts),
  );
}

/** Above the bars their heading stands, below them what they are counted by. */
const [BESIDE_BARS, MOST_LABELS] = [64, 8];

/**
 * @param {number[]} sums
 * @param {Lead} lead
 * @param {number} now
 * @param {PictureOptions} options
 * @param {SlideActs} acts
 */
function barsView(sums, lead, now, { digits, room }, acts) {
  const [low, high] = [Math.min(0, ...sums), Math.max(0, ...sums)];
  const wide = high - low || 1;
  const tall = sumsHeight(room.height) - BESIDE_BARS;
  const down = (/** @type {number} */ value) => 4 + ((tall - 8) * (high - value)) / wide;
  const every = Math.ceil(sums.length / MOST_LABELS / 5) * 5 || 1;
  const step = sums.length <= MOST_LABELS ? 1 : every;
  const word = lead.batch ? "sample" : "position";
  return h(
    "div",
    {
      class: "slide-bar-row",
      role: "img",
      "aria-label": `Sums per ${word}, from ${printOne(low, digits)} to ${printOne(high, digits)}; ${word} ${now}: ${printOne(sums[now], digits)}`,
      style: { "--zero": `${down(0)}px`, "--tall": `${tall}px` },
    },
    sums.map((sum, at) =>
      h(
        "span",
        {
          class: at === now ? "slide-bar now" : "slide-bar",
          key: at,
          title: signed(`${word} ${at}: ${printOne(sum, digits + 1)}`),
          onclick: () => acts.pick(lead, at),
        },
        h("i", {
          class: sum < 0 ? "below" : "",
          style: {
            top: `${Math.min(down(sum), down(0))}px`,
            height: `${Math.abs(down(sum) - down(0))}px`,
          },
        }),
        (at === now || (at % step === 0 && Math.abs(at - now) > step / 3)) &&
          h("b", null, String(at)),
      ),
    ),
  );
}

/**
 * The plane of the result that the element stands in.
 *
 * @param {SlideScene} scene
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
      lit: { ...options.lit, [result.id]: { axes: index } },
      level: {
        ...options.level,
        width: Math.min(options.level.width, options.room.width < NARROW ? 40 : 64),
      },
      panel: { whole: part, lead, image, tab: true },
    }),
  );
}

/** What has come on the screen, for those who do not see it. @param {SlideScene} scene @param {Meeting[][]} rows @param {number} digits */
function toldText({ at }, rows, digits) {
  if (at) return "";
  const count = rows.flat().filter(({ product }) => product !== 0).length;
  return `${count} products that are not 0, together ${printOne(sumOf(rows), digits)}`;
}

/**
 * The products at a place in full.
 *
 * @param {SlideScene} scene
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
