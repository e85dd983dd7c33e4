import assert from "node:assert/strict";
import { test } from "node:test";
import { textOf } from "../../frontend/lib/h.js";
import { optimizerForm } from "../../frontend/panels/optimizer.js";
import { Refusal } from "../../frontend/service/refusal.js";
import { setAlert } from "../../frontend/state/messages/reducer.js";
import { createOptimizer } from "../../frontend/state/optimizer/commands.js";
import { refusedOf } from "../../frontend/state/optimizer/selectors.js";
import { openRun, setRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";

const OPTIMIZERS = [
  { name: "plain", options: { lr: 0.01, momentum: 0 }, scheduled: ["lr"] },
  { name: "clever", options: { lr: 0.001, beta: 0.9, nesterov: false }, scheduled: ["lr"] },
];
const RUN = { id: "r", iteration: 20, loss: 5, version: 1, optimizer: { name: "plain", lr: 0.5 } };

/**
 * A run whose service takes all but what `refused` says something about.
 *
 * @param {(optimizer: any) => string | null} [refused]
 */
function tuningBy(refused = () => null, run = RUN) {
  const store = createStore({ ...openRun(initial, run, null), optimizers: OPTIMIZERS });
  const [said, sent] = [[], []];
  const tuning = createOptimizer(
    store,
    {
      change: async (known, { optimizer }) => {
        sent.push(optimizer);
        const detail = optimizer && refused(optimizer);
        if (detail)
          throw new Refusal({ detail, hint: null, where: {}, status: 422, code: "bad_optimizer" });
        return { ...known, optimizer };
      },
    },
    {
      change: async (_, work) => work(),
      present: async () => store.get().run,
      say: (text) => said.push(text),
      changed: async (answer) => store.apply(setRun, answer),
    },
  );
  return { store, tuning, said, sent };
}
const refusesTexts = ({ lr }) => (typeof lr === "string" ? "the formula cannot be read" : null);

test("each optimizer comes back with the options that it had last in this run", async () => {
  const { store, tuning, said, sent } = tuningBy();
  await tuning.choose("clever");
  await tuning.choose("plain");
  await tuning.option("momentum", 0.9);
  await tuning.choose("clever");
  await tuning.option("lr", "0.1 * 0.5 ** iteration");
  await tuning.choose("plain");
  await tuning.choose("clever");
  assert.deepEqual(said, [
    "The optimizer is clever, lr 0.001, its default.",
    "The optimizer is plain, lr 0.5.",
    "The optimizer is plain, momentum 0.9.",
    "The optimizer is clever, lr 0.001.",
    "The optimizer is clever, lr 0.1 * 0.5 ** iteration.",
    "The optimizer is plain, lr 0.5.",
    "The optimizer is clever, lr 0.1 * 0.5 ** iteration.",
  ]);
  assert.deepEqual(sent[5], { name: "plain", lr: 0.5, momentum: 0.9 });
  store.apply(openRun, { ...RUN, id: "other" }, null);
  await tuning.choose("clever");
  assert.equal(said.at(-1), "The optimizer is clever, lr 0.001, its default.");
});

test("what was refused and stands in its field is in the way of a training", async () => {
  const { store, tuning } = tuningBy(refusesTexts);
  tuning.demand();
  await tuning.option("lr", "abc(");
  assert.deepEqual([store.get().tuning.given, store.get().run.optimizer.lr], ["abc(", 0.5]);
  assert.throws(
    () => tuning.demand(),
    (error) => {
      assert.equal(
        `${error.problem.detail}. ${error.problem.hint}`,
        "The lr “abc(” is not understood. Correct it, or press Escape to go back to 0.5",
      );
      store.apply(setAlert, error.problem);
      return true;
    },
  );
  assert.equal(store.get().tuning.sought, 1);
  tuning.keep("momentum");
  assert.throws(() => tuning.demand());
  tuning.keep("lr");
  assert.deepEqual([store.get().tuning, store.get().alert], [null, null]);
  tuning.demand();
});

test("nothing is in the way once it is corrected, in another run, and of what stands in no field", async () => {
  const { store, tuning } = tuningBy(({ lr, nesterov }) =>
    nesterov ? "a momentum is needed" : refusesTexts({ lr }),
  );
  await tuning.option("lr", "abc(");
  await tuning.option("lr", 0.25);
  tuning.demand();
  await tuning.option("nesterov", true);
  assert.equal(store.get().tuning.problem.detail, "a momentum is needed");
  tuning.demand();
  await tuning.option("lr", "abc(");
  store.apply(openRun, { ...RUN, id: "other" }, null);
  assert.equal(refusedOf(store.get()), null);
  tuning.demand();
});

/** All descriptions below one that pass a test. */
function all(vnode, pass) {
  if (typeof vnode === "string") return [];
  return [...(pass(vnode) ? [vnode] : []), ...vnode.children.flatMap((child) => all(child, pass))];
}

/** The form, and its field of that name. @param {any} props @param {string} name */
function drawn(props, name, commands = {}) {
  const form = optimizerForm(
    { run: RUN, past: false, optimizers: OPTIMIZERS, trace: null, tuning: null, ...props },
    { optimizer: commands },
  );
  const label = all(
    form,
    ({ tag, children }) => tag === "label" && textOf(children[0]) === name,
  )[0];
  return {
    form,
    input: all(label, ({ tag }) => tag === "input")[0].props,
    alerts: all(form, ({ props: { role } }) => role === "alert").map(textOf),
  };
}

for (const [typed, becomes] of [
  ["", "0.5"],
  ["  ", "0.5"],
  ["0.50", "0.5"],
  ["0.25", 0.25],
  ["abc(", "abc("],
]) {
  test(`the field of a rate with ${JSON.stringify(typed)} in it ends as ${becomes}`, () => {
    const target = { value: typed };
    const done = [];
    drawn({}, "lr", {
      keep: (name) => done.push(name),
      option: (name, given) => done.push([name, given]),
    }).input.onchange({ target });
    assert.deepEqual(
      becomes === "0.5" ? [target.value, done] : done,
      becomes === "0.5" ? ["0.5", ["lr"]] : [["lr", becomes]],
    );
  });
}

test("Escape puts into the field what there is, and only then goes further", () => {
  const kept = [];
  const { input } = drawn({}, "momentum", { keep: (name) => kept.push(name) });
  let stopped = 0;
  const event = {
    key: "Escape",
    target: { value: "-3" },
    preventDefault: () => {},
    stopPropagation: () => (stopped += 1),
  };
  input.onkeydown(event);
  input.onkeydown(event);
  assert.deepEqual([event.target.value, kept, stopped], ["0", ["momentum"], 1]);
});

test("of the options, the batches and the rows held out one is open at a time", () => {
  const details = all(drawn({}, "lr").form, ({ tag }) => tag === "details");
  assert.deepEqual([details.length, new Set(details.map(({ props }) => props.name)).size], [3, 1]);
});

for (const [rate, words] of [
  [-19.5, "lr is negative at this iteration: training will refuse."],
  ["Infinity", "lr is no finite number at this iteration: training will refuse."],
  [0, null],
]) {
  test(`an expression that gives ${rate} is marked: ${words}`, () => {
    const run = { ...RUN, optimizer: { name: "plain", lr: "0.5 - iteration" } };
    const { input, alerts } = drawn({ run, trace: { rates: { lr: rate } } }, "lr");
    assert.deepEqual(
      [alerts, input["aria-invalid"]],
      [words ? [words] : [], words ? "true" : null],
    );
  });
}
