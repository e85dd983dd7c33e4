import assert from "node:assert/strict";
import { test } from "node:test";

import {
  beginning,
  parameterCount,
  presentNetwork,
  withData,
  withLayer,
  withMoved,
  withOption,
  withType,
  withoutLayer,
} from "../../frontend/lib/network.js";
import { updateBuilder } from "../../frontend/state/builder/reducer.js";
import { openRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { smallRun } from "./trace.js";

const network = Object.freeze({
  layers: [{ type: "wide", units: 3 }, { type: "bend" }, { type: "wide" }],
  data: { dataset: "many", noise: 1 },
  count: 64,
  loss: "yes or no",
  init: "zeros",
  seed: 0,
  optimizer: { name: "slow", lr: 0.1 },
});
const types = (changed) => changed.layers.map(({ type }) => type).join(" ");

test("layers come, go and move; the old network is left alone", () => {
  assert.equal(types(withLayer(network, "new")), "wide bend wide new");
  assert.equal(types(withoutLayer(network, 1)), "wide wide");
  assert.equal(types(withMoved(network, 1, -1)), "bend wide wide");
  assert.equal(types(withMoved(network, 1, 1)), "wide wide bend");
  assert.equal(withMoved(network, 0, -1), network);
  assert.equal(withMoved(network, 2, 1), network);
  assert.equal(types(network), "wide bend wide");
});

test("an option is set, and taken back to what follows from the rest", () => {
  assert.deepEqual(withOption(network, 2, "units", 5).layers[2], { type: "wide", units: 5 });
  assert.deepEqual(withOption(network, 0, "units", null).layers[0], { type: "wide" });
  assert.deepEqual(withOption(network, 0, "units", 0).layers[0], { type: "wide", units: 0 });
});

test("another type keeps the options that it knows", () => {
  const option = (name) => ({
    name,
    kind: "whole",
    default: 1,
    least: 1,
    most: 9,
    choices: [],
    summary: "",
  });
  assert.deepEqual(withType(network, 0, { type: "deep", options: [option("units")] }).layers[0], {
    type: "deep",
    units: 3,
  });
  assert.deepEqual(withType(network, 0, { type: "bend", options: [] }).layers[0], { type: "bend" });
});

test("other data has its own size and options, and a loss that suits it", () => {
  const losses = [
    { name: "any", classes: null },
    { name: "yes or no", classes: 2 },
  ];
  const few = withData(network, { name: "few", count: 9, classes: ["a", "b", "c"] }, losses);
  assert.deepEqual([few.data, few.count, few.loss], [{ dataset: "few" }, 9, "any"]);
  assert.equal(
    withData(network, { name: "two", count: 99, classes: ["a", "b"] }, losses).loss,
    "yes or no",
  );
});

test("the beginning is the service's", () => {
  assert.deepEqual(beginning({ start: { data: "many", count: 3 } }), {
    data: { dataset: "many" },
    count: 3,
  });
});

test("an optimizer that was changed under Training counts, while the run is the builder's", () => {
  const building = { network, made: { run: smallRun.id, program: "" } };
  const quick = { name: "quick", lr: 1 };
  assert.deepEqual(presentNetwork(building, { ...smallRun, optimizer: quick }).optimizer, quick);
  assert.equal(
    presentNetwork({ ...building, made: null }, { ...smallRun, optimizer: quick }),
    network,
  );
  assert.equal(presentNetwork({ ...building, network: null }, smallRun), null);
});

test("another run leaves the builder as it is", () => {
  const state = updateBuilder(initial, { open: true, network });
  assert.equal(openRun(state, smallRun, null).builder, state.builder);
});

test("the parameters of a document are counted, listed or only described", () => {
  const parameters = {
    w: [
      [1, 2],
      [3, 4],
    ],
    b: { shape: [3, 5], init: "zeros" },
    s: 1,
  };
  assert.equal(parameterCount({ parameters }), 4 + 15 + 1);
});
