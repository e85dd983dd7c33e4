/**
 * A cell of a grid, and the field in which its number is edited.
 *
 * @import { VNode } from "../lib/h.js"
 * @import { Matrix, Tensor } from "../lib/types.js"
 * @import { CellEdit } from "../state/cells/reducer.js"
 * @import { CellCommands, GridOptions, Shade, Spot } from "./matrix.js"
 */

import { shows, targetName } from "../lib/explanation.js";
import { h } from "../lib/h.js";
import { tintOf } from "../lib/tint.js";
import { exact } from "../lib/numbers.js";
import { aligned, cellText } from "../lib/printing.js";
import { cell, cellName, ownIndex } from "../lib/tensor.js";

/** An old number and its new one have room in a cell up to so many letters. */
export const GHOSTLY = 6;

/** @param {Matrix} matrix @param {number[]} index */
export function nameOf(matrix, index) {
  if (matrix.naming === "plain")
    return [matrix.code, ...index.map((at, axis) => `${axisWord(axis, index.length)} ${at}`)].join(
      ", ",
    );
  if (matrix.name === null)
    return cellName(/^[\w.]+$/.test(matrix.code) ? matrix.code : `(${matrix.code})`, index, null);
  const name = cellName(matrix.name, ownIndex(matrix, index), null);
  return `${name} ${matrix.naming === "new" ? "new value" : (matrix.field ?? "")}`.trim();
}

/** The same as one writes it in a program: `w1.g[0, 1]`. @param {Matrix} matrix @param {number[]} index */
export function codeOf(matrix, index) {
  if (matrix.name === null) return nameOf(matrix, index);
  const field = matrix.naming === "new" ? "next" : (matrix.field ?? "value");
  return targetName({ tensor: matrix.name, field, index: ownIndex(matrix, index) });
}

/** @param {number} axis @param {number} count */
function axisWord(axis, count) {
  return axis === count - 1 ? "column" : axis === count - 2 ? "row" : `axis ${axis}`;
}

/**
 * @param {Matrix} matrix
 * @param {Tensor} part
 * @param {Spot} spot
 * @param {Shade} shade
 * @param {boolean} tab
 * @param {GridOptions} options
 * @returns {VNode}
 */
export function cellView(
  matrix,
  part,
  spot,
  { highlighted, style, places, largest, blank, old, hatched },
  tab,
  { chosen, explained, edit, cells, drag, lesson },
) {
  const { index } = spot;
  const hidden = matrix.hidden || lesson?.veiled(matrix, index) === true;
  const mark = lesson?.mark(matrix, index) ?? null;
  const number = cell(part, index) ?? NaN;
  const { sign, strength } = hidden ? { sign: "veiled", strength: 0 } : tintOf(number, largest);
  const place = { matrix: matrix.id, index };
  const pulled =
    drag &&
    matrix.field === "value" &&
    drag.name === matrix.name &&
    matrix.naming !== "new" &&
    String(drag.index) === String(ownIndex(matrix, index));
  const before = old?.(index);
  const text = cellText(number, style);
  const ghost = before !== undefined && before !== number ? cellText(before, style) : null;
  const seen = ghost !== null && ghost.length + text.length <= GHOSTLY;
  const edited =
    edit?.matrix === matrix.id && String(edit.index) === String(ownIndex(matrix, index))
      ? edit
      : null;
  const hit = chosen?.matrix === matrix.id && String(chosen.index) === String(index) ? "hit" : "";
  const subject =
    explained &&
    shows(matrix, explained) &&
    String(explained.index) === String(ownIndex(matrix, index))
      ? `explained-cell of-${matrix.field}`
      : "";
  return h(
    "span",
    {
      role: "gridcell",
      key: index.join(),
      class: [
        "cell",
        sign,
        highlighted,
        hit,
        subject,
        !hidden && hatched?.(index) ? "blocked" : "",
        pulled ? "dragged" : "",
        mark === null ? "" : `mark-${mark}`,
        ghost === null ? "" : "changed",
      ]
        .filter(Boolean)
        .join(" "),
      tabindex: tab && !edited ? "0" : "-1",
      "aria-label": nameOf(matrix, index),
      title: ghost === null ? null : `was ${ghost}`,
      "aria-selected": mark === null ? null : String(mark !== "open"),
      "data-value": hidden ? null : exact(number),
      "data-index": index.join(","),
      style: { "--heat": `${strength}%`, ...(hidden ? {} : aligned(text, places)) },
      onpointerdown: (/** @type {PointerEvent} */ event) => cells.grab?.(event, matrix, index),
      onmouseenter: passing(() => cells.highlightCell(place)),
      onfocus: () => cells.highlightCell(place),
      onclick: (/** @type {MouseEvent} */ event) =>
        event.detail < 2 && !edited && cells.explain(matrix, index, event.shiftKey),
      ondblclick: () => cells.edit(matrix, index),
    },
    edited
      ? [editor(edited, nameOf(matrix, index), cells), edited.problem && problemAt(edited.problem)]
      : hidden
        ? "?"
        : blank
          ? ""
          : [seen && h("s", { "aria-hidden": "true" }, ghost), text],
  );
}

/** @param {CellEdit} edit @param {string} name @param {CellCommands} cells */
function editor(edit, name, cells) {
  return h("input", {
    key: "editor",
    class: "cell-editor",
    "aria-label": `New number for ${name.replace(/ value$/, "")}`,
    value: edit.text,
    inputmode: "decimal",
    autocomplete: "off",
    spellcheck: "false",
    "aria-invalid": edit.problem ? "true" : null,
    "aria-describedby": edit.problem ? "cell-trouble" : null,
    hook: (/** @type {HTMLInputElement} */ input) => {
      if (input.dataset.begun) return;
      input.dataset.begun = "yes";
      input.focus();
      if (!edit.typed) input.select();
    },
    oninput: (/** @type {any} */ event) => cells.typeEdit(event.target.value),
    onkeydown: (/** @type {KeyboardEvent} */ event) => cells.editorKey(event),
    onblur: () => cells.leaveEditor(),
  });
}

/** What is wrong with what was typed, right below it and over what is there. @param {import("../lib/types.js").Problem} problem */
function problemAt({ detail, hint }) {
  return h(
    "span",
    { class: "cell-trouble", id: "cell-trouble", role: "alert", key: "trouble" },
    [detail, hint].filter(Boolean).join(" "),
  );
}

/**
 * What a pointer does that only passes over: while a number is dragged it asks nothing of the others.
 *
 * @param {() => void} act
 */
export function passing(act) {
  return (/** @type {MouseEvent} */ { buttons }) => {
    if (!buttons) act();
  };
}
