import assert from "node:assert/strict";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import {
  LARGEST_DOCUMENT,
  decodeDocument,
  documentAddress,
  encodeDocument,
  plainDocument,
  readAddress,
  runAddress,
  viewAddress,
} from "../../frontend/lib/address.js";
import { EMBEDS, REGIONS } from "../../frontend/lib/regions.js";
import { select } from "../../frontend/panels/transport.js";
import { createClient } from "../../frontend/service/client.js";
import { OVERTAKEN, Refusal } from "../../frontend/service/refusal.js";
import { typeDraft } from "../../frontend/state/editor/reducer.js";
import { embedPage, hideRegions, leftOut } from "../../frontend/state/page/reducer.js";
import { adoptFork, openRun } from "../../frontend/state/run/reducer.js";
import { linkOf, presentAddress } from "../../frontend/state/sharing/selectors.js";
import { initial } from "../../frontend/state/state.js";
import { EDIT, page } from "./service.js";
import { smallRun } from "./trace.js";

const DOCUMENT = { program: "loss = (x - \u00e9).sum()", inputs: { x: [1, 2] } };
const LONG = { program: "loss = x.sum()", inputs: { x: new Array(2000).fill(0.5) } };
const read = (address) => readAddress(new URL(address).search, new URL(address).hash);
const plain = {
  ...{
    run: null,
    view: null,
    doc: null,
    practice: false,
    step: null,
    hide: [],
    embed: null,
    odd: [],
  },
  ...{ lesson: null, chapter: null },
};

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

test("a frame shows the stage alone, and leads to the whole page at the same step", () => {
  const address = read("http://localhost/#run=abc&step=4&embed=stage&hide=training");
  assert.deepEqual(address, { ...plain, run: "abc", step: 4, embed: "stage", hide: ["training"] });
  const odd = read("http://localhost/#run=abc&embed=constructor");
  assert.deepEqual(odd.odd, ["embed is stage, not “constructor”."]);
  assert.equal(odd.embed, null);
  const opened = openRun(initial, { ...smallRun, id: "abc" }, null);
  const framed = embedPage(hideRegions(opened, ["training"]), "stage");
  assert.deepEqual(leftOut(framed), ["training", ...EMBEDS.stage]);
  assert.deepEqual(leftOut(opened), []);
  assert.ok(Object.values(EMBEDS).every((ids) => ids.every((id) => Object.hasOwn(REGIONS, id))));
  assert.equal(presentAddress("/", framed), "/#run=abc&hide=training&embed=stage");
  const whole = select({ ...framed, cursor: 4 }).whole;
  assert.equal(whole, "#run=abc&step=4&hide=training");
  assert.equal(select(opened).whole, null);
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
    viewAddress("/", "a b", options),
    "/#view=a%20b&step=12&hide=training,practice&practice=1",
  );
  assert.deepEqual(read(`http://localhost${viewAddress("/", "a b", options)}`), {
    ...plain,
    view: "a b",
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
    view: null,
    doc: null,
    practice: false,
    step: null,
    lesson: null,
    chapter: null,
    embed: null,
    hide: ["training"],
  });
  assert.equal(odd.length, 5);
  assert.match(odd.join(" "), /constructor.*step2.*“-1”.*“yes”.*moon/);
});

test("links and the address keep what a teacher chose", () => {
  const sharing = { base: "/", view: "v", encoded: null, step: 3, hide: [], practice: false };
  assert.equal(linkOf(sharing), "/#view=v&step=3");
  assert.equal(
    linkOf({ ...sharing, encoded: "abc", practice: true }),
    "/#doc=abc&step=3&practice=1",
  );
  const looked = { ...smallRun, id: "v" };
  const state = { ...openRun(initial, looked, null, true), hidden: ["training"] };
  assert.equal(presentAddress("/", state), "/#view=v&hide=training");
  assert.equal(
    presentAddress("/", adoptFork(state, { ...smallRun, id: "own" })),
    "/#run=own&hide=training",
  );
});

for (const address of ["#view=v&step=2", "#view=r&step=2", "#run=v&step=2", "?fork=r&step=2"])
  test(`a run behind the link ${address} is looked at, and its id is not shown`, async () => {
    const { calls, store, commands, seen } = await page(address);
    assert.deepEqual(
      [store.get().borrowed, store.get().cursor, seen.addresses.at(-1), seen.remembered],
      [true, 2, "/#view=v", []],
    );
    assert.ok(!JSON.stringify(store.get()).includes('"r"'));
    await commands.run.undo();
    assert.deepEqual(calls, []);
    await commands.cells.write(...EDIT);
    assert.match(store.get().status, /^This is a copy of your own now\. w\[0, 0\] is 7; the loss/);
    assert.equal(store.get().copied, true);
    await commands.cells.write(...EDIT);
    assert.match(store.get().status, /^w\[0, 0\] is 7/);
    assert.deepEqual(calls, [
      "POST /runs/v/fork",
      'PATCH /runs/own/tensors/w?trace=few if "1"',
      'PATCH /runs/own/tensors/w?trace=few if "2"',
    ]);
    assert.deepEqual(
      [store.get().borrowed, seen.addresses.at(-1), seen.remembered],
      [false, "/#run=own", ["own"]],
    );
  });

test("an id in the query is moved before anything is asked for", async () => {
  assert.deepEqual((await page("?run=r&step=1")).seen.addresses, [
    "?run=r&step=1",
    "/#run=r&step=1",
    "/#run=r",
  ]);
  assert.deepEqual((await page("?fork=r")).seen.addresses, ["?fork=r", "/#view=r", "/#view=v"]);
});

test("what is shared is the id to look at a run by", async () => {
  const { store, commands } = await page("#run=r");
  await commands.sharing.share();
  assert.equal(store.get().sharing.view, "v");
  assert.equal(linkOf({ ...store.get().sharing, encoded: null }), "/#view=v");
  assert.equal(store.get().retention, 90);
});

test("an address that is changed opens another run, and what names none changes nothing", async () => {
  const { runs, store, commands, seen } = await page("#run=r");
  runs.other = { ...runs.r, id: "other", view_id: "otherv" };
  await commands.turn("#run=other&step=3&hide=graph");
  assert.deepEqual(
    [store.get().run.id, store.get().cursor, store.get().hidden, seen.addresses.at(-1)],
    ["other", 3, ["graph"], "/#run=other&hide=graph"],
  );
  await commands.turn("#view=v");
  assert.deepEqual(
    [store.get().run.id, store.get().borrowed, store.get().hidden, seen.addresses.at(-1)],
    ["v", true, [], "/#view=v"],
  );
  await commands.turn("#run=r&practice=1");
  assert.deepEqual(
    [store.get().borrowed, store.get().mode, seen.addresses.at(-1)],
    [false, "practice", "/#run=r&practice=1"],
  );
  const before = store.get();
  await commands.turn("#training");
  await commands.turn("");
  assert.deepEqual(store.get(), before);
  assert.equal(seen.addresses.at(-1), "/#run=r&practice=1");
  await commands.turn("#run=nobody");
  assert.match(store.get().alert.detail, /no such run/);
  assert.deepEqual(
    [store.get().run.id, store.get().mode, seen.addresses.at(-1)],
    ["r", "practice", "/#run=r&practice=1"],
  );
});

test("the step of the run that is open is gone to without opening it again", async () => {
  const { store, commands } = await page("#run=r");
  store.apply(typeDraft, "loss = w.sum()");
  await commands.turn("#run=r&step=4");
  assert.deepEqual([store.get().cursor, store.get().draft.text], [4, "loss = w.sum()"]);
});

test("whoever was slower is told, and nothing typed is lost", async () => {
  const { runs, calls, store, commands } = await page("#run=r");
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
  const { runs, calls, store, commands, seen } = await page("#run=r");
  runs.r = { ...runs.r, version: 5, event: 4 };
  assert.equal(await commands.cells.write(...EDIT), undefined);
  await commands.ownership.copyAndRepeat();
  assert.deepEqual(calls.slice(1), [
    "POST /runs/r/fork",
    'PATCH /runs/own/tensors/w?trace=few if "1"',
  ]);
  assert.deepEqual([runs.own.event, runs.own.version, runs.r.version], [1, 2, 5]);
  assert.deepEqual(
    [store.get().run.id, store.get().alert, seen.addresses.at(-1)],
    ["own", null, "/#run=own"],
  );
});

test("a tab that one comes back to shows what is new, unless something is being typed", async () => {
  const { runs, store, commands } = await page("#run=r");
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
