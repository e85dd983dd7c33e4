import assert from "node:assert/strict";
import { test } from "node:test";

import { folded, isFolded, linesOf, loopsOf, unrolled } from "../../frontend/lib/folding.js";
import { graphOf } from "../../frontend/lib/graph.js";
import { layered, layersOf } from "../../frontend/lib/layout.js";
import { search } from "../../frontend/lib/search.js";
import { fits, fittingZoom, graphFigure, halfSize } from "../../frontend/views/graphfigure.js";
import { labelsOf } from "../../frontend/views/graphlabels.js";
import { made, ready, smallTrace, written } from "./trace.js";

/** A loop of so many repeats over one or two lines: `a = h * w`, `h = a + x`. */
function loop(repeats) {
  const steps = [];
  const tensors = Object.fromEntries(
    [
      ["h0", "input"],
      ["x", "input"],
      ["w", "parameter"],
    ].map(([name, role]) => [name, { role, shape: [2], dtype: "float64", ...ready() }]),
  );
  const step = (line, inputs, output, op, round) => {
    steps.push({
      index: steps.length,
      phase: "forward",
      edges: inputs.map((tensor) => ({ tensor, gradient: null })),
      line,
      op,
      family: "elementwise",
      inputs,
      ...(round ? { loop: { line: 1, name: "h", round } } : {}),
      ...made(output),
      ...written(...inputs.flatMap((name, at) => [...(at ? [op] : []), [name, at]])),
      shape: [2],
    });
    const assigned = output.includes(".") ? null : output.split("__")[0];
    tensors[output] = {
      role: output === "loss" ? "loss" : "intermediate",
      shape: [2],
      dtype: "float64",
      assigned,
      ...ready(steps.length - 1),
    };
  };
  for (let at = 1; at <= repeats; at += 1) {
    step(2, [at === 1 ? "h0" : `h__${at - 1}`, "w"], `a__${at}`, "*", at);
    step(3, [`a__${at}`, "x"], `h__${at}.add`, "+", at);
    step(3, [`h__${at}.add`], `h__${at}`, "tanh", at);
  }
  step(4, [`h__${repeats}`], "loss", "sum");
  return { loss: 0, tensors, steps, warnings: [] };
}

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
      nodes.map(({ id }) => ({ id, height: 1 })),
      edges,
    ),
  );
  assert.equal(folded(graph, []), graph);
});

test("an unfolded loop reads its weights anew at each repeat", () => {
  const trace = loop(5);
  const graph = unrolled(graphOf(trace, String), loopsOf(trace));
  const count = (text) => graph.nodes.filter((node) => node.text === text).length;
  assert.deepEqual([count("w"), count("x"), count("h0")], [5, 5, 1]);
  const layer = layersOf(
    graph.nodes.map(({ id }) => ({ id, height: 1 })),
    graph.edges,
  );
  assert.ok(graph.edges.every(({ from, to }) => layer.get(to) - layer.get(from) === 1));
  assert.equal(
    unrolled(graphOf(loop(3), String), loopsOf(loop(3))).nodes.filter(({ text }) => text === "w")
      .length,
    1,
  );
});

test("late nodes stand just before their first use", () => {
  const nodes = ["x", "a", "b", "c", "early"].map((id) => ({
    id,
    height: 1,
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

const palette = {
  value: "blue",
  grad: "orange",
  pos: "",
  neg: "",
  mid: "",
  ink: "black",
  soft: "grey",
  line: "silver",
  panel: "white",
  lit: "yellow",
};

/** A loop's graph, laid out; all of it. */
function laid(repeats) {
  const graph = graphOf(loop(repeats), String);
  return {
    graph,
    layout: layered(
      graph.nodes.map((node) => ({
        id: node.id,
        height: halfSize(node)[1] / 15,
        spine: node.kind !== "leaf",
      })),
      graph.edges,
    ),
  };
}

test("a large graph is drawn at its own size, or as small as fits", () => {
  const large = laid(12);
  const drawn = (zoom) =>
    graphFigure(
      { ...large, cursor: 0, step: loop(12).steps[0], selected: "h__7", palette, zoom },
      800,
      200,
    );
  assert.ok(drawn(1).layout.width > 2000);
  assert.equal(drawn(2).layout.width, 2 * drawn(1).layout.width);
  const fit = fittingZoom(large, 800, 200);
  assert.ok(fit < 0.4 && drawn(fit).layout.width <= 801 && drawn(fit).layout.height <= 201);
  assert.ok(drawn(1).view.selected.x > drawn(1).view.current.x);
  assert.equal(fittingZoom(laid(1), 3000, 900), 1);
});

test("labels cover neither nodes nor each other", () => {
  const box = (id, x, y) => [
    id,
    { node: { kind: "leaf", caption: "name" }, x, y, halfWidth: 20, halfHeight: 15, now: false },
  ];
  const boxes = new Map([box("a", 30, 50), box("b", 200, 50), box("c", 200, 90)]);
  const way = (from, tensor, points) => ({
    edge: { from, tensor, shape: [4, 5] },
    points: points.map(([x, y]) => ({ x, y })),
  });
  const ways = [
    way("a", "t", [
      [50, 50],
      [180, 50],
    ]),
    way("a", "t", [
      [50, 52],
      [180, 52],
    ]),
    way("a", "t", [
      [50, 55],
      [180, 90],
    ]),
  ];
  const labels = labelsOf(ways, boxes, { width: 400, height: 120 });
  assert.equal(labels[0].text, "<b>name</b><br>(4, 5)");
  const areas = labels.map(({ x, y, text }) => ({ x, y, high: text.includes("<br>") ? 27 : 13.5 }));
  areas.forEach((a, at) =>
    areas
      .slice(at + 1)
      .forEach((b) =>
        assert.ok(
          Math.abs(a.x - b.x) >= 40 || Math.abs(a.y - b.y) >= (a.high + b.high) / 2,
          JSON.stringify([a, b]),
        ),
      ),
  );
  const crowd = Array.from({ length: 9 }, () => ways[0]);
  assert.equal(labelsOf(crowd, boxes, { width: 400, height: 120 }).length, 1);
});

test("lines are one node each: those of several operations first, the loss's with the loss", () => {
  const trace = smallTrace();
  const graph = graphOf(trace, String);
  const lines = linesOf(trace, []);
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
  assert.equal(drawn(2).filter(({ kind }) => kind === "loss").length, 1);
  assert.deepEqual(
    linesOf(loop(5), loopsOf(loop(5))).map(({ name }) => name),
    ["loss"],
  );
});

test("what is too wide for its place with all room comes closer, and may fit then", () => {
  const { graph, layout } = laid(2);
  const wide = fittingZoom({ graph, layout }, 300, 900);
  const width = [...Array(2000).keys()].find((width) => fits({ graph, layout }, width, 900));
  assert.ok(wide < 1 && width > 300 && !fits({ graph, layout }, width, 50));
  const figure = graphFigure(
    { graph, layout, cursor: 0, step: loop(2).steps[0], selected: null, palette, zoom: 1 },
    width,
    900,
  );
  assert.equal(figure.layout.width, width);
});
