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
  solutionIn,
} from "../../frontend/lib/lessons.js";
import { memory, tabMemory } from "../../frontend/service/memory.js";
import { markCells, updateCourse, updateLearning } from "../../frontend/state/learning/reducer.js";
import {
  areCellsAsked,
  coversField,
  coversLoss,
  isConcealing,
  openListing,
  openTrace,
} from "../../frontend/state/learning/concealing.js";
import { createMarking } from "../../frontend/state/learning/marking.js";
import {
  askedTarget,
  asking,
  isElementCovered,
  isOffering,
  isSettled,
  lessonCells,
} from "../../frontend/state/learning/selectors.js";
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
  assert.equal(readNumber("−0,5"), "-0,5", "the service knows what the comma means");
  assert.equal(readNumber("125,440,000"), "125,440,000");
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
  const tab = tabMemory(() => storage);
  assert.equal(tab.step("r"), null);
  tab.keepStep("r", 7);
  assert.deepEqual([tab.step("r"), tab.step("other")], [7, null]);
  for (const odd of ["no JSON", '{"run":"r","step":-1}', '{"run":"r","step":1.5}', "3"]) {
    storage.setItem("backprop-explorer.step", odd);
    assert.equal(tab.step("r"), null, odd);
  }
  const shut = () => {
    throw new Error("no storage");
  };
  tabMemory(shut).keepStep("r", 1);
  assert.equal(tabMemory(shut).step("r"), null);
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
  const marked = markCells(markCells(STATE, ["0,0"], true), ["1,0", "0,0"], true);
  const cells = lessonCells(marked);
  assert.equal(cells.mark(matrix("z"), [0, 0]), "marked");
  assert.equal(cells.mark(matrix("z"), [0, 1]), "open");
  assert.equal(cells.mark(matrix("h"), [0, 0]), null);
  assert.deepEqual(marked.learning.course.marked, ["1,0", "0,0"]);
  assert.deepEqual(markCells(marked, ["0,0", "1,1"], false).learning.course.marked, ["1,0"]);
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

test("the right answer is as if one had given it", () => {
  const given = (solution) => solutionIn({ right: true, message: "", solution });
  assert.deepEqual(given({ told: "", cells: [[0, 1], []] }), { marked: ["0,1", ""] });
  assert.deepEqual(given({ told: "", formula: "x.T @ g", choices: [2] }), { chosen: 2 });
  assert.deepEqual(given({ told: "", formula: "x.T @ g" }), { text: "x.T @ g" });
  assert.deepEqual(given({ told: "", shape: [6, 2] }), { text: "(6, 2)" });
  assert.deepEqual(given({ told: "", number: -2 / 3 }), { text: "−0.6667" });
  assert.deepEqual(given({ told: "", choices: [] }), {});
  assert.deepEqual(solutionIn({ right: true, message: "" }), {});
});

test("no example of an answer is an answer to a question of a lesson", () => {
  for (const kind of ["formula", "mend"])
    assert.doesNotMatch(answerOf({ kind, ask: "" }, { text: "", marked: [] }).missing, /@|\.T/);
});

const TRACE = {
  tensors: {
    x: { role: "input", shape: [2], value: [1, 2], gradient: [5, 6] },
    y: { alias: "x", role: "intermediate", shape: [2], value: [1, 2], gradient: [5, 6] },
    loss: { role: "loss", shape: [], value: 3, gradient: 1, norm: { value: 3, gradient: 1 } },
  },
  steps: [
    { phase: "forward", code: "x.sum()", of: { tensor: "loss", field: "value" }, value: 3 },
    {
      phase: "backward",
      code: "loss.g * 5",
      of: { tensor: "x", field: "gradient", part: 1 },
      value: [5, 0],
    },
  ],
};

/** @param {object[]} hide @param {string} kind @param {number[]} settled */
function asked(hide, kind = "number", settled = []) {
  const of = { tensor: "x", field: "value" };
  const chapter = { hide, lit: [], question: { kind, ask: "", of } };
  const learning = { course: { at: 0, stops: [], settled, chapter, marked: [], verdict: null } };
  return { ...initial, shown: { trace: TRACE, whole: TRACE }, learning };
}

test("what is asked for is nowhere else on the page until it is answered", () => {
  const loss = asked([{ tensor: "loss", field: "value" }]);
  const open = openTrace(loss);
  assert.equal(open.tensors.loss.value, undefined);
  assert.equal(open.tensors.loss.norm.value, null);
  assert.equal(open.tensors.loss.gradient, 1);
  assert.equal(open.steps[0].value, undefined);
  assert.equal(open.tensors.x, TRACE.tensors.x);
  assert.equal(openTrace(loss), open, "the same picture is not drawn again");
  assert.deepEqual([coversLoss(loss), coversField(loss, "value")], [true, true]);
  assert.equal(coversField(loss, "gradient"), false);

  const gradient = asked([{ tensor: "x", field: "gradient", index: [0] }]);
  const { x, y } = openTrace(gradient).tensors;
  assert.deepEqual([x.gradient, y.gradient, x.value], [undefined, undefined, [1, 2]]);
  assert.equal(openTrace(gradient).steps[1].value, undefined, "nor what one use contributes");
  assert.equal(coversLoss(gradient), false);

  const answered = asked([{ tensor: "loss", field: "value" }], "number", [0]);
  assert.equal(openTrace(answered), TRACE);
  assert.equal(coversLoss(answered), false);
});

test("the program does not list a formula that the lesson is going to ask for", () => {
  const state = asked([], "number");
  const sought = (/** @type {number[]} */ settled) => {
    const stops = [{ seeks: null }, { seeks: "x" }];
    return {
      ...state,
      learning: { ...state.learning, course: { ...state.learning.course, stops, settled } },
    };
  };
  const listing = openListing(sought([]));
  const backward = (/** @type {any} */ trace) =>
    trace.steps.filter(({ phase }) => phase === "backward");
  assert.deepEqual(
    backward(listing).map(({ code }) => code),
    ["?"],
  );
  assert.deepEqual(listing.steps[0], TRACE.steps[0], "what goes forward is told");
  assert.equal(openListing(sought([])), listing, "the same list is not drawn again");
  assert.equal(openListing(sought([1])), TRACE, "what was found is told");
  assert.equal(openListing(initial), null);
});

test("the explanation is silent while a question is open, but where one drags", () => {
  for (const kind of ["cells", "number", "shape", "formula", "mend", "reason"])
    assert.equal(isConcealing(asked([], kind)), true, kind);
  assert.equal(isConcealing(asked([], "drag")), false);
  assert.equal(isConcealing(asked([], "number", [0])), false);
  assert.equal(isConcealing(initial), false);
});

test("nothing marks the cells that are asked for", () => {
  assert.equal(areCellsAsked(asked([], "cells"), matrix("x")), true);
  assert.equal(areCellsAsked(asked([], "cells"), matrix("h")), false);
  assert.equal(areCellsAsked(asked([], "number"), matrix("x")), false);
});

test("the first lesson is offered where one sees it", () => {
  const learning = { ...initial.learning, offered: true, list: [{ name: "chain" }] };
  const offering = { ...initial, learning };
  assert.equal(isOffering(offering), true);
  assert.equal(isOffering({ ...offering, mode: "practice" }), false);
  assert.equal(isOffering({ ...offering, learning: { ...learning, offered: false } }), false);
  assert.equal(isOffering({ ...offering, learning: { ...learning, list: [] } }), false);
});

const SQUARE = {
  role: "intermediate",
  shape: [2, 2],
  value: [
    [1, 2],
    [3, 4],
  ],
  gradient: null,
};
const SHOWN = {
  trace: {
    tensors: { z: SQUARE, x: { ...SQUARE, role: "input" }, loss: { ...SQUARE, shape: [] } },
    steps: [{ of: { tensor: "z", field: "value" } }],
  },
};

/** What is explained after an answer. @param {object} question @param {object} [chapter] @param {object} [course] */
function explained(question, chapter = {}, course = {}) {
  const all = { index: 0, hide: [], lit: [], selection: null, question, ...chapter };
  const learning = {
    course: { at: 0, stops: [], settled: [0], chapter: all, marked: [], verdict: null, ...course },
  };
  return askedTarget({ ...initial, shown: SHOWN, learning });
}

test("an answered question is explained with what it asked for", () => {
  const z = { tensor: "z", field: "value" };
  const x = { tensor: "x", field: "value", index: [0, 0] };
  const at = (...index) => ({ ...z, index });
  const marked = ["1,1", "0,1"];
  assert.deepEqual(explained({ kind: "number", of: at(1, 0) }), at(1, 0));
  assert.deepEqual(explained({ kind: "number", of: at(1, 0) }, { selection: x }), at(1, 0));
  assert.deepEqual(explained({ kind: "drag", of: at(0, 1) }), at(0, 1));
  assert.deepEqual(explained({ kind: "cells", of: z }, {}, { marked }), at(0, 1), "the first one");
  assert.deepEqual(explained({ kind: "cells", of: z }, { selection: x }, { marked }), x);
  assert.deepEqual(explained({ kind: "number" }, { selection: x }), x, "what the chapter names");
  assert.deepEqual(explained({ kind: "number", of: { tensor: "loss", field: "value" } }), {
    tensor: "loss",
    field: "value",
    index: [],
  });
  assert.equal(explained({ kind: "shape", of: z }), null, "the step says it");
  const other = { tensor: "x", field: "gradient" };
  assert.deepEqual(explained({ kind: "shape", of: other }), { ...other, index: [0, 0] });
  const stops = [{ seeks: null }, { seeks: "x" }];
  assert.equal(
    explained({ kind: "shape", of: other }, {}, { stops }),
    null,
    "its formula is asked for",
  );
  assert.notEqual(explained({ kind: "shape", of: other }, {}, { stops, settled: [0, 1] }), null);
  assert.equal(explained({ kind: "reason" }), null);
});

test("a lesson that is over covers and asks nothing", () => {
  const over = updateCourse(STATE, { over: true });
  assert.equal(asking(over), null);
  assert.equal(lessonCells(over).veiled(matrix("h"), [1, 0]), false);
  assert.equal(isElementCovered(over, { tensor: "h", field: "value", index: [1, 0] }), false);
  assert.equal(isElementCovered(STATE, { tensor: "h", field: "value", index: [1, 0] }), true);
  assert.equal(isElementCovered(STATE, { tensor: "h", field: "value", index: [0, 0] }), false);
});

test("cells are marked a row, a column or a block at once", () => {
  let state = { ...STATE, shown: SHOWN };
  const apply = (reducer, ...given) => (state = reducer(state, ...given));
  const marking = createMarking({ get: () => state, apply });
  const marked = () => [...state.learning.course.marked].sort().join(" ");
  const press = (keys) => marking.key({ key: " ", ...keys }, matrix("z"), [0, 1]);
  assert.equal(press({ shiftKey: true, ctrlKey: false }), true);
  assert.equal(marked(), "0,0 0,1");
  assert.equal(press({ shiftKey: false, ctrlKey: true }), true);
  assert.equal(marked(), "0,0 0,1 1,1", "the rest of the column");
  press({ shiftKey: false, ctrlKey: true });
  assert.equal(marked(), "0,0", "all of it was marked");
  assert.equal(press({ shiftKey: false, ctrlKey: false }), false);
  assert.equal(marking.key({ key: " ", shiftKey: true }, matrix("h"), [0, 1]), false);
  marking.mark(matrix("z"), [0, 1]);
  marking.mark(matrix("z"), [1, 0], true);
  assert.equal(marked(), "0,0 0,1 1,0 1,1", "the block to here");
  marking.mark({ ...matrix("z"), transposed: true }, [0, 1]);
  assert.equal(marked(), "0,0 0,1 1,1", "of a transposed matrix the tensor's own cell");
});
