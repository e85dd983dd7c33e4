import assert from "node:assert/strict";
import { test } from "node:test";

import { rounded, unitOf } from "../../frontend/lib/dragging.js";

test("one unit of a drag is a tenth of the power of ten of the largest number", () => {
  assert.equal(unitOf([1, -1, 0]), 0.1);
  assert.equal(unitOf([0.03, -0.08]), 0.001);
  assert.equal(unitOf([250, -3]), 10);
  assert.equal(unitOf([0, 0]), 0.1);
  assert.equal(unitOf([NaN, Infinity, 2]), 0.1);
});

test("a dragged number is one that one would write", () => {
  assert.equal(rounded(1 + 0.1 * 4, 0.01), 1.4);
  assert.equal(rounded(0.1 + 0.2, 0.1), 0.3);
  assert.equal(rounded(-0.30000000000000004, 0.1), -0.3);
  assert.equal(rounded(1234.5, 10), 1230);
});
