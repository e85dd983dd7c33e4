import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import {
  LARGEST_DOCUMENT,
  decodeDocument,
  documentAddress,
  encodeDocument,
  forkAddress,
  plainDocument,
  readAddress,
  runAddress,
} from "../../frontend/lib/address.js";
import { createClient } from "../../frontend/service/client.js";
import { OVERTAKEN, Refusal } from "../../frontend/service/refusal.js";
import { createCommands } from "../../frontend/state/commands.js";
import { typeDraft } from "../../frontend/state/editor/reducer.js";
import { adoptFork, openRun } from "../../frontend/state/run/reducer.js";
import { linkOf, presentAddress } from "../../frontend/state/sharing/selectors.js";
import { initial } from "../../frontend/state/state.js";
import { createStore } from "../../frontend/state/store.js";
import { smallRun, smallTrace } from "./trace.js";

const DOCUMENT = { program: "loss = (x - \u00e9).sum()", inputs: { x: [1, 2] } };
const LONG = { program: "loss = x.sum()", inputs: { x: new Array(2000).fill(0.5) } };
const read = (address) => readAddress(new URL(address).search, new URL(address).hash);
const plain = { run: null, fork: null, doc: null, practice: false, step: null, hide: [], odd: [] };

test("a document travels in a link, compressed where that is shorter", async () => {
  for (const document of [DOCUMENT, LONG]) {
    const encoded = await encodeDocument(document);
    assert.match(encoded, /^[\w.-]+$/);
    assert.deepEqual(await decodeDocument(encoded), { document, why: null });
    assert.deepEqual(await decodeDocument(plainDocument(document)), { document, why: null });
    assert.ok(encoded.length <= plainDocument(document).length);
    assert.deepEqual(read(documentAddress("http://localhost/", encoded)), {
      ...plain,
      doc: encoded,
    });
  }
  assert.ok((await encodeDocument(LONG)).length < 200);
  assert.equal(await encodeDocument({ program: "x".repeat(LARGEST_DOCUMENT) }), null);
});

test("what is no document in a link is told apart from what is too large", async () => {
  const packed = (text) => `z.${deflateRawSync(text).toString("base64url")}`;
  for (const damaged of [
    "",
    "%%%",
    "bnVsbA",
    "WzFd",
    "z.",
    "z.%%%",
    "z.AAAA",
    packed("[1]"),
    packed("{"),
    packed(Buffer.from([0xff, 0xfe])),
    `${packed(JSON.stringify(LONG)).slice(0, -9)}`,
  ]) {
    assert.deepEqual(await decodeDocument(damaged), { document: null, why: "damaged" }, damaged);
  }
  for (const large of [
    packed(Buffer.alloc(50_000_000, 0x20)),
    plainDocument({ program: "x".repeat(LARGEST_DOCUMENT) }),
  ]) {
    assert.deepEqual(await decodeDocument(large), { document: null, why: "large" });
  }
});

test("an address says what is opened and how", () => {
  const options = { step: 12, hide: ["training", "practice"], practice: true };
  assert.equal(
    forkAddress("/", "a b", options),
    "/?fork=a%20b&step=12&hide=training,practice&practice=1",
  );
  assert.deepEqual(read(`http://localhost${forkAddress("/", "a b", options)}`), {
    ...plain,
    fork: "a b",
    ...options,
  });
  assert.deepEqual(read(`http://localhost${documentAddress("/", "abc", options)}`), {
    ...plain,
    doc: "abc",
    ...options,
  });
  assert.deepEqual(read(`http://localhost${runAddress("/", "a", {})}`), { ...plain, run: "a" });
});

test("what is not understood in an address is said, and the rest is followed", () => {
  const { odd, ...rest } = readAddress(
    "?run=a&step=-1&practice=yes&hide=training,moon,training&constructor=1",
    "#step2",
  );
  assert.deepEqual(rest, {
    run: "a",
    fork: null,
    doc: null,
    practice: false,
    step: null,
    hide: ["training"],
  });
  assert.equal(odd.length, 5);
  assert.match(odd.join(" "), /constructor.*step2.*“-1”.*“yes”.*moon/);
});

test("links and the address keep what a teacher chose", () => {
  const sharing = { base: "/", id: "r", encoded: null, step: 3, hide: [], practice: false };
  assert.equal(linkOf(sharing), "/?fork=r&step=3");
  assert.equal(
    linkOf({ ...sharing, encoded: "abc", practice: true }),
    "/#doc=abc&step=3&practice=1",
  );
  const state = { ...openRun(initial, smallRun, null, true), hidden: ["training"] };
  assert.equal(presentAddress("/", state), "/?fork=r&hide=training");
  assert.equal(
    presentAddress("/", adoptFork(state, { ...smallRun, id: "own" })),
    "/?run=own&hide=training",
  );
});

/**
 * A service of one run, as far as these tests need it: its state changes by edits of others, forks
 * have the id "own".
 */
function service() {
  const runs = { r: { ...smallRun, event: 1 } };
  const calls = [];
  const answer = (status, content = null) => ({
    ok: status < 300,
    status,
    json: async () => content,
  });
  const fetcher = async (address, { method = "GET", headers = {}, body } = {}) => {
    const [, id, rest] = /^\/runs\/(\w+)(.*)$/.exec(address);
    const run = runs[id];
    if (method !== "GET")
      calls.push(`${method} ${address}${headers["If-Match"] ? ` if ${headers["If-Match"]}` : ""}`);
    if (headers["If-None-Match"] === `"${run.version}"`) return answer(304);
    if (rest.startsWith("/trace")) return answer(200, smallTrace());
    if (rest.startsWith("/exercises")) return answer(422, {});
    if (method === "GET") return answer(200, { ...run, document: { program: "loss = x.sum()" } });
    if (rest === "/fork")
      return answer(
        201,
        (runs.own = { ...run, id: "own", version: 1, event: JSON.parse(body).event }),
      );
    if (headers["If-Match"] !== `"${run.version}"`) return answer(412, { detail: "by now" });
    runs[id] = { ...run, version: run.version + 1, can_undo: true };
    return answer(200, runs[id]);
  };
  return { runs, calls, fetcher };
}

async function page(search) {
  const { runs, calls, fetcher } = service();
  const store = createStore(initial);
  const seen = { address: search, remembered: [] };
  const lists = async () => [];
  const client = {
    ...createClient(fetcher, ""),
    operations: lists,
    optimizers: lists,
    examples: lists,
    exercises: lists,
  };
  const browser = {
    search,
    hash: "",
    base: "/",
    setAddress: (address) => (seen.address = address),
    copy: async (text) => (seen.copied = text),
    remember: (id) => seen.remembered.push(id),
    recent: () => [],
  };
  const commands = createCommands(store, client, browser);
  await commands.start();
  return { runs, calls, store, commands, seen };
}

const EDIT = ["w", [{ index: [0, 0], value: 7 }]];

test("a run behind a link is looked at until the first change, which makes a copy", async () => {
  const { calls, store, commands, seen } = await page("?fork=r&step=2");
  assert.deepEqual(
    [store.get().borrowed, store.get().cursor, seen.address, seen.remembered],
    [true, 2, "/?fork=r", []],
  );
  await commands.run.undo();
  assert.deepEqual(calls, []);
  await commands.cells.write(...EDIT);
  await commands.cells.write(...EDIT);
  assert.deepEqual(calls, [
    "POST /runs/r/fork",
    'PATCH /runs/own/tensors/w?trace=few if "1"',
    'PATCH /runs/own/tensors/w?trace=few if "2"',
  ]);
  assert.deepEqual(
    [store.get().borrowed, seen.address, seen.remembered],
    [false, "/?run=own", ["own"]],
  );
});

test("whoever was slower is told, and nothing typed is lost", async () => {
  const { runs, calls, store, commands } = await page("?run=r");
  store.apply(typeDraft, "loss = w.sum()");
  runs.r = { ...runs.r, version: 5, event: 4 };
  await commands.import.apply("loss = w.sum()");
  assert.equal(store.get().alert.status, OVERTAKEN);
  assert.equal(store.get().draft.text, "loss = w.sum()");
  await commands.ownership.reload();
  assert.deepEqual(
    [store.get().run.version, store.get().alert, store.get().draft.text],
    [5, null, "loss = w.sum()"],
  );
  await commands.import.apply("loss = w.sum()");
  assert.equal(calls.at(-1), 'PATCH /runs/r if "5"');
  assert.equal(store.get().draft, null);
});

test("or goes on in a copy of what was seen", async () => {
  const { runs, calls, store, commands, seen } = await page("?run=r");
  runs.r = { ...runs.r, version: 5, event: 4 };
  assert.equal(await commands.cells.write(...EDIT), undefined);
  await commands.ownership.copyAndRepeat();
  assert.deepEqual(calls.slice(1), [
    "POST /runs/r/fork",
    'PATCH /runs/own/tensors/w?trace=few if "1"',
  ]);
  assert.deepEqual([runs.own.event, runs.own.version, runs.r.version], [1, 2, 5]);
  assert.deepEqual(
    [store.get().run.id, store.get().alert, seen.address],
    ["own", null, "/?run=own"],
  );
});

test("a tab that one comes back to shows what is new, unless something is being typed", async () => {
  const { runs, store, commands } = await page("?run=r");
  const before = store.get();
  await commands.ownership.look();
  assert.deepEqual([store.get().run, store.get().revision], [before.run, before.revision]);
  runs.r = { ...runs.r, version: 2 };
  store.apply(typeDraft, "a");
  await commands.ownership.look();
  assert.equal(store.get().run.version, 1);
  assert.match(store.get().status, /changed elsewhere.*kept/);
  store.apply(typeDraft, null);
  await commands.ownership.look();
  assert.equal(store.get().run.version, 2);
});

test("a refusal for want of the version is told apart", async () => {
  const client = createClient(async () => ({ ok: false, status: 412, json: async () => ({}) }), "");
  await assert.rejects(
    client.undo({ id: "r", version: 1 }),
    (error) => error instanceof Refusal && error.problem.status === OVERTAKEN,
  );
});
