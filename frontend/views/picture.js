/**
 * A step as a picture of its own equation: a product as Falk's scheme, a reduction with its axis
 * collapsing into the result,
 * anything else as its text with the matrices in the place of their names.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { CellPlace, Matrix, Palette, Tensor, Token } from "../lib/types.js"
 * @import { GridOptions } from "./matrix.js"
 *
 * @import { SliceActs } from "./slices.js"
 *
 * @typedef
 *   {GridOptions & SliceActs & {selected: string | null, palette: Palette | null, scale: number, select: (name: string) => void, isTensor: (name: string) => boolean, copy: (matrix: Matrix, part: Tensor, how: "numpy" | "tabs") => void, click?: (index: number[]) => void, copies?: boolean, beside?: boolean, room: {width: number, height: number}, busy: string}}
 *   PictureOptions
 * @typedef
 *   {{tokens: Token[], kind: string, letters: string[] | null, operands: Matrix[], result: Matrix}}
 *   Equation
 */

import { between } from "../lib/code.js";
import { h } from "../lib/h.js";
import { printShape, signed } from "../lib/numbers.js";
import { save } from "../lib/plotly.js";
import { GRID_CELLS, partText } from "../lib/slices.js";
import { size } from "../lib/tensor.js";
import { codeView } from "./code.js";
import { drawnSize, heatmapView } from "./heatmap.js";
import { gridView, printing } from "./matrix.js";
import { remark } from "./remark.js";
import { elsewhereView, numbersToggle, panelsView, pickersView } from "./slices.js";

/** Pixels of room. */
const NARROW = 480;

/** @param {Equation} equation @param {PictureOptions} options @returns {VNode} */
export function pictureView(equation, options) {
  if (equation.kind === "product" && equation.operands.length === 2) return falk(equation, options);
  if (equation.kind === "reduction" && equation.operands.length === 1)
    return collapse(equation, options);
  return inline(equation, options);
}

/**
 * Heading and numbers of one tensor.
 *
 * @param {Matrix} matrix
 * @param {PictureOptions} options
 * @returns {VNode}
 */
export function tensorView(matrix, options) {
  return h(
    "figure",
    { class: `tensor ${matrix.field ?? "expression"}`, key: matrix.id },
    heading(matrix, options),
    !matrix.id.startsWith("selected") &&
      matrix.slices?.key !== options.selected &&
      pickersView(matrix, options.pick),
    body(matrix, options),
    matrix.part &&
      !matrix.veiled &&
      elsewhereView(matrix, matrix.part, options.lit[matrix.id], options.reveal),
  );
}

/** Are its cells too many to be drawn one by one? @param {Tensor} part */
export function isLarge(part) {
  const [rows, columns] = drawnSize(part);
  return rows * columns > GRID_CELLS;
}

/** @param {Matrix} matrix @param {PictureOptions} options */
function heading(matrix, options) {
  const { name, part } = matrix;
  const drawn = part ? partText(part, matrix.shape) : "";
  const label = name
    ? h(
        "button",
        {
          type: "button",
          class: `name-link ${matrix.field}`,
          title: `Show ${name}`,
          onclick: () => options.select(name),
        },
        signed(matrix.code),
      )
    : h("span", null, ...codeView(signed(matrix.code), options.isTensor));
  return h(
    "figcaption",
    null,
    h("span", { class: "tensor-name" }, label),
    h("span", { class: "shape" }, printShape(matrix.stretched ? matrix.stretched : matrix.shape)),
    matrix.stretched && h("span", { class: "note" }, `stretched from ${printShape(matrix.shape)}`),
    part && remark(matrix, part) && h("span", { class: "remark" }, remark(matrix, part)),
    drawn && h("span", { class: "note part-drawn" }, drawn),
    matrix.note && h("span", { class: "note" }, matrix.note),
    part && !matrix.veiled && !isLarge(part) && numbersToggle(matrix, part, options.inNumbers),
    options.copies &&
      part &&
      !matrix.veiled &&
      h(
        "span",
        { class: "copies" },
        copyButton("NumPy", "numpy", matrix, part, options),
        copyButton("TSV", "tabs", matrix, part, options),
        isLarge(part) &&
          options.palette &&
          ["PNG", "SVG"].map((format) => saveButton(format, matrix, options.palette?.panel ?? "")),
      ),
  );
}

/**
 * @param {string} text
 * @param {"numpy" | "tabs"} how
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {PictureOptions} options
 */
function copyButton(text, how, matrix, part, options) {
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      "aria-label": `Copy ${matrix.code} as ${text}`,
      onclick: () => options.copy(matrix, part, how),
    },
    text,
  );
}

/** A heat map as a file. @param {string} format @param {Matrix} matrix @param {string} paper */
function saveButton(format, { code, field }, paper) {
  const name = `${code.replace(/[^\w.]+/g, "-")}-${field}`;
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      key: format,
      "aria-label": `Save ${code} as ${format}`,
      onclick: (/** @type {any} */ event) =>
        void save(
          event.currentTarget.closest("figure").querySelector(".heatmap .plot"),
          name,
          format.toLowerCase(),
          paper,
        ),
    },
    format,
  );
}

/** @param {Matrix} matrix @param {PictureOptions} options */
function body(matrix, options) {
  const { part } = matrix;
  if (matrix.veiled && (!part || (options.scale && isLarge(part))))
    return h("p", { class: "pending" }, "covered until it is found");
  if (!part)
    return h(
      "p",
      { class: "pending" },
      matrix.name === null ? "its numbers are not listed" : options.busy,
    );
  if (part.shape.length > 2 && !isLarge(part)) return panelsView(matrix, part, options);
  if (!options.scale || !options.palette || matrix.shape.length === 0)
    return gridView(matrix, part, options);
  return heatmapView(matrix, part, {
    palette: options.palette,
    scale: options.scale,
    digits: options.digits,
    cells: options.lit[matrix.id],
    column: options.column,
    hover: (index) => options.acts.light(index && { matrix: matrix.id, index }),
    click: (index) => {
      if (options.click) options.click(index);
      else if (matrix.name) options.select(matrix.name);
      if (matrix.name) options.acts.explain(matrix, index);
    },
  });
}

/**
 * The left operand at the left, the right one above, and the product where they meet.
 *
 * @param {Equation} equation
 * @param {PictureOptions} options
 */
function falk(equation, options) {
  const {
    operands: [left, right],
    result,
  } = equation;
  const spacing = falkDensity(equation, options);
  const meeting = { ...options, together: partsOf([right, result]) };
  return h(
    "div",
    { class: `falk ${spacing}`, key: "falk" },
    h("div", { class: "falk-left" }, tensorView(left, options)),
    h("div", { class: "falk-top" }, tensorView(right, meeting)),
    h("div", { class: "falk-meet" }, tensorView(result, meeting)),
  );
}

/** @param {Matrix[]} matrices @returns {Tensor[]} */
function partsOf(matrices) {
  return matrices.flatMap(({ part }) => (part ? [part] : []));
}

/** @param {Equation} equation @param {PictureOptions} options */
function collapse(equation, options) {
  const {
    operands: [operand],
    result,
    letters,
  } = equation;
  const gone = (operand.labels ?? []).flatMap((label, axis) =>
    label !== "" && letters?.includes(label) ? [] : [axis],
  );
  if (operand.shape.length > 2 || gone.length === 0) return inline(equation, options);
  const downwards = operand.shape.length === 2 && gone.length === 1 && gone[0] === 0;
  const shared = { ...options, together: partsOf([operand, result]) };
  const column = !downwards && gone.length === 1 && result.shape.length === 1;
  const over = gone.map((axis) => `axis ${axis} (${operand.shape[axis]})`).join(" and ");
  const arrow = h(
    "span",
    { class: "collapse-arrow" },
    h("b", null, downwards ? "↓" : "→"),
    ` ${over || "all"} collapses`,
  );
  return h(
    "div",
    {
      class: `collapse ${downwards ? "down" : "across"} ${rowDensity([operand], options, 0)}`,
      key: "collapse",
    },
    tensorView(operand, shared),
    arrow,
    tensorView(result, { ...shared, column }),
  );
}

/** @param {Equation} equation @param {PictureOptions} given */
function inline({ tokens, operands, result }, given) {
  const share = shareOf(operands.concat(result), given.room);
  const options = {
    ...given,
    share,
    spacing: rowDensity(operands.concat(result), given, lengthOf(tokens)),
  };
  const cut = between(
    tokens,
    operands.map(({ operand }) => operand),
  );
  const parts = operands.map((operand, at) =>
    h(
      "div",
      { class: "part", key: operand.id },
      sign(cut ? cut[at] : at ? "," : ""),
      tensorView(operand, options),
    ),
  );
  const tail = cut ? cut[operands.length] : "";
  const end = h(
    "div",
    { class: "part", key: "end" },
    operands.length > 0 && sign(`${tail} =`),
    tensorView(result, options),
  );
  return h("div", { class: `inline ${options.spacing}`, key: "inline" }, parts, end);
}

/** @param {Token[]} tokens */
function lengthOf(tokens) {
  return sum(tokens.map(({ text }) => text.length));
}

/**
 * What there is for the panels of one of the tensors. On a narrow screen they stand below each
 * other.
 *
 * @param {Matrix[]} matrices
 * @param {{width: number, height: number}} room
 */
function shareOf(matrices, { width, height }) {
  const sliced = matrices.filter(({ shape }) => shape.length > 2).length;
  if (width < NARROW) return { width: width - 12, height: 230 };
  return {
    width: Math.max(110, (width - 100 * (matrices.length - sliced)) / Math.max(1, sliced) - 34),
    height: 0.8 * height - 40,
  };
}

/**
 * Ways of drawing: a name, the width of a character, the padding and the least width of a cell, and
 * its height.
 *
 * @type {[string, number, number, number, number][]}
 */
const DENSITIES = [
  ["large", 10.3, 20, 52, 34],
  ["roomy", 8.5, 13, 34, 27],
  ["", 7.3, 13, 34, 21],
  ["tight", 6.7, 8, 22, 19],
];

/**
 * The largest way of drawing that fits into the room.
 *
 * @param {PictureOptions} options
 * @param {(cell: (characters: number) => number, height: number) => [number, number]} measure width
 *   and height of the whole
 */
function density({ scale, beside, room }, measure) {
  if (scale) return "";
  const allowed = beside ? DENSITIES.slice(2) : DENSITIES;
  const fitting = allowed.find(([, letter, padding, least, height]) => {
    const [width, tall] = measure(
      (characters) => 1 + Math.max(least, letter * characters + padding),
      height + 1,
    );
    return width <= room.width && tall <= room.height;
  });
  return fitting?.[0] ?? "tight";
}

/**
 * @param {Matrix[]} matrices
 * @param {PictureOptions} options
 * @param {number} letters of code between them
 */
function rowDensity(matrices, options, letters) {
  return density(options, (cell, height) => {
    const widths = matrices.map((matrix) =>
      Math.max(90, columnsOf(matrix) * cell(charactersOf([matrix], options))),
    );
    return [
      sum(widths) + 28 * matrices.length + 9.5 * letters,
      Math.max(...matrices.map(rowsOf)) * height,
    ];
  });
}

/** @param {Equation} equation @param {PictureOptions} options */
function falkDensity({ operands: [left, right], result }, options) {
  return density(options, (cell, height) => [
    left.shape[1] * cell(charactersOf([left], options)) +
      24 +
      right.shape[1] * cell(charactersOf([right, result], options)),
    (left.shape[0] + right.shape[0]) * height + 50,
  ]);
}

/** @param {Matrix[]} matrices @param {PictureOptions} options */
function charactersOf(matrices, { digits }) {
  const parts = partsOf(matrices);
  return parts.length ? printing(parts, digits).width : 4;
}

/** @param {Matrix} matrix */
function columnsOf({ shape, stretched }) {
  return (stretched ?? shape).at(-1) ?? 1;
}

/** @param {Matrix} matrix */
function rowsOf({ shape, stretched }) {
  return (stretched ?? shape).at(-2) ?? 1;
}

/** @param {number[]} numbers */
function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}

/** A piece of code between two matrices; small ones as signs. @param {string} text */
function sign(text) {
  const trimmed = text.trim();
  return trimmed
    ? h("span", { class: "between" }, signed(trimmed).replace(/(?<!\*)\*(?!\*)/g, "×"))
    : null;
}

/**
 * The sum of products behind a cell of a product, written out as far as it fits.
 *
 * @param {Equation} equation
 * @param {CellPlace | null} chosen
 * @param {(number: number) => string} show
 * @returns {string | null}
 */
export function productTerms({ kind, operands: [left, right], result }, chosen, show) {
  if (
    kind !== "product" ||
    chosen?.matrix !== result.id ||
    !left?.part ||
    !right?.part ||
    left.veiled ||
    right.veiled
  )
    return null;
  const [row, column] = chosen.index;
  const inner = left.shape[1];
  if (
    size(left.part.shape) !== size(left.shape) ||
    size(right.part.shape) !== size(right.shape) ||
    inner > 12
  )
    return null;
  const terms = Array.from({ length: inner }, (_, at) => {
    const [a, b] = [
      left.part?.data[row * inner + at] ?? NaN,
      right.part?.data[at * right.shape[1] + column] ?? NaN,
    ];
    return `${show(a)} × ${show(b)}`;
  });
  return terms.join(" + ");
}
