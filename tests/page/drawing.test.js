import assert from "node:assert/strict";
import { test } from "node:test";

import { afterDrawing, drawNow, drawSoon, drawWith } from "../../frontend/lib/drawing.js";

test("what follows from one answer is drawn once, after the promises that are settled", async () => {
  const order = [];
  const draw = () => order.push("draw");
  const followed = (async () => {
    for (let change = 0; change < 4; change += 1) {
      void drawSoon(draw);
      order.push(`change ${change}`);
      await Promise.resolve().then(() => null);
    }
  })();
  await followed;
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["change 0", "change 1", "change 2", "change 3", "draw"]);
});

test("it is drawn before the next task, and again for what changes then", async () => {
  const order = [];
  void drawSoon(() => order.push("one"));
  setTimeout(() => order.push("task"));
  await new Promise((go) => setTimeout(go));
  void drawSoon(() => order.push("two"));
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["one", "task", "two"]);
});

test("what needs places comes after the drawing, also what the drawing itself asks for", async () => {
  const order = [];
  void drawSoon(() => {
    afterDrawing(() => order.push("measured"));
    order.push("drawn");
  });
  afterDrawing(() => order.push("focused"));
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["drawn", "focused", "measured"]);
});

test("where nothing is to be drawn it is not waited for", async () => {
  const order = [];
  afterDrawing(() => order.push("focused"));
  order.push("before");
  await null;
  assert.deepEqual(order, ["before", "focused"]);
});

test("a measure may change what is drawn", async () => {
  const order = [];
  const draw = () => order.push("draw");
  void drawSoon(draw);
  afterDrawing(() => void drawSoon(draw));
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["draw", "draw"]);
});

test("what a change does at once is drawn with its answer, where that comes soon", async () => {
  const order = [];
  const draw = () => order.push("draw");
  const answer = new Promise((go) => setTimeout(go, 5)).then(() => order.push("answer"));
  drawWith(answer);
  void drawSoon(draw);
  await answer;
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["answer", "draw"]);
});

test("an answer that does not come keeps no drawing waiting for long", async () => {
  drawWith(new Promise(() => {}));
  await new Promise((go) => void drawSoon(() => go(null)));
});

test("whatever happens next finds everything drawn", async () => {
  const order = [];
  drawWith(new Promise((go) => setTimeout(go, 5)));
  void drawSoon(() => order.push("one"));
  afterDrawing(() => order.push("focused"));
  drawNow();
  assert.deepEqual(order, ["one", "focused"]);
  void drawSoon(() => order.push("two"));
  await new Promise((go) => setTimeout(go));
  assert.deepEqual(order, ["one", "focused", "two"], "what comes after is not kept waiting");
});
