import assert from "node:assert/strict";
import { test } from "node:test";

import { createMemory, createQuery } from "../../frontend/state/query.js";
import { createStore } from "../../frontend/state/store.js";

/** A query over a store of `{wanted: string[], shown: {[key]: answer}, refused}`, and its requests. */
function reading(options = {}) {
  const store = createStore({ wanted: [], shown: {}, refused: {} });
  const requests = [];
  const query = createQuery({
    wanted() {
      const { wanted, shown, refused } = store.get();
      return wanted.filter((key) => !(key in shown) && !(key in refused)).map((key) => ({ key }));
    },
    ask: ({ key }) =>
      new Promise((answer, fail) => {
        requests.push({ key, answer, fail });
      }),
    show: ({ key }, answer) =>
      store.apply((state) => ({ ...state, shown: { ...state.shown, [key]: answer } })),
    refuse: ({ key }, error) =>
      store.apply((state) => ({ ...state, refused: { ...state.refused, [key]: error.message } })),
    ...options,
  });
  store.subscribe(query.follow);
  const want = (...wanted) => store.apply((state) => ({ ...state, wanted, shown: {} }));
  const keys = () => requests.map(({ key }) => key);
  return { store, query, requests, want, keys };
}

test("what is on its way is not asked for again, and is shown once", async () => {
  const { store, query, requests, want, keys } = reading();
  want("a", "b");
  query.follow();
  assert.deepEqual(keys(), ["a", "b"]);
  const shown = query.reading("a");
  requests[0].answer(1);
  await shown;
  assert.equal(query.reading("a"), undefined);
  assert.deepEqual(store.get().shown, { a: 1 });
  assert.deepEqual(keys(), ["a", "b"]);
});

test("an answer to what is no longer wanted is kept, and there at once when it is wanted again", async () => {
  const { store, query, requests, want, keys } = reading({ most: 2 });
  want("a");
  const first = query.reading("a");
  want("b");
  requests[0].answer(1);
  await first;
  assert.deepEqual(store.get().shown, {});
  want("a");
  assert.deepEqual([store.get().shown, keys()], [{ a: 1 }, ["a", "b"]]);
});

test("what was refused is not kept", async () => {
  const { store, query, requests, want, keys } = reading({ most: 2 });
  want("a");
  const first = query.reading("a");
  requests[0].fail(new Error("no"));
  await first;
  assert.deepEqual(store.get().refused, { a: "no" });
  store.apply((state) => ({ ...state, refused: {} }));
  assert.deepEqual(keys(), ["a", "a"]);
});

test("a single query asks for one after the other, and for the newest after one that was overtaken", async () => {
  const { store, query, requests, want, keys } = reading({ single: true });
  want("a");
  want("b");
  want("c");
  assert.deepEqual(keys(), ["a"]);
  const first = query.reading("a");
  requests[0].answer(1);
  await first;
  assert.deepEqual([store.get().shown, keys()], [{}, ["a", "c"]]);
});

test("an answer is kept under the key by which it will be wanted", async () => {
  const seen = [];
  const show = ({ key }, answer) => {
    seen.push([key, answer]);
    return "a|chosen";
  };
  const { query, requests, want, keys } = reading({ most: 2, show });
  want("a");
  const first = query.reading("a");
  requests[0].answer(1);
  await first;
  want("a|chosen");
  assert.deepEqual(
    [seen, keys()],
    [
      [
        ["a", 1],
        ["a|chosen", 1],
      ],
      ["a"],
    ],
  );
});

test("the newest answers are kept", () => {
  const memory = createMemory(2);
  for (const [key, answer] of [
    ["a", 1],
    ["b", 2],
    ["c", 3],
  ])
    memory.set(key, answer);
  assert.deepEqual(["a", "b", "c"].map(memory.get), [undefined, 2, 3]);
  memory.clear();
  assert.equal(memory.get("c"), undefined);
});
