import assert from "node:assert/strict";
import { test } from "node:test";

import { mix } from "../../frontend/lib/colour.js";
import { now } from "../../frontend/lib/moment.js";
import { thinned } from "../../frontend/lib/thin.js";
import { updatePlots } from "../../frontend/state/plots/reducer.js";
import {
  LIST,
  askings,
  chosenBy,
  onScreen,
  reasonOf,
} from "../../frontend/state/plots/selectors.js";
import { updatePractice } from "../../frontend/state/practice/reducer.js";
import { openRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { showTrace } from "../../frontend/state/trace/reducer.js";
import { confusionFigure, confusionTable } from "../../frontend/views/plots/confusion.js";
import { contourFigure, contourTable } from "../../frontend/views/plots/contour.js";
import { drawable, iterationTable, roundTicks } from "../../frontend/views/plots/frame.js";
import { histogramsTable } from "../../frontend/views/plots/histograms.js";
import { lossPlotFigure } from "../../frontend/views/plots/loss.js";
import { normsFigure } from "../../frontend/views/plots/norms.js";
import { sliceFigure } from "../../frontend/views/plots/slice.js";
import { surfaceFigure } from "../../frontend/views/plots/surface.js";
import { smallRun, smallTrace } from "./trace.js";

const names = ["value", "grad", "pos", "neg", "mid", "ink", "soft", "line", "panel", "lit"];
const palette = Object.fromEntries(names.map((name, at) => [name, `rgb(${at}, ${at}, ${at})`]));
const options = { palette, iteration: 1, log: true, digits: 3 };

const opened = (part = {}) => {
  const run = { ...smallRun, iteration: 4 };
  const state = showTrace(openRun(initial, run, null), run, now({ iteration: 2 }), smallTrace(), 0);
  return updatePlots(state, { open: true, ...part });
};
/** As if the list of plots had been read. */
const listed = (state, entries) => {
  const [{ key }] = askings(state);
  return updatePlots(state, {
    answers: { ...state.plots.answers, [LIST]: { key, answer: entries, problem: null } },
  });
};
const WEIGHT = ["parameter", "index"];
/** What the service says of each plot. */
const PLOTS = {
  loss: { over_time: true },
  norms: { over_time: true },
  histograms: { over_time: true, options: { tensor: "layer" } },
  weight: { over_time: true, shows_gradients: true, options: WEIGHT },
  slice: { shows_gradients: true, options: WEIGHT },
  contour: { shows_gradients: true, options: [...WEIGHT, "other_parameter", "other_index"] },
  surface: { options: { tensor: "surface" } },
  confusion: {},
};
const entry = (name, reason = null) => {
  const { over_time = false, shows_gradients = false, options = [] } = PLOTS[name];
  const named = Array.isArray(options) ? options.map((one) => [one, one]) : Object.entries(options);
  return {
    name,
    title: name,
    reason,
    over_time,
    shows_gradients,
    options: named.map(([one, key]) => ({ name: one, key })),
  };
};

test("nothing is read while the plots are closed", () => {
  assert.deepEqual(askings(updatePlots(opened(), { open: false })), []);
});

test("what makes no sense is not asked for", () => {
  const state = listed(opened({ name: "surface" }), [
    entry("loss"),
    entry("surface", "this data has 10 features"),
  ]);
  assert.equal(reasonOf(state), "this data has 10 features");
  assert.deepEqual(
    askings(state).map(({ name }) => name),
    [LIST],
  );
});

test("what tells single gradients waits until they are found", () => {
  const covered = (name) =>
    reasonOf(updatePractice(listed(opened({ name }), [entry(name)]), { hiding: true }));
  assert.match(covered("slice"), /hidden until they are solved/);
  assert.equal(covered("norms"), null);
});

test("what goes over time is of the whole run, all else of the moment on the screen", () => {
  const moments = (name) => askings(listed(opened({ name }), [entry(name)]))[1].moment.iteration;
  assert.deepEqual(["loss", "norms", "histograms", "weight"].map(moments), [4, 4, 4, 4]);
  assert.deepEqual(["slice", "contour", "surface", "confusion"].map(moments), [2, 2, 2, 2]);
});

test("a weight that was chosen stays chosen, for all plots of weights", () => {
  const slice = listed(opened({ name: "slice" }), [entry("slice")]);
  const chosen = chosenBy(slice, { options: { parameter: "w", index: "0,1" } });
  assert.deepEqual(chosen, { parameter: "w", index: "0,1" });
  const state = listed(opened({ name: "contour", chosen }), [entry("contour")]);
  assert.deepEqual(askings(state)[1].query, { parameter: "w", index: "0,1" });
  const answered = {
    options: { parameter: "b", index: "0", other_parameter: "b", other_index: "0" },
  };
  assert.deepEqual(chosenBy(state, answered), {
    ...chosen,
    other_parameter: "b",
    other_index: "0",
  });
  assert.deepEqual(chosenBy(listed(opened({ name: "loss" }), [entry("loss")]), {}), {});
});

test("tensors of different plots are different choices", () => {
  const state = listed(opened({ name: "surface", chosen: { layer: "h" } }), [
    entry("histograms"),
    entry("surface"),
  ]);
  assert.deepEqual(askings(state)[1].query, {});
  assert.deepEqual(askings(updatePlots(state, { name: "histograms" }))[1].query, {
    tensor: "h",
  });
});

test("an answer to another question is old", () => {
  const state = listed(opened({ name: "slice" }), [entry("slice")]);
  const { key } = askings(state)[1];
  const read = updatePlots(state, {
    answers: { ...state.plots.answers, slice: { key, answer: {}, problem: null } },
  });
  assert.equal(onScreen(read).old, false);
  assert.equal(onScreen(updatePlots(read, { chosen: { parameter: "b", index: "0" } })).old, true);
});

test("ticks of a logarithmic axis are round numbers, few and inside", () => {
  assert.deepEqual(
    roundTicks(-2, 0).tickvals.map((number) => Number(number.toPrecision(3))),
    [0.01, 0.03, 0.1, 0.3, 1],
  );
  assert.deepEqual(roundTicks(-6, -5).ticktext.slice(0, 2), [
    "10<sup>−6</sup>",
    "2·10<sup>−6</sup>",
  ]);
  const far = roundTicks(0, 300).tickvals;
  assert.ok(far.length > 3 && far.length < 12 && far.every(Number.isFinite));
});

test("what is no number, or has no logarithm, is a gap", () => {
  assert.deepEqual(drawable([1, "NaN", null, "Infinity", 0, -1]), [1, null, null, null, 0, -1]);
  assert.deepEqual(drawable([1, 0, -1], true), [1, null, null]);
});

test("a long table is thinned out and says so", () => {
  const iterations = Array.from({ length: 200 }, (_, at) => 5 * at);
  const table = iterationTable("The loss", iterations, ["loss"], (at) => [String(at)]);
  assert.equal(table.rows.length, 41);
  assert.deepEqual(
    [table.rows[0], table.rows[40]],
    [
      ["0", "0"],
      ["995", "199"],
    ],
  );
  assert.equal(table.caption, "The loss, 41 of 200 iterations");
  assert.deepEqual(thinned(3, 5), [0, 1, 2]);
});

test("a loss that is not positive is drawn on a plain scale; what was edited is told", () => {
  const answer = {
    iterations: [0, 1, 2],
    losses: [1, 0, 0.5],
    lowest: { iteration: 1, loss: 0 },
    edits: [{ iteration: 1, text: "w[0] = 2" }],
  };
  const { layout, data } = lossPlotFigure(answer, options, 800, 400);
  assert.notEqual(layout.yaxis.type, "log");
  assert.ok(layout.annotations.some(({ text }) => text === "w[0] = 2"));
  assert.ok(data.some(({ hovertemplate }) => hovertemplate?.includes("w[0] = 2")));
});

test("names at the ends of lines do not meet", () => {
  const row = (name, last) => ({
    name,
    shape: [1],
    value: [1, last],
    gradient: [1, last],
    update: [null, null],
    ratio: [null, null],
  });
  const rows = Array.from({ length: 14 }, (_, at) => row(`p${at}`, 2 + at / 1000));
  const { annotations } = normsFigure(
    { iterations: [0, 1], parameters: rows },
    options,
    1100,
    520,
  ).layout;
  const shifts = annotations
    .filter(({ yref }) => yref === "y1 domain")
    .map(({ yshift }) => yshift)
    .sort((a, b) => a - b);
  assert.ok(shifts.length > 10);
  assert.ok(
    shifts.every(
      (shift, at) => shift >= 0 && shift <= 200 && (at === 0 || shift - shifts[at - 1] > 9),
    ),
    String(shifts),
  );
});

test("a histogram is told by its least, middle and greatest numbers", () => {
  const answer = {
    tensor: "h",
    iterations: [0],
    value: { edges: [0, 1, 2, 3], counts: [[1, 3, 0]] },
    gradient: null,
  };
  assert.deepEqual(histogramsTable(answer, options).rows, [["0", "0", "1.500", "2"]]);
});

test("a loss that is nowhere finite leaves no trace in the picture", () => {
  const side = (parameter) => ({ parameter, index: [0], value: 1, gradient: "NaN" });
  const contour = {
    weights: [side("a"), side("b")],
    x: [0, 1],
    y: [0, 1],
    losses: [
      ["NaN", "Infinity"],
      ["NaN", "NaN"],
    ],
    loss: "NaN",
    path: { iterations: [0], x: [1], y: [1] },
  };
  assert.ok(!contourFigure(contour, options, 800, 400).data.some(({ type }) => type === "contour"));
  const slice = {
    parameter: "a",
    index: [0],
    value: 1,
    loss: "Infinity",
    gradient: "NaN",
    values: [0, 1, 2],
    losses: ["NaN", "Infinity", "NaN"],
    tangent: ["NaN", "NaN", "NaN"],
  };
  assert.ok(sliceFigure(slice, options, 800, 400).layout.yaxis.range.every(Number.isFinite));
});

test("the table of a contour has the greatest number above", () => {
  const side = (parameter) => ({ parameter, index: [], value: 1, gradient: 1 });
  const answer = {
    weights: [side("a"), side("b")],
    x: [0, 1],
    y: [2, 3],
    losses: [
      [5, 6],
      [7, 8],
    ],
    loss: 5,
    path: { iterations: [0], x: [1], y: [1] },
  };
  assert.deepEqual(contourTable(answer, options).rows, [
    ["3", "7", "8"],
    ["2", "5", "6"],
  ]);
});

test("misclassified samples have a ring", () => {
  const answer = {
    tensor: "s",
    unit: null,
    units: 1,
    kind: "scores",
    classes: ["0", "1"],
    threshold: 0,
    features: ["x[:, 0]", "x[:, 1]"],
    x: [0, 1],
    y: [0, 1],
    values: [
      [-1, 1],
      [-1, 1],
    ],
    samples: { x: [0, 1, 1], y: [0, 0, 1], truth: [0, 1, 0], said: [0, 1, 1] },
  };
  const rings = surfaceFigure(answer, options, 800, 400).data.find(
    ({ name }) => name === "misclassified",
  );
  assert.deepEqual([rings.x, rings.y], [[1], [1]]);
});

test("right is green, wrong purple", () => {
  const answer = {
    tensor: "s",
    classes: ["a", "b"],
    counts: [
      [4, 0],
      [1, 3],
    ],
  };
  assert.deepEqual(
    confusionFigure(answer, options, 800, 400).data[0].z.map((row) =>
      row.map((z) => Math.sign(z) + 0),
    ),
    [
      [1, 0],
      [-1, 1],
    ],
  );
  assert.deepEqual(confusionTable(answer).rows, [
    ["a", "4", "0"],
    ["b", "1", "3"],
  ]);
});

test("colours are mixed", () => {
  assert.equal(mix("rgb(0, 100, 200)", "rgb(100, 100, 100)", 0.5), "rgb(50, 100, 150)");
});
