import assert from "node:assert/strict";
import { test } from "node:test";

import { courseOf } from "../../frontend/lib/course.js";
import { folded, loopsOf } from "../../frontend/lib/folding.js";
import { constants, graphOf } from "../../frontend/lib/graph.js";
import { laidOut } from "../../frontend/lib/laying.js";
import { normsOf, THINNEST, UNKNOWN, WIDEST, widths } from "../../frontend/lib/norms.js";
import { pathOf } from "../../frontend/lib/path.js";
import { band, beside, dots, smooth, stump } from "../../frontend/lib/ribbon.js";
import { nameWidth, pictureSize, riverOf, shortened } from "../../frontend/lib/river.js";
import { riverFigure } from "../../frontend/views/riverfigure.js";
import { tracedOn } from "../../frontend/views/rivertrace.js";
import { loop, smallTrace } from "./trace.js";

const DETAIL = {
  letters: 11,
  pills: true,
  dots: false,
  given: "below",
  dense: false,
  products: true,
};
const ROOM = { width: 742, height: 120 };

/** The river of a graph, and where it runs. */
function drawn(trace, { detail = DETAIL, room = ROOM, wrap = false, fold = [] } = {}) {
  const graph = folded(graphOf(trace, String), fold);
  const river = riverOf(graph, trace, detail);
  const course = courseOf(river, constants(graph), {
    room,
    wrap,
    gap: 15,
    dense: false,
    products: true,
    names: "above",
  });
  return { river, course };
}

const wish = { large: false, folded: {}, lines: null, room: ROOM };
const palette = {
  value: "rgb(0, 0, 200)",
  grad: "rgb(200, 100, 0)",
  pos: "rgb(0, 99, 0)",
  neg: "rgb(99, 0, 99)",
  mid: "rgb(255, 255, 255)",
  ink: "rgb(0, 0, 0)",
  soft: "rgb(90, 90, 90)",
  line: "rgb(222, 222, 222)",
  skeleton: "rgb(140, 140, 140)",
  panel: "rgb(255, 255, 255)",
  lit: "rgb(255, 255, 200)",
};

/** What is seen at a step. */
function figure(trace, cursor, more = {}) {
  const norms = normsOf(trace);
  const { course } = drawn(trace);
  return riverFigure({
    course,
    names: "above",
    trace,
    cursor,
    step: trace.steps[cursor],
    selected: null,
    palette,
    zoom: 1,
    digits: 3,
    norms,
    width: widths(norms),
    picture: (tensor) => `data:${tensor}`,
    traced: null,
    legend: true,
    ...more,
  });
}

test("operations are pills, named results pictures, and what is given begins or hangs below", () => {
  const { river } = drawn(smallTrace());
  assert.deepEqual(
    river.parts.map(({ kind, tensor, text, name }) => [kind, tensor, text || name]),
    [
      ["picture", "x", "x"],
      ["pill", "z.matmul", "product"],
      ["pill", "z", "plus"],
      ["picture", "z", "z"],
      ["pill", "loss.multiply", "times"],
      ["pill", "loss", "total"],
      ["loss", "loss", "loss"],
    ],
  );
  assert.deepEqual(
    river.parts.flatMap(({ text, hung }) => hung.map(({ tensor }) => `${tensor} below ${text}`)),
    ["w below product", "b below plus"],
  );
  assert.deepEqual(river.streams.map(({ tensor, reached }) => `${tensor} ${reached}`).sort(), [
    "loss 3",
    "loss.multiply 3",
    "x 0",
    "z 1",
    "z 2",
    "z.matmul 1",
  ]);
});

test("what is drawn at several uses is tied, and begins anew in every repeat of a loop", () => {
  const trace = loop(5);
  const { river, course } = drawn(trace);
  const hung = river.parts.flatMap((part) => part.hung.map(({ tensor }) => tensor));
  assert.equal(hung.filter((tensor) => tensor === "w").length, 5);
  assert.equal(hung.filter((tensor) => tensor === "x").length, 5);
  assert.equal(course.ties.length, 8);
  const closed = drawn(trace, { fold: loopsOf(trace) });
  assert.deepEqual(closed.course.ties, []);
  assert.ok(closed.river.parts.some(({ kind, text }) => kind === "cards" && text === "h ×5"));
});

test("no part, name or picture stands on another", () => {
  for (const trace of [smallTrace(), loop(3), loop(7)]) {
    const { course } = drawn(trace, { room: { width: 500, height: 400 }, wrap: true });
    const areas = [
      ...[...course.places.values()].flatMap(({ part, x, y }) => [
        [x - part.width / 2, x + part.width / 2, y - part.height / 2, y + part.height / 2],
        ...(part.name
          ? [[x - nameWidth(part.name) / 2, x + nameWidth(part.name) / 2, y - 31, y - 19]]
          : []),
      ]),
      ...course.hung.map(({ hung, x, y }) => [
        x - hung.width / 2,
        x + hung.width / 2 + nameWidth(hung.name),
        y - hung.height / 2,
        y + hung.height / 2,
      ]),
    ];
    areas.forEach((a, at) =>
      areas
        .slice(at + 1)
        .forEach((b) =>
          assert.ok(
            a[1] <= b[0] || b[1] <= a[0] || a[3] <= b[2] || b[3] <= a[2],
            JSON.stringify([a, b]),
          ),
        ),
    );
    assert.ok(areas.every(([left, right]) => left >= 0 && right <= course.width));
  }
});

test("a long river runs in rows, and what goes on goes on at their ends", () => {
  const { course } = drawn(loop(7), { room: { width: 500, height: 400 }, wrap: true });
  const rows = new Set([...course.places.values()].map(({ row }) => row));
  assert.ok(rows.size > 2);
  assert.equal(course.width, 500);
  const broken = course.ways.filter(({ pieces }) => pieces.length > 1);
  assert.ok(broken.length >= rows.size - 1);
  for (const { pieces } of broken) {
    assert.ok(pieces[0][pieces[0].length - 1].x > pieces[1][0].x);
    assert.ok(pieces[0][0].y < pieces[1][0].y);
  }
});

test("the strip shows as much as it has room for, and numbers alone lay nothing out anew", () => {
  const trace = loop(5);
  const laid = laidOut(trace, {}, wish);
  assert.ok(laid.course.width <= ROOM.width && laid.course.height <= ROOM.height);
  const others = { ...loop(5), loss: 7 };
  assert.equal(laidOut(others, wish.folded, wish) === laid, false, "other symbols");
  const symbols = {};
  const first = laidOut(trace, symbols, wish);
  assert.equal(laidOut(others, symbols, wish), first);
  const large = laidOut(trace, symbols, { ...wish, large: true });
  assert.notEqual(large, first);
  assert.equal(laidOut(others, symbols, wish), first, "both forms are kept");
  const open = { [loopsOf(trace)[0].key]: false };
  const unfolded = laidOut(trace, symbols, { ...wish, folded: open });
  assert.ok(unfolded.course.height <= ROOM.height);
  const low = laidOut(trace, symbols, { ...wish, room: { width: 390, height: 60 } });
  assert.deepEqual([low.names, low.course.hung], ["below", []]);
});

test("ribbons are as wide as the logarithm of the norm", () => {
  const norms = new Map([
    ["a", { value: 100, gradient: 0.1 }],
    ["b", { value: 1, gradient: 0 }],
    ["c", { value: 10, gradient: null }],
    ["d", { value: NaN, gradient: Infinity }],
  ]);
  const width = widths(norms);
  assert.deepEqual([width(0.1), width(100), width(0), width(null)], [THINNEST, WIDEST, 0, UNKNOWN]);
  assert.ok(Math.abs(width(10) - width(1) - (width(100) - width(10))) < 1e-9);
  assert.equal(width(Infinity), WIDEST);
});

test("norms are those that the trace tells, or of the numbers that it lists", () => {
  const trace = smallTrace();
  const { w } = trace.tensors;
  const flat = (nested) => [nested].flat(3).map(Number);
  const norms = normsOf(trace);
  assert.ok(Math.abs(norms.get("w").value - Math.hypot(...flat(w.value))) < 1e-12);
  const told = structuredClone(trace);
  told.tensors.w.norm = { value: 3, gradient: "Infinity" };
  told.tensors.b.hidden = true;
  assert.deepEqual(normsOf(told).get("w"), { value: 3, gradient: Infinity });
  assert.equal(normsOf(told).get("b").gradient, null, "what is covered is not told");
});

test("what is not reached is a line, values flow above it and gradients below", () => {
  const trace = smallTrace();
  const at = (cursor) => figure(trace, cursor).layout.shapes.map(({ path }) => path);
  const pieces = (path) => path.split("M").length - 1;
  const [first, last] = [at(0), at(trace.steps.length - 1)];
  assert.equal(first.length, last.length, "as many shapes at every step");
  assert.ok(pieces(first[1]) > pieces(last[1]));
  assert.equal(pieces(first[2]), 2, "x and w flow into the first operation");
  assert.ok(pieces(last[2]) > 2 && pieces(last[3]) > 0);
  assert.equal(first[3], "M0,0Z");
  const straight = [
    { x: 0, y: 10 },
    { x: 9, y: 10 },
  ];
  assert.equal(band(straight, 0, 4), "M0,10L9,10L9,6L0,6Z");
  assert.deepEqual(beside(straight, -3)[1], { x: 9, y: 13 });
});

test("a gradient of zeros ends in a stump", () => {
  const trace = smallTrace();
  const zeros = structuredClone(trace);
  const zero = (nested) => (Array.isArray(nested) ? nested.map(zero) : 0);
  zeros.tensors.w.gradient = zero(zeros.tensors.w.gradient);
  const last = trace.steps.length - 1;
  const gradients = (shown) => figure(shown, last).layout.shapes[3].path;
  assert.notEqual(gradients(zeros), gradients(trace));
  const line = [
    { x: 0, y: 0 },
    { x: 40, y: 0 },
  ];
  const reach = [...stump(line, 6).matchAll(/[ML]([\d.-]+),/g)].map(([, x]) => Number(x));
  assert.ok(Math.min(...reach) > 25 && Math.max(...reach) === 40);
});

test("pictures come as soon as their numbers are known; until then they are dotted", () => {
  const trace = smallTrace();
  const sources = (cursor) => figure(trace, cursor).layout.images.map(({ source }) => source);
  assert.deepEqual(sources(0).sort(), ["", "data:b", "data:w", "data:x"]);
  assert.deepEqual(sources(1).sort(), ["data:b", "data:w", "data:x", "data:z"]);
  assert.ok(dots(10, 10, 20, 20).split("M").length > 4);
});

test("the loss is a question until it is known", () => {
  const trace = smallTrace();
  const texts = (cursor) => figure(trace, cursor).data[0].text;
  assert.ok(texts(0).includes("?"));
  assert.ok(!texts(3).includes("?"));
});

test("user's names stay text", () => {
  const trace = smallTrace();
  const renamed = JSON.parse(JSON.stringify(trace).replaceAll('"product"', '"<i>x</i>"'));
  const { text } = figure(renamed, 0).data[0];
  assert.ok(text.some((one) => one.includes("&lt;i&gt;")));
  const hover = figure(trace, 6).data[1].text;
  assert.ok(hover.some((one) => one.includes("<b>w</b>") && one.includes("norm of the gradient")));
});

test("the product along a path is counted from the loss", () => {
  const link = (tensor, derivative) => ({ tensor, index: [], value: 0, derivative });
  const path = pathOf({ chain: [link("w", null), link("z", 3), link("l", -2), link("loss", 0.5)] });
  assert.deepEqual(
    path.map(({ gradient }) => gradient),
    [-3, -1, 0.5, 1],
  );
  assert.equal(path[0].derivative, 1);
});

test("a path has its factors above operations and its products below tensors", () => {
  const trace = smallTrace();
  const { course } = drawn(trace);
  const link = (tensor, index, derivative, gradient) => ({ tensor, index, derivative, gradient });
  const traced = tracedOn(course, [
    link("w", [0, 1], 1, 24),
    link("z.matmul", [2, 1], 2, 12),
    link("z", [2, 1], 3, 4),
    link("loss.multiply", [2, 1], 4, 1),
    link("loss", [], 1, 1),
  ]);
  const part = (id) => course.places.get(id).part;
  assert.deepEqual(
    [...traced.factors].map(([id, factor]) => [part(id).text, factor]),
    [
      ["product", 2],
      ["plus", 3],
      ["times", 4],
      ["total", 1],
    ],
  );
  assert.deepEqual(
    [...traced.products].map(([id, product]) => [part(id).name, product]),
    [
      ["z", 4],
      ["loss", 1],
    ],
  );
  assert.deepEqual([traced.start.code, traced.start.gradient], ["w[0, 1]", 24]);
  assert.ok(traced.line.split("M").length > 5);
  const { text } = figure(trace, 6, { traced }).data[0];
  for (const said of ["<b>× 2</b>", "<b>4</b>", "z.g", "<b>w[0, 1]</b>", "<b>24</b>"])
    assert.ok(text.includes(said), said);
});

test("products and the beginning of a path make room for a picture below them", () => {
  const trace = smallTrace();
  const { course } = drawn(trace);
  const z = [...course.places.values()].find(({ part }) => part.name === "z");
  const x = [...course.places.values()].find(({ part }) => part.name === "x");
  const below = (place, id) => [
    id,
    { ...place, part: { ...place.part, id, name: "s", text: "" }, y: place.y + 34 },
  ];
  const crowded = { ...course, places: new Map([...course.places, below(z, "1"), below(x, "2")]) };
  const traced = {
    line: "",
    factors: new Map(),
    products: new Map([[z.part.id, 4]]),
    start: { id: x.part.id, code: "x[0, 1]", gradient: 24 },
  };
  const texts = (on) => figure(trace, 6, { traced, course: on }).data[0];
  assert.ok(texts(course).text.includes("<b>4</b>") && texts(course).text.includes("z.g"));
  const { text, x: along, y: down } = texts(crowded);
  const spot = (said) => [along, down].map((one) => one[text.indexOf(said)]);
  assert.deepEqual(spot("<b>z.g = 4</b>"), [z.x, z.y - course.named]);
  assert.ok(!text.includes("<b>4</b>") && !text.includes("<b>x[0, 1]</b>"));
  assert.ok(spot("<b>24</b>")[0] > x.x && spot("<b>24</b>")[1] === x.y - course.named);
});

test("pictures have the shape of their tensors, within what is easy on the eye", () => {
  const wide = pictureSize([6, 10]);
  assert.ok(Math.abs(wide.width / wide.height - 10 / 6) < 0.1);
  assert.ok(pictureSize([2000, 3]).height <= 28 && pictureSize([2000, 3]).width >= 14);
  assert.ok(pictureSize([2000, 3], true).height < pictureSize([2000, 3]).height);
  assert.deepEqual(
    ["relu", "cross entropy", "max_pool2d", "embedding"].map((text) => shortened(text, 7)),
    ["relu", "cross…", "max…", "embedd…"],
  );
});

test("a bend begins and ends level", () => {
  const line = smooth([
    { x: 0, y: 0 },
    { x: 40, y: 30 },
  ]);
  assert.ok(line.length > 5);
  assert.deepEqual(line[line.length - 1], { x: 40, y: 30 });
  assert.ok(Math.abs(line[1].y) < Math.abs(line[1].x));
  assert.ok(line.slice(1).every(({ x }, at) => x > line[at].x));
});
