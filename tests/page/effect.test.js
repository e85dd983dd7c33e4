import assert from "node:assert/strict";
import { test } from "node:test";

import { textOf } from "../../frontend/lib/h.js";
import { comparisonView, effectView } from "../../frontend/views/effect.js";
import { galleryView } from "../../frontend/views/gallery.js";
import { operationPicture } from "../../frontend/views/operationpicture.js";

const options = {
  digits: 3,
  isTensor: () => true,
  follow: () => undefined,
  point: () => undefined,
  print: (number) => number.toFixed(3),
};
const text = (node) =>
  [node]
    .flat(9)
    .map((one) => textOf(one))
    .join("|");

test("raising a number says how each result moves, and sums what comes back", () => {
  const cell = (at, derivative, gradient) => ({
    tensor: "p",
    field: "value",
    index: [0, at],
    value: 0.5,
    derivative,
    gradient,
    contribution: derivative * gradient,
  });
  const effect = {
    tensor: "s",
    index: [0, 1],
    output: "p",
    cells: [cell(0, -0.25, 2), cell(1, 0.25, 6)],
    cell_count: 5,
    rest: 0.5,
    total: 1.5,
  };
  const said = text(effectView(effect, options, effect.tensor));
  assert.match(said, /Raise .*s\[0, 1\].* by ε/);
  assert.match(said, /\[0, 0\]−0\.2502−0\.500/);
  assert.match(said, /\[0, 1\]0\.25061\.500/);
  assert.match(said, /3 more, with smaller shares0\.500/);
  assert.match(said, /all together1\.500/);
});

test("a loss shows both sides and what the difference is divided by", () => {
  const comparison = {
    tensor: "scores",
    first: "probability",
    second: "expected",
    divisor: 4.999999999999999,
    rows: [{ index: [0, 1], first: 0.5, second: 1, gradient: -0.1 }],
  };
  const said = text(comparisonView(comparison, options));
  assert.match(said, /probabilityexpecteddifference÷ 5/);
  assert.match(said, /\[0, 1\]0\.5001\.000−0\.100/);
  const written = { ...comparison, divisor: 3 };
  assert.match(text(comparisonView(written, options, "2 / 6 * (out - y)")), /difference× 2\/6/);
  assert.match(text(comparisonView(written, options, "2 / 7 * (out - y)")), /difference÷ 3/);
  const plain = text(comparisonView({ ...comparison, divisor: null }, options));
  assert.match(plain, /differencegradient/);
});

test("the examples stand on their shelves, the current one chosen", () => {
  const example = (name, shelf) => ({
    name,
    title: name.toUpperCase(),
    description: "First. Second.",
    shelf,
    question: name === "b" ? "" : "Why `x`?",
    attempt: "",
    picture: [
      { name: "x", shape: [40, 3, 5, 2], count: 1 },
      { name: "h", shape: [6, 3], count: 5 },
      { name: "loss", shape: [], count: 1 },
    ],
  });
  const shelves = galleryView([example("a", "One"), example("b", "Two"), example("c", "Two")], "b");
  assert.deepEqual(
    shelves.map(({ props }) => props["aria-label"]),
    ["One", "Two"],
  );
  const said = text(shelves);
  assert.match(said, /×5AWhy x\?/);
  assert.match(said, /BFirst\./);
  const cards = JSON.stringify(shelves).match(/"aria-selected":"true"/g);
  assert.equal(cards?.length, 1);
});

test("a curve is cut where it leaves the picture", () => {
  const curve = { x: [-1, 0, 1, 2], y: [1, 99, null, 2], slope: [0, 0, 0, 0] };
  const figure = operationPicture({ curve, operands: [], result: null }, "f");
  const drawn = JSON.stringify(figure).match(/"class":"curve","d":"([^"]*)"/)[1];
  assert.equal(drawn.match(/M/g).length, 2);
  assert.equal(operationPicture(null, "f"), null);
});
