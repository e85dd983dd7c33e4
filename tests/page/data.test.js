import assert from "node:assert/strict";
import { test } from "node:test";

import {
  arePictures,
  holdsData,
  isPastedData,
  queryOf,
  titleOf,
  usual,
  wordOf,
} from "../../frontend/lib/data.js";
import { chooseUse, setData } from "../../frontend/state/data/reducer.js";
import { adoptFork } from "../../frontend/state/run/reducer.js";
import { heldLosses } from "../../frontend/state/run/selectors.js";
import { initial } from "../../frontend/state/state.js";
import { curveOf } from "../../frontend/views/curve.js";

const FORMATS = [
  { name: "csv", ending: "csv", data: true, exports: false },
  { name: "jpeg", ending: "jpg", data: true, exports: false },
  { name: "json", ending: "json", data: false, exports: true },
];

test("a file's name says whether it holds data", () => {
  const held = ["own.CSV", "cat.jpeg", "run.json", "script.py", "csv"].map((name) =>
    holdsData(name, FORMATS),
  );
  assert.deepEqual(held, [true, true, false, false, false]);
});

test("several pictures go together, and nothing else", () => {
  const named = (...names) => arePictures(names.map((name) => ({ name })));
  assert.deepEqual(
    [named("a.png", "b.JPG"), named("a.png"), named("a.png", "b.csv")],
    [true, false, false],
  );
});

test("what is pasted is data where it is no code", () => {
  const data = ["a,b\n1,2\n", "length (cm)\tkind\n1\ta", "to be or not to be that is the question"];
  const other = [
    "loss = f(x)\ny = 2",
    "import numpy as np\nnp.zeros(2)",
    '{"loss": 1, "w": 2}',
    "short",
  ];
  assert.deepEqual([...data, ...other].map(isPastedData), [
    true,
    true,
    true,
    ...other.map(() => false),
  ]);
});

test("what is empty is not sent", () => {
  assert.equal(queryOf({ label: "a b", stride: "", tokens: undefined }), "label=a+b");
});

test("a file goes into the run where it fits, else it begins one", () => {
  const models = [{ name: "linear" }, { name: "mlp" }];
  assert.equal(usual({ fits: {}, models }), "");
  assert.equal(usual({ fits: null, models }), "linear");
  assert.equal(usual({ fits: {}, models }, "mlp"), "mlp");
  assert.equal(usual({ fits: null, models }, ""), "linear");
  assert.equal(titleOf("my_own-data.v2.csv"), "my own data.v2");
});

test("what a file is used for is chosen once it was looked into", () => {
  assert.equal(chooseUse(initial, "mlp"), initial);
  const looked = { name: "own.csv", use: "", choices: {} };
  assert.deepEqual(chooseUse(setData(initial, looked), "mlp").data, { ...looked, use: "mlp" });
});

test("losses on held-out rows are known as far as they were told", () => {
  const told = { iteration: 3, validation_loss: 1, validation_losses: [2, 1] };
  assert.deepEqual(heldLosses([9, 8], told), [9, 8, 2, 1]);
  assert.deepEqual(heldLosses([9], { iteration: 2, validation_loss: 1 }), [9, null, 1]);
  assert.deepEqual(heldLosses([9], { iteration: 2, validation_loss: null }), []);
  const fork = { iteration: 1, loss: 2, validation_loss: 3 };
  const { losses, heldLosses: held } = adoptFork(
    { ...initial, losses: [4, 3, 2], heldLosses: [5, 4, 3] },
    fork,
  );
  assert.deepEqual(
    [losses, held],
    [
      [4, 2],
      [5, 3],
    ],
  );
});

test("a number of an input is read back as its word", () => {
  const document = { program: "", vocabulary: { y: ["rose", "daisy"] } };
  const words = [0, 1, 2, 0.5, null].map((number) => wordOf(document, "y", number));
  assert.deepEqual(words, ["rose", "daisy", null, null, null]);
  assert.equal(wordOf(document, "x", 0), null);
});

test("both curves share one scale", () => {
  const { points, heldPoints, most } = curveOf({
    losses: [2, 1],
    held: [4, 2],
    at: 0,
    diverged: null,
  });
  assert.deepEqual([points, heldPoints, most], ["0.0,50.0 50.0,75.0", "0.0,0.0 50.0,50.0", 4]);
});
