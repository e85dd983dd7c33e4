import assert from "node:assert/strict";
import { test } from "node:test";

import {
  chainOf,
  momentAt,
  momentText,
  plainTimeline,
  positionOf,
  timelineOf,
} from "../../frontend/lib/timeline.js";

const change = (number, kind, parent, iteration, text, more = {}) => ({
  number,
  kind,
  parent,
  head: number,
  iteration,
  text,
  ...more,
});

/** 3 iterations, an edit, 2 iterations undone, another edit, another program, 4 iterations. */
const EVENTS = [
  change(1, "create", null, 0, "the beginning"),
  change(2, "train", 1, 3, "3 iterations", { iterations: 3 }),
  change(3, "edit", 2, 3, "w = 1"),
  change(4, "train", 3, 5, "2 iterations", { iterations: 2 }),
  { ...change(5, "undo", null, 3, "undone"), head: 3 },
  { ...change(6, "found", null, 3, "found"), head: 3 },
  change(7, "edit", 3, 3, "b = 2"),
  change(8, "replace", 7, 3, "another program"),
  change(9, "train", 8, 7, "4 iterations", { iterations: 4 }),
];

test("the way to now leaves out what was undone", () => {
  assert.deepEqual(
    chainOf(EVENTS).map(({ number }) => number),
    [1, 2, 3, 7, 8, 9],
  );
  assert.deepEqual(
    chainOf(EVENTS.slice(0, 5)).map(({ number }) => number),
    [1, 2, 3],
  );
  assert.deepEqual(chainOf([]), []);
});

test("every iteration and every edit is a moment of its own", () => {
  const timeline = timelineOf(chainOf(EVENTS));
  const moments = Array.from({ length: timeline.length }, (_, at) => momentAt(timeline, at));
  assert.deepEqual(
    moments.map(({ iteration, event }) => [iteration, event]),
    [
      [0, null],
      [1, null],
      [2, null],
      [3, 2],
      [3, 3],
      [3, 7],
      [3, null],
      [4, null],
      [5, null],
      [6, null],
      [7, null],
    ],
  );
  moments.forEach((moment, at) => assert.equal(positionOf(timeline, moment), at));
  assert.equal(momentText(timeline, 2), "iteration 2");
  assert.equal(momentText(timeline, 4), "iteration 3, after w = 1");
  assert.equal(momentText(timeline, 7), "iteration 4");
});

test("a moment of an undone branch stands at its iteration", () => {
  const timeline = timelineOf(chainOf(EVENTS));
  assert.equal(
    positionOf(timeline, { iteration: 5, event: 4 }),
    positionOf(timeline, { iteration: 5, event: null }),
  );
  assert.equal(positionOf(timeline, { iteration: 99, event: null }), timeline.length - 1);
});

test("without a history there are the iterations", () => {
  assert.equal(plainTimeline(0).length, 1);
  const timeline = plainTimeline(100000);
  assert.equal(timeline.length, 100001);
  assert.deepEqual(momentAt(timeline, 70000), { iteration: 70000, event: null });
  assert.equal(positionOf(timeline, { iteration: 70000, event: null }), 70000);
});
