import assert from "node:assert/strict";
import { test } from "node:test";

import { curveOf } from "../../frontend/views/curve.js";

test("the loss on the screen is a point of the curve", () => {
  const { x, y, points, last } = curveOf({ losses: [1, 0.5, 0.25], at: 1, diverged: null });
  assert.equal(last, 20);
  assert.equal(x, 1 / 20);
  assert.equal(y, 0.5);
  assert.deepEqual(points.split(" "), ["0.0,0.0", "50.0,50.0", "100.0,75.0"]);
});

test("losses of very different sizes are drawn by their logarithm", () => {
  const { points } = curveOf({ losses: [1e6, 1e3, 1], at: 0, diverged: null });
  assert.deepEqual(
    points.split(" ").map((point) => point.split(",")[1]),
    ["0.0", "50.0", "100.0"],
  );
});

test("what is not finite leaves a gap and has no point", () => {
  const { points, y, lost } = curveOf({ losses: [1, Infinity, NaN], at: 2, diverged: 1 });
  assert.deepEqual([points, y, lost], ["0.0,0.0", null, 1 / 20]);
});
