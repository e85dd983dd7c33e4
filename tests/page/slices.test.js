import assert from "node:assert/strict";
import { test } from "node:test";

import { outside } from "../../frontend/lib/lighting.js";
import { isSampled, sampleCount } from "../../frontend/lib/samples.js";
import {
  cropped,
  firstPlace,
  followers,
  isImage,
  panelColumns,
  panelOf,
  panelsOf,
  partText,
  pickersOf,
  placeShowing,
  slicesOf,
  spreadOf,
  windowOf,
} from "../../frontend/lib/slices.js";
import { fromNested, size } from "../../frontend/lib/tensor.js";
import { remark } from "../../frontend/views/remark.js";

/** A tensor that counts its cells. */
function counted(shape) {
  const nested = (lead, [length, ...rest]) =>
    length === undefined
      ? lead
      : Array.from({ length }, (_, at) => nested(lead * length + at, rest));
  return fromNested(nested(0, shape), shape);
}

test("a crop keeps its place in the whole", () => {
  const tensor = fromNested(
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
    [2, 3],
  );
  const part = cropped(tensor, [
    [1, 2],
    [1, 3],
  ]);
  assert.deepEqual([...part.data], [5, 6]);
  assert.deepEqual(part.offset, [1, 1]);
  assert.equal(
    cropped(tensor, [
      [1, 2],
      [1, 3],
    ]),
    part,
  );
});

test("a small tensor shows all its slices, a larger one as many panels as fit", () => {
  assert.deepEqual(spreadOf([6, 4, 3, 3]), [6, 4]);
  assert.deepEqual(spreadOf([5, 4, 8, 8]), [1, 4]);
  assert.deepEqual(spreadOf([5, 16, 8, 8]), [1, 6]);
  assert.deepEqual(spreadOf([5, 3, 30, 30]), [1, 1]);
  assert.deepEqual(spreadOf([2, 3, 2, 4, 3]), [2, 3, 2]);
  assert.deepEqual(spreadOf([7, 9]), []);
});

test("what is shown in part has a picker", () => {
  const pickers = (shape, lead) =>
    pickersOf(shape, windowOf(shape, { ...firstPlace(shape), lead })).map(({ axis, at, count }) => [
      axis,
      at,
      count,
    ]);
  assert.deepEqual(pickers([5, 4, 8, 8], [3, 0]), [[0, 3, 1]]);
  assert.deepEqual(pickers([5, 16, 8, 8], [9, 15]), [
    [0, 4, 1],
    [1, 10, 6],
  ]);
  assert.deepEqual(pickers([6, 4, 3, 3], [2, 2]), []);
});

test("panels know where they stand", () => {
  const part = cropped(counted([5, 4, 8, 8]), [
    [2, 3],
    [0, 4],
    [0, 8],
    [0, 8],
  ]);
  assert.deepEqual(panelsOf(part), [
    [2, 0],
    [2, 1],
    [2, 2],
    [2, 3],
  ]);
  const panel = panelOf(part, [2, 3]);
  assert.deepEqual([panel.offset, panel.data[9]], [[2, 3, 0, 0], ((2 * 4 + 3) * 8 + 1) * 8 + 1]);
});

test("panels stand in rows of the last axes", () => {
  const columns = (...shape) => panelColumns(counted(shape));
  assert.deepEqual(
    [columns(6, 4, 3, 3), columns(1, 4, 3, 3), columns(5, 1, 2, 2), columns(1, 4, 2, 2, 3, 3)],
    [4, null, null, 4],
  );
});

test("images are square and not tiny, or have many numbers, or are asked for", () => {
  const image = (shape, numbers, where) =>
    isImage(counted(shape), { ...firstPlace(shape), numbers }, where);
  assert.deepEqual(
    [
      image([1, 8, 8]),
      image([1, 2, 9]),
      image([3, 4, 3]),
      image([3, 4, 3], undefined, "alone"),
      image([8, 8]),
    ],
    [true, false, true, false, false],
  );
  assert.deepEqual([image([1, 8, 8], true), image([1, 2, 9], false)], [false, true]);
});

test("an element comes on the screen, and nothing else moves", () => {
  const shape = [5, 16, 8, 8];
  const place = { ...firstPlace(shape), lead: [1, 2] };
  assert.deepEqual(placeShowing(shape, place, [1, 7, 3, 4]).lead, [1, 2]);
  assert.deepEqual(placeShowing(shape, place, [4, 7, 3, 4]).lead, [4, 2]);
  assert.deepEqual(placeShowing(shape, place, [1, 9, 3, 4]).lead, [1, 9]);
  assert.deepEqual(
    [
      placeShowing([300, 2], firstPlace([300, 2]), [250, 1]).row,
      placeShowing([300, 2], firstPlace([300, 2]), [20, 1]).row,
    ],
    [200, 0],
  );
});

test("axes with one letter are picked together", () => {
  const matrix = (key, whole, labels) => ({
    slices: slicesOf(key, whole, firstPlace(whole), false),
    labels,
  });
  const [a, b, c] = [
    matrix("a", [5, 3, 2, 2], ["i", "j", "k", "l"]),
    matrix("b", [3, 5, 2, 2], ["j", "i", "k", "l"]),
    matrix("c", [2, 5, 3], ["k", "i", "j"]),
  ];
  const seen = matrix("a", [5, 3, 2, 2], null);
  const names = (from, axis) =>
    followers([a, b, c, seen], from, axis).map(({ key, axis: at }) => `${key}${at}`);
  assert.deepEqual(
    [names(a, 0), names(seen, 1)],
    [
      ["a0", "b1"],
      ["a1", "b0"],
    ],
  );
});

test("samples are the first axis of the inputs and of what comes of them", () => {
  const record = (role, shape) => ({ role, shape });
  const tensors = {
    x: record("input", [5, 1, 8, 8]),
    y: record("input", [5]),
    k: record("parameter", [5, 1, 3, 3]),
    a: record("intermediate", [5, 4, 8, 8]),
    flat: record("intermediate", [5, 256]),
  };
  assert.equal(sampleCount(tensors), 5);
  assert.deepEqual(
    Object.entries(tensors)
      .filter(([name, { shape }]) => isSampled(tensors, name, shape))
      .map(([name]) => name),
    ["x", "a"],
  );
  assert.equal(sampleCount({ a: record("input", [2, 3]), b: record("input", [4, 3]) }), null);
});

test("lit cells outside the part at hand are counted", () => {
  const shape = [5, 4, 2, 2];
  const part = cropped(counted(shape), [
    [2, 3],
    [0, 4],
    [0, 2],
    [0, 2],
  ]);
  assert.deepEqual(outside({ axes: [2, 1, null, 0] }, part, shape), {
    total: 2,
    count: 0,
    first: [2, 1, 0, 0],
  });
  assert.deepEqual(outside({ axes: [4, 1, null, 0] }, part, shape), {
    total: 2,
    count: 2,
    first: [4, 1, 0, 0],
  });
  assert.deepEqual(outside({ axes: [null, 1, 1, 0] }, part, shape), {
    total: 5,
    count: 4,
    first: [0, 1, 1, 0],
  });
  const flat = new Set([0, size([2, 4, 2, 2]), size([3, 4, 2, 2])]);
  assert.deepEqual(outside({ flat }, part, shape), { total: 3, count: 2, first: [0, 0, 0, 0] });
});

test("masks and numbers without end are told in words", () => {
  const said = (nested, mask) => remark({ mask, hidden: false }, fromNested(nested, [4]));
  assert.equal(said([1, 0, 1, 1], true), "3 of 4 true");
  assert.equal(said([1, 0, 1, 1], false), null);
  assert.equal(said(["-Infinity", 0, "-Infinity", "NaN"], false), "2 of 4 \u2212∞, 1 of 4 NaN");
});

test("a part says which rows and columns it has, where it has not all of them", () => {
  const part = (shape, offset) => ({
    shape,
    offset,
    whole: shape,
    data: new Float64Array(size(shape)),
  });
  assert.equal(
    partText(part([100, 100], [0, 0]), [2000, 784]),
    "rows 0–99 of 2,000, columns 0–99 of 784",
  );
  assert.equal(partText(part([100, 10], [1900, 0]), [2000, 10]), "rows 1,900–1,999 of 2,000");
  assert.equal(partText(part([6, 10], [0, 0]), [6, 10]), "");
  assert.equal(partText(part([400], [0]), [5000]), "elements 0–399 of 5,000");
  assert.equal(
    partText(part([1, 1, 100, 28], [3, 0, 0, 0]), [64, 1, 128, 28]),
    "rows 0–99 of 128",
    "the axes before them have their pickers",
  );
  assert.equal(partText(part([], []), []), "");
});
