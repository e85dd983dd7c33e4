import assert from "node:assert/strict";
import { test } from "node:test";

import { textOf } from "../../frontend/lib/h.js";
import { now } from "../../frontend/lib/moment.js";
import { withHidden } from "../../frontend/lib/hiding.js";
import { askExplanation } from "../../frontend/state/explanation/reducer.js";
import { aspectsOf, isCovered } from "../../frontend/state/explanation/selectors.js";
import { selectTensor } from "../../frontend/state/inspector/reducer.js";
import { inspected } from "../../frontend/state/inspector/selectors.js";
import { updatePractice } from "../../frontend/state/practice/reducer.js";
import {
  coverOf,
  ownFormulas,
  stepOf,
  tried,
  typed,
} from "../../frontend/state/practice/selectors.js";
import { openRun } from "../../frontend/state/run/reducer.js";
import { moveCursor } from "../../frontend/state/stage/reducer.js";
import { stepMatrices } from "../../frontend/state/stage/selectors.js";
import { initial } from "../../frontend/state/state.js";
import { askings } from "../../frontend/state/studies/selectors.js";
import { showTrace } from "../../frontend/state/trace/reducer.js";
import { markedView } from "../../frontend/views/marked.js";
import { marksOf, partsOf } from "../../frontend/views/own.js";
import { hintsView, namesView, verdictView } from "../../frontend/views/practice.js";
import { thumbnailView } from "../../frontend/views/thumbnail.js";
import { made, smallRun, smallTrace } from "./trace.js";

const exercise = (tensor, extra = {}) => ({
  tensor,
  gradient: `${tensor}.g`,
  shape: [2],
  role: "parameter",
  line: null,
  steps: [],
  earlier: 1,
  optional: false,
  found: false,
  ...extra,
});
const exerciseSet = (found = []) => ({
  exercises: [exercise("z"), exercise("x", { optional: true }), exercise("w"), exercise("b")].map(
    (one) => ({ ...one, found: found.includes(one.tensor) }),
  ),
  values: [],
  gradients: [],
  found: found.length,
  total: 3,
  next: ["z", "w", "b"].find((name) => !found.includes(name)) ?? null,
  done: found.length === 3,
});
const opened = (practice) => {
  const state = updatePractice(openRun(initial, smallRun, null), practice);
  return showTrace(state, smallRun, now(smallRun), smallTrace(), 0);
};
const line = (state, output) =>
  state.shown.trace.steps.find((step) => step.output === output && step.phase !== "forward");
const options = { digits: 3, isTensor: () => false, explain: () => {}, covered: false };

test("nothing is covered unless one wants it", () => {
  const trace = smallTrace();
  assert.equal(withHidden(trace, null), trace);
  assert.equal(coverOf(opened({ hiding: false, exerciseSet: exerciseSet() })), null);
});

test("all is covered before one knows what is to be found, but for the loss", () => {
  const { tensors, steps } = opened({ hiding: true, exerciseSet: null }).shown.trace;
  assert.deepEqual(
    Object.keys(tensors).filter((name) => !tensors[name].hidden),
    ["loss"],
  );
  assert.deepEqual(
    steps.filter(({ phase }) => phase === "backward").map(({ code }) => code),
    ["1", "?", "?", "?"],
  );
});

test("what was found, or given up, is laid open; what has no name waits for the last", () => {
  let state = opened({ hiding: true, exerciseSet: exerciseSet() });
  assert.equal(line(state, "w.g").code, "?");
  assert.deepEqual(state.shown.trace.tensors.w.gradient, [
    ["NaN", "NaN"],
    ["NaN", "NaN"],
  ]);
  state = updatePractice(state, { exerciseSet: exerciseSet(["w"]), shown: ["b"] });
  assert.equal(line(state, "w.g").code, "x.T @ z.g");
  assert.equal(line(state, "b.g").code, "z.g.sum(0)");
  assert.equal(line(state, "z.g").code, "?");
  assert.ok(state.shown.trace.tensors["z.matmul"].hidden);
  state = updatePractice(state, { exerciseSet: exerciseSet(["z", "w", "b"]) });
  assert.equal(state.shown.trace.tensors["z.matmul"].hidden, undefined);
  assert.ok(
    state.shown.trace.tensors.x.hidden,
    "an input's gradient is still to be found by whoever wants",
  );
  assert.equal(updatePractice(state, { hiding: false }).shown.trace, state.shown.whole);
});

test("an update by a covered gradient keeps its text and hides its result", () => {
  const step = line(opened({ hiding: true, exerciseSet: exerciseSet() }), "w");
  assert.deepEqual([step.code, step.value, step.hidden], ["w - 0.1 * w.g", undefined, true]);
  assert.deepEqual(line(opened({ hiding: true, exerciseSet: exerciseSet(["w"]) }), "w").value, [
    [1, 2],
    [3, 4],
  ]);
});

test("writing draws no other trace", () => {
  const state = opened({ hiding: true, exerciseSet: exerciseSet() });
  assert.equal(updatePractice(state, { texts: { z: "2 *" } }).shown, state.shown);
});

test("covered matrices are drawn as such", () => {
  const state = moveCursor(
    selectTensor(opened({ hiding: true, exerciseSet: exerciseSet() }), "w"),
    6,
  );
  assert.deepEqual([stepMatrices(state).operands, stepMatrices(state).result.hidden], [[], true]);
  assert.deepEqual(
    inspected(state).matrices.map(({ hidden: covered }) => covered),
    [false, true],
  );
});

test("what is covered is not explained, and what tells it is not offered", () => {
  const state = moveCursor(opened({ hiding: true, exerciseSet: exerciseSet() }), 6);
  assert.ok(isCovered(state));
  assert.deepEqual(askings(state), []);
  assert.deepEqual(aspectsOf(state), ["why", "shapes"]);
  const found = updatePractice(state, { exerciseSet: exerciseSet(["w"]) });
  assert.ok(!isCovered(found), "why a step that was found is right is told");
  const element = (practice) =>
    askExplanation(
      updatePractice(state, practice),
      { tensor: "w", field: "gradient", index: [0, 0] },
      [],
    );
  assert.ok(
    isCovered(element({ exerciseSet: exerciseSet(["w"]) })),
    "its numbers come from z.g, which is covered still",
  );
  assert.ok(!isCovered(element({ exerciseSet: exerciseSet(["w", "z"]) })));
  assert.equal(askExplanation(state, { tensor: "w", field: "gradient", index: [0, 0] }, []), state);
});

test("an explanation does not outlast that its number is covered", () => {
  const target = { tensor: "w", field: "gradient", index: [0, 0] };
  const state = askExplanation(opened({ hiding: false, exerciseSet: exerciseSet() }), target, []);
  assert.deepEqual(state.asked.target, target);
  assert.equal(updatePractice(state, { hiding: true }).asked, null);
});

test("one tries what was chosen, else what is next; every gradient keeps its text", () => {
  const state = opened({ exerciseSet: exerciseSet(["z"]), texts: { w: "x.T", b: "z" } });
  assert.deepEqual([tried(state).tensor, typed(state)], ["w", "x.T"]);
  const chosen = updatePractice(state, { tensor: "b" });
  assert.deepEqual([tried(chosen).tensor, typed(chosen)], ["b", "z"]);
});

const verdict = (extra) => ({
  verdict: "wrong_value",
  shape: [2],
  expected_shape: [2],
  max_abs_difference: 0.5,
  diagnosis: null,
  hint: null,
  notes: [],
  warnings: [],
  worst: [],
  difference: null,
  message: null,
  where: null,
  ...extra,
});

test("a verdict says in one glance whether shape and numbers fit", () => {
  const text = (extra) => textOf(verdictView(verdict(extra), "z.g", options));
  assert.match(text({ verdict: "correct", max_abs_difference: 0 }), /✓ Correct\./);
  assert.match(text({}), /The shape fits, the numbers do not\. The largest difference is 0\.500/);
  assert.match(
    text({ verdict: "wrong_shape", shape: [3], max_abs_difference: null }),
    /The shape does not fit\. Yours is \(3,\); expected \(2,\)\./,
  );
  assert.match(
    text({ verdict: "correct", max_abs_difference: 0, notes: ["coincidental_numbers"] }),
    /Correct for these numbers only.*does not count as solved/,
  );
});

test("each number of one's own says whether it should be larger, and how many are right", () => {
  const wrong = verdict({ value: [1, 2], difference: [0.5, 0] });
  assert.deepEqual(marksOf(wrong), [-1, 0]);
  assert.deepEqual(marksOf(verdict({ value: [1, 2], difference: [1e-12, -1] })), [0, 1]);
  const single = verdict({ value: [1, 2], difference: [1e-6, -1] });
  assert.deepEqual(
    [marksOf(single), marksOf(single, "float32")],
    [
      [-1, 1],
      [0, 1],
    ],
  );
  assert.deepEqual(marksOf(verdict({ value: ["NaN", 2], difference: ["NaN", 0] })), [NaN, 0]);
  assert.equal(marksOf(verdict({ value: [1, 2, 3] })), null);
  assert.match(
    textOf(verdictView(wrong, "z.g", options)),
    /The shape fits, 1 of 2 numbers differ\./,
  );
});

test("one's own product is drawn in its factors, where all of them have numbers", () => {
  const pieces = [
    { text: "x.T", shape: [2, 3] },
    { text: " @ ", shape: null },
    { text: "z.g", shape: [3, 1] },
  ];
  const result = { shape: [2, 1] };
  const values = [
    [
      [1, 0, 1],
      [0, 1, 0],
    ],
    null,
    [[1], [2], [3]],
  ];
  const drawn = partsOf({ pieces, family: null, values }, result);
  assert.deepEqual(
    drawn.parts.map(({ text }) => text),
    ["x.T", "z.g"],
  );
  assert.ok(drawn.product);
  const missing = partsOf({ pieces, family: null, values: [null, null, values[2]] }, result);
  assert.deepEqual(missing, { parts: [], product: false });
});

test("one trains with what was found right, and with what is being written where its shape fits", () => {
  const texts = { z: "1 * z", w: "x.T @ z.g", b: "" };
  const draft = { key: "w x.T @ z.g", fits: true };
  const state = opened({ exerciseSet: exerciseSet(["z"]), texts });
  assert.deepEqual(ownFormulas(state), { z: "1 * z" });
  assert.deepEqual(
    ownFormulas(updatePractice(state, { draft })),
    texts.b ? {} : { z: "1 * z", w: "x.T @ z.g" },
  );
  assert.deepEqual(ownFormulas(updatePractice(state, { draft: { ...draft, fits: false } })), {
    z: "1 * z",
  });
  assert.equal(stepOf(state).output, "w.g");
});

test("a name is put into the formula by a click", () => {
  const put = [];
  const group = namesView(
    [
      { name: "x", shape: [6, 10] },
      { name: "l1.g", shape: [] },
    ],
    { ...options, insert: (name) => put.push(name) },
  );
  assert.deepEqual(group.children.map(textOf), ["x", "l1.g"]);
  assert.match(group.children[0].props.title, /^x \(6, 10\)/);
  group.children[1].props.onclick();
  assert.deepEqual(put, ["l1.g"]);
});

test("a formula that does not run is marked where it fails", () => {
  const marks = (column) =>
    markedView("x.T @ l1.grad(", { line: 1, column })
      .map((part) => (typeof part === "string" ? part : `<${textOf(part)}>`))
      .join("");
  assert.equal(marks(7), "x.T @ <l1.grad>(");
  assert.equal(marks(5), "x.T <@> l1.grad(");
  assert.equal(marks(14), "x.T @ l1.grad<(>");
  assert.equal(marks(99), "x.T @ l1.grad(< >");
  assert.match(
    textOf(
      verdictView(
        verdict({
          verdict: "error",
          shape: null,
          message: "there is no tensor called y",
          where: { line: 1, column: 1 },
        }),
        "y",
        options,
      ),
    ),
    /does not run.*there is no tensor called y\./,
  );
});

test("hints say what belongs to their level", () => {
  const none = { code: null, formula: null, terms: [], index: null, operands: [], levels: 4 };
  const text = textOf(
    hintsView(
      [
        {
          ...none,
          level: 1,
          title: "The shape",
          text: "`w.g` is (2, 2).",
          operands: [{ code: "z.g", shape: [3, 2] }],
        },
        { ...none, level: 4, title: "The solution", text: "`w.g = x.T @ z.g`", code: "x.T @ z.g" },
      ],
      options,
    ),
  );
  assert.match(text, /^The solution\. w\.g = x\.T @ z\.g/, "the newest stands first");
  assert.match(text, /The hint beforeHint 1 of 3\. w\.g is \(2, 2\)\./);
});

test("what the backward pass names inside of a composite is covered as long as anything is", () => {
  const trace = smallTrace();
  const steps = trace.steps.map((step) =>
    step.output === "z.g" ? { ...step, ...made("z.inside", "gradient") } : step,
  );
  const cover = coverOf(opened({ hiding: true, exerciseSet: exerciseSet() }));
  assert.equal(
    withHidden({ ...trace, steps }, cover).steps.find(({ output }) => output === "z.inside.g").code,
    "?",
  );
  const done = coverOf(opened({ hiding: true, exerciseSet: exerciseSet(["z", "w", "b"]) }));
  assert.notEqual(
    withHidden({ ...trace, steps }, done).steps.find(({ output }) => output === "z.inside.g").code,
    "?",
  );
});

test("a covered gradient leaves the picture of what the forward pass made", () => {
  const trace = withHidden(smallTrace(), () => true);
  const palette = { ink: "#000", mid: "#fff", pos: "#0f0", neg: "#f0f" };
  const pictures = (phase) =>
    trace.steps
      .filter((step) => step.phase === phase && trace.tensors[step.of.tensor]?.hidden)
      .map((step) => thumbnailView(step, trace, trace.steps.length, palette).tag);
  assert.ok(pictures("forward").length > 0 && pictures("backward").length > 0);
  assert.ok(pictures("forward").every((tag) => tag === "canvas"));
  assert.ok(pictures("backward").every((tag) => tag === "span"));
});
