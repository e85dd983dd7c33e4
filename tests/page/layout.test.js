import assert from "node:assert/strict";
import { test } from "node:test";

import { constants, graphOf } from "../../frontend/lib/graph.js";
import { layered, layersOf } from "../../frontend/lib/layout.js";
import { smallTrace } from "./trace.js";

const node = (id, spine = false) => ({ id, up: 0.4, down: 0.6, spine });
const edge = (from, to, port = 0) => ({ from, to, port });

/** Pairs of nodes of one layer that stand closer than the gap. */
function overlaps(nodes, { nodes: places }, gap) {
  const list = nodes.map(({ id, up, down }) => ({ id, up, down, ...places.get(id) }));
  const above = (a, b) => a.y + a.down + gap <= b.y - b.up + 1e-9;
  return list.flatMap((a, at) =>
    list
      .slice(at + 1)
      .filter((b) => a.x === b.x && !above(a, b) && !above(b, a))
      .map((b) => [a.id, b.id]),
  );
}

test("a layer is the longest path; a source stands just before its first use", () => {
  const nodes = ["x", "w", "a", "b", "c", "late"].map((id) => node(id));
  const layer = layersOf(nodes, [
    edge("x", "a"),
    edge("w", "a"),
    edge("a", "b"),
    edge("b", "c"),
    edge("x", "c"),
    edge("late", "c"),
  ]);
  assert.deepEqual(Object.fromEntries(layer), { x: 0, w: 0, a: 1, b: 2, c: 3, late: 2 });
});

test("every edge leads to the right, and bends once a layer on its way", () => {
  const nodes = ["x", "a", "b", "c"].map((id) => node(id));
  const layout = layered(
    nodes,
    [edge("x", "a"), edge("a", "b"), edge("b", "c"), edge("x", "c")],
    0.3,
    0.1,
  );
  for (const points of layout.edges)
    points.slice(1).forEach((point, at) => assert.equal(point.x, points[at].x + 1));
  assert.equal(layout.edges[3].length, 4);
});

test("nothing overlaps, the spine is straight, and operands stand in their order", () => {
  const nodes = [
    node("x"),
    node("w1"),
    node("b1"),
    node("w2"),
    node("y"),
    ...["m", "s", "r", "n", "l"].map((id) => node(id, true)),
  ];
  const edges = [
    edge("x", "m", 0),
    edge("w1", "m", 1),
    edge("m", "s", 0),
    edge("b1", "s", 1),
    edge("s", "r"),
    edge("r", "n", 0),
    edge("w2", "n", 1),
    edge("n", "l", 0),
    edge("y", "l", 1),
  ];
  const layout = layered(nodes, edges, 0.3, 0.1);
  assert.deepEqual(overlaps(nodes, layout, 0.3), []);
  const heights = ["m", "s", "r", "n", "l"].map((id) => layout.nodes.get(id).y);
  assert.ok(Math.max(...heights) - Math.min(...heights) < 0.01, String(heights));
  assert.ok(layout.nodes.get("x").y < layout.nodes.get("w1").y);
});

test("what runs past others keeps its distance, and the spine stays straight below it", () => {
  const nodes = ["x", "a", "b", "c", "d"].map((id) => node(id, true));
  const edges = [
    ["x", "a"],
    ["a", "b"],
    ["b", "c"],
    ["c", "d"],
    ["x", "d"],
  ].map(([from, to], at) => edge(from, to, at === 4 ? 1 : 0));
  const layout = layered(nodes, edges, 0.3, 0.1);
  const heights = nodes.map(({ id }) => layout.nodes.get(id).y);
  assert.ok(Math.max(...heights) - Math.min(...heights) < 1e-6, String(heights));
  const around = layout.edges[4].slice(1, -1).map(({ y }) => y);
  assert.ok(Math.max(...around) - Math.min(...around) < 1e-6, String(around));
  assert.ok(
    around.every(
      (y) => y - 0.1 >= heights[0] + 0.6 + 0.3 - 1e-9 || y + 0.1 <= heights[0] - 0.4 - 0.3 + 1e-9,
    ),
  );
});

test("a wide fan of leaves does not overlap either", () => {
  const leaves = Array.from({ length: 9 }, (_, at) => node(`p${at}`));
  const nodes = [...leaves, node("sum", true), node("end", true)];
  const edges = [...leaves.map(({ id }, port) => edge(id, "sum", port)), edge("sum", "end")];
  const layout = layered(nodes, edges, 0.35, 0.1);
  assert.deepEqual(overlaps(nodes, layout, 0.35), []);
  assert.deepEqual(
    leaves.map(({ id }) => layout.nodes.get(id).y),
    leaves.map(({ id }) => layout.nodes.get(id).y).sort((a, b) => a - b),
  );
});

test("the graph of a trace: leaves, operations, the loss, and a tensor on every edge", () => {
  const { nodes, edges } = graphOf(smallTrace(), (op) => `<${op}>`);
  assert.deepEqual(
    nodes.filter(({ kind }) => kind === "leaf").map(({ id, role }) => `${id} ${role}`),
    ["x input", "w parameter", "b parameter"],
  );
  assert.deepEqual(
    nodes.filter(({ kind }) => kind === "operation").map(({ text }) => text),
    ["<product>", "<plus>", "<times>", "<total>"],
  );
  assert.equal(nodes.find(({ kind }) => kind === "loss").tensor, "loss");
  assert.deepEqual(
    edges.map(({ tensor, shape }) => `${tensor} ${shape}`),
    ["x 3,2", "w 2,2", "z.matmul 3,2", "b 2", "z 3,2", "loss.multiply 3,2", "loss "],
  );
});

test("what depends on nothing that is given is constant", () => {
  const operation = (id, step) => ({ id, kind: "operation", step });
  const nodes = [
    { id: "x", kind: "leaf", step: -1 },
    operation("range", 0),
    operation("mask", 1),
    operation("where", 2),
  ];
  const edges = [edge("range", "mask"), edge("mask", "where"), edge("x", "where")];
  assert.deepEqual([...constants({ nodes, edges })], ["range", "mask"]);
});

test("an edge knows from which step on its value and its gradient are there", () => {
  const { edges } = graphOf(smallTrace(), String);
  const known = Object.fromEntries(
    edges.map(({ tensor, forward, backward }) => [tensor, [forward, backward]]),
  );
  assert.deepEqual(known.w, [-1, 6]);
  assert.deepEqual(known.z, [1, 5]);
  assert.deepEqual(known["z.matmul"], [0, 5]);
  assert.deepEqual(known.loss, [3, 4]);
  assert.equal(known.x[1], Infinity);
});
