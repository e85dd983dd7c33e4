/**
 * The three planes of a tensor that is laid on another: the ground with its window, what is laid on it,
 * and their products.
 *
 * @import { Tensor } from "../lib/types.js"
 * @import { Meeting } from "../lib/slide.js"
 * @import { SlidePicture } from "../state/slide/selectors.js"
 * @import { PictureOptions } from "./picture.js"
 * @import { SlideCommands } from "./slide.js"
 * @typedef {{number: number | null, text: string, kind: string}} Spot  null: nothing stands there
 */

import { h } from "../lib/h.js";
import { tintOf, span } from "../lib/tint.js";
import { printOne } from "../lib/numbers.js";
import { briefly, sumOf } from "../lib/slide.js";
import { cell, size } from "../lib/tensor.js";
import { codeOf, plus } from "./slidesums.js";

/** From this size on numbers are printed in cells; from the other on there is room for four letters. */
const [NUMBERED, ROOMY] = [22, 34];

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
 * @param {SlidePicture} scene
 * @param {import("../lib/slide.js").Extent} extent
 * @param {PictureOptions & {size: number}} options
 * @param {SlideCommands} commands
 */
export function groundView(
  { layout, tensors, rows, at },
  { rows: [top, bottom], columns: [left, right], turned },
  options,
  commands,
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
          commands.point(met ? /** @type {[number, number]} */ (met.place) : null);
        },
        leave: () => commands.point(null),
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
  const { sign, strength } = number === null ? { sign: "", strength: 0 } : tintOf(number, largest);
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
 * @param {SlidePicture} scene
 * @param {boolean[]} turned
 * @param {PictureOptions & {size: number}} options
 * @param {SlideCommands} commands
 */
export function laidView({ layout, tensors, rows, at }, turned, options, commands) {
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
        point: (row, column) => commands.point(placed[row][column].place),
        leave: () => commands.point(null),
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
 * @param {SlidePicture} scene
 * @param {boolean[]} turned
 * @param {PictureOptions & {size: number}} options
 * @param {SlideCommands} commands
 */
export function productsView({ rows, at }, turned, options, commands) {
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
        onkeydown: commands.key,
        onpointerleave: () => commands.point(null),
        onfocusout: () => commands.point(null),
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
                onpointerenter: () => commands.point(place),
                onfocus: () => commands.point(place),
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
