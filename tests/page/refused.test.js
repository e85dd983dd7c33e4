import assert from "node:assert/strict";
import { test } from "node:test";

import { createClient } from "../../frontend/service/client.js";
import { problemFrom, secondsIn } from "../../frontend/service/refusal.js";
import { createCommands } from "../../frontend/state/commands.js";
import { typeDraft } from "../../frontend/state/editor/reducer.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { EDIT, page, service } from "./service.js";

test("reads that are refused for the moment are made again, in time, and it is said", async () => {
  const { refused, store, commands, seen } = await page("#run=r");
  refused.GET = [429, 503, 503];
  await commands.ownership.reload();
  assert.match(store.get().status, /newest state/);
  assert.deepEqual(
    seen.waits.map(([seconds, { detail }]) => [seconds, detail]),
    [
      [3, "not now"],
      [3, "not now"],
      [4, "not now"],
    ],
  );
  assert.deepEqual([store.get().waiting, store.get().alert], [null, null]);
  refused.GET = new Array(5).fill(429);
  await commands.ownership.reload();
  assert.match(store.get().alert.hint, /try again in 3 s/);
  assert.deepEqual([refused.GET, seen.waits.length], [[], 7]);
});

test("changes are made again by whoever wanted them, never by themselves", async () => {
  for (const status of [429, 503]) {
    const { calls, refused, store, commands, seen } = await page("#run=r");
    refused.PATCH = [status, status];
    assert.equal(await commands.cells.write(...EDIT), undefined);
    assert.deepEqual([calls.length, seen.waits, store.get().run.version], [1, [], 1]);
    assert.equal(store.get().alert.hint, "what you typed is kept: try again in 3 s");
    assert.equal(store.get().alert.again, true);
    await commands.ownership.repeat();
    assert.deepEqual([calls.length, store.get().alert.again], [2, true]);
    await commands.ownership.repeat();
    assert.deepEqual([calls.length, store.get().alert, store.get().run.version], [3, null, 2]);
  }
});

test("a program that is refused for the moment stays in its editor, which says so", async () => {
  const { refused, store, commands } = await page("#run=r");
  refused.PATCH = [503];
  store.apply(typeDraft, "loss = w.sum()");
  await commands.import.apply("loss = w.sum()");
  const { text, problem } = store.get().draft;
  assert.deepEqual([text, problem.status, store.get().alert], ["loss = w.sum()", 503, null]);
  await commands.import.apply("loss = w.sum()");
  assert.equal(store.get().draft, null);
});

test("a run that cannot be read at the moment is no reason to open another one", async () => {
  const { fetcher, refused } = service();
  refused.GET = new Array(5).fill(503);
  const store = createStore(initial);
  const addresses = [];
  const lists = async () => [];
  const client = { ...createClient(fetcher, "", undefined, async () => {}), operations: lists };
  Object.assign(client, { optimizers: lists, examples: lists, exercises: lists, lessons: lists });
  const commands = createCommands(store, client, {
    search: "",
    hash: "#run=r&step=3",
    base: "/",
    setAddress: (address) => addresses.push(address),
    remember() {},
    progress: () => ({}),
    step: () => null,
  });
  await commands.start();
  assert.deepEqual([store.get().run, store.get().alert.status, addresses], [null, 503, []]);
  await commands.ownership.repeat();
  assert.deepEqual([store.get().run.id, store.get().cursor, store.get().alert], ["r", 3, null]);
});

test("when to come again is told in seconds, or as a date, or not at all", () => {
  const now = Date.parse("2026-01-01T00:00:00Z");
  const of = (text) =>
    secondsIn(text === null ? undefined : new Headers({ "Retry-After": text }), now);
  assert.deepEqual(
    ["7", "Thu, 01 Jan 2026 00:00:05 GMT", "Thu, 01 Jan 2026 00:00:00 GMT", "soon", null].map(of),
    [7, 5, 0, null, null],
  );
  assert.equal(problemFrom(429, null).detail, "Too many requests come from here.");
  assert.equal(
    problemFrom(429, { detail: "a", hint: "try again in 3 s" }, 3).hint,
    "try again in 3 s",
  );
});
