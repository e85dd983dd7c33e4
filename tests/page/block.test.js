import assert from "node:assert/strict";
import { test } from "node:test";

import { asNumpy, asTabs, blockCells, parseBlock } from "../../frontend/lib/block.js";
import { fromNested } from "../../frontend/lib/tensor.js";

test("blocks from spreadsheets, CSV files and brackets", () => {
  assert.deepEqual(parseBlock("1\t2\r\n3\t\u22124\r\n"), [
    [1, 2],
    [3, -4],
  ]);
  assert.deepEqual(parseBlock("1, 2\n3, 4"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(parseBlock("[[1.0, 2.0], [3.0, 4.0]]"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(parseBlock("np.array([[1, 2],\n          [3, 4]])"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(parseBlock("7"), [[7]]);
});

test("blocks as NumPy, PyTorch and Python print them", () => {
  const square = [
    [1, 2],
    [3, 4],
  ];
  for (const text of [
    "[[ 1.  2.]\n [ 3.  4.]]",
    "[[1 2]\n [3 4]]",
    "array([[1., 2.],\n       [3., 4.]])",
    "array([[1., 2.],\n       [3., 4.]], dtype=float32)",
    "tensor([[1., 2.],\n        [3., 4.]], requires_grad=True)",
    "tensor([[1., 2.],\n        [3., 4.]], dtype=torch.float64, grad_fn=<AddBackward0>)",
    "w1 = np.array([[1.0, 2.0],\n               [3.0, 4.0]])\n",
    "[[1, 2], [3, 4]]",
    "[\n  [1.0, 2.0],\n  [3.0, 4.0],\n]",
    "[[1e0, 2e+0], [3.0E0, 4]]",
  ])
    assert.deepEqual(parseBlock(text), square, text);
  assert.deepEqual(parseBlock("[1. 2. 3.]"), [[1, 2, 3]]);
  assert.deepEqual(parseBlock("array(2.5)"), [[2.5]]);
  assert.deepEqual(parseBlock("[[ 1.  2.\n   3.]\n [ 4.  5.\n   6.]]"), [
    [1, 2, 3],
    [4, 5, 6],
  ]);
  assert.deepEqual(parseBlock("[[[1. 2.]\n  [3. 4.]]\n\n [[5. 6.]\n  [7. 8.]]]"), [
    [1, 2],
    [3, 4],
    [5, 6],
    [7, 8],
  ]);
  assert.deepEqual(parseBlock("[[nan inf]\n [-inf  0.]]"), [
    [NaN, Infinity],
    [-Infinity, 0],
  ]);
  assert.deepEqual(parseBlock("np.array([[np.nan, -np.inf]])"), [[NaN, -Infinity]]);
});

test("CSV files with semicolons, decimal commas and carriage returns", () => {
  assert.deepEqual(parseBlock("1;2\r\n3;4\r\n"), [
    [1, 2],
    [3, 4],
  ]);
  assert.deepEqual(parseBlock("1,5;-2,25\n3;4,0"), [
    [1.5, -2.25],
    [3, 4],
  ]);
  assert.deepEqual(parseBlock("1,2,\n3,4,\n"), [
    [1, 2],
    [3, 4],
  ]);
});

test("what is no block of numbers", () => {
  for (const text of [
    "",
    "a\tb",
    "1\t2\n3",
    "1\t\t2x",
    "[[1. ... 2.]]",
    "[1, 2], x",
    "f([1]) + [2]",
    "[[1, 2], 3]",
    "{[1]}",
    "[[1, 2]",
    "[]",
  ])
    assert.equal(parseBlock(text), null, JSON.stringify(text));
});

test("a block lands at its corner, and must fit", () => {
  assert.deepEqual(blockCells([[1, 2]], [1, 0], [2, 2]), [
    { index: [1, 0], value: 1 },
    { index: [1, 1], value: 2 },
  ]);
  assert.equal(blockCells([[1, 2]], [1, 1], [2, 2]), null);
  assert.deepEqual(blockCells([[5], [6]], [0], [2]), [
    { index: [0], value: 5 },
    { index: [1], value: 6 },
  ]);
  assert.deepEqual(blockCells([[5]], [], []), [{ index: [], value: 5 }]);
  assert.deepEqual(blockCells([[9]], [1, 0, 1], [2, 2, 2]), [{ index: [1, 0, 1], value: 9 }]);
});

test("copies read back to the same bits", () => {
  const tensor = fromNested(
    [
      [0.1, -2],
      ["NaN", "-Infinity"],
    ],
    [2, 2],
  );
  assert.equal(asTabs(tensor), "0.1\t-2\nNaN\t-Infinity");
  assert.equal(asNumpy(tensor), "np.array([[0.1, -2.0],\n          [np.nan, -np.inf]])");
  assert.equal(asNumpy(fromNested(3, [])), "np.array(3.0)");
});

test("no pasted text takes long to be refused", () => {
  const started = performance.now();
  for (const text of [
    `[1]${", a=".repeat(40)}(`,
    `[1], a=${" ".repeat(100_000)}(`,
    `${"a".repeat(100_000)}[1]`,
    `1,2;${" ".repeat(100_000)}x`,
    `${"1".repeat(100_000)}x`,
    `${" ".repeat(100_000)}x`,
    `(${") ".repeat(50_000)}x`,
    "[".repeat(100_000),
    `[${"1 ".repeat(50_000)}`,
    `1;2,5${" ;".repeat(50_000)}x`,
  ])
    assert.equal(parseBlock(text), null, text.slice(0, 20));
  assert.ok(performance.now() - started < 5000);
});
