import assert from "node:assert/strict";
import { test } from "node:test";
import { kernelService, PATIENCE } from "../../frontend/service/kernel.js";

/** A widget's model, whose kernel answers when the test does. */
function notebook() {
  const sent = [];
  let hear = null;
  const model = {
    send: (asked) => sent.push(asked),
    on: (_, listen) => (hear = listen),
    off: () => (hear = null),
  };
  const answer = ({ view, number }, text) =>
    hear?.({ view, number, status: 200 }, [new DataView(new TextEncoder().encode(text).buffer)]);
  return { model, sent, answer };
}

test("who waits for a kernel is told so, and a late answer still comes", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, sent, answer } = notebook();
  let late = 0;
  const { fetcher } = kernelService(model, () => (late += 1));
  const [slow, fast] = [fetcher("/runs/-/why"), fetcher("/runs/-/uses")];
  answer(sent[1], "fast");
  assert.equal(await (await fast).text(), "fast");
  context.mock.timers.tick(PATIENCE - 1);
  assert.equal(late, 0);
  context.mock.timers.tick(1);
  assert.equal(late, 1, "of the one that waits, not of the one that was answered");
  answer(sent[0], "slow");
  assert.equal(await (await slow).text(), "slow");
  context.mock.timers.tick(10 * PATIENCE);
  assert.equal(late, 1);
});

test("a widget that is gone tells nobody", (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const { model } = notebook();
  const { fetcher, leave } = kernelService(model, () => assert.fail("told"));
  void fetcher("/runs/-/why");
  leave();
  context.mock.timers.tick(10 * PATIENCE);
});
