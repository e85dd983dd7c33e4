import assert from "node:assert/strict";
import { test } from "node:test";

import {
  exists,
  sameTarget,
  soleCell,
  subjectOf,
  targetCode,
  targetName,
  unwritten,
} from "../../frontend/lib/explanation.js";
import { textOf } from "../../frontend/lib/h.js";
import { contains, highlightTargets } from "../../frontend/lib/lighting.js";
import { now } from "../../frontend/lib/moment.js";
import { createExplainer } from "../../frontend/state/explanation/commands.js";
import { setStatus } from "../../frontend/state/messages/reducer.js";
import { markRevised, openRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { showTrace } from "../../frontend/state/trace/reducer.js";
import { barsView } from "../../frontend/views/bars.js";
import { termsView } from "../../frontend/views/terms.js";
import { smallRun, smallTrace } from "./trace.js";

const cellOf = (code, value = 1) => {
  const [, tensor, g, index] = /^([\w.]+?)(\.g)?(?:\[(.*)\])?$/.exec(code);
  return {
    tensor,
    field: g ? "gradient" : "value",
    index: index ? index.split(", ").map(Number) : [],
    value,
  };
};
const plain = (code, value = 1) => ({ code, value, cells: [cellOf(code, value)] });
const term = (factors, extra = {}) => ({
  value: factors.reduce((product, { value }) => product * value, 1),
  factors,
  ...extra,
});
const group = (letters, codes, places) => ({
  letters,
  factors: codes.map((code) => ({ code, loose: code.includes(" - ") })),
  terms: places.map((_, at) => at),
  places,
});

test("a factor is a cell, or is computed from cells; those that do not stand in its code are told apart", () => {
  const pieces = [{ text: "f(z)[0, 1] - " }, { text: "z[0, 1]", cell: 0 }];
  const factor = {
    code: "f(z)[0, 1] - z[0, 1]",
    value: 1,
    cells: [cellOf("z[0, 1]"), cellOf("z[0, 2]")],
    pieces,
  };
  assert.deepEqual(unwritten(factor).map(targetCode), ["z[0, 2]"]);
  assert.deepEqual(
    [soleCell(factor), soleCell({ ...factor, cells: [factor.cells[0]] }), unwritten(plain("z"))],
    [null, null, []],
  );
  assert.equal(targetCode(soleCell(plain("w1.g[0, 1]"))), "w1.g[0, 1]");
});

test("elements of the trace exist, others do not", () => {
  const { tensors } = smallTrace();
  const there = (tensor, field, index) => exists({ tensor, field, index }, tensors);
  assert.ok(there("x", "gradient", [2, 1]) && there("loss", "value", []));
  assert.ok(
    !there("x", "value", [3, 0]) && !there("x", "value", [0]) && !there("toString", "value", []),
  );
  assert.ok(
    !exists(
      { tensor: "n", field: "gradient", index: [0] },
      { n: { shape: [2], dtype: "int64", gradient: null } },
    ),
  );
});

test("elements are lit by name, transposed or not; whole rows stay rows", () => {
  const matrix = (id, name, field, shape, transposed = false) => ({
    id,
    code: field === "gradient" ? `${name}.g` : name,
    name,
    field,
    shape,
    transposed,
    naming: "contract",
  });
  const all = [
    matrix("a", "x", "value", [2, 3], true),
    matrix("b", "x", "gradient", [3, 2]),
    matrix("c", "x", "value", [3, 2]),
  ];
  const highlighted = highlightTargets(
    all,
    [0, 1, 2].map((b) => ({ tensor: "x", field: "value", index: [b, 1] })),
  );
  assert.deepEqual(highlighted, { a: { axes: [1, null] }, c: { axes: [null, 1] } });
  const two = highlightTargets(
    all,
    [
      [0, 0],
      [2, 1],
    ].map((index) => ({ tensor: "x", field: "value", index })),
  );
  assert.ok(
    contains(two.c, [2, 1], [3, 2]) &&
      !contains(two.c, [0, 1], [3, 2]) &&
      contains(two.a, [1, 2], [2, 3]),
  );
});

test("a matrix shows a tensor's value, gradient or next value, or an expression", () => {
  const shown = {
    id: "a",
    code: "l1.g.T",
    name: "l1",
    field: "gradient",
    shape: [2, 3],
    transposed: true,
    naming: "contract",
  };
  assert.deepEqual(subjectOf(shown), { tensor: "l1", field: "gradient" });
  assert.deepEqual(
    highlightTargets([shown], [{ tensor: "l1", field: "gradient", index: [2, 1] }]),
    {
      a: { axes: [1, 2] },
    },
  );
  const value = { ...shown, code: "w", field: "value", name: "w" };
  assert.deepEqual(
    [subjectOf(value), subjectOf({ ...value, naming: "new" }), subjectOf({ ...shown, name: null })],
    [{ tensor: "w", field: "value" }, { tensor: "w", field: "next" }, null],
  );
});

test("a next value is written like the present one, and is another", () => {
  const [now, next] = ["value", "next"].map((field) => ({ tensor: "w", field, index: [0, 1] }));
  assert.deepEqual(
    [targetCode(next), targetName(next), targetName(now)],
    ["w[0, 1]", "w[0, 1] after the update", "w[0, 1]"],
  );
  assert.equal(sameTarget(now, next), false);
  const matrix = {
    id: "result",
    code: "w",
    name: "w",
    field: "value",
    shape: [2, 3],
    transposed: false,
    naming: "new",
  };
  assert.deepEqual(highlightTargets([matrix], [now]), {});
  assert.deepEqual(highlightTargets([matrix], [next]), { result: { axes: [0, 1] } });
});

const explanation = (terms, extra = {}) => ({
  tensor: "w",
  field: "gradient",
  index: [0, 1],
  value: 88,
  op: "product",
  family: "contraction",
  code: "x.T @ z.g",
  mathml: "<math></math>",
  terms,
  groups: [],
  term_count: terms.length,
  ...extra,
});
const options = {
  digits: 3,
  isTensor: (name) => ["x", "w", "z"].includes(name),
  follow: () => {},
  point: () => {},
};

test("terms are bars: what is multiplied, why the others are 0, and their sum last", () => {
  const terms = [0, 1, 2].map((b) =>
    term([plain(`x[${b}, 0]`, b === 1 ? 0 : 2), plain(`z.g[${b}, 1]`, 0.25)], { sample: b }),
  );
  const groups = [group(["b"], ["x[b, 0]", "z.g[b, 1]"], [[0], [1], [2]])];
  const table = barsView(explanation(terms, { groups, value: 1 }), options);
  assert.equal(table.props["aria-label"], "Terms of w.g[0, 1]");
  const rows = [...table.children].flatMap(({ children }) => children);
  assert.deepEqual(
    rows.map((row) => row.children.map(textOf).join(" ").replace(/ +/g, " ").trim()),
    [
      "b x[b, 0] × z.g[b, 1]",
      "0 2 × 0.250 0.500",
      "1 0 × 0.250 x[1, 0] is 0 0",
      "2 2 × 0.250 0.500",
      "sum over 3 samples 1.000",
    ],
  );
});

test("the table says how many terms it does not list, and what they come to", () => {
  const answer = explanation([term([plain("x[0, 0]"), plain("z.g[0, 1]")], { sample: 0 })], {
    term_count: 50000,
    rest: 87,
  });
  const text = textOf(termsView(answer, [group([], ["x[0, 0]", "z.g[0, 1]"], [[]])], options));
  assert.match(text, /… and 49,999 more, together87/);
  assert.match(text, /sum of 50,000 products=88/);
});

/**
 * A store with a run, an explainer that follows it, and the questions that wait for their answers.
 */
function asking() {
  const store = createStore(
    showTrace(openRun(initial, smallRun, null), smallRun, now(smallRun), smallTrace(), 0),
  );
  const questions = [];
  const client = {
    explain: (_, target, iteration) =>
      new Promise((answer, refuse) =>
        questions.push({
          target,
          iteration,
          answer: () => answer(explanation([], { ...target, value: questions.length })),
          refuse,
        }),
      ),
  };
  const explainer = createExplainer(store, client);
  store.subscribe(() => explainer.follow());
  return { store, questions, explainer };
}
const target = (index) => ({ tensor: "w", field: "gradient", index });
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("an answer that was overtaken is dropped", async () => {
  const { store, questions, explainer } = asking();
  explainer.explain(target([0, 0]));
  explainer.explain(target([0, 1]));
  questions[1].answer();
  await settled();
  questions[0].answer();
  await settled();
  assert.deepEqual(store.get().explained.answer.index, [0, 1]);
  assert.match(store.get().status, /^w\.g\[0, 1\] = 2, /);
});

test("other numbers are explained anew, without a word", async () => {
  const { store, questions, explainer } = asking();
  explainer.explain(target([0, 0]));
  questions[0].answer();
  await settled();
  store.apply(setStatus, "Something else.");
  store.apply(markRevised);
  assert.equal(questions.length, 1);
  store.apply(showTrace, smallRun, now(smallRun), smallTrace(), 0);
  assert.equal(questions.length, 2);
  assert.equal(store.get().explained.answer.value, 1);
  questions[1].answer();
  await settled();
  assert.deepEqual(
    [store.get().explained.answer.value, store.get().status],
    [2, "Something else."],
  );
});

test("newer news is not replaced by what was explained", async () => {
  const { store, questions, explainer } = asking();
  explainer.explain(target([0, 0]));
  explainer.showSilently();
  questions[0].answer();
  await settled();
  assert.deepEqual([store.get().explained.answer.index, store.get().status], [[0, 0], ""]);
});

test("what the service refuses is said where the explanation would be, and is not asked again", async () => {
  const { store, questions, explainer } = asking();
  explainer.explain(target([0, 0]));
  questions[0].refuse(Object.assign(new Error("no"), {}));
  const silence = console.error;
  console.error = () => {};
  await settled();
  console.error = silence;
  store.apply(setStatus, "again");
  assert.deepEqual([store.get().explained.answer, questions.length], [null, 1]);
  assert.ok(store.get().explained.problem.detail);
});

test("the trail goes back to where it came from", async () => {
  const { store, questions, explainer } = asking();
  const walk = async (to, trail) => {
    explainer.explain(to, trail);
    questions.at(-1).answer();
    await settled();
  };
  await walk(target([0, 0]), []);
  await walk(target([0, 1]), [target([0, 0])]);
  assert.deepEqual(store.get().explained.trail, [target([0, 0])]);
  explainer.explain(target([0, 0]), [target([0, 0]), target([0, 1])]);
  await settled();
  assert.deepEqual(store.get().explained.trail, []);
});

test("an element that is gone is explained no more", async () => {
  const { store, questions, explainer } = asking();
  explainer.explain(target([0, 0]));
  questions[0].answer();
  await settled();
  const { w: _, ...tensors } = smallTrace().tensors;
  store.apply(showTrace, smallRun, now(smallRun), { ...smallTrace(), tensors }, 0);
  assert.equal(store.get().explained, null);
});
