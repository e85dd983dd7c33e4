import assert from "node:assert/strict";
import { test } from "node:test";

import { engineFetcher } from "../../frontend/service/engine.js";
import { listFetcher } from "../../frontend/service/lists.js";

/** A worker that writes down what it is told, and says what a test has it say. */
function fakeWorker() {
  const listeners = {};
  return {
    told: [],
    ended: false,
    addEventListener: (kind, listener) => (listeners[kind] = listener),
    postMessage(message) {
      this.told.push(message);
    },
    terminate() {
      this.ended = true;
    },
    say: (data) => listeners.message({ data }),
    fail: (message) => listeners.error({ message }),
  };
}

/** A fetcher, and the workers that it has begun. */
function fetcher() {
  const workers = [];
  const ready = [];
  const begin = () => {
    workers.push(fakeWorker());
    return workers.at(-1);
  };
  return { ask: engineFetcher(begin, (used) => ready.push(used)), workers, ready };
}

const bytes = (text) => new TextEncoder().encode(text).buffer;
const soon = () => new Promise((go) => setTimeout(go));

test("a request is a message, and its answer a response", async () => {
  const { ask, workers, ready } = fetcher();
  const answer = ask("./api/runs", {
    method: "POST",
    body: "{}",
    headers: { "Content-Type": "application/json" },
  });
  await soon();
  const [worker] = workers;
  const [{ number, method, address, headers, body }] = worker.told;
  assert.deepEqual([method, address], ["POST", "/api/runs"]);
  assert.deepEqual(headers, [["content-type", "application/json"]]);
  assert.equal(new TextDecoder().decode(body), "{}");
  worker.say({ ready: ["a", "b"] });
  assert.deepEqual(ready, [["a", "b"]]);
  worker.say({
    number,
    status: 201,
    headers: [["etag", '"1"']],
    body: bytes('{"id": 3}'),
    streams: false,
  });
  const response = await answer;
  assert.equal(response.status, 201);
  assert.equal(response.headers.get("ETag"), '"1"');
  assert.deepEqual(await response.json(), { id: 3 });
});

test("answers without a body have none, and all come from one worker", async () => {
  const { ask, workers } = fetcher();
  const both = [ask("./api/a"), ask("./api/b")];
  await soon();
  assert.equal(workers.length, 1);
  const [first, second] = workers[0].told.map(({ number }) => number);
  workers[0].say({ number: second, status: 304, headers: [], body: bytes(""), streams: false });
  workers[0].say({ number: first, status: 204, headers: [], body: bytes(""), streams: false });
  assert.deepEqual(
    (await Promise.all(both)).map(({ status }) => status),
    [204, 304],
  );
});

test("a stream arrives piece by piece", async () => {
  const { ask, workers } = fetcher();
  const answer = ask("./api/runs/r/iterations", { method: "POST", body: "{}" });
  await soon();
  const [{ number }] = workers[0].told;
  workers[0].say({ number, status: 200, headers: [], body: null, streams: true });
  workers[0].say({ number, piece: bytes("one ") });
  const response = await answer;
  workers[0].say({ number, piece: bytes("two") });
  workers[0].say({ number, last: true });
  assert.equal(await response.text(), "one two");
});

test("whoever leaves is told to the worker, and hears nothing more", async () => {
  const { ask, workers } = fetcher();
  const control = new AbortController();
  const answer = ask("./api/runs/r/iterations", {
    method: "POST",
    body: "{}",
    signal: control.signal,
  });
  await soon();
  const [{ number }] = workers[0].told;
  workers[0].say({ number, status: 200, headers: [], body: null, streams: true });
  const response = await answer;
  control.abort();
  assert.deepEqual(workers[0].told.at(-1), { leave: number });
  await assert.rejects(response.text());
  workers[0].say({ number, last: true });
});

test("an engine that cannot start says so, and the next request begins another one", async () => {
  const { ask, workers } = fetcher();
  const answer = ask("./api/health");
  await soon();
  workers[0].fail("no WebAssembly");
  const response = await answer;
  assert.equal(response.status, 500);
  assert.match((await response.json()).detail, /could not be started .*no WebAssembly/);
  assert.ok(workers[0].ended);
  void ask("./api/health");
  await soon();
  assert.equal(workers.length, 2);
});

test("lists are files, and everything else is asked", async (context) => {
  const fetched = [];
  context.mock.method(globalThis, "fetch", async (address) => fetched.push(address));
  const asked = [];
  const both = listFetcher("https://example.org/lists", async (address) => asked.push(address));
  await both("./api/examples");
  await both("./api/lessons", { method: "GET" });
  await both("./api/examples/xor");
  await both("./api/lessons", { method: "POST", body: "{}" });
  const folder = "https://example.org/lists";
  assert.deepEqual(fetched, [`${folder}/examples.json`, `${folder}/lessons.json`]);
  assert.deepEqual(asked, ["./api/examples/xor", "./api/lessons"]);
});
