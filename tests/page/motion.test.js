import assert from "node:assert/strict";
import { test } from "node:test";

import { isMoving, moveTensors, whenStill } from "../../frontend/lib/motion.js";

globalThis.matchMedia = () => ({ matches: false });

/** A picture of one tensor that stands elsewhere at each draw, and the animations of it. */
function picture() {
  const animations = [];
  let left = 0;
  const element = {
    isConnected: true,
    dataset: { tensor: "w", field: "value" },
    getBoundingClientRect: () => ({ left: (left += 50), top: 0 }),
    animate() {
      const animation = { playState: "running", effect: { target: element } };
      animation.finished = new Promise((go) => {
        animation.finish = () => {
          animation.playState = "finished";
          go();
        };
      });
      animations.push(animation);
      return animation;
    },
  };
  const made = {
    querySelectorAll: () => [element],
    getAnimations: () =>
      animations.filter(({ playState }) => playState === "running" && element.isConnected),
  };
  moveTensors(made, "step 0");
  moveTensors(made, "step 1");
  return { made, element, animations };
}

test("what waits for a picture waits until its tensors stand", async () => {
  const { made, animations } = picture();
  let done = 0;
  whenStill(made, () => (done += 1));
  for (let turn = 0; turn < 20; turn += 1) await null;
  assert.deepEqual([isMoving(made), done], [true, 0]);
  animations[0].finish();
  for (let turn = 0; turn < 20; turn += 1) await null;
  assert.deepEqual([isMoving(made), done], [false, 1]);
});

test("a tensor that leaves the page while it moves is not waited for", async () => {
  const { made, element } = picture();
  element.isConnected = false;
  let done = 0;
  whenStill(made, () => (done += 1));
  for (let turn = 0; turn < 20; turn += 1) await null;
  assert.deepEqual([isMoving(made), done], [false, 1]);
});
