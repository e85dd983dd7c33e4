import assert from "node:assert/strict";
import { test } from "node:test";

import {
  briefly,
  groundExtent,
  layoutOf,
  leadSums,
  meetings,
  sumOf,
} from "../../frontend/lib/slide.js";
import { fromNested } from "../../frontend/lib/tensor.js";

const axis = (start, steps = {}) => ({ start, steps });
const operand = (tensor, field, shape, axes) => ({ tensor, field, shape, axes });

/** `y = conv1d(x, w)` with stride 2 and padding 1: 2 samples, 2 channels in, 1 out, a kernel of 3. */
const letters = { n: 2, c: 2, o: 1, x: 2, i: 3 };
const picture = (field = "value") =>
  operand("x", field, [2, 2, 4], [axis(0, { n: 1 }), axis(0, { c: 1 }), axis(-1, { x: 2, i: 1 })]);
const kernel = (field = "value") =>
  operand("w", field, [1, 2, 3], [axis(0, { o: 1 }), axis(0, { c: 1 }), axis(0, { i: 1 })]);
const map = (field = "value") =>
  operand("y", field, [2, 1, 2], [axis(0, { n: 1 }), axis(0, { o: 1 }), axis(0, { x: 1 })]);
const slide = (result, operands) => ({
  letters,
  pairs: [["x", "i"]],
  result: result.axes,
  operands,
});
const forward = slide(map(), [picture(), kernel()]);
const byWeight = slide(kernel(), [map("gradient"), picture()]);
const byInput = slide(picture(), [map("gradient"), kernel()]);

const x = fromNested(
  [
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
    [
      [2, 0, 1, 0],
      [0, 1, 0, 3],
    ],
  ],
  [2, 2, 4],
);
const w = fromNested(
  [
    [
      [1, 10, 100],
      [2, 20, 200],
    ],
  ],
  [1, 2, 3],
);
const g = fromNested([[[1, 2]], [[3, 4]]], [2, 1, 2]);
const hasSamples = ({ shape }) => shape[0] === 2;
const layout = (one) => layoutOf(one, hasSamples);

test("forward, the kernel is laid on a window of the picture, 0 where it is padded", () => {
  const found = layout(forward);
  assert.deepEqual([found.ground, found.laid, found.rank], [0, 1, 1]);
  assert.deepEqual(
    found.leads.map(({ letter, batch }) => [letter, batch]),
    [["c", false]],
  );
  const [row] = meetings(found, [x, w], [0, 0, 0], { c: 0 });
  assert.deepEqual(
    row.map(({ ground, value, product }) => [ground, value, product]),
    [
      [[0, 0, -1], [0, 1], 0],
      [[0, 0, 0], [1, 10], 10],
      [[0, 0, 1], [2, 100], 200],
    ],
  );
  assert.deepEqual(leadSums(found, [x, w], [0, 0, 0]), [210, 1300]);
  assert.deepEqual(groundExtent(found, [2, 1, 2]), {
    rows: [0, 0],
    columns: [-1, 3],
    turned: [false, false],
  });
});

test("for the gradient of the weights, the map of gradients is laid on the picture, sample by sample", () => {
  const found = layout(byWeight);
  assert.deepEqual([found.ground, found.laid], [1, 0]);
  assert.deepEqual(
    found.leads.map(({ letter, batch }) => [letter, batch]),
    [["n", true]],
  );
  const [row] = meetings(found, [g, x], [0, 1, 2], { n: 1 });
  assert.deepEqual(
    row.map(({ ground, laid, product }) => [ground, laid, product]),
    [
      [[1, 1, 1], [1, 0, 0], 3],
      [[1, 1, 3], [1, 0, 1], 12],
    ],
  );
  assert.deepEqual(leadSums(found, [g, x], [0, 1, 2]), [6 + 16, 15]);
});

test("for the gradient of the input, the kernel is turned, and what falls between two steps meets nothing", () => {
  const found = layout(byInput);
  const extent = groundExtent(found, [2, 2, 4]);
  const laid = found.laid === 1;
  assert.ok(extent.turned[1] || !laid);
  const [row] = meetings(found, [g, w], [0, 0, 1], {});
  // x[0, 0, 1] stands at place 2 of the padded row: window 0 has it as its last, window 1 as its first
  assert.equal(sumOf([row]), 1 * 100 + 2 * 1);
});

test("numbers are written in few letters, all on one scale", () => {
  const brief = (numbers, wide = false) => {
    const { power, text } = briefly(numbers, wide);
    return [power, ...numbers.map(text)];
  };
  assert.deepEqual(brief([0.88, 0.0625, 0]), [0, ".88", ".06", "0"]);
  assert.deepEqual(brief([0.0372, -0.0131, 0.0031]), [3, "37", "−13", "3.1"]);
  assert.deepEqual(brief([-0.96, -0.3, 1]), [0, "−1", "−.3", "1.0"]);
  assert.deepEqual(brief([-0.96, -0.03], true), [0, "−.96", "−.03"]);
  assert.deepEqual(brief([1234, -50]), [-3, "1.2", "−.1"]);
  assert.deepEqual(brief([0, 0]), [0, "0", "0"]);
  assert.deepEqual(brief([NaN, Infinity, -Infinity]), [0, "NaN", "∞", "−∞"]);
});
