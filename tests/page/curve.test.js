import assert from "node:assert/strict";
import { test } from "node:test";

import { curveOf } from "../../frontend/views/curve.js";
import { lossCurve } from "../../frontend/views/losscurve.js";

test("the loss on the screen is a point of the curve", () => {
  const { x, y, points, last } = curveOf({ losses: [1, 0.5, 0.25], at: 1, diverged: null });
  assert.equal(last, 20);
  assert.equal(x, 1 / 20);
  assert.equal(y, 0.5);
  assert.deepEqual(points.split(" "), ["0.0,0.0", "50.0,50.0", "100.0,75.0"]);
});

test("where nothing goes on, the losses take all the room", () => {
  const { x, points, last } = curveOf({ losses: [1, 0.5, 0.25], at: 1, diverged: null, room: 1 });
  assert.deepEqual([x, last], [1 / 2, 2]);
  assert.deepEqual(points.split(" "), ["0.0,0.0", "500.0,50.0", "1000.0,75.0"]);
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

/** The elements of that tag. @param {any} node @param {string} tag @returns {any[]} */
function found(node, tag) {
  const within = (node?.children ?? []).flatMap((child) => found(child, tag));
  return node?.tag === tag ? [node, ...within] : within;
}

test("the loss along a number is interrupted where it is not finite", () => {
  const curve = (losses, now) =>
    lossCurve({
      name: "w1[0, 1]",
      label: "",
      values: [0, 1, 2, 3],
      losses,
      now,
      old: null,
      width: 300,
    });
  const [path] = found(curve([4, NaN, 2, Infinity], { at: 2, loss: 2, slope: -1 }), "path");
  assert.deepEqual(path.props.d.match(/[ML]/g), ["M", "M"]);
  assert.doesNotMatch(path.props.d, /NaN|Infinity/);
  const nowhere = curve([4, 3, 2, 1], { at: 2, loss: Infinity, slope: NaN });
  assert.equal(found(nowhere, "circle").length, 0);
  assert.deepEqual(found(nowhere, "path")[0].props.d.match(/[ML]/g), ["M", "L", "L", "L"]);
  assert.equal(curve([NaN, NaN, NaN, NaN], { at: 2, loss: NaN, slope: NaN }), null);
});
