/**
 * One tensor as a grid of numbers (WAI-ARIA grid pattern), tinted by sign and size.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Cells } from "../lib/lighting.js"
 * @import { Matrix, CellPlace, Target, Tensor } from "../lib/types.js"
 * @import { CellEdit } from "../state/cells/reducer.js"
 *
 * @typedef {object} CellCommands  what a person can do with a grid
 * @property {(place: CellPlace | null) => void} highlightCell
 * @property {(event: KeyboardEvent, matrix: Matrix) => void} key
 * @property {(event: ClipboardEvent, matrix: Matrix) => void} paste
 * @property {(matrix: Matrix, index: number[], text?: string) => void} edit
 * @property {(matrix: Matrix, index: number[], block?: boolean) => void} explain
 * @property {(text: string) => void} typeEdit
 * @property {(event: KeyboardEvent) => void} editorKey
 * @property {() => void} leaveEditor
 * @property {() => void} [leaveScrub]
 * @property {(event: PointerEvent, matrix: Matrix, index: number[]) => void} [grab]
 *
 * @typedef {object} GridOptions
 * @property {number} digits
 * @property {import("../lib/scale.js").Scales} scales the magnitudes with the strongest tints
 * @property {import("../lib/fitting.js").Level} level of the cells
 * @property {import("../lib/types.js").Trace | null} [ghosts] the numbers before one was dragged
 * @property {import("../state/scrubbing/reducer.js").Drag | null} [drag] the number that is being dragged
 * @property {string | null} [photo]   the tensor that shows the samples as images
 * @property {import("../lib/types.js").Trace | null} [trace]
 * @property {Record<string, Cells | undefined>} highlighted
 * @property {CellPlace | null} chosen
 * @property {Target | null} [explained]
 * @property {CellEdit | null} edit
 * @property {CellCommands} cells
 * @property {ReturnType<typeof import("../state/learning/selectors.js").lessonCells>} [lesson]  what a
 *   lesson makes of cells
 * @property {Set<string> | null} [lit]  the tensors that a lesson lights, `w1.g` for a gradient
 * @property {boolean} [plain]  without a mark where nothing comes back
 * @property {(matrix: Matrix) => boolean} [shapeless]  whether its shape is not to be seen
 * @property {string[] | null} [letters]  of the result's axes, for what is stretched
 * @property {boolean} [column]           draw a 1-D tensor as a column
 * @property {Tensor[]} [together]         tensors that share widths and decimals with this one
 * @property {{width: number, height: number}} [share]  of the room, for the panels of one tensor
 * @property {Panel} [panel]               where the grid is one of several of its tensor
 *
 * @typedef {{whole: Tensor, lead: number[], image: boolean, tab: boolean}} Panel all panels'
 *   numbers; the place among them; whether it has the tab stop
 *
 * @typedef {{index: number[], ghost: boolean, goal: number[]}} Spot
 */

import { cellWidth } from "../lib/fitting.js";
import { h } from "../lib/h.js";
import { tintOf, span } from "../lib/tint.js";
import { contains } from "../lib/lighting.js";
import { aligned, cellText, printing } from "../lib/printing.js";
import { asTensor, cell, ownIndex, ravel } from "../lib/tensor.js";
import { cellView, passing } from "./cell.js";

/**
 * The numbers that a tensor had before one was dragged.
 *
 * @param {Matrix} matrix
 * @param {import("../lib/types.js").Trace | null} [before]
 * @returns {((index: number[]) => number | undefined) | null}
 */
function oldNumbers(matrix, before) {
  const record = matrix.name === null ? null : before?.tensors[matrix.name];
  const listed = record && matrix.field && matrix.naming !== "new" ? record[matrix.field] : null;
  if (!record || listed === null || listed === undefined) return null;
  const tensor = asTensor(listed, record.shape);
  return (index) => cell(tensor, ownIndex(matrix, index));
}

/**
 * The cells of a gradient that are zero because a step in front lets nothing through.
 *
 * @param {Matrix} matrix
 * @param {import("../lib/types.js").Trace | null} [trace]
 * @returns {((index: number[]) => boolean) | null}
 */
function blockedCells(matrix, trace) {
  const record =
    matrix.name === null || matrix.field !== "gradient" ? null : trace?.tensors[matrix.name];
  const blocked = record?.blocked;
  if (!record || !blocked?.length) return null;
  const flat = new Set(blocked);
  return (index) => flat.has(ravel(ownIndex(matrix, index), record.shape));
}

/**
 * The drawn cells, row by row: where each comes from, and which are only copies made by
 * broadcasting.
 *
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {GridOptions} options
 * @returns {Spot[][]}
 */
export function spots(matrix, part, options) {
  if (matrix.stretched) return stretchedSpots(matrix, matrix.stretched, options.letters ?? []);
  const shape = part.shape;
  const lead = part.offset.slice(0, -2);
  const rows = shape.length > 1 ? shape[shape.length - 2] : options.column ? (shape[0] ?? 1) : 1;
  const columns = shape.length > 1 ? shape[shape.length - 1] : options.column ? 1 : (shape[0] ?? 1);
  const index = (/** @type {number} */ row, /** @type {number} */ column) => {
    if (shape.length === 0) return [];
    if (shape.length === 1) return [part.offset[0] + Math.max(row, column)];
    const [top, left] = part.offset.slice(-2);
    return [...lead, top + row, left + column];
  };
  return table(rows, columns, (row, column) => ({
    index: index(row, column),
    ghost: false,
    goal: index(row, column),
  }));
}

/** @param {Matrix} matrix @param {number[]} shape @param {string[]} letters */
function stretchedSpots(matrix, shape, letters) {
  const rows = shape.length > 1 ? shape[0] : 1;
  const columns = shape[shape.length - 1] ?? 1;
  return table(rows, columns, (row, column) => {
    const goal = shape.length > 1 ? [row, column] : [column];
    const own = (matrix.labels ?? []).map((label) =>
      label === "" ? 0 : goal[letters.indexOf(label)],
    );
    const ghost = letters.some(
      (letter, axis) => !matrix.labels?.includes(letter) && goal[axis] > 0,
    );
    return { index: own, ghost, goal };
  });
}

/**
 * @template T
 * @param {number} rows
 * @param {number} columns
 * @param {(row: number, column: number) => T} make
 * @returns {T[][]}
 */
function table(rows, columns, make) {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => make(row, column)),
  );
}

/** @param {Matrix} matrix @param {Tensor} part @param {GridOptions} options @returns {VNode} */
export function gridView(matrix, part, options) {
  const { cells, panel } = options;
  const dragged = options.drag?.name === matrix.name ? options.drag : null;
  const rows = spots(matrix, part, options);
  const { style, places, width } = printing(
    options.together ?? [panel?.whole ?? part],
    options.digits,
  );
  const look = {
    style,
    places,
    largest:
      options.scales[matrix.field === "gradient" ? "gradient" : "value"] ||
      span((panel?.whole ?? part).data),
    blank: panel?.image ?? false,
    old: oldNumbers(matrix, options.ghosts),
    hatched: options.plain ? null : blockedCells(matrix, options.trace),
  };
  const on = highlightTable(matrix, rows, options);
  const tab = tabStop(matrix, rows, options);
  return h(
    "div",
    {
      role: "grid",
      class: [
        "matrix",
        matrix.ready ? "" : "not-yet",
        panel?.image ? "image" : "",
        panel?.image && matrix.field === "value" && options.photo === matrix.name ? "photo" : "",
        matrix.mask ? "mask" : "",
        style.decimals === 0 && !style.scientific ? "whole" : "",
      ].join(" "),
      "aria-label": gridName(matrix, panel),
      "aria-readonly": matrix.editable ? "false" : "true",
      "data-matrix": matrix.id,
      style: {
        "--cell-width": `${cellWidth(options.level, width)}px`,
        "--letters": String(width),
        "--cell-height": `${options.level.height}px`,
        "--cell-font": `${options.level.font}px`,
      },
      onkeydown: (/** @type {KeyboardEvent} */ event) => cells.key(event, matrix),
      onpaste: (/** @type {ClipboardEvent} */ event) => cells.paste(event, matrix),
      onmouseleave: passing(() => cells.highlightCell(null)),
      onfocusout: (/** @type {any} */ event) => {
        if (dragged && event.relatedTarget && event.target.tagName !== "INPUT")
          cells.leaveScrub?.();
        if (!event.currentTarget.contains(event.relatedTarget)) cells.highlightCell(null);
      },
    },
    rows.map((row, down) =>
      h(
        "div",
        {
          role: "row",
          "aria-hidden": row.every(({ ghost }) => ghost) ? "true" : null,
          "data-row": rowNumber(rows, down, panel),
        },
        row.map((spot, right) => {
          const shade = { highlighted: sides(on, down, right), ...look };
          return spot.ghost
            ? ghostView(matrix, part, spot, shade)
            : cellView(matrix, part, spot, shade, tab === String(spot.index), options);
        }),
      ),
    ),
  );
}

/** So many rows are counted at a glance; those of more have their numbers beside them. */
const AT_A_GLANCE = 4;

/**
 * A row's place along its axis, where it is not seen at once.
 *
 * @param {Spot[][]} rows
 * @param {number} down
 * @param {Panel} [panel]
 */
function rowNumber(rows, down, panel) {
  const [spot] = rows[down];
  if (panel || rows.length <= AT_A_GLANCE || !spot || spot.goal.length === 0) return null;
  return String(spot.goal[Math.max(0, spot.goal.length - 2)]);
}

/**
 * The cell in the tab order.
 *
 * @param {Matrix} matrix
 * @param {Spot[][]} rows
 * @param {GridOptions} options
 */
function tabStop(matrix, rows, { chosen, panel }) {
  if (panel && !panel.tab) return null;
  return chosen?.matrix === matrix.id &&
    (!panel || panel.lead.every((position, axis) => chosen.index[axis] === position))
    ? String(chosen.index)
    : String(rows[0]?.[0]?.index ?? "");
}

/** @param {Matrix} matrix @param {Panel} [panel] */
function gridName(matrix, panel) {
  const place = panel && panel.whole.data.length > 0 ? ` [${panel.lead.join(", ")}]` : "";
  return `${tensorName(matrix)}${place}`;
}

/** @param {Matrix} matrix */
function tensorName(matrix) {
  if (matrix.naming === "new") return `${matrix.name} after the update`;
  return matrix.naming === "contract" && matrix.name
    ? `${matrix.code}: ${matrix.name} ${matrix.field}`
    : matrix.code;
}

/**
 * @param {Matrix} matrix
 * @param {Spot[][]} rows
 * @param {GridOptions} options
 * @returns {boolean[][] | null}
 */
function highlightTable(matrix, rows, { highlighted }) {
  const cells = highlighted[matrix.id];
  if (!cells) return null;
  const goal = highlighted.result;
  return rows.map((row) =>
    row.map((spot) => {
      if (!contains(cells, spot.index, matrix.shape)) return false;
      return !matrix.stretched || !goal || contains(goal, spot.goal, matrix.stretched);
    }),
  );
}

/**
 * The classes of a highlighted cell: the frame runs around the whole highlighted region.
 *
 * @param {boolean[][] | null} on
 * @param {number} row
 * @param {number} column
 */
function sides(on, row, column) {
  if (!on?.[row][column]) return "";
  const open = [
    [-1, 0, "lit-top"],
    [1, 0, "lit-bottom"],
    [0, -1, "lit-left"],
    [0, 1, "lit-right"],
  ];
  return [
    "lit",
    ...open.flatMap(([down, right, name]) =>
      on[row + Number(down)]?.[column + Number(right)] ? [] : [String(name)],
    ),
  ].join(" ");
}

/**
 * @typedef {object} Shade
 * @property {string} highlighted
 * @property {import("../lib/numbers.js").Style} style
 * @property {number} places
 * @property {number} largest
 * @property {boolean} blank
 * @property {ReturnType<typeof oldNumbers>} old
 * @property {ReturnType<typeof blockedCells>} hatched
 */

/** @param {Matrix} matrix @param {Tensor} part @param {Spot} spot @param {Shade} shade */
function ghostView({ hidden }, part, spot, { highlighted, style, places, largest }) {
  const number = cell(part, spot.index) ?? NaN;
  const { sign, strength } = hidden ? { sign: "veiled", strength: 0 } : tintOf(number, largest);
  const text = hidden ? "?" : cellText(number, style);
  return h(
    "span",
    {
      class: `cell ghost ${sign} ${highlighted}`,
      "aria-hidden": "true",
      style: { "--heat": `${strength}%`, ...aligned(text, places) },
    },
    text,
  );
}
