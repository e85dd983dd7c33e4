/**
 * A step as a picture of its own equation: a product as Falk's scheme, a reduction with its axis
 * collapsing into the result,
 * anything else as its text with the matrices in the place of their names.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Matrix, Palette, Tensor, Token } from "../lib/types.js"
 * @import { GridOptions } from "./matrix.js"
 * @import { SliceCommands } from "./slices.js"
 *
 * @typedef {object} Frame  the part of a large matrix that is shown in numbers
 * @property {[number, number]} corner
 * @property {boolean} active
 * @property {(corner: [number, number]) => void} move
 * @typedef {object} OwnOptions
 * @property {string | null} selected
 * @property {Palette | null} palette
 * @property {import("../lib/fitting.js").Level} level
 * @property {number} dot
 * @property {import("../lib/scale.js").Scales} scales
 * @property {(name: string) => void} select
 * @property {(name: string) => boolean} isTensor
 * @property {(matrix: Matrix, part: Tensor, how: "numpy" | "tabs") => void} copy
 * @property {(index: number[]) => void} [click]
 * @property {boolean} [copies]
 * @property {(matrix: Matrix) => Frame} [frame]
 * @property {{width: number, height: number}} room
 * @property {string} busy
 * @typedef {GridOptions & SliceCommands & OwnOptions} PictureOptions
 * @typedef
 *   {{tokens: Token[], kind: string, letters: string[] | null, operands: Matrix[], result: Matrix}}
 *   Equation
 */

import { between } from "../lib/code.js";
import { h } from "../lib/h.js";
import { printShape, signed } from "../lib/numbers.js";
import { span } from "../lib/tint.js";
import { partText } from "../lib/slices.js";
import { codeView } from "./code.js";
import { heatmapView } from "./heatmap.js";
import { gridView } from "./matrix.js";
import { overviewView } from "./overview.js";
import { remark } from "./remark.js";
import { elsewhereView, numbersToggle, panelsView, pickersView } from "./slices.js";

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
    {
      class: `tensor ${matrix.field ?? "expression"}${isLit(matrix, options) ? " lit-tensor" : ""}`,
      key: matrix.id,
      "data-tensor": matrix.name ?? matrix.code,
      "data-field": matrix.field,
      "data-transposed": matrix.transposed ? "" : null,
      "data-result": matrix.id === "result" ? "" : null,
    },
    heading(matrix, options),
    !matrix.id.startsWith("selected") &&
      matrix.slices?.key !== options.selected &&
      pickersView(matrix, options.pick),
    body(matrix, options),
    matrix.part &&
      !matrix.hidden &&
      !(matrix.overview && options.frame) &&
      elsewhereView(matrix, matrix.part, options.highlighted[matrix.id], options.reveal),
  );
}

/** @param {Matrix} matrix @param {PictureOptions} options */
function isLit({ name, field, naming }, { lit }) {
  const end = field === "gradient" ? ".g" : naming === "new" ? ".next" : "";
  return name !== null && lit?.has(`${name}${end}`) === true;
}

/** @param {Matrix} matrix @param {PictureOptions} options */
function heading(matrix, options) {
  const { name, part } = matrix;
  const whole = options.frame && matrix.overview !== undefined;
  const drawn = part && !whole ? partText(part, matrix.shape) : "";
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
    h("span", { class: "tensor-name", title: matrix.code }, label),
    h(
      "span",
      { class: "shape" },
      options.shapeless?.(matrix)
        ? "( ? )"
        : printShape((!options.dot && matrix.stretched) || matrix.shape),
    ),
    matrix.stretched &&
      h(
        "span",
        { class: "note" },
        options.dot ? "broadcast" : `broadcast from ${printShape(matrix.shape)}`,
      ),
    part && remark(matrix, part) && h("span", { class: "remark" }, remark(matrix, part)),
    drawn && h("span", { class: "note part-drawn" }, drawn),
    matrix.note && h("span", { class: "note" }, matrix.note),
    part && !matrix.hidden && !options.dot && numbersToggle(matrix, part, options.inNumbers),
    options.copies &&
      part &&
      !matrix.hidden &&
      h(
        "span",
        { class: "copies" },
        copyButton("NumPy", "numpy", matrix, part, options),
        copyButton("TSV", "tabs", matrix, part, options),
        options.dot > 0 && saveButton(matrix),
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

/** A picture as a file. @param {Matrix} matrix */
function saveButton({ code, field }) {
  const name = `${code.replace(/[^\w.]+/g, "-")}-${field}.png`;
  return h(
    "button",
    {
      type: "button",
      class: "quiet",
      key: "PNG",
      "aria-label": `Save ${code} as PNG`,
      onclick: (/** @type {any} */ event) => {
        const canvas = event.currentTarget.closest("figure").querySelector("canvas");
        const link = Object.assign(document.createElement("a"), {
          href: canvas.toDataURL(),
          download: name,
        });
        link.click();
      },
    },
    "PNG",
  );
}

/** @param {Matrix} matrix @param {PictureOptions} options */
function body(matrix, options) {
  const { part, overview } = matrix;
  if (options.shapeless?.(matrix)) return covered({ ...matrix, shape: [2, 3] }, options, "?");
  if (matrix.hidden && (!part || options.dot)) return covered(matrix, options);
  if (overview === null) return covered(matrix, options, options.busy);
  if (overview && options.dot && options.palette && options.frame)
    return overviewView(matrix, overview, {
      palette: options.palette,
      dot: options.dot,
      largest:
        options.scales[matrix.field === "gradient" ? "gradient" : "value"] ||
        span(overview.tensor.data),
      cells: options.highlighted[matrix.id],
      ...options.frame(matrix),
    });
  if (!part)
    return matrix.name === null
      ? h("p", { class: "pending" }, "its numbers are not listed")
      : covered(matrix, options, options.busy);
  if (part.shape.length > 2 && !options.dot) return panelsView(matrix, part, options);
  if (!options.dot || !options.palette || matrix.shape.length === 0)
    return gridView(matrix, part, options);
  return heatmapView(matrix, part, {
    palette: options.palette,
    dot: options.dot,
    largest: options.scales[matrix.field === "gradient" ? "gradient" : "value"] || span(part.data),
    digits: options.digits,
    cells: options.highlighted[matrix.id],
    column: options.column,
    hover: (index) => options.cells.highlightCell(index && { matrix: matrix.id, index }),
    click: (index) => {
      if (options.click) options.click(index);
      if (matrix.name) options.cells.explain(matrix, index);
    },
  });
}

/**
 * A tensor of which only the shape may be seen, or is known: dotted, as large as it is.
 *
 * @param {Matrix} matrix
 * @param {PictureOptions} options
 * @param {string} [text]
 */
function covered({ shape, code }, { level, dot }, text = "hidden until it is solved") {
  const [rows, columns] = [shape.at(-2) ?? 1, shape.at(-1) ?? 1];
  const [width, height] = dot ? [dot, dot] : [level.width + 1, level.height];
  return h("div", {
    class: "covered-tensor",
    role: "img",
    "aria-label": `${code}: ${text}`,
    title: text,
    style: {
      width: `${Math.max(14, Math.min(columns * width, 600))}px`,
      height: `${Math.max(14, Math.min(rows * height, 400))}px`,
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
  const meeting = { ...options, together: partsOf([right, result]) };
  return h(
    "div",
    { class: "falk", key: "falk" },
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
    ` summed over ${over || "all axes"}`,
  );
  return h(
    "div",
    {
      class: `collapse ${downwards ? "down" : "across"}`,
      key: "collapse",
    },
    tensorView(operand, shared),
    arrow,
    tensorView(result, { ...shared, column }),
  );
}

/** @param {Equation} equation @param {PictureOptions} given */
function inline({ tokens, operands, result }, given) {
  const options = { ...given, share: shareOf(operands.concat(result), given.room) };
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
  const stacked = isStacked([...operands, result], given);
  return h("div", { class: stacked ? "inline stacked" : "inline", key: "inline" }, parts, end);
}

/** What a sign and the gaps around it take. */
const SIGN_ROOM = 60;

/**
 * Vectors of one length that have no room side by side stand below each other, element below element.
 *
 * @param {Matrix[]} matrices
 * @param {PictureOptions} options
 */
function isStacked(matrices, { level, room, dot }) {
  const [length] = matrices[0].shape;
  if (dot || !matrices.every(({ shape }) => shape.length === 1 && shape[0] === length))
    return false;
  return matrices.length * (length * (level.width + 1) + SIGN_ROOM) > room.width;
}

/**
 * What there is for the panels of one of the tensors.
 *
 * @param {Matrix[]} matrices
 * @param {{width: number, height: number}} room
 */
function shareOf(matrices, { width, height }) {
  const sliced = Math.max(1, matrices.filter(({ shape }) => shape.length > 2).length);
  const beside = width - 90 * (matrices.length - sliced) - 34 * matrices.length;
  const lines = beside / sliced < 110 ? Math.ceil((110 * sliced) / Math.max(1, beside)) : 1;
  return {
    width: Math.max(90, (beside * lines) / sliced),
    height: height / lines - 60,
  };
}

/** A piece of code between two matrices; small ones as signs. @param {string} text */
function sign(text) {
  const trimmed = text.trim();
  return trimmed
    ? h("span", { class: "between" }, signed(trimmed).replace(/(?<!\*)\*(?!\*)/g, "×"))
    : null;
}
