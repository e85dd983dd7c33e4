import assert from "node:assert/strict";
import { test } from "node:test";

import { tintOf, span } from "../../frontend/lib/tint.js";
import {
  exact,
  fromWire,
  parseNumber,
  print,
  printOne,
  printShape,
  printTyped,
  styleFor,
  styleForSum,
  toWire,
} from "../../frontend/lib/numbers.js";

const column = (numbers, digits) =>
  numbers.map((number) => print(number, styleFor(numbers, digits)));

test("numbers that are not finite travel as words", () => {
  assert.equal(fromWire("Infinity"), Infinity);
  assert.equal(fromWire("-Infinity"), -Infinity);
  assert.ok(Number.isNaN(fromWire("NaN")));
  assert.equal(fromWire(0.1), 0.1);
  assert.deepEqual([Infinity, -Infinity, NaN, -0.5].map(toWire), [
    "Infinity",
    "-Infinity",
    "NaN",
    -0.5,
  ]);
});

test("the exact text reads back to the same bits", () => {
  for (const number of [0.1, -0, 1 / 3, 5e-324, 1e21, -123456.789])
    assert.ok(Object.is(Number(exact(number)), number));
});

test("what people type", () => {
  assert.equal(parseNumber(" \u22120.5 "), -0.5);
  assert.equal(parseNumber("2e-3"), 0.002);
  assert.equal(parseNumber(".5"), 0.5);
  for (const text of ["", "abc", "1,5", "0x10", "NaN", "1e999", "1 2", "--1"])
    assert.equal(parseNumber(text), null, text);
});

test("a column of whole numbers has no decimals, any other the same number of them", () => {
  assert.deepEqual(column([1, 0, -12], 3), ["1", "0", "\u221212"]);
  assert.deepEqual(column([1, 0.25, -0.5], 3), ["1.000", "0.250", "\u22120.500"]);
});

test("a number never looks like zero unless it is zero", () => {
  assert.deepEqual(column([1, 0.00002, 0], 3), ["1.000", "2e\u22125", "0"]);
  assert.deepEqual(column([0.0002, -0.0001, 0], 3), ["2.00e\u22124", "\u22121.00e\u22124", "0"]);
  assert.equal(print(-0, { decimals: 3, scientific: false }), "0");
});

test("what is added up keeps enough digits to be followed", () => {
  const terms = [0.00412, -0.00057, 0.00096, 0.00451];
  const style = styleForSum(terms, 3);
  const read = terms.map((one) => Number(print(one, style).replace("\u2212", "-")));
  assert.deepEqual(read, terms);
  assert.equal(read[0] + read[1] + read[2], read[3]);
  assert.deepEqual(styleForSum([12.5, 0.25], 3), styleFor([12.5, 0.25], 3));
  assert.deepEqual(styleForSum([2, 3], 3), { decimals: 0, scientific: false });
  assert.ok(styleForSum([0.0004, 0.0002], 3).scientific);
});

test("large numbers and those that are none", () => {
  assert.equal(printOne(12345678.9, 3), "1.23e7");
  assert.deepEqual(
    [NaN, Infinity, -Infinity].map((number) => printOne(number, 3)),
    ["NaN", "∞", "\u2212∞"],
  );
});

test("shapes as NumPy writes them", () => {
  assert.deepEqual([[], [2], [6, 2], [2, 3, 4]].map(printShape), [
    "scalar",
    "(2,)",
    "(6, 2)",
    "(2, 3, 4)",
  ]);
});

test("the middle of the scale is exactly zero, and what is not finite stands apart", () => {
  assert.equal(span([1, -4, NaN, Infinity]), 4);
  assert.deepEqual(tintOf(0, 4), { sign: "zero", strength: 0 });
  assert.deepEqual(tintOf(-1, 4), { sign: "neg", strength: 50 });
  assert.deepEqual(tintOf(4, 4), { sign: "pos", strength: 100 });
  assert.equal(tintOf(NaN, 4).sign, "bad");
});

test("a number that may have been typed is printed as it was, where that is short", () => {
  const printed = [-0.5, 0.667, 1.2345, 12345, 2 / 3, 1e-9, 0].map((one) => printTyped(one, 3));
  assert.deepEqual(printed, ["−0.5", "0.667", "1.2345", "12345", "0.667", "1e−9", "0"]);
});
