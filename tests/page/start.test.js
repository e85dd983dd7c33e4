import assert from "node:assert/strict";
import test from "node:test";

import { createStart } from "../../frontend/state/start/commands.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";

/** What a page opens that was made for something. @param {object | null} first @param {string} hash @param {boolean} learns */
async function opened(first, hash = "", learns = true) {
  const seen = { created: [], learned: [] };
  const lists = async () => [];
  const client = {
    operations: lists,
    optimizers: lists,
    examples: lists,
    exercises: lists,
    lessons: lists,
    create: async (source) => (seen.created.push(source), { id: "r" }),
    read: async (id) => ({ id, view_id: "v" }),
  };
  const browser = { search: "", hash, base: "/", first: async () => first, setAddress() {} };
  const { start } = createStart(createStore(initial), client, browser, {
    change: (_, work) => work(),
    open: async () => {},
    locate() {},
    learn: async (lesson, { at }) => (seen.learned.push([lesson, at]), learns),
    list() {},
    report(error) {
      throw error;
    },
  });
  await start();
  return seen;
}

test("a page that was made for a lesson opens in it, unless its address names something", async () => {
  const made = { lesson: "chain" };
  assert.deepEqual(await opened(made), { created: [], learned: [["chain", null]] });
  assert.deepEqual((await opened(made, "#lesson=bias&chapter=3")).learned, [["bias", 2]]);
  assert.deepEqual(await opened(made, "#run=r"), { created: [], learned: [] });
  const instead = await opened(made, "", false);
  assert.deepEqual(instead.created, [{ example: "lesson13" }], "where there is no such lesson");
});

test("a page that was made for a document opens with it", async () => {
  assert.deepEqual(await opened({ example: "xor" }), {
    created: [{ example: "xor" }],
    learned: [],
  });
  assert.deepEqual((await opened(null)).created, [{ example: "lesson13" }]);
});
