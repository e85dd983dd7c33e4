import assert from "node:assert/strict";
import { test } from "node:test";

import {
  columnPositions,
  faceWindow,
  firstRows,
  gained,
  isSilent,
  listed,
  movement,
  nearest,
  predictionOf,
  sharedPrediction,
} from "../../frontend/lib/film.js";
import { curveOf, isBelow } from "../../frontend/lib/filmcurve.js";
import { textOf } from "../../frontend/lib/h.js";
import { now } from "../../frontend/lib/moment.js";
import { fromNested } from "../../frontend/lib/tensor.js";
import { createFilm } from "../../frontend/state/film/commands.js";
import { addFrames, updateFilm } from "../../frontend/state/film/reducer.js";
import {
  brushOf,
  columnOf,
  columnsOf,
  filmNeeds,
  filmScales,
  frameOf,
} from "../../frontend/state/film/selectors.js";
import { updateHistory } from "../../frontend/state/history/reducer.js";
import { keyOf } from "../../frontend/state/history/selectors.js";
import { openRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { showTrace } from "../../frontend/state/trace/reducer.js";
import { change, sentenceView } from "../../frontend/views/filmcompare.js";
import { smallRun, smallTrace } from "./trace.js";

const trace = {
  tensors: {
    x: { role: "input", dtype: "float64", shape: [3, 2], named: true },
    y: { role: "input", dtype: "float64", shape: [3], named: true },
    w: { role: "parameter", dtype: "float64", shape: [2, 1], named: true },
    l: { role: "intermediate", dtype: "float64", shape: [3, 2], named: true },
    out: { role: "intermediate", dtype: "float64", shape: [3, 1], named: true },
    "loss.part": { role: "intermediate", dtype: "float64", shape: [3], named: false },
    loss: { role: "loss", dtype: "float64", shape: [], named: true },
  },
  steps: [
    { phase: "forward", output: "l", inputs: ["x"] },
    { phase: "forward", output: "out", inputs: ["l", "w"] },
    { phase: "forward", output: "loss.part", inputs: ["out"] },
    { phase: "forward", output: "loss", inputs: ["loss.part", "y"] },
    { phase: "backward", output: "loss.g", inputs: [] },
  ],
};

test("the prediction is what the loss reads beside its target, by the name that the program gives it", () => {
  assert.deepEqual(predictionOf(trace), { prediction: "loss.part", target: "y", shown: "out" });
  const labels = { ...trace.tensors, y: { ...trace.tensors.y, dtype: "int64" } };
  assert.equal(predictionOf({ ...trace, tensors: labels }).target, null);
  assert.equal(predictionOf({ tensors: {}, steps: [] }), null);
});

test("a strip begins with a weight, its gradient, the prediction and the layer before it", () => {
  assert.deepEqual(firstRows(trace), [
    { name: "w", field: "value" },
    { name: "w", field: "gradient" },
    { name: "out", field: "value" },
    { name: "l", field: "value" },
  ]);
});

test("a column draws a face of a tensor, of large ones a part", () => {
  assert.deepEqual(faceWindow([6, 2]), { window: "", shape: [6, 2] });
  assert.deepEqual(faceWindow([500, 3]), { window: "0:64,0:3", shape: [64, 3] });
  assert.deepEqual(faceWindow([2, 1, 8, 8]), { window: "0:1,0:1,0:8,0:8", shape: [1, 1, 8, 8] });
  assert.deepEqual(faceWindow([]), { window: "", shape: [] });
});

test("long runs have forty columns, the first and the last moment among them", () => {
  assert.deepEqual(columnPositions(3), [0, 1, 2]);
  const many = columnPositions(1000);
  assert.deepEqual([many.length, many[0], many.at(-1)], [40, 0, 999]);
  assert.equal(
    nearest(many, 500),
    many.indexOf(many.reduce((a, b) => (Math.abs(b - 500) < Math.abs(a - 500) ? b : a))),
  );
});

test("samples that are told apart by their targets alone are named", () => {
  assert.deepEqual(sharedPrediction([0.3, 1, 1, 0.3, 0, 0.3], [1, 1, 1, 0, 0, 0]), [0, 3, 5]);
  assert.equal(sharedPrediction([0.3, 0.3, 1], [0, 0, 1]), null, "they should have one prediction");
  assert.ok(
    isSilent(
      fromNested(
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
        [3, 2],
      ),
      [0, 2],
    ),
  );
  assert.ok(
    !isSilent(
      fromNested(
        [
          [0, 0],
          [1, 0],
          [0, 0],
        ],
        [3, 2],
      ),
      [0, 1],
    ),
  );
  assert.equal(listed([0, 3, 5]), "0, 3 and 5");
});

test("what moved is counted, and a gain is B minus A", () => {
  assert.deepEqual(movement([0.14, 0.02, 0, -0.11], 2), {
    many: 2,
    threshold: 0.1,
    still: 1,
    all: 4,
  });
  assert.deepEqual(movement([0, 0], 2), { many: 0, threshold: 0, still: 2, all: 2 });
  const printed = [0.14, 0.0996, 0.094].map((one) => one.toFixed(2));
  assert.deepEqual(printed, ["0.14", "0.10", "0.09"]);
  assert.equal(movement([0.14, 0.0996, 0.094], 2).many, 2);
  assert.deepEqual([...gained([[1, -2, 0]], [1, 3]).data], [-1, 2, 0]);
  assert.equal(change(0.15, 0.111), "−26\u00a0%");
  assert.equal(change(1, 1.5), "+50\u00a0%");
  assert.equal(change(2.32, 0.0064), "−99.7\u00a0%");
  assert.equal(change(1, 1), "0\u00a0%");
  assert.equal(change(0, 1), null);
});

test("the loss of the columns is a curve; what is not finite has no point", () => {
  const columns = [1, 0.1, null, Infinity, 0.01].map((loss) => ({ loss }));
  const { points, log } = curveOf(columns);
  assert.ok(log);
  assert.deepEqual(
    points.map(({ at }) => at),
    [0, 1, 4],
  );
  const [first, middle, last] = points.map(({ y }) => y);
  assert.ok(Math.abs(first - 0.08) < 1e-9 && Math.abs(last - 0.92) < 1e-9);
  assert.ok(Math.abs(middle - 0.5) < 1e-9, "half way by the logarithm");
  assert.ok(!curveOf([{ loss: 2 }, { loss: 1 }]).log);
});

test("the label of a column's loss stands where the curve is not", () => {
  const falling = [0.2, 0.3, 0.4, 0.5].map((y, at) => ({ x: at / 4, y, at }));
  assert.ok(!isBelow(falling, 0, 1), "to the right the curve goes on below");
  assert.ok(isBelow(falling, 3, -1), "from the left it comes from above");
  const low = falling.map((point) => ({ ...point, y: point.y + 0.45 }));
  assert.ok(!isBelow(low, 3, -1), "no room below");
  assert.ok(!isBelow([], 0, 1));
});

const change1 = {
  number: 1,
  head: 1,
  parent: null,
  kind: "create",
  iteration: 0,
  text: "the beginning",
};
const change2 = {
  number: 2,
  head: 2,
  parent: 1,
  kind: "train",
  iteration: 3,
  iterations: 3,
  text: "3 iterations",
};

/** A run of three iterations whose history is known, in the mode of the film. */
const told = () => {
  const run = { ...smallRun, iteration: 3, losses: [4, 3, 2, 1], loss: 1 };
  const state = showTrace(openRun(initial, run, null), run, now(run), smallTrace(), 0);
  return updateHistory(
    { ...state, mode: "history" },
    {
      key: keyOf(state),
      run: run.id,
      events: [change1, change2],
      one: { run: run.id, moment: { iteration: 1, event: null } },
      other: { run: run.id, moment: null },
    },
  );
};

test("every moment is a column, named by the change that made it", () => {
  const state = told();
  assert.deepEqual(
    columnsOf(state).map(({ state: own, loss }) => [own.iteration, own.event, loss]),
    [
      [0, 1, 4],
      [1, 2, 3],
      [2, 2, 2],
      [3, 2, 91],
    ],
  );
  const brush = brushOf(state, "one");
  assert.equal(columnOf(columnsOf(state), brush), 1);
  assert.equal(brushOf(state, "other").state.iteration, 3);
  const elsewhere = updateHistory(state, { one: { run: "another", moment: null } });
  assert.equal(brushOf(elsewhere, "one"), null);
});

test("the brushed columns are read first, each picture once, and none outside of the mode", () => {
  const state = updateFilm(told(), { rows: [{ name: "w", field: "value" }] });
  const needs = filmNeeds(state);
  assert.deepEqual(
    needs.filter(({ row }) => row.name === "w").map(({ state: own }) => own.iteration),
    [1, 3, 0, 1, 2, 3],
  );
  const came = Object.fromEntries(needs.map(({ key }) => [key, null]));
  assert.deepEqual(filmNeeds(addFrames(state, came)), []);
  assert.deepEqual(filmNeeds({ ...state, mode: "explore" }), []);
});

test("columns come a few at a time; what is not there is an empty place", async () => {
  let state = updateFilm(told(), { rows: [{ name: "w", field: "value" }] });
  const store = { get: () => state, apply: (action, ...args) => (state = action(state, ...args)) };
  let [underway, most] = [0, 0];
  const client = {
    async tensor(_, name, __, { iteration }) {
      underway += 1;
      most = Math.max(most, underway);
      await Promise.resolve();
      underway -= 1;
      if (name === "w" && iteration === 2) throw new Error("no such tensor");
      return {
        shape: [2, 2],
        value: [
          [iteration, 0],
          [0, 0],
        ],
      };
    },
  };
  await createFilm(store, client).follow();
  assert.ok(most <= 4);
  const row = { name: "w", field: "value" };
  const frames = columnsOf(state).map((column) => frameOf(state, column, row));
  assert.deepEqual(
    frames.map((frame) => frame && frame.data[0]),
    [0, 1, null, 3],
  );
  assert.deepEqual(filmScales(state, columnsOf(state)), { value: 3, gradient: 0 });
});

test("a loss that is no longer a number went there from what it was", () => {
  const said = (...losses) => textOf(sentenceView({ losses, iterations: [0, 9], digits: 3 }, null));
  assert.equal(said(1, NaN), "From iteration 0 to 9 the loss went from 1 to NaN.");
  assert.equal(said(NaN, NaN), "The loss is NaN in both.");
  assert.equal(said(2, 2), "The loss is 2 in both.");
  assert.equal(said(2, 1), "From iteration 0 to 9 the loss fell from 2 to 1.");
});
