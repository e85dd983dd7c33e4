import assert from "node:assert/strict";
import { test } from "node:test";

import { gradientOf, inShapes, pieces, tokens, unwrapped } from "../../frontend/lib/code.js";
import { printShape } from "../../frontend/lib/numbers.js";

const isTensor = (name) => ["x", "w1", "l1", "l1.matmul", "h__1"].includes(name);
const kinds = (code) => tokens(code, isTensor).filter(({ kind }) => kind !== "text").map(({ kind, text }) => `${kind} ${text}`);

test("values, gradients and numbers are told apart", () => {
  assert.deepEqual(kinds("w1.g = x.T @ l1.g"), ["gradient w1.g", "value x", "gradient l1.g"]);
  assert.deepEqual(kinds("l1 = l1.matmul + 2e-3"), ["value l1", "value l1.matmul", "number 2e-3"]);
  assert.deepEqual(kinds("l1.g.sum(0)  # why"), ["gradient l1.g", "number 0", "comment # why"]);
  assert.deepEqual(kinds("tanh(h__1)"), ["name tanh", "value h__1"]);
});

test("no letter of the code is lost", () => {
  for (const code of ["(2 / 6 * (out[:, 0] - y))[:, None]", "l1.matmul.T", " a=b # c", "x.sum(axis=-1)"]) {
    assert.equal(tokens(code, isTensor).map(({ text }) => text).join(""), code);
  }
});

test("the owner of a gradient, of a contribution too", () => {
  assert.deepEqual(["w1.g", "w1.grad", "a.g__2", "w1", "l1.matmul.g"].map(gradientOf), ["w1", "w1", "a", null, "l1.matmul"]);
});

test("a step is cut at its operands, not inside of longer names", () => {
  assert.deepEqual(pieces("w1 - 0.5 * w1.g", ["w1", "w1.g"]), ["", " - 0.5 * ", ""]);
  assert.deepEqual(pieces("max(x)", ["x"]), ["max(", ")"]);
  assert.deepEqual(pieces("l1.g.sum(0)", ["l1.g"]), ["", ".sum(0)"]);
  assert.equal(pieces("l1.g.sum(0)", ["l1"]), null);
  assert.equal(pieces("a + b", ["b", "a"]), null);
});

test("a step in shapes", () => {
  const operand = (code, shape) => ({ code, shape, tensor: null, field: null, labels: null });
  assert.equal(inShapes("x.T @ l1.g", [operand("x.T", [10, 6]), operand("l1.g", [6, 2])], printShape), "(10, 6) @ (6, 2)");
  assert.equal(inShapes("w1 - 0.5 * w1.g", [operand("w1", [2]), operand("0.5", []), operand("w1.g", [2])], printShape), "(2,) - 0.5 * (2,)");
  assert.equal(inShapes("f(a)", [operand("b", [3])], printShape), "(3,)");
});

test("parentheses around one operand alone go, those of a call stay", () => {
  assert.deepEqual(unwrapped(["(", ") * ", ""]), ["", " * ", ""]);
  assert.deepEqual(unwrapped(["2 * (", ")"]), ["2 * ", ""]);
  assert.deepEqual(unwrapped(["relu(", ")"]), ["relu(", ")"]);
});
