import assert from "node:assert/strict";
import { test } from "node:test";

import { aligned, cellText, printing } from "../../frontend/lib/printing.js";

/** The column as it is seen: each number with the letters that it stands away from the right edge. @param {number[]} data */
function column(data) {
  const { style, places, width } = printing([{ data, shape: [data.length] }], 3);
  return data.map((number) => {
    const text = cellText(number, style);
    const short = Number.parseInt(aligned(text, places)["--short"] ?? "0", 10);
    return `${text}${" ".repeat(short)}`.padStart(width);
  });
}

test("the points of a column stand below each other, and no zeros are written that say nothing", () => {
  assert.deepEqual(column([1, 0.25, -0.125, 0, 12.5]), [
    " 1    ",
    " 0.25 ",
    "\u22120.125",
    " 0    ",
    "12.5  ",
  ]);
  assert.deepEqual(
    column([0.5, 2, -3]),
    [" 0.5", " 2  ", "\u22123  "],
    "no more room than is needed",
  );
  assert.deepEqual(column([1, -20, 3]), ["  1", "\u221220", "  3"], "whole numbers");
});

test("a rounded number keeps its zeros, an exact one does not", () => {
  const { style } = printing([{ data: [0.1, 2 / 3], shape: [2] }], 3);
  assert.deepEqual(
    [0.5, 0.5000001, 2 / 3].map((number) => cellText(number, style)),
    ["0.5", "0.500", "0.667"],
  );
});

test("what has no point stands at the edge", () => {
  for (const number of [Number.NaN, Infinity, 1e-9])
    assert.match(column([number, 0.5, 0.25]).at(0), /\S$/);
});
