import assert from "node:assert/strict";
import { test } from "node:test";

import {
  frameAt,
  frameText,
  isLargePlane,
  moveFrames,
  turnedOver,
} from "../../frontend/lib/overview.js";
import { firstPlace, slicesOf } from "../../frontend/lib/slices.js";
import { fromNested } from "../../frontend/lib/tensor.js";
import { target } from "../../frontend/views/overview.js";

const matrix = (id, key, shape, labels, more = {}) => ({
  id,
  shape,
  labels,
  transposed: false,
  slices: slicesOf(key, more.whole ?? shape, firstPlace(more.whole ?? shape), false),
  ...more,
});
const placeOf = ({ slices }) => slices.place;
const key = (name, more = {}) => ({
  key: name,
  shiftKey: false,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...more,
});

test("a plane with more rows or columns than are at hand is drawn as a whole", () => {
  assert.equal(isLargePlane([100, 100]), false);
  assert.equal(isLargePlane([101, 2]), true);
  assert.equal(isLargePlane([5, 3, 101]), true);
  assert.equal(isLargePlane([400]), false);
  assert.equal(isLargePlane([401]), true);
  assert.equal(isLargePlane([]), false);
});

test("a frame stays in the tensor, and says where it is", () => {
  const place = { ...firstPlace([2000, 784]), gridRow: 1999, gridColumn: 3 };
  assert.deepEqual(frameAt([2000, 784], place, false), [1992, 3]);
  assert.deepEqual(frameAt([784, 2000], place, true), [3, 1996]);
  assert.equal(frameText([2000, 784], [1992, 3]), "rows 1,992–1,999, columns 3–6");
  assert.equal(frameText([500], [0, 0]), "columns 0–3");
});

test("arrow keys move it by a number, with Shift by all that is printed, and to both ends", () => {
  const shape = [2000, 784];
  assert.deepEqual(target(key("ArrowDown"), shape, [0, 0]), [1, 0]);
  assert.deepEqual(target(key("ArrowRight", { shiftKey: true }), shape, [0, 0]), [0, 4]);
  assert.deepEqual(target(key("ArrowUp"), shape, [0, 5]), [0, 5]);
  assert.deepEqual(target(key("PageDown"), shape, [0, 0]), [200, 0]);
  assert.deepEqual(target(key("End"), shape, [0, 0]), [1992, 780]);
  assert.deepEqual(target(key("Home"), shape, [7, 7]), [0, 0]);
  assert.equal(target(key("ArrowDown", { ctrlKey: true }), shape, [0, 0]), null);
  assert.equal(target(key("x"), shape, [0, 0]), null);
});

test("frames of axes with the same letter move together, a transposed one by its own axes", () => {
  const turned = matrix("operand 0", "x", [784, 2000], ["i", "b"], {
    transposed: true,
    whole: [2000, 784],
  });
  const right = matrix("operand 1", "l.g", [2000, 128], ["b", "j"]);
  const result = matrix("result", "w", [784, 128], ["i", "j"]);
  const moves = Object.fromEntries(
    moveFrames([turned, right, result], right, [1500, 60], placeOf).map(({ key: name, place }) => [
      name,
      place,
    ]),
  );
  const at = ({ gridRow, gridColumn }) => [gridRow, gridColumn];
  assert.deepEqual(at(moves["l.g"]), [1500, 60]);
  assert.deepEqual(at(moves.x), [1500, 0]);
  assert.deepEqual(at(moves.w), [0, 60]);
  const { row } = moves["l.g"];
  assert.ok(row <= 1500 && row + 100 >= 1508, "all that is printed is at hand");
});

test("the picture of a transposed tensor is turned with its blocks", () => {
  const tensor = fromNested([[1, 2, 3]], [1, 3]);
  const turned = turnedOver({ tensor, block: [8, 2] });
  assert.deepEqual(
    [turned.tensor.shape, [...turned.tensor.data], turned.block],
    [
      [3, 1],
      [1, 2, 3],
      [2, 8],
    ],
  );
});
