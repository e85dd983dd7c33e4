import assert from "node:assert/strict";
import { test } from "node:test";

import { dealt, openingOf } from "../../frontend/service/opening.js";

const CREATE = "/api/runs?document=true&trace=few";
const bytes = (text) => new TextEncoder().encode(text).buffer;
const soon = () => new Promise((go) => setTimeout(go));
let numbers = 0;
const create = (body = '{"example":"xor"}') => ({
  number: ++numbers,
  method: "POST",
  address: CREATE,
  headers: [["content-type", "application/json"]],
  body: bytes(body),
});
const get = (address) => ({ number: ++numbers, method: "GET", address, headers: [], body: null });

/** What the browser keeps from one visit to the next. */
function fakeShelf() {
  const kept = { next: null, begun: null };
  return {
    kept,
    async take({ body }) {
      if (kept.next?.asked.text !== new TextDecoder().decode(body)) return null;
      const parts = dealt(kept.next);
      if (parts) Object.assign(kept, { next: parts.rest, begun: parts.own });
      return parts?.own ?? null;
    },
    begun: async (address) => (address.includes(kept.begun?.ids[0]) ? kept.begun : null),
    done: async () => void (kept.begun = null),
    keep: async (opening) => void (kept.next = opening),
    drop: async () => void (kept.next = null),
  };
}

/** One visit: an engine that is ready when `start` is called, and what the page is told. */
function visit(shelf, { loss = 1, there = [] } = {}) {
  const told = [];
  const asked = [];
  const work = [];
  let drawn = 0;
  let differing = 0;
  let start;
  const ready = new Promise((go) => (start = go));
  const answer = async ({ method, address }, run) => {
    await ready;
    asked.push(`${method} ${address}${run ? ` as ${run}` : ""}`);
    const id = run ?? `drawn-${++drawn}`;
    const text =
      method === "POST"
        ? JSON.stringify({ id, view_id: `view of ${id}`, loss })
        : `{"about":"${address}"}`;
    return { method, address, status: method === "POST" ? 201 : 200, headers: [], text };
  };
  const { hear, fulfil } = openingOf({
    shelf,
    tell: ({ number }, { text }) => told.push([number, text]),
    serve: async (request) => {
      const found = await answer(request);
      told.push([request.number, found.text]);
      return found;
    },
    begin: async (request, run) => (there.includes(run) ? "there" : answer(request, run)),
    foretell: async () => ["foretold", "second"].map((id) => [id, `view of ${id}`]),
    differs: () => (differing += 1),
    later: (doing) => work.push(doing),
  });
  return {
    hear,
    fulfil,
    told,
    asked,
    start,
    later: () => work.forEach((do_) => do_()),
    differing: () => differing,
  };
}

/** What an engine keeps of a first visit, in which the page asks for two things. */
async function visited() {
  const shelf = fakeShelf();
  const first = visit(shelf);
  first.start();
  await first.hear(create());
  await first.hear(get("/api/runs/drawn-1/why?step=0"));
  await first.hear(get("/api/lessons"));
  first.later();
  await soon();
  return { shelf, first };
}

test("the next visit is answered before its engine is there, and under the id that it was foretold", async () => {
  const { shelf, first } = await visited();
  assert.equal(first.told.length, 3, "the first visit waited for its engine");
  const next = visit(shelf);
  const asked = create();
  await next.hear(asked);
  assert.deepEqual(next.told, [
    [asked.number, '{"id":"foretold","view_id":"view of foretold","loss":1}'],
  ]);
  const why = get("/api/runs/foretold/why?step=0");
  await next.hear(why);
  assert.deepEqual(next.told[1], [why.number, '{"about":"/api/runs/foretold/why?step=0"}']);
  const other = next.hear(get("/api/runs/foretold/why?step=1"));
  await soon();
  assert.equal(next.told.length, 2, "what was not asked before waits");
  next.start();
  await other;
  assert.deepEqual(next.asked, [`POST ${CREATE} as foretold`, "GET /api/runs/foretold/why?step=1"]);
  assert.equal(next.differing(), 0);
  assert.equal(shelf.kept.begun, null);
});

test("after a change nothing is answered by what was before it", async () => {
  const { shelf } = await visited();
  const next = visit(shelf);
  await next.hear(create());
  const change = next.hear({ ...get("/api/runs/foretold/edit"), method: "POST" });
  const why = next.hear(get("/api/runs/foretold/why?step=0"));
  await soon();
  assert.equal(next.told.length, 1);
  next.start();
  await Promise.all([change, why]);
  assert.equal(next.asked.length, 3);
});

test("no two pages begin the same run, and each that was foretold once", async () => {
  const { shelf } = await visited();
  const begun = [];
  for (let at = 0; at < 2; at += 1) {
    const next = visit(shelf); // closed before its engine is there
    await next.hear(create());
    begun.push(JSON.parse(next.told[0][1]).id);
  }
  assert.deepEqual(begun, ["foretold", "second"]);
  const last = visit(shelf);
  const waits = last.hear(create());
  await soon();
  assert.deepEqual(last.told, []);
  last.start();
  await waits;
  assert.deepEqual(last.asked, [`POST ${CREATE}`]);
  last.later();
  await soon();
  assert.equal(shelf.kept.next.spare.length, 2);
  const different = visit(shelf);
  void different.hear(create('{"example":"lesson13"}'));
  await soon();
  assert.deepEqual(different.told, [], "another example is another opening");
});

test("a page that is loaded again before its run was begun finds it", async () => {
  const { shelf } = await visited();
  await visit(shelf).hear(create());
  const again = visit(shelf);
  again.start();
  await again.hear(get("/api/runs/foretold?document=true"));
  assert.deepEqual(again.asked, [
    `POST ${CREATE} as foretold`,
    "GET /api/runs/foretold?document=true",
  ]);
  const begun = (await visited()).shelf;
  await visit(begun).hear(create());
  const known = visit(begun, { there: ["foretold"] });
  known.start();
  await known.hear(get("/api/runs/foretold?document=true"));
  assert.deepEqual(known.asked, ["GET /api/runs/foretold?document=true"], "it is not begun twice");
});

test("another tab begins what the first one shows and has not begun", async () => {
  const { shelf } = await visited();
  await visit(shelf).hear(create());
  const other = visit(shelf);
  other.start();
  await other.fulfil("/api/runs/foretold/trace");
  assert.deepEqual(other.asked, [`POST ${CREATE} as foretold`]);
  await other.fulfil("/api/runs/unknown/trace");
  assert.equal(other.asked.length, 1);
});

test("where the engine says something else, the page is told", async () => {
  const { shelf } = await visited();
  const next = visit(shelf, { loss: 2 });
  await next.hear(create());
  next.start();
  await next.hear(get("/api/runs/foretold/why?step=7"));
  assert.equal(next.differing(), 1);
  assert.equal(shelf.kept.next, null, "and nothing is told of it any more");
});
