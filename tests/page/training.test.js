import assert from "node:assert/strict";
import { test } from "node:test";
import { paceText } from "../../frontend/panels/progress.js";
import { createClient } from "../../frontend/service/client.js";
import { readEvents } from "../../frontend/service/events.js";
import { refusal } from "../../frontend/service/refusal.js";
import { openRun, setRun } from "../../frontend/state/run/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { createTraining } from "../../frontend/state/training/commands.js";
import { told } from "../../frontend/state/training/selectors.js";
import { drawn } from "../../frontend/views/lossfigure.js";

const STREAM =
  'event: progress\ndata: {"iteration": 0, "loss": "NaN", "n": "ä"}\n\nevent: done\ndata: {"iteration": 2, "losses": [3, 2, 1]}\n\n';

/** @param {string} text @param {number} size */
function body(text, size) {
  const bytes = new TextEncoder().encode(text);
  return new ReadableStream({
    start(controller) {
      for (let at = 0; at < bytes.length; at += size)
        controller.enqueue(bytes.slice(at, at + size));
      controller.close();
    },
  });
}

for (const size of [1, 7, 50, 10_000]) {
  test(`events are read however they are cut: ${size} bytes at a time`, async () => {
    const found = [];
    for await (const event of readEvents(body(STREAM, size))) found.push(event);
    assert.deepEqual(found, [
      { name: "progress", data: { iteration: 0, loss: "NaN", n: "ä" } },
      { name: "done", data: { iteration: 2, losses: [3, 2, 1] } },
    ]);
  });
}

/** @param {string} text */
const clientOf = (text) =>
  createClient(
    async () => new Response(body(text, 20), { headers: { "Content-Type": "text/event-stream" } }),
    "/api",
  );

test("a training is told about, then answered", async () => {
  const told = [];
  const answer = await clientOf(STREAM).iterate(
    RUN,
    2,
    (advance) => told.push(advance.iteration),
    new AbortController().signal,
  );
  assert.deepEqual([told, answer.losses], [[0], [3, 2, 1]]);
});

test("a problem on the way, and a stream that breaks off, are refusals", async () => {
  const signal = new AbortController().signal;
  const wrong =
    'event: error\ndata: {"detail": "the disk is full", "status": 507, "code": "disk_full", "hint": null, "where": {}}\n\n';
  await assert.rejects(
    clientOf(wrong).iterate(RUN, 2, () => {}, signal),
    { message: "the disk is full" },
  );
  await assert.rejects(
    clientOf(STREAM.slice(0, 80)).iterate(RUN, 2, () => {}, signal),
    { message: /does not answer/ },
  );
});

const RUN = {
  id: "r",
  iteration: 1,
  loss: 5,
  version: 1,
  can_undo: true,
  can_redo: false,
  diverged_at: null,
  losses: [9, 5],
};
const ADVANCE = {
  iteration: 4,
  loss: 3,
  done: 3,
  count: 10,
  iterations_per_second: 100,
  seconds_left: 0.07,
};

/** A training of a run by a service that does as it is told. @param {any} client */
function trainingBy(client) {
  const store = createStore({
    ...openRun(initial, RUN, null),
    busy: { label: "Training", done: 0, total: 0, stop: false },
  });
  const [said, kept] = [[], []];
  const training = createTraining(store, client, {
    change: (_, work) => work(),
    settle: async (run) => store.apply(setRun, run),
    say: (text) => said.push(text),
    listed: () => ({ values: "few" }),
    keep: (run, trace) => kept.push([run.iteration, trace]),
    ownRun: async () => RUN,
  });
  return { store, training, said, kept };
}

test("the curve and the bar grow while it trains", async () => {
  let seen;
  const { store, training, said, kept } = trainingBy({
    iterate: async (_, __, tell, ___, shown) => {
      assert.deepEqual(shown, { values: "few" });
      tell(ADVANCE);
      seen = store.get();
      return {
        ...RUN,
        iteration: 11,
        loss: 1,
        losses: [5, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1],
        stopped: null,
        trace: "the trace",
      };
    },
  });
  await training.train(10);
  assert.deepEqual(seen.losses, [9, 5, null, null, 3]);
  assert.deepEqual(seen.busy, {
    label: "Training",
    done: 3,
    total: 10,
    stop: false,
    pace: { loss: 3, speed: 100, left: 0.07 },
  });
  assert.deepEqual(store.get().losses, [9, 5, 4, 4, 3, 3, 3, 2, 2, 2, 1, 1]);
  assert.deepEqual(said, ["Trained 10 iterations: the loss is 1."]);
  assert.deepEqual(kept, [[11, "the trace"]], "what came with the answer is not asked for again");
});

test("Stop closes the stream, and the page shows what was kept", async () => {
  const { store, training, said } = trainingBy({
    iterate: (_, __, tell, signal) =>
      new Promise((_, refuse) => {
        signal.addEventListener("abort", () => refuse(new Error("aborted")));
        tell(ADVANCE);
        training.stop();
      }),
    read: async () => ({ ...RUN, iteration: 3, loss: 4, losses: [9, 5, 4.5, 4] }),
  });
  await training.train(10);
  assert.deepEqual(store.get().losses, [9, 5, 4.5, 4]);
  assert.equal(store.get().busy.stop, true);
  assert.deepEqual(said, [
    "Trained 2 of 10 iterations, then stopped: the loss is 4. Undo takes them back.",
  ]);
  training.stop();
});

test("a refusal leaves the curve as it was", async () => {
  const { store, training } = trainingBy({
    iterate: async (_, __, tell) => {
      tell(ADVANCE);
      throw refusal("no", "");
    },
  });
  await assert.rejects(training.train(10), { message: "no" });
  assert.deepEqual(store.get().losses, [9, 5]);
});

test("divergence and an early end are told", async () => {
  const { training, said } = trainingBy({
    iterate: async () => ({
      ...RUN,
      iteration: 3,
      loss: "NaN",
      losses: [5, 4, "NaN"],
      diverged_at: 3,
      divergence: "The loss diverged at iteration 3 (4 → NaN). Try a smaller learning rate.",
      stopped: { detail: "the time is up" },
    }),
  });
  await training.train(10);
  assert.deepEqual(said, [
    "Trained 2 of 10 iterations, then stopped (the time is up). The loss diverged at iteration 3 (4 → NaN). Try a smaller learning rate. Undo takes them back.",
  ]);
});

test("after a divergence, and on the way to one, the status is no success", () => {
  const divergence = "The loss diverged at iteration 3 (4 → ∞). Try a smaller learning rate.";
  const nan = { ...RUN, loss: "NaN", diverged_at: 3, divergence };
  assert.equal(told(nan, 20, 20, 9, 3), divergence);
  assert.equal(told(nan, 1, 1, 9, 3), divergence);
  assert.equal(
    told({ ...RUN, loss: 2.1032e101 }, 40, 40, 1, 3),
    "The loss is diverging (1 → 2.1e101). Try a smaller learning rate.",
  );
  assert.equal(
    told({ ...RUN, loss: 999 }, 40, 40, 1, 3),
    "Trained 40 iterations: the loss is 999.",
  );
  assert.equal(
    told({ ...RUN, loss: 999 }, 40, 40, null, 3),
    "Trained 40 iterations: the loss is 999.",
    "what it has grown from is not known",
  );
  assert.equal(
    told({ ...RUN, loss: 5 }, 40, 40, 0, 3),
    "Trained 40 iterations: the loss is 5.",
    "nothing is a thousand times 0",
  );
});

test("how long it takes is told in words", () => {
  assert.equal(paceText({ speed: 9123.4, left: 8.2 }), "9,123 a second, 9 s left");
  assert.equal(paceText({ speed: 1.23, left: 130 }), "1.2 a second, 2 min 10 s left");
  assert.equal(paceText({ speed: 0, left: null }), "");
});

test("a long curve keeps its peaks in few points", () => {
  const losses = Array.from({ length: 100_000 }, (_, at) =>
    at === 54_321 ? 9 : at === 54_400 ? NaN : 1 / (at + 1),
  );
  const points = drawn(losses, 600);
  assert.ok(points.length <= 602);
  assert.ok(points.some(([at, loss]) => at === 54_321 && loss === 9));
  assert.deepEqual(
    points,
    [...points].sort(([one], [other]) => one - other),
  );
});

test("of a short curve all is drawn that is known, with gaps where it is not finite", () => {
  assert.deepEqual(drawn([3, null, 2, Infinity, 1], 200), [
    [0, 3],
    [2, 2],
    [3, null],
    [4, 1],
  ]);
});
