import assert from "node:assert/strict";
import { test } from "node:test";

import { now } from "../../frontend/lib/moment.js";
import { fromNested } from "../../frontend/lib/tensor.js";
import { beginEdit, writeCells } from "../../frontend/state/cells/reducer.js";
import {
  closeDraft,
  finishDraft,
  openDraft,
  refuseDraft,
  typeDraft,
} from "../../frontend/state/editor/reducer.js";
import { addExcerpt } from "../../frontend/state/excerpts/reducer.js";
import { needs } from "../../frontend/state/excerpts/selectors.js";
import { selectTensor } from "../../frontend/state/inspector/reducer.js";
import { inspected } from "../../frontend/state/inspector/selectors.js";
import {
  addLosses,
  markRevised,
  openRun,
  setDocument,
  setRun,
} from "../../frontend/state/run/reducer.js";
import { offerLesson } from "../../frontend/state/learning/reducer.js";
import { isOffering } from "../../frontend/state/learning/selectors.js";
import { closeLesson } from "../../frontend/state/page/reducer.js";
import { moveCursor } from "../../frontend/state/stage/reducer.js";
import { stepMatrices } from "../../frontend/state/stage/selectors.js";
import { initial } from "../../frontend/state/state.js";
import { bind, createStore } from "../../frontend/state/store.js";
import { showTrace } from "../../frontend/state/trace/reducer.js";
import { inThePast, readyAt } from "../../frontend/state/trace/selectors.js";
import { partOf, windowOf } from "../../frontend/state/windows/selectors.js";
import { made, smallRun, smallTrace } from "./trace.js";

const opened = () =>
  showTrace(openRun(initial, smallRun, null), smallRun, now(smallRun), smallTrace(), 0);

test("who has closed the strip is offered no lesson in its place", () => {
  const list = [{ name: "one-weight", title: "One weight", chapters: 9 }];
  const offering = offerLesson({ ...opened(), learning: { ...initial.learning, list } });
  assert.ok(isOffering({ ...offering, lesson: { open: true, intro: null } }));
  assert.ok(!isOffering(closeLesson(offering)));
});

test("the store tells its listeners of changes, and of nothing else", () => {
  const store = createStore({ n: 1 });
  const seen = [];
  store.subscribe(({ n }) => seen.push(n));
  store.apply((state) => state);
  store.apply((state, by) => ({ n: state.n + by }), 2);
  assert.deepEqual(seen, [3]);
});

test("the reducers of a module are commands under their own names", () => {
  const store = createStore({ n: 1 });
  const reducers = { initial: { n: 1 }, add: (state, by) => ({ n: state.n + by }) };
  const commands = bind(store.apply, reducers);
  commands.add(2);
  assert.deepEqual([Object.keys(commands), store.get()], [["add"], { n: 3 }]);
});

test("the cursor stays on the program", () => {
  const state = opened();
  assert.equal(moveCursor(state, 99).cursor, 8);
  assert.equal(moveCursor(state, -5), state);
  assert.equal(showTrace(state, smallRun, now(smallRun), smallTrace(), -1).cursor, 8);
});

test("losses follow training, edits and undo", () => {
  let state = addLosses(opened(), 0, [91, 50, 20]);
  assert.deepEqual(state.losses, [91, 50, 20]);
  state = setRun(state, { ...smallRun, iteration: 2, loss: 25 });
  assert.deepEqual(state.losses, [91, 50, 25]);
  state = setRun(state, { ...smallRun, iteration: 0, loss: 91 });
  assert.deepEqual(state.losses, [91]);
  assert.deepEqual(setRun(state, { ...smallRun, iteration: 2, loss: 20 }).losses, [91, null, 20]);
});

test("a new state of the run comes with its trace, and the losses follow", () => {
  const state = addLosses(markRevised(opened()), 0, [91, 50]);
  const after = showTrace(
    state,
    { ...smallRun, iteration: 1, loss: 50 },
    now({ iteration: 1 }),
    { ...smallTrace(), loss: 50 },
    0,
  );
  assert.deepEqual(
    [after.losses, after.run.iteration, after.shown.iteration, after.shown.revision],
    [[91, 50], 1, 1, state.revision],
  );
});

test("an edited cell is seen before the new trace, and the old state is left alone", () => {
  const before = opened();
  const after = writeCells(before, "w", [{ index: [0, 1], value: 7 }]);
  assert.equal(after.shown.trace.tensors.w.value[0][1], 7);
  assert.equal(before.shown.trace.tensors.w.value[0][1], 0);
  assert.equal(after.shown.trace.tensors.w.value[1], before.shown.trace.tensors.w.value[1]);
});

test("another run leaves nothing of the one before", () => {
  const state = openRun(selectTensor(opened(), "w"), smallRun, "other");
  assert.deepEqual(
    [state.shown, state.selected, state.cursor, state.example],
    [null, null, 0, "other"],
  );
});

test("only tensors of the trace can be selected", () => {
  assert.equal(selectTensor(opened(), "w").selected, "w");
  assert.equal(selectTensor(opened(), "nobody").selected, null);
});

test("a refused program keeps what was typed", () => {
  const problem = {
    detail: "no",
    hint: null,
    where: { line: 2, column: 3 },
    status: 422,
    code: "syntax",
  };
  const state = refuseDraft(typeDraft(opened(), "z = ?"), problem);
  assert.deepEqual([state.draft.text, state.draft.problem], ["z = ?", problem]);
});

test("an earlier iteration is the past", () => {
  const state = { ...opened(), run: { ...smallRun, iteration: 3 } };
  assert.ok(inThePast(state));
  assert.ok(!inThePast(opened()));
});

test("the scene of a product: a transposed operand shows its own tensor's cells, and parameters can be edited", () => {
  const scene = stepMatrices(moveCursor(opened(), 6));
  assert.deepEqual(
    scene.operands.map(({ code, transposed, editable }) => [code, transposed, editable]),
    [
      ["x.T", true, true],
      ["z.g", false, false],
    ],
  );
  assert.deepEqual([...scene.operands[0].part.data], [1, 3, 5, 2, 4, 6]);
  assert.deepEqual([scene.result.name, scene.result.field], ["w", "gradient"]);
});

test("what is broadcast is drawn stretched, plain numbers stay in the text", () => {
  const sum = stepMatrices(moveCursor(opened(), 1));
  assert.deepEqual(
    sum.operands.map(({ stretched }) => stretched),
    [null, [3, 2]],
  );
  assert.deepEqual(
    stepMatrices(moveCursor(opened(), 5)).operands.map(({ code }) => code),
    ["z"],
  );
});

test("the result of an update is not mistaken for the parameter before it", () => {
  const { result } = stepMatrices(moveCursor(opened(), 8));
  assert.equal(result.naming, "new");
  assert.deepEqual([...result.part.data], [1, 2, 3, 4]);
});

test("a contribution is no tensor's gradient: it shows what is listed of it", () => {
  const trace = smallTrace();
  trace.steps[6] = {
    ...trace.steps[6],
    ...made("w", "gradient", 1),
    value: [
      [9, 8],
      [7, 6],
    ],
  };
  const scene = (steps) =>
    stepMatrices(
      showTrace(openRun(initial, smallRun, null), smallRun, now(smallRun), { ...trace, steps }, 6),
    ).result;
  const { name, code, part } = scene(trace.steps);
  assert.deepEqual([name, code, ...part.data], [null, "w.g__1", 9, 8, 7, 6]);
  assert.equal(scene(trace.steps.map((step) => ({ ...step, value: undefined }))).part, null);
});

test("a run that is read whole brings its losses", () => {
  const state = setDocument(opened(), {
    ...smallRun,
    iteration: 2,
    loss: 3,
    losses: [91, 50, 3],
    document: { program: "" },
  });
  assert.deepEqual(state.losses, [91, 50, 3]);
});

test("a selected tensor knows whether the cursor has come to its gradient", () => {
  const early = inspected(selectTensor(opened(), "w"));
  assert.deepEqual(
    early.matrices.map(({ ready }) => ready),
    [true, false],
  );
  assert.match(early.matrices[1].note, /w\.g = x\.T @ z\.g/);
  const late = inspected(moveCursor(selectTensor(opened(), "w"), 6));
  assert.deepEqual(
    late.matrices.map(({ ready }) => ready),
    [true, true],
  );
  assert.deepEqual(readyAt(opened().shown, "z.matmul"), { value: 0, gradient: 5 });
});

test("past iterations cannot be edited", () => {
  const past = { ...selectTensor(opened(), "w"), run: { ...smallRun, iteration: 3 } };
  assert.equal(inspected(past).matrices[0].editable, false);
});

test("large tensors come by windows: what is missing is asked for once it is on the screen", () => {
  const trace = smallTrace();
  for (const record of Object.values(trace.tensors)) {
    delete record.value;
    delete record.gradient;
  }
  trace.tensors.x.shape = [300, 2];
  const state = showTrace(openRun(initial, smallRun, null), smallRun, now(smallRun), trace, 0);
  assert.deepEqual(
    needs(state).map(({ name, field, window }) => `${name} ${field} ${window}`),
    ["x value 0:100,0:2", "x value overview ", "w value 0:2,0:2", "z.matmul value 0:3,0:2"],
  );
  const [need] = needs(state);
  const filled = addExcerpt(state, need.key, fromNested([[1, 2]], [1, 2]));
  assert.equal(needs(filled).length, 3);
  assert.equal(partOf(filled, "x", "value").data[1], 2);
  const [whole] = needs(filled);
  const picture = { ...fromNested([[5], [-7]], [2, 1]), whole: [150, 2] };
  const seen = addExcerpt(filled, whole.key, picture);
  assert.deepEqual(stepMatrices(seen).operands[0].overview, { tensor: picture, block: [150, 2] });
  assert.equal(stepMatrices(seen).operands[1].overview, undefined);
});

test("windows: one slice of every leading axis, a hundred rows and columns", () => {
  const state = {
    ...opened(),
    places: { t: { lead: [3], row: 150, column: 0, gridRow: 0, gridColumn: 0 } },
  };
  assert.deepEqual(windowOf(state, "t", [5, 200, 7]), [
    [3, 4],
    [150, 200],
    [0, 7],
  ]);
  assert.deepEqual(windowOf(state, "other", [1000]), [[0, 400]]);
  assert.deepEqual(windowOf(state, "scalar", []), []);
});

test("a number that is there is replaced by what is typed, a typed digit goes on", () => {
  const cell = ["m", "w", [0, 0]];
  assert.equal(beginEdit(opened(), ...cell, "1", false).edit.typed, false);
  assert.equal(beginEdit(opened(), ...cell, "1").edit.typed, true);
});

test("a program that was begun is kept when the editor closes, until it is applied or discarded", () => {
  const state = { ...opened(), document: { program: "z = x @ w" } };
  const begun = typeDraft(openDraft(state), "z = x @");
  assert.deepEqual(openDraft(state).draft, {
    text: "z = x @ w",
    problem: null,
    open: true,
  });
  assert.deepEqual(closeDraft(begun).draft, {
    text: "z = x @",
    problem: null,
    open: false,
  });
  assert.deepEqual(openDraft(closeDraft(begun)).draft, begun.draft);
  assert.equal(closeDraft(openDraft(state)).draft, null, "nothing was changed");
  assert.equal(typeDraft(closeDraft(begun), null).draft, null, "discarded");
  const problem = { detail: "no", hint: null, where: {}, status: 422, code: "syntax" };
  const refused = refuseDraft(closeDraft(begun), problem);
  assert.deepEqual(
    refused.draft,
    { text: "z = x @", problem, open: true },
    "an answer that comes late is seen",
  );
  assert.deepEqual(
    openDraft(closeDraft(refused)).draft,
    refused.draft,
    "with what was wrong in it",
  );
  assert.equal(finishDraft(begun, "z = x @").draft, null);
  assert.equal(
    finishDraft(begun, "z = x").draft.text,
    "z = x @",
    "more was typed since it was sent",
  );
});
