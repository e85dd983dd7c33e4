import assert from "node:assert/strict";
import { test } from "node:test";

import { asNumpy, asTabs, blockCells, parseBlock } from "../../frontend/lib/block.js";
import { fromNested } from "../../frontend/lib/tensor.js";

test("blocks from spreadsheets, CSV files and brackets", () => {
  assert.deepEqual(parseBlock("1\t2\r\n3\t\u22124\r\n"), [[1, 2], [3, -4]]);
  assert.deepEqual(parseBlock("1, 2\n3, 4"), [[1, 2], [3, 4]]);
  assert.deepEqual(parseBlock("[[1.0, 2.0], [3.0, 4.0]]"), [[1, 2], [3, 4]]);
  assert.deepEqual(parseBlock("np.array([[1, 2],\n          [3, 4]])"), [[1, 2], [3, 4]]);
  assert.deepEqual(parseBlock("7"), [[7]]);
});

test("what is no block of numbers", () => {
  for (const text of ["", "a\tb", "1\t2\n3", "1\t\t2x"]) assert.equal(parseBlock(text), null, JSON.stringify(text));
});

test("a block lands at its corner, and must fit", () => {
  assert.deepEqual(blockCells([[1, 2]], [1, 0], [2, 2]), [{ index: [1, 0], value: 1 }, { index: [1, 1], value: 2 }]);
  assert.equal(blockCells([[1, 2]], [1, 1], [2, 2]), null);
  assert.deepEqual(blockCells([[5], [6]], [0], [2]), [{ index: [0], value: 5 }, { index: [1], value: 6 }]);
  assert.deepEqual(blockCells([[5]], [], []), [{ index: [], value: 5 }]);
  assert.deepEqual(blockCells([[9]], [1, 0, 1], [2, 2, 2]), [{ index: [1, 0, 1], value: 9 }]);
});

test("copies read back to the same bits", () => {
  const tensor = fromNested([[0.1, -2], ["NaN", "-Infinity"]], [2, 2]);
  assert.equal(asTabs(tensor), "0.1\t-2\nNaN\t-Infinity");
  assert.equal(asNumpy(tensor), "np.array([[0.1, -2.0],\n          [np.nan, -np.inf]])");
  assert.equal(asNumpy(fromNested(3, [])), "np.array(3.0)");
});
