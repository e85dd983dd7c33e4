/**
 * A tensor of three and more axes: a picker for every leading axis of which not all is shown, its
 * panels side by side,
 * and how much of what is highlighted lies elsewhere.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, Tensor } from "../lib/types.js"
 * @import { GridOptions } from "./matrix.js"
 * @typedef {object} SliceCommands
 * @property {(matrix: Matrix, axis: number, at: number) => void} pick
 * @property {(matrix: Matrix, numbers: boolean) => void} inNumbers
 * @property {(matrix: Matrix, index: number[]) => void} reveal
 */

import { h } from "../lib/h.js";
import { outside } from "../lib/lighting.js";
import { isImage, panelColumns, panelOf, panelsOf } from "../lib/slices.js";
import { size } from "../lib/tensor.js";
import { gridView } from "./matrix.js";

/**
 * Pixels of a cell of an image, from the largest to the smallest; and those that a panel takes
 * besides.
 */
const DOTS = [15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5];
const [ASIDE, ABOVE] = [8, 19];
const LETTER = 6.1;

/** @param {Matrix} matrix @param {SliceCommands["pick"]} pick @returns {VNode | null} */
export function pickersView(matrix, pick) {
  const { pickers, sampled } = matrix.slices ?? { pickers: [], sampled: false };
  if (pickers.length === 0) return null;
  return h(
    "div",
    { class: "row place pickers", key: "pickers" },
    pickers.map(({ axis, length, at, count }) => {
      const word = `${sampled && axis === 0 ? "sample" : `axis ${axis}`}${count > 1 ? " from" : ""}`;
      const last = length - count;
      return h(
        "label",
        { class: "field", key: axis },
        h("span", { class: "field-name" }, word),
        h("input", {
          type: "number",
          min: "0",
          max: String(last),
          step: "1",
          value: String(at),
          "aria-label": `${matrix.code}: ${word}, 0 to ${last}`,
          onchange: (/** @type {any} */ event) =>
            Number.isInteger(event.target.valueAsNumber) &&
            pick(matrix, axis, Math.max(0, Math.min(last, event.target.valueAsNumber))),
        }),
        h("span", { class: "field-name" }, `of ${length}`),
      );
    }),
  );
}

/**
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {SliceCommands["inNumbers"]} inNumbers
 * @returns {VNode | null}
 */
export function numbersToggle(matrix, part, inNumbers) {
  if (!matrix.slices || part.shape.length < 3) return null;
  const image = isImage(part, matrix.slices.place, where(matrix));
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      key: "numbers",
      "aria-pressed": String(!image),
      "aria-label": `Numbers in ${matrix.code}`,
      title: "Numbers in the cells, or an image",
      onclick: () => inNumbers(matrix, image),
    },
    "Numbers",
  );
}

/** @param {Matrix} matrix @param {Tensor} part @param {GridOptions} options @returns {VNode} */
export function panelsView(matrix, part, options) {
  const panels = panelsOf(part);
  const image = matrix.slices !== null && isImage(part, matrix.slices.place, where(matrix));
  const columns = panelColumns(part);
  const { chosen } = options;
  const isChosen =
    chosen?.matrix === matrix.id && panels.some((lead) => startsWith(chosen.index, lead));
  const dot = dotSize(part, columns, options.share);
  const shape = columns
    ? { "grid-template-columns": `repeat(${columns}, max-content)` }
    : {
        display: "flex",
        "min-width":
          image || panels.length === 1 ? "0" : `${Math.floor(options.share?.width ?? 0)}px`,
        width: image ? `${Math.floor(options.share?.width ?? 400)}px` : "min-content",
      };
  return h(
    "div",
    {
      class: `panels ${image ? "images" : "tight"}`,
      style: { ...shape, "--dot": `${dot}px` },
    },
    panels.map((lead, at) =>
      h(
        "div",
        { class: "panel", key: lead.join() },
        part.shape.slice(0, -2).some((length) => length > 1) &&
          h("span", { class: "panel-index" }, `[${lead.join(", ")}]`),
        gridView(matrix, panelOf(part, lead), {
          ...options,
          panel: {
            whole: part,
            lead,
            image,
            tab: isChosen ? startsWith(chosen.index, lead) : at === 0,
          },
        }),
      ),
    ),
  );
}

/**
 * The largest dots with which all panels fit.
 *
 * @param {Tensor} part
 * @param {number | null} columns
 * @param {{width: number, height: number} | undefined} share
 */
function dotSize({ shape, offset }, columns, share = { width: 400, height: 400 }) {
  const [rows, across] = shape.slice(-2);
  const count = size(shape.slice(0, -2));
  const caption = count > 1 ? LETTER * `[${offset.slice(0, -2).join(", ")}]`.length : 0;
  const fitting = DOTS.find((dot) => {
    const width = Math.max(across * dot, caption) + ASIDE;
    const side = columns ?? Math.max(1, Math.floor(share.width / width));
    return (
      side * width <= Math.max(share.width, side * (caption + ASIDE)) &&
      Math.ceil(count / side) * (rows * dot + ABOVE) <= share.height
    );
  });
  return fitting ?? DOTS[DOTS.length - 1];
}

/** @param {Matrix} matrix @returns {"alone" | "among"} */
function where({ id }) {
  return id.startsWith("selected") ? "alone" : "among";
}

/** @param {number[]} index @param {number[]} lead */
function startsWith(index, lead) {
  return lead.every((position, axis) => index[axis] === position);
}

/**
 * What is highlighted and not on the screen, in words.
 *
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {Cells | undefined} cells
 * @param {SliceCommands["reveal"]} reveal
 * @returns {VNode | null}
 */
export function elsewhereView(matrix, part, cells, reveal) {
  const partial = part.shape.some((length, axis) => length < matrix.shape[axis]);
  if (!partial) return null;
  const found = cells && outside(cells, part, matrix.shape);
  const words =
    found && found.count > 0
      ? [
          found.total === 1
            ? "lit at "
            : `${found.count.toLocaleString("en")} of ${found.total.toLocaleString("en")} lit cells are elsewhere, as at `,
          h(
            "button",
            {
              type: "button",
              class: "name-link",
              "aria-label": `Show ${matrix.code}[${found.first.join(", ")}]`,
              onclick: () => reveal(matrix, found.first),
            },
            `[${found.first.join(", ")}]`,
          ),
        ]
      : [];
  return h(
    "p",
    { class: "elsewhere", key: "elsewhere" },
    words.length > 0 && h("span", null, ...words),
  );
}
