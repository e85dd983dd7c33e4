import assert from "node:assert/strict";
import { test } from "node:test";

import { textOf } from "../../frontend/lib/h.js";
import { columnOf, columnView } from "../../frontend/views/jacobiancolumn.js";
import { jacobianFigure } from "../../frontend/views/jacobianfigure.js";

const answer = {
  output: "z",
  output_shape: [2, 2],
  input: "w",
  input_shape: [2, 2],
  contraction: {
    incoming: "z.g",
    incoming_value: [1, 2, 3, 4],
    result_value: [0.5, 2, 10, 14],
  },
};
const value = [
  [1, 0, 2, 0],
  [0, 1, 0, 2],
  [3, 0, 4, 0],
  [0, 3, 0, 3],
];
const options = {
  digits: 3,
  isTensor: () => true,
  chosen: { tensor: "w", field: "gradient", index: [1, 1] },
  point: () => undefined,
};

test("the column of the number that is explained, times the slopes, is its gradient", () => {
  assert.equal(columnOf(answer, options.chosen), 3);
  assert.equal(columnOf({ ...answer, columns: [1, 3] }, options.chosen), 1);
  assert.equal(columnOf(answer, { ...options.chosen, tensor: "x" }), -1);
  const said = textOf(columnView(answer, value, options));
  assert.match(said, /zcolumn of w\[1, 1\]× z\.g=/);
  assert.match(said, /\[0, 1\]224\[1, 0\]030\[1, 1\]3412/);
  assert.match(said, /sum, w\.g\[1, 1\]14/);
  assert.equal(columnView(answer, value, { ...options, chosen: null }), null);
});

test("the column is framed in the picture", () => {
  const palette = { soft: "#999", line: "#eee", panel: "#fff", ink: "#000" };
  const framed = (marked) =>
    jacobianFigure(
      answer,
      value,
      { ...palette, value: "#0a0", grad: "#a0a" },
      400,
      marked,
    ).layout.shapes.filter(({ type }) => type === "rect");
  assert.equal(framed(-1).length, 0);
  assert.deepEqual([framed(2)[0].x0, framed(2)[0].x1], [1.5, 2.5]);
});
