import assert from "node:assert/strict";
import { test } from "node:test";

import { between, inShapes, statement, words } from "../../frontend/lib/code.js";
import { printShape } from "../../frontend/lib/numbers.js";
import { proseView } from "../../frontend/views/prose.js";
import { made, written } from "./trace.js";

const isTensor = (name) => ["x", "w1", "l1", "l1.matmul", "h__1"].includes(name);
const kinds = (code) =>
  words(code, isTensor)
    .filter(({ kind }) => kind !== "text")
    .map(({ kind, text }) => `${kind} ${text}`);

test("values, gradients and numbers are told apart", () => {
  assert.deepEqual(kinds("w1.g = x.T @ l1.g"), ["gradient w1.g", "value x", "gradient l1.g"]);
  assert.deepEqual(kinds("l1 = l1.matmul + 2e-3"), ["value l1", "value l1.matmul", "number 2e-3"]);
  assert.deepEqual(kinds("l1.g.sum(0)  # why"), ["gradient l1.g", "number 0", "comment # why"]);
  assert.deepEqual(kinds("x.g__2 + l1.grad + l1.matmul.g"), [
    "gradient x.g__2",
    "gradient l1.grad",
    "gradient l1.matmul.g",
  ]);
  assert.deepEqual(kinds("tanh(h__1)"), ["name tanh", "value h__1"]);
});

test("no letter of the code is lost", () => {
  for (const code of [
    "(2 / 6 * (out[:, 0] - y))[:, None]",
    "l1.matmul.T",
    " a=b # c",
    "x.sum(axis=-1)",
  ]) {
    assert.equal(
      words(code, isTensor)
        .map(({ text }) => text)
        .join(""),
      code,
    );
  }
});

test("a step's code has its names told apart by what they refer to", () => {
  const step = {
    ...made("w1", "gradient"),
    ...written(["x", 0, ".T"], " @ ", ["l1.g", 1], " / 2"),
  };
  const kinds = statement(step, isTensor).filter(({ kind }) => kind !== "text");
  assert.deepEqual(
    kinds.map(({ kind, text, tensor }) => [kind, text, tensor]),
    [
      ["gradient", "w1.g", "w1"],
      ["value", "x", "x"],
      ["gradient", "l1.g", "l1"],
      ["number", "2", undefined],
    ],
  );
  assert.equal(
    statement(step, isTensor)
      .map(({ text }) => text)
      .join(""),
    "w1.g = x.T @ l1.g / 2",
  );
  assert.equal(
    statement({ ...step, ...made("n.inside", "gradient") }, isTensor)[0].tensor,
    undefined,
  );
});

test("a step is cut at its operands", () => {
  const cut = (tokens, ...operands) => between(written(...tokens).tokens, operands);
  const update = [["w1", 0], " - ", "0.5", " * ", ["w1.g", 2]];
  assert.deepEqual(cut(update, 0, 2), ["", " - 0.5 * ", ""]);
  assert.deepEqual(cut(update, 0), ["", " - 0.5 * w1.g"]);
  assert.deepEqual(cut(["max(", ["x", 0, ".T"], ")"], 0), ["max(", ")"]);
  assert.deepEqual(cut([["z", 0], " * ", ["z", 0]], 0), ["", " * z"]);
  assert.equal(cut([["a", 1], " + ", ["b", 0]], 0, 1), null);
  assert.equal(cut([["a", 0]], 0, 1), null);
});

test("a step in shapes", () => {
  const operand = (shape) => ({ shape, tensor: null, field: null, labels: null });
  const shapes = (tokens, ...operands) =>
    inShapes(written(...tokens).tokens, operands.map(operand), printShape);
  assert.equal(shapes([["x", 0, ".T"], " @ ", ["l1.g", 1]], [10, 6], [6, 2]), "(10, 6) @ (6, 2)");
  assert.equal(
    shapes([["w1", 0], " - ", ["lr", 1], " * ", ["w1.g", 2]], [2], [], [2]),
    "(2,) - lr * (2,)",
  );
  assert.equal(shapes([["z", 0], " * ", ["z", 0]], [3]), "(3,) * (3,)");
  assert.equal(shapes(["f(a)"], [3]), "(3,)");
});

test("a formula in letters of its own has no tensor of the program in it", () => {
  const classes = (text) =>
    proseView(text, isTensor, { letters: ["i"] }).flatMap(({ children }) =>
      (children ?? []).flatMap((one) =>
        one.props && one.props.class !== "text" ? [one.props.class] : [],
      ),
    );
  assert.deepEqual(classes("`x @ w1` over i"), ["value", "value"]);
  assert.deepEqual(new Set(classes("``x[i] = w1[i]``.")), new Set(["name"]));
  const pieces = proseView("A ``x = h__1``. B `x`.", isTensor);
  assert.equal(pieces.filter((piece) => typeof piece === "string").join("|"), "A |. B |.");
});
