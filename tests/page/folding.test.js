import assert from "node:assert/strict";
import { test } from "node:test";

import { folded, isFolded, linesOf, loopsOf } from "../../frontend/lib/folding.js";
import { graphOf } from "../../frontend/lib/graph.js";
import { layered, layersOf } from "../../frontend/lib/layout.js";
import { search } from "../../frontend/lib/search.js";
import { loop, smallTrace } from "./trace.js";

test("a loop is called by what it makes last", () => {
  const [one, ...others] = loopsOf(loop(5));
  assert.deepEqual(
    [one.name, one.count, one.first, one.last, one.tensor, others.length],
    ["h", 5, 0, 14, "h__5", 0],
  );
  assert.ok(one.tensors.has("a__3") && !one.tensors.has("loss"));
  assert.deepEqual([...loopsOf(smallTrace()), ...loopsOf(loop(1))], []);
});

test("more than three repeats are folded until one says otherwise", () => {
  const [five] = loopsOf(loop(5));
  const [three] = loopsOf(loop(3));
  assert.deepEqual(
    [
      isFolded(five, {}, 2),
      isFolded(three, {}, 2),
      isFolded(five, { [five.key]: false }, 2),
      isFolded(three, { [three.key]: true }, 0),
    ],
    [true, false, false, true],
  );
});

test("a folded loop is one node, entered once by each tensor", () => {
  const trace = loop(5);
  const graph = graphOf(trace, String);
  const { nodes, edges } = folded(graph, loopsOf(trace));
  assert.deepEqual(nodes.map(({ text }) => text).sort(), ["h ×5", "h0", "loss", "sum", "w", "x"]);
  assert.deepEqual(edges.map(({ tensor }) => tensor).sort(), ["h0", "h__5", "loss", "w", "x"]);
  assert.doesNotThrow(() =>
    layered(
      nodes.map(({ id }) => ({ id, up: 1, down: 1 })),
      edges,
      1,
      1,
    ),
  );
  assert.equal(folded(graph, []), graph);
});

test("late nodes stand just before their first use", () => {
  const nodes = ["x", "a", "b", "c", "early"].map((id) => ({
    id,
    up: 1,
    down: 1,
    late: id === "early",
  }));
  const edges = [
    ["x", "a"],
    ["a", "b"],
    ["b", "c"],
    ["x", "early"],
    ["early", "c"],
  ].map(([from, to]) => ({ from, to }));
  assert.deepEqual(Object.fromEntries(layersOf(nodes, edges)), {
    x: 0,
    a: 1,
    b: 2,
    c: 3,
    early: 2,
  });
});

test("a search finds names first, then what makes them", () => {
  const trace = loop(4);
  const found = (query) =>
    search(query, trace, (op) => (op === "*" ? "times" : op)).map(({ tensor }) => tensor);
  assert.deepEqual(found("h__2").slice(0, 2), ["h__2", "h__2.add"]);
  assert.deepEqual(found("TANH"), ["h__1", "h__2", "h__3", "h__4"]);
  assert.deepEqual(found("times"), ["a__1", "a__2", "a__3", "a__4"]);
  assert.deepEqual(found("parameter"), ["w"]);
  assert.deepEqual([found("  "), found("nowhere")], [[], []]);
  assert.equal(found("_").length, 12);
});

test("lines are one node each: those of several operations first, the loss's with the loss", () => {
  const trace = smallTrace();
  const graph = graphOf(trace, String);
  const lines = linesOf(trace, [], String);
  const drawn = (level) =>
    folded(
      graph,
      lines.filter((line) => isFolded(line, {}, level)),
    ).nodes;
  const texts = (level) =>
    drawn(level)
      .filter(({ kind }) => kind !== "leaf")
      .map(({ text }) => text);
  assert.ok(lines.some(({ level }) => level === 1) && lines.some(({ level }) => level === 2));
  assert.ok(texts(0).length > texts(1).length && texts(1).length > texts(2).length);
  assert.deepEqual(
    texts(2),
    lines.map(({ name }) => name),
  );
  assert.deepEqual(
    lines.map(({ symbols }) => symbols.length),
    lines.map(({ count }) => count),
  );
  assert.equal(drawn(2).filter(({ kind }) => kind === "loss").length, 1);
  assert.deepEqual(
    linesOf(loop(5), loopsOf(loop(5)), String).map(({ name }) => name),
    ["loss"],
  );
});
