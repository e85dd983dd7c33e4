import assert from "node:assert/strict";
import { test } from "node:test";

import { axisCells } from "../../frontend/lib/axes.js";
import { textOf } from "../../frontend/lib/h.js";
import {
  birthOf,
  gathered,
  newlyOff,
  promiseText,
  slopeText,
  sumText,
} from "../../frontend/lib/telling.js";
import { barScale, rowsOf, samplesOf, zeroReason } from "../../frontend/lib/terms.js";
import { writtenOut } from "../../frontend/views/given.js";
import { pathView, productsFromTheLoss } from "../../frontend/views/path.js";
import { axesText } from "../../frontend/views/shapes.js";

const factor = (code, value) => ({
  code,
  value,
  cells: [{ tensor: code, field: "value", index: [], value }],
});
const constant = (value) => ({ code: String(value), value, cells: [] });
const term = (values, extra = {}) => ({
  value: values.reduce((product, value) => product * value, 1),
  factors: values.map((value, at) => factor(`${"xw"[at]}[${extra.at ?? 0}]`, value)),
  ...extra,
});
const answer = (terms, extra = {}) => ({
  tensor: "z",
  field: "value",
  index: [0],
  value: terms.reduce((sum, { value }) => sum + value, 0),
  family: "contraction",
  terms,
  term_count: terms.length,
  groups: [
    {
      letters: ["j"],
      factors: [{ code: "x[j]" }, { code: "w[j]" }],
      terms: terms.map((_, at) => at),
      places: terms.map((_, at) => [at]),
    },
  ],
  ...extra,
});
const kinds = (rows) =>
  rows.map((row) =>
    row.kind === "term"
      ? row.place[0]
      : row.kind === "folded"
        ? `${row.count} ${row.reason}`
        : `${row.count} = ${row.value}`,
  );

test("few terms are all told in their order, with why one is 0", () => {
  const [rows] = rowsOf(answer([term([1, 2]), term([0, 3], { at: 1 }), term([2, 2])]), false);
  assert.deepEqual(kinds(rows), [0, 1, 2]);
  assert.deepEqual(
    rows.map(({ reason }) => reason?.text ?? null),
    [null, "x[1] is 0", null],
  );
});

test("of many the largest are told, what is smaller is added up, and zeros are folded by their reason", () => {
  const terms = [
    ...Array.from({ length: 12 }, (_, at) => term([1, at + 1])),
    term([0, 5], { at: 12 }),
    term([0, 6], { at: 13 }),
    term([7, 0], { at: 14 }),
  ];
  const [rows] = rowsOf(answer(terms), false);
  assert.deepEqual(kinds(rows), [11, 10, 9, 8, 7, 6, 5, 4, 3, "3 = 6", "2 x[j] is 0", 14]);
  const [brief] = rowsOf(answer(terms), true);
  assert.deepEqual(kinds(brief), [11, 10, 9, 8, "8 = 36", "2 x[j] is 0", 14]);
});

test("what is given, or consists of constants, has no rows", () => {
  assert.deepEqual(rowsOf(answer([term([1, 2])], { family: "leaf" }), false), []);
  const fixed = answer([{ value: 2, factors: [constant(2)] }]);
  assert.deepEqual(rowsOf(fixed, false), []);
});

test("a reason comes from the service where it gives one", () => {
  const group = answer([term([0, 1])]).groups[0];
  const reason = (extra) => zeroReason({ ...term([0, 1]), ...extra }, group)?.text;
  assert.deepEqual(
    [
      reason({ zero: "blocked", by: { op: "relu", step: 2 } }),
      reason({ zero: "masked", by: { op: "where", step: 2 } }),
      reason({ zero: "padding" }),
      reason({ zero: "input" }),
      zeroReason({ ...term([1e-200, 1e-200]) }, group)?.text,
      zeroReason(term([1, 1]), group),
    ],
    ["relu blocks it", "where masks it", "padding", "x[0] is 0", "too small for a number", null],
  );
});

test("terms of one sample are added up; where not all are listed the service does it", () => {
  const sampled = [
    term([1, 1], { sample: 0 }),
    term([1, 2], { sample: 0 }),
    term([1, -9], { sample: 1 }),
    term([0, 1], { sample: 1 }),
  ];
  const told = (rows) => rows?.map(({ sample, value, count }) => [sample, value, count]);
  assert.deepEqual(told(samplesOf(answer(sampled))), [
    [1, -9, 1],
    [0, 3, 2],
  ]);
  assert.equal(
    samplesOf(answer([sampled[0], sampled[2]])),
    null,
    "one term each: the terms themselves",
  );
  assert.equal(samplesOf(answer([...sampled, term([1, 1])])), null, "one is no sample's");
  assert.equal(samplesOf(answer(sampled, { term_count: 9 })), null);
  const samples = [
    { sample: 0, value: 1, terms: 2 },
    { sample: 7, value: -5, terms: 3 },
  ];
  assert.deepEqual(told(samplesOf(answer(sampled, { term_count: 9, samples }))), [
    [7, -5, 3],
    [0, 1, 2],
  ]);
});

test("bars stand on one axis, to both sides of 0", () => {
  const both = barScale([-1, 3]);
  assert.deepEqual(
    [both.zero, both.from(-1), both.width(-1), both.from(3), both.width(3)],
    [25, 0, 25, 25, 75],
  );
  assert.equal(barScale([1, 2]).zero, 0);
  assert.equal(barScale([-2]).zero, 100);
  const none = barScale([NaN, Infinity]);
  assert.deepEqual([none.width(Infinity), none.from(NaN)], [0, 0]);
});

test("a gradient is told as a slope", () => {
  const at = { tensor: "w1", field: "gradient", index: [3, 1] };
  assert.equal(
    slopeText(at, 1 / 3, 3),
    "Raise `w1[3, 1]` by 0.1 and the loss rises by about 0.033.",
  );
  assert.equal(slopeText(at, -2, 3), "Raise `w1[3, 1]` by 0.1 and the loss falls by about 0.200.");
  assert.match(slopeText(at, 0, 3), /a little and the loss does not change/);
  assert.match(slopeText(at, NaN, 3), /not a number/);
});

test("a sum is told by what is not 0 in it, and by whose it is", () => {
  assert.equal(
    sumText(answer([term([1, 2]), term([0, 1])])),
    "The sum of 2 products. Only one of them is not 0.",
  );
  assert.equal(sumText(answer([term([1, 2]), term([3, 1])])), "The sum of 2 products.");
  assert.equal(
    sumText(answer([term([0, 2]), term([0, 1])])),
    "The sum of 2 products, all of which are 0.",
  );
  assert.equal(sumText(answer([term([1, 2])])), "");
  const of = (...values) =>
    sumText(answer(values.map((value, sample) => term([1, value], { sample }))));
  assert.equal(of(0, 3, 0), "All of it comes from sample 1.");
  assert.equal(of(0, 0), "None of the 2 samples contributes.");
  assert.equal(of(1, 9, 0), "2 of 3 samples contribute; most of it comes from sample 1.");
  assert.equal(of(3, 3, 3), "All 3 samples contribute.");
  assert.equal(of(5, -9, 5), "All 3 samples contribute.", "the largest part goes against the sum");
});

test("what dragging did stands beside what the gradient promised", () => {
  const drag = { from: 1, value: 1.4, slopes: [1 / 3, 0.7333], losses: [1, 1.2133] };
  assert.equal(
    promiseText(drag, 3),
    "The gradient promised 0.333 × 0.4 = 0.133. The loss rose by 0.213: the slope itself changed on the way, from 0.333 to 0.733.",
  );
  assert.match(
    promiseText({ from: 0, value: -1, slopes: [0, 0], losses: [1, 1] }, 3),
    /× \u22121 = 0\. The loss did not change: the slope is the same all the way\.$/,
  );
});

test("an update is written out where it is short", () => {
  const step = answer([
    { value: 1, factors: [factor("w", 1)] },
    { value: -1 / 6, factors: [constant(-1), constant(0.5), factor("w.g", 1 / 3)] },
  ]);
  assert.equal(writtenOut(step, 3), "1 − 0.5 × 0.333");
  const long = answer(Array.from({ length: 4 }, () => term([1, 2])));
  assert.equal(writtenOut(long, 3), null);
});

test("products so far are counted from the loss", () => {
  assert.deepEqual(productsFromTheLoss([null, 2, -3, "0.5"]), [-3, -1.5, 0.5, 1]);
  assert.deepEqual(productsFromTheLoss([null]), [1]);
});

const row = (code, shape, letters, result = false) => ({
  code,
  shape,
  axes: letters.map((letter) => ({ letter, stretched: false })),
  repeated: [],
  result,
});
const shapes = {
  axes: [
    { letter: "i", length: 3, role: "kept" },
    { letter: "j", length: 2, role: "kept" },
    { letter: "b", length: 2, role: "summed" },
  ],
  rows: [
    row("x.T", [3, 2], ["i", "b"]),
    row("l.g", [2, 2], ["b", "j"]),
    row("w.g", [3, 2], ["i", "j"], true),
  ],
};

test("a letter runs over the cells of its axis, at the place of the element", () => {
  const tensors = { x: { shape: [2, 3] }, l: { shape: [2, 2] }, w: { shape: [3, 2] } };
  const told = (letter, index) =>
    axisCells(shapes, letter, index, tensors).map(
      ({ tensor, field, index: at }) => `${tensor}${field === "gradient" ? ".g" : ""}[${at}]`,
    );
  assert.deepEqual(told("b", [2, 1]), ["x[0,2]", "x[1,2]", "l.g[0,1]", "l.g[1,1]"]);
  assert.deepEqual(told("j", [2, 1]), [
    "l.g[0,0]",
    "l.g[0,1]",
    "l.g[1,0]",
    "l.g[1,1]",
    "w.g[2,0]",
    "w.g[2,1]",
  ]);
  assert.deepEqual(axisCells(shapes, "b", [2, 1], {}), [], "code that shows no tensor");
});

test("what becomes of the axes is said in a sentence", () => {
  assert.equal(
    axesText(shapes),
    "Summed over axis b (2); what remains is (3, 2), the shape of `w.g`.",
  );
  const kept = { axes: shapes.axes.slice(0, 2), rows: [row("w", [3, 2], ["i", "j"], true)] };
  assert.equal(axesText(kept), "Every axis is kept: (3, 2), the shape of `w`.");
});

test("a number that is none was born in the first step that made one", () => {
  const warnings = [
    { code: "dialect", message: "" },
    { code: "not_finite", message: "a is NaN", step: 2 },
    { code: "not_finite", message: "b is NaN", step: 5 },
  ];
  assert.equal(birthOf(warnings, 9).message, "a is NaN");
  assert.equal(birthOf([warnings[0]], 9), null);
});

const off = (unit, extra = {}) => ({
  line: 1,
  code: "dead_unit",
  message: `unit ${unit} of h is off for all 20 samples: its bias b[${unit}] fell to -10`,
  tensor: "h",
  index: [unit],
  units: 4,
  ...extra,
});

test("the dead units of a layer are one calm line, a mistake stays one", () => {
  const wrong = { line: 2, code: "unused", message: "z is not used" };
  assert.deepEqual(gathered([off(1), wrong, off(3), off(0, { tensor: "k", line: 3, units: 1 })]), [
    { line: 1, message: "2 of 4 units of h are off for all samples: 1, 3", calm: true },
    { line: 2, message: "z is not used", calm: false },
    {
      line: 3,
      message: "unit 0 of h is off for all 20 samples: its bias b[0] fell to −10",
      calm: true,
    },
  ]);
  const all = [0, 1].map((unit) => off(unit, { units: 2 }));
  assert.equal(gathered(all)[0].message, "all 2 units of h are off for all samples");
});

test("what went off is said in one sentence for a layer, of the new ones alone", () => {
  assert.equal(
    newlyOff([off(1)], [off(0), off(1), off(2)]),
    "2 of 4 units of h are off for all samples: 0, 2.",
  );
  assert.equal(newlyOff([off(1)], [off(1)]), "");
});

test("one path carries all only where nothing else comes back", () => {
  const cell = (at, contribution) => ({
    ...{ tensor: "s", field: "value", index: [at], value: 1, derivative: 1 },
    ...{ gradient: contribution, contribution },
  });
  const link = (tensor, derivative) => ({
    tensor,
    field: "value",
    index: [],
    value: 1,
    derivative,
  });
  const said = (cells) =>
    textOf(
      pathView(
        {
          ...{ tensor: "b", field: "value", index: [], gradient: -0.5, chain_product: -0.5 },
          chain: [link("b", null), link("loss", -0.5)],
          read_by: [],
          branches: [
            {
              step: 0,
              output: "s",
              code: "b",
              cells,
              cell_count: cells.length,
              rest: 0,
              contribution: -0.5,
            },
          ],
        },
        { digits: 3, isTensor: () => true, follow() {}, point() {}, goTo() {} },
      )[0],
    );
  assert.match(
    said([cell(0, -0.5), cell(1, 0)]),
    /One path to the loss carries all of its gradient/,
  );
  assert.match(said([cell(0, -0.5), cell(1, 0.25), cell(2, -0.25)]), /the others cancels/);
});
