import assert from "node:assert/strict";
import { test } from "node:test";
import {
  bringsOwn,
  carriedOver,
  entryOf,
  holdsCode,
  isMeantAsJson,
  joined,
  missingIn,
  namedIn,
  passText,
  shapesByLine,
  summaryOf,
  usedOf,
  withWay,
} from "../../frontend/lib/brought.js";
import { textOf } from "../../frontend/lib/h.js";
import { pasted } from "../../frontend/lib/pasted.js";
import { Refusal } from "../../frontend/service/refusal.js";
import { typeDraft } from "../../frontend/state/editor/reducer.js";
import { createImport } from "../../frontend/state/import/commands.js";
import { askForTensor, describeTensor, updateImport } from "../../frontend/state/import/reducer.js";
import { openRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { missingView, notesView } from "../../frontend/views/brought.js";
import { smallRun } from "./trace.js";

const problem = (code, where) => ({ code, where, detail: "No.", hint: "known: x", status: 422 });

test("a text with tensors, imports, classes or a training is more than a program", () => {
  for (const text of [
    "import numpy as np\nloss = x.sum()",
    "from torch import nn",
    "class Net(nn.Module):\n    pass",
    "x = np.array([[1.0, 2.0]])",
    "w = [[-0.5], [.25]]",
    "a, b = ([1, 2], [3, 4])",
    "loss.backward()",
    "w = w - 0.1 * w.grad",
  ])
    assert.ok(bringsOwn(text), text);
  for (const text of [
    "l1 = x @ w1 + b1\nloss = mse(l1[:, 0], y)",
    "h = x\nfor k in range(3):\n    h = tanh(h @ w)",
    "out = concat([a, b], 1)",
    "l1.gradual = x",
    "",
  ])
    assert.ok(!bringsOwn(text), text);
});

test("what the program has already brings nothing", () => {
  const program = "k = np.array([1, 2])\nloss = (x * k).sum()";
  assert.ok(!bringsOwn(`${program}\nloss = loss * 2`, program));
  assert.ok(bringsOwn(`${program}\nv = np.array([3])`, program));
});

test("JSON is what begins like it; code in it is code", () => {
  for (const text of ["{", '  {"program": ""}', "[1]", ""]) assert.ok(isMeantAsJson(text), text);
  for (const text of ["x = [1]", "import numpy", "# {"]) assert.ok(!isMeantAsJson(text), text);
  assert.ok(holdsCode({ code: "loss = w" }));
  assert.ok(holdsCode({ cells: [] }));
  for (const content of [null, 3, [], {}, { program: "", code: "" }])
    assert.ok(!holdsCode(content), JSON.stringify(content));
});

test("the tensors that a text uses are sent with it, those that it defines are not", () => {
  const tensors = {
    inputs: { x: [1], y: [2], unused: [3] },
    parameters: { w: [4], b: [5], "net.0.weight": [6], "net.2.weight": [7] },
  };
  const text = "w, c = zeros(2), 1\nb: float = 1\nloss = x * w + b * net[0].weight == y";
  assert.deepEqual(usedOf(text, tensors), {
    inputs: { x: [1], y: [2] },
    parameters: { "net.0.weight": [6] },
  });
});

test("a tensor that is added anew has the role that was said last", () => {
  const before = { inputs: { q: [1], x: [2] }, parameters: { w: [3] } };
  assert.deepEqual(joined(before, { inputs: {}, parameters: { q: [9] } }), {
    inputs: { x: [2] },
    parameters: { w: [3], q: [9] },
  });
});

test("the missing name is the one that the refusal is about", () => {
  const text = "l1 = x\nloss = mse(l1, q2)";
  const found = missingIn(problem("unknown_name", { line: 2, column: 16 }), text);
  assert.deepEqual(found, { name: "q2", line: 2 });
  const sent = problem("missing_tensor", { line: 3, tensor: "y" });
  assert.deepEqual(missingIn(sent, text), { name: "y", line: 3 });
  assert.equal(missingIn(problem("syntax", { line: 2, column: 16 }), text), null);
  assert.equal(missingIn(problem("unknown_name", { line: 2, column: 15 }), text), null);
  assert.equal(missingIn(null, text), null);
  assert.match(withWay(sent).hint, /^Add it below/);
  assert.equal(withWay(problem("syntax", {})).hint, "known: x");
});

test("a tensor is a shape with its filling, or numbers", () => {
  for (const text of ["10, 2", "(10, 2)", "10 2", "10 × 2", " 10,2 ", "10x2"])
    assert.deepEqual(entryOf(text, "ones"), { shape: [10, 2], init: "ones" }, text);
  assert.deepEqual(entryOf("(3,)", "ones"), { shape: [3], init: "ones" });
  assert.deepEqual(entryOf("()", "ones"), { shape: [], init: "ones" });
  assert.deepEqual(entryOf("[[1., -.5], [2, 3],]", ""), [
    [1, -0.5],
    [2, 3],
  ]);
  for (const text of ["", "ten", "2.5", "-1", "0", "[1, a]", "[1", "{}"])
    assert.equal(entryOf(text, "ones"), null, text);
});

test("the text's own gradients are what Practice reads again", () => {
  const gradients = (...names) =>
    names.map((name) => ({ name, line: 1, code: "", numbers: [[1]] }));
  for (const names of [
    ["w1", "fc1.weight"],
    ["weights[0]", "w1"],
  ])
    assert.deepEqual(
      pasted(passText(gradients(...names)), () => true),
      Object.fromEntries(names.map((name) => [name, [[1]]])),
    );
});

test("shapes stand beside the lines of the text, wherever the program has them", () => {
  const step = (line, shape, phase = "forward") => ({ line, shape, phase });
  const shapes = shapesByLine([
    step(1, [6, 2]),
    step(1, [2]),
    step(2, []),
    step(2, [9], "backward"),
  ]);
  assert.deepEqual(shapes, { 1: [2], 2: [] });
  const text =
    "import numpy as np\nx = np.array([1])\nfor i in range(3):\n    h = x\n    loss = h\n";
  assert.deepEqual(carriedOver(shapes, "h = x\nloss = h\n", text), { 4: [2], 5: [] });
});

test("the notes are told with their lines, and summed up", () => {
  const note = (line, code, message) => ({ line, code, message });
  const notes = [
    note(null, "left_out", "w9 of the run before is not used, and left out"),
    note(1, "left_out", "import numpy as np: nothing is imported"),
    note(2, "parameter", "b1 (5,) is a parameter"),
    note(3, "parameter", "w1 (5,) is a parameter"),
  ];
  assert.equal(
    summaryOf(notes),
    "Read from your code: 2 parameters, 1 line left out, 1 unused tensor left out.",
  );
  assert.equal(summaryOf([]), "Your code is read as it is.");
  const told = textOf(notesView(notes));
  assert.match(told, /Line 2.*b1 \(5,\) is a parameter\./);
});

test("an unknown name is asked for; what is no shape is said and kept", () => {
  const asked = askForTensor(
    updateImport(initial, { initialisers: ["zeros", "normal"] }),
    { name: "s", line: 3 },
    "editor",
  );
  assert.equal(asked.bringing.asking.role, "parameters");
  assert.equal(asked.bringing.asking.init, "normal");
  const store = createStore(describeTensor(asked, { shape: "two" }));
  createImport(store, {}, {}).add();
  const { asking } = store.get().bringing;
  assert.equal(asking.shape, "two");
  assert.match(asking.problem, /“two” is not a shape/);
  assert.match(textOf(missingView(store.get().bringing, {})), /s is not known/);
});

test("an added parameter goes with the program into the same run", async () => {
  const store = createStore(openRun(initial, smallRun, null));
  store.apply(typeDraft, "loss = (x * s).sum()");
  const changes = [];
  const client = {
    layers: async () => ({ initialisers: ["normal"] }),
    document: async () => ({ program: "", inputs: { x: [1] }, parameters: { w: [2] } }),
    change: async (run, change) => {
      changes.push(change);
      if (!change.parameters) throw new Refusal(problem("unknown_name", { line: 1, column: 13 }));
      return run;
    },
  };
  const said = [];
  const bringer = createImport(store, client, {
    change: async (_label, work) => work(),
    present: async () => smallRun,
    settle: async () => {},
    say: (text) => said.push(text),
  });
  await bringer.apply("loss = (x * s).sum()");
  assert.equal(store.get().draft.problem.code, "unknown_name");
  store.apply(describeTensor, { shape: "3" });
  await bringer.add();
  assert.deepEqual(changes[1], {
    program: "loss = (x * s).sum()",
    inputs: { x: [1] },
    parameters: { w: [2], s: { shape: [3], init: "normal" } },
  });
  assert.equal(store.get().draft, null);
  assert.deepEqual(said, ["The program is changed. Added: s."]);
});

test("only what the text turns out to miss is sent with it", async () => {
  const missing = {
    ...problem("missing_tensor", { line: 4, tensor: "y" }),
    detail: "y is missing",
  };
  const tensors = { inputs: { x: [1], y: [2] }, parameters: { "y.0": [3] } };
  assert.deepEqual(namedIn(missing, tensors), { inputs: { y: [2] }, parameters: { "y.0": [3] } });
  assert.deepEqual(namedIn({ ...missing, code: "syntax" }, tensors), {
    inputs: {},
    parameters: {},
  });

  const document = { program: "", inputs: { x: [1], y: [2] }, parameters: { w: [3] } };
  const store = createStore({ ...openRun(initial, smallRun, null), document });
  const sent = [];
  const [made, told] = [[], []];
  const bringer = createImport(
    store,
    {
      document: async () => ({ ...document, optimizer: { name: "sgd", lr: 0.5 } }),
      importCode: async (body) => {
        sent.push([body.inputs, body.parameters]);
        if (!body.inputs.y) throw new Refusal(missing);
        return { notes: [], backward: [], document: { program: "", inputs: { y: [2] } } };
      },
      create: async (body) => (made.push(body), smallRun),
    },
    {
      change: async (_label, work) => work(),
      open: async () => {},
      say: (text) => told.push(text),
    },
  );
  store.apply(typeDraft, "");
  await bringer.apply("import numpy\nf = lambda x: x\nloss = f(y)");
  assert.deepEqual(sent, [
    [{}, {}],
    [{ y: [2] }, {}],
  ]);
  assert.deepEqual(
    made[0].optimizer,
    { name: "sgd", lr: 0.5 },
    "the run's own, where the text has none",
  );
  assert.deepEqual(
    store.get().brought.notes.map(({ message }) => message.split(" ")[0]),
    ["x", "w"],
    "what is not used any more is said",
  );
  assert.deepEqual(told, [
    "Opened your code as a new run. The run before is kept; see More, Open.",
  ]);
});

test("a shape that does not fit can be mended", async () => {
  const store = createStore(openRun(initial, smallRun, null));
  store.apply(typeDraft, "loss = x * s");
  store.apply(askForTensor, { name: "s", line: 1 }, "editor");
  store.apply(describeTensor, { shape: "3" });
  const bringer = createImport(
    store,
    {
      document: async () => ({ inputs: {}, parameters: {} }),
      change: async () => {
        throw new Refusal(problem("shapes", { line: 1 }));
      },
    },
    { change: async (_label, work) => work(), present: async () => smallRun },
  );
  await bringer.add();
  assert.equal(store.get().bringing.asking.shape, "3");
  assert.equal(store.get().draft.problem.code, "shapes");
  store.apply(typeDraft, null);
  bringer.typed();
  assert.equal(store.get().bringing.asking, null);
  assert.deepEqual(store.get().bringing.added.parameters, {});
});

test("what is applied is not read beside that, too", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const document = { program: "loss = x", inputs: { x: 1 }, parameters: {} };
  const store = createStore({ ...openRun(initial, smallRun, null), document });
  const read = [];
  const bringer = createImport(
    store,
    {
      document: async () => document,
      traceOf: async ({ program }) => (read.push(program), { steps: [] }),
      change: async () => {
        throw new Refusal(problem("shapes", { line: 1 }));
      },
    },
    { change: async (_label, work) => work(), present: async () => smallRun },
  );
  const type = (text) => {
    store.apply(typeDraft, text);
    bringer.typed();
  };
  type("loss = x * 2");
  await bringer.apply("loss = x * 2");
  context.mock.timers.tick(1000);
  type("loss = x * 3");
  context.mock.timers.tick(1000);
  await new Promise(setImmediate);
  assert.deepEqual(read, ["loss = x * 3"]);
});
