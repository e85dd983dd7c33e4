/**
 * The examples to choose from, on their shelves, each with a picture of its tensors: what goes in,
 * what becomes of it, and the loss.
 *
 * @import { Drawn, ExampleSummary } from "../lib/answers.js"
 */

import { h } from "../lib/h.js";
import { printShape } from "../lib/numbers.js";
import { faceOf } from "../lib/thumbnail.js";

/** Of a cell in the picture, in pixels. */
const CELL = 4;
/** More rows and columns are not drawn. */
const MOST = { rows: 9, columns: 9 };
/** So many sheets of a stack can be told apart. */
const SHEETS = 3;

/**
 * @param {ExampleSummary[]} examples
 * @param {string | null} current
 */
export function galleryView(examples, current) {
  const shelves = [...new Set(examples.map(({ shelf }) => shelf))];
  return shelves.map((shelf) =>
    h(
      "div",
      { role: "group", key: shelf, class: "shelf", "aria-label": shelf },
      h("h3", { "aria-hidden": "true" }, shelf),
      h(
        "div",
        { class: "cards", role: "presentation" },
        examples
          .filter((example) => example.shelf === shelf)
          .map((example) => cardView(example, example.name === current)),
      ),
    ),
  );
}

/** @param {ExampleSummary} example @param {boolean} chosen */
function cardView({ name, title, question, description, picture }, chosen) {
  return h(
    "div",
    {
      role: "option",
      class: "card",
      key: name,
      "data-name": name,
      tabindex: "-1",
      "aria-label": title,
      "aria-selected": String(chosen),
    },
    sketchView(picture),
    h("span", { class: "card-title", "aria-hidden": "true" }, title),
    h(
      "small",
      { "aria-hidden": "true" },
      (question || firstSentence(description)).replaceAll("`", ""),
    ),
  );
}

/** @param {string} text */
function firstSentence(text) {
  return text.slice(0, 1 + text.indexOf(". ") || undefined);
}

/** Sheets of cells on a line. @param {Drawn[]} picture */
function sketchView(picture) {
  return h("span", { class: "sketch", "aria-hidden": "true" }, picture.map(sheetView));
}

/** A tensor as a sheet of cells, or several behind one another. @param {Drawn} tensor */
export function sheetView(tensor) {
  return h(
    "span",
    {
      class: tensor.shape.length === 0 ? "sheet single" : "sheet",
      key: tensor.name,
      title: `${tensor.name} ${printShape(tensor.shape)}`,
      style: sizeOf(tensor),
    },
    tensor.count > 1 && h("span", { class: "times" }, `×${tensor.count}`),
  );
}

/** @param {Drawn} tensor @returns {Record<string, string>} */
function sizeOf({ shape }) {
  const [rows, columns] = faceOf(shape);
  const stack = shape.slice(0, -2).reduce((product, length) => product * length, 1);
  const shadows = Array.from(
    { length: Math.min(stack, SHEETS) - 1 },
    (_, at) =>
      `${2 * at + 2}px ${-2 * at - 2}px 0 -1px var(--panel), ${2 * at + 2}px ${-2 * at - 2}px 0 0 var(--edge)`,
  );
  return {
    width: `${CELL * Math.min(columns, MOST.columns) + 1}px`,
    height: `${CELL * Math.min(rows, MOST.rows) + 1}px`,
    ...(shadows.length > 0 && { "box-shadow": shadows.join(", ") }),
  };
}
