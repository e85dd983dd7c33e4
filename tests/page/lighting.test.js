import assert from "node:assert/strict";
import { test } from "node:test";

import { contains, lightStep, highlightTwins } from "../../frontend/lib/lighting.js";

const matrix = (id, shape, labels, extra = {}) => ({
  id,
  shape,
  labels,
  name: id,
  transposed: false,
  origin: null,
  ...extra,
});
const product = () => [
  [matrix("a", [4, 3], ["i", "k"]), matrix("b", [3, 2], ["k", "j"])],
  matrix("result", [4, 2], ["i", "j"]),
];

test("a cell of a product comes from a row and a column", () => {
  const [operands, result] = product();
  assert.deepEqual(lightStep(operands, result, { matrix: "result", index: [2, 1] }), {
    result: { axes: [2, 1] },
    a: { axes: [2, null] },
    b: { axes: [null, 1] },
  });
});

test("a cell of an operand goes to a whole row of the product", () => {
  const [operands, result] = product();
  assert.deepEqual(lightStep(operands, result, { matrix: "a", index: [2, 0] }), {
    a: { axes: [2, 0] },
    result: { axes: [2, null] },
  });
});

test("what is broadcast has one cell for many", () => {
  const [operands, result] = [
    [matrix("a", [6, 2], ["i", "j"]), matrix("b", [2], ["j"]), matrix("c", [6, 1], ["i", ""])],
    matrix("result", [6, 2], ["i", "j"]),
  ];
  const highlighted = lightStep(operands, result, { matrix: "result", index: [5, 1] });
  assert.deepEqual([highlighted.b, highlighted.c], [{ axes: [1] }, { axes: [5, 0] }]);
  assert.deepEqual(lightStep(operands, result, { matrix: "b", index: [1] }).result, {
    axes: [null, 1],
  });
});

test("a reduction comes from all of an axis", () => {
  const highlighted = lightStep([matrix("a", [6, 2], ["i", "j"])], matrix("result", [2], ["j"]), {
    matrix: "result",
    index: [1],
  });
  assert.deepEqual(highlighted.a, { axes: [null, 1] });
});

test("a movement follows its origins, both ways", () => {
  const [operands, result] = [
    [matrix("a", [2, 2], null, { origin: [3, 1, -1] })],
    matrix("result", [3], ["i"]),
  ];
  assert.deepEqual(lightStep(operands, result, { matrix: "result", index: [0] }).a, {
    flat: new Set([3]),
  });
  assert.deepEqual(lightStep(operands, result, { matrix: "a", index: [0, 1] }).result, {
    flat: new Set([1]),
  });
  assert.ok(contains({ flat: new Set([3]) }, [1, 1], [2, 2]));
});

test("the same cell is lit wherever its tensor is drawn, transposed or not", () => {
  const all = [
    matrix("a", [4, 3], null, { name: "x" }),
    matrix("b", [3, 4], null, { name: "x", transposed: true }),
    matrix("c", [4, 3], null, { name: "other" }),
  ];
  assert.deepEqual(highlightTwins(all, all[1], [2, 0]), {
    a: { axes: [0, 2] },
    b: { axes: [2, 0] },
  });
});
