import assert from "node:assert/strict";
import test from "node:test";

import { readAddress, runAddress } from "../../frontend/lib/address.js";
import {
  answerOf,
  isLesson,
  isWholeLesson,
  placeName,
  progressOf,
  progressText,
  readNumber,
  readShape,
} from "../../frontend/lib/lessons.js";
import { memory } from "../../frontend/service/memory.js";
import { toggleMark, updateCourse, updateLearning } from "../../frontend/state/learning/reducer.js";
import { asking, isSettled, lessonCells } from "../../frontend/state/learning/selectors.js";
import { initial } from "../../frontend/state/state.js";

test("places are written as a lesson writes them", () => {
  assert.equal(placeName({ tensor: "w1", field: "gradient", index: [2, 1] }), "w1.g[2, 1]");
  assert.equal(placeName({ tensor: "x", field: "value" }), "x");
  assert.equal(placeName({ tensor: "w", field: "next", index: [] }), "w.next");
});

test("shapes and numbers are read as people type them", () => {
  for (const text of ["(10, 2)", "10, 2", "10 2", "[10,2]", "10×2", " 10x2 "])
    assert.deepEqual(readShape(text), [10, 2], text);
  assert.deepEqual(readShape("(2,)"), [2]);
  assert.deepEqual(readShape("()"), []);
  for (const text of ["ten", "(2, -1)", "2.5"]) assert.equal(readShape(text), null, text);
  assert.equal(readNumber("−0,5"), "-0.5");
  for (const text of ["1/3", "-2", ".5", "3e-2", "+1 / 6"]) assert.equal(readNumber(text), text);
  for (const text of ["", "one", "1/", "1/x", "--1"]) assert.equal(readNumber(text), null, text);
});

test("what was typed or marked is the answer of its kind, or it is said what is missing", () => {
  const given = { text: "(3, 2)", marked: ["0,1", "2,1", ""] };
  assert.deepEqual(answerOf({ kind: "cells", ask: "" }, given), { answer: [[0, 1], [2, 1], []] });
  assert.deepEqual(answerOf({ kind: "shape", ask: "" }, given), { answer: [3, 2] });
  assert.match(answerOf({ kind: "number", ask: "" }, given).missing, /1\/3/);
  assert.deepEqual(answerOf({ kind: "mend", ask: "" }, { text: " x.T ", marked: [] }), {
    answer: "x.T",
  });
  for (const kind of ["shape", "number", "formula"])
    assert.ok(answerOf({ kind, ask: "" }, { text: " ", marked: [] }).missing);
});

test("progress is what the browser kept, if it is that", () => {
  const kept = { at: 2, settled: [0, "x", 1], run: "r", done: false };
  assert.deepEqual(progressOf(kept), { at: 2, settled: [0, 1], run: "r", done: false });
  for (const odd of [null, 3, {}, { at: -1 }, { at: "2" }]) assert.equal(progressOf(odd), null);
  assert.equal(progressText(progressOf(kept), 9), "3 of 9");
  assert.equal(progressText(progressOf({ ...kept, done: true }), 9), "done");
  assert.equal(progressText(null, 9), "");
  const store = new Map();
  const storage = {
    getItem: (key) => store.get(key) ?? null,
    setItem: (...one) => store.set(...one),
  };
  memory(() => storage).keepLessons({ chain: kept, odd: 7 });
  assert.deepEqual(Object.keys(memory(() => storage).lessons()), ["chain"]);
});

test("an address names a lesson and a chapter, or has the whole lesson", () => {
  const { lesson, chapter, odd } = readAddress("", "#run=r&lesson=chain&chapter=3");
  assert.deepEqual([lesson, chapter, odd], ["chain", 3, []]);
  assert.match(readAddress("", "#lesson=chain&chapter=x").odd.join(), /chapter is the number/);
  assert.equal(
    runAddress("/", "r", { lesson: "chain", chapter: 3 }),
    "/#run=r&lesson=chain&chapter=3",
  );
  assert.deepEqual(["chain", "z.abc", "eyJ0"].map(isWholeLesson), [false, true, true]);
  assert.deepEqual([{ chapters: [] }, { program: "" }, null, 3].map(isLesson), [
    true,
    false,
    false,
    false,
  ]);
});

const CHAPTER = {
  hide: [{ tensor: "h", field: "value", index: [1, 0] }],
  lit: [],
  question: { kind: "cells", ask: "", of: { tensor: "z", field: "value" } },
};
const STATE = updateLearning(initial, {
  course: { at: 0, settled: [], chapter: CHAPTER, marked: [], verdict: null },
});
const matrix = (name) => ({ name, field: "value", naming: "contract", transposed: false });

test("cells are marked and unmarked, and what is asked for is covered until it is answered", () => {
  const marked = toggleMark(toggleMark(STATE, "0,0"), "1,0");
  const cells = lessonCells(marked);
  assert.equal(cells.mark(matrix("z"), [0, 0]), "marked");
  assert.equal(cells.mark(matrix("z"), [0, 1]), "open");
  assert.equal(cells.mark(matrix("h"), [0, 0]), null);
  assert.deepEqual(toggleMark(marked, "0,0").learning.course.marked, ["1,0"]);
  assert.deepEqual(
    [cells.veiled(matrix("h"), [1, 0]), cells.veiled(matrix("h"), [0, 0])],
    [true, false],
  );
  const told = updateCourse(marked, { verdict: { right: false, message: "", off: [[1, 0]] } });
  assert.equal(lessonCells(told).mark(matrix("z"), [1, 0]), "off");
  const settled = updateCourse(marked, { settled: [0] });
  assert.deepEqual(
    [asking(marked)?.kind, asking(settled), isSettled(settled)],
    ["cells", null, true],
  );
  assert.equal(lessonCells(settled).veiled(matrix("h"), [1, 0]), false);
});
