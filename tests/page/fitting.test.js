import assert from "node:assert/strict";
import { test } from "node:test";

import {
  HANDY,
  LEAST,
  cellWidth,
  dotFor,
  equationSize,
  fits,
  handyLevel,
  levelFor,
  smallerLevel,
} from "../../frontend/lib/fitting.js";
import { levelOf } from "../../frontend/state/fitting/selectors.js";

const box = (rows, columns, characters = 1) => ({
  rows,
  columns,
  panels: 1,
  characters,
  caption: 8,
});
const product = (m, k, n, characters = 6) => ({
  kind: "product",
  down: false,
  operands: [box(m, k), box(k, n, characters)],
  result: box(m, n, characters),
  letters: 3,
});
const WIDE = { width: 710, height: 500 };

test("a product is as wide as its left operand and its result, as high as its right one and its result", () => {
  const level = { font: 14, height: 28, width: 56 };
  const { width, height } = equationSize(product(6, 10, 2), level, 710);
  assert.equal(width, 10 * 57 + 1 + 24 + Math.max(2 * (1 + cellWidth(level, 6)) + 1, 8 * 7.9));
  assert.equal(height, 10 * 28 + 23 + 4 + 6 * 28 + 23);
});

test("the largest cells are taken with which every step fits", () => {
  const [small, large] = [product(2, 2, 2), product(6, 10, 2)];
  assert.equal(levelFor([small], WIDE).height, 28);
  const level = levelFor([small, large], { width: 660, height: 390 });
  assert.ok(level.height < 28);
  assert.ok(fits(large, level, { width: 660, height: 390 }));
});

test("what never fits has no say", () => {
  const huge = product(200, 784, 128);
  assert.ok(!fits(huge, LEAST, WIDE));
  assert.deepEqual(levelFor([product(2, 2, 2), huge], WIDE), levelFor([product(2, 2, 2)], WIDE));
  const dot = dotFor(huge, WIDE);
  assert.ok(dot > 0 && (200 + 784) * dot <= WIDE.height);
});

test("a step keeps its numbers in smaller cells before it becomes a picture", () => {
  const [layer, room] = [product(10, 6, 2), { width: 710, height: 330 }];
  assert.ok(!fits(layer, LEAST, room));
  const level = smallerLevel(layer, room);
  assert.ok(fits(layer, level, room) && level.height < LEAST.height && level.font >= 11);
  assert.equal(smallerLevel(product(200, 784, 128), room), null);
  const phone = { width: 358, height: 390, narrow: true };
  const trained = product(6, 10, 2);
  assert.ok(!fits(trained, LEAST, phone));
  assert.ok(fits(trained, smallerLevel(trained, phone), phone));
});

test("no number is wider than its cell", () => {
  for (const font of [12, 13, 14])
    for (let characters = 1; characters < 9; characters += 1)
      assert.ok(cellWidth({ font, height: 20, width: 24 }, characters) > 0.602 * font * characters);
});

test("an equation that is too wide goes on in a second line", () => {
  const sum = {
    kind: "elementwise",
    down: false,
    operands: [box(4, 6, 6), box(4, 6, 6)],
    result: box(4, 6, 6),
    letters: 3,
  };
  const level = { font: 14, height: 28, width: 56 };
  const [one, two] = [equationSize(sum, level, 2000), equationSize(sum, level, 800)];
  assert.ok(two.width <= 800 && two.width < one.width && two.height > one.height);
});

test("cells that are asked for are easily hit where there is room", () => {
  const { height, width } = handyLevel(product(4, 3, 2, 2), { width: 358, height: 400 });
  assert.ok(height >= 32 && width >= 32);
  const tight = handyLevel(product(6, 10, 2, 2), { width: 358, height: 460 });
  assert.ok(tight.height > HANDY.height - 1 && tight.width >= HANDY.width);
  assert.equal(handyLevel(product(40, 10, 2, 2), { width: 358, height: 400 }), null);
});

test("a tensor that is a picture is not printed to find the size of cells", () => {
  const read = () => assert.fail("its numbers were read");
  const value = new Proxy([], { get: read });
  const tensor = (shape) => ({ role: "parameter", shape, dtype: "float64", value, gradient: null });
  const sizeFor = (shape) => {
    const trace = { steps: [], tensors: { w: tensor(shape) } };
    return levelOf({ shown: { trace }, digits: 3, room: WIDE });
  };
  assert.ok(sizeFor([50, 50]).height > 0);
  assert.throws(() => sizeFor([5, 5]), /its numbers were read/);
});
