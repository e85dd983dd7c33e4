import assert from "node:assert/strict";
import { test } from "node:test";

import { textOf } from "../../frontend/lib/h.js";
import { pasted } from "../../frontend/lib/pasted.js";
import { passView } from "../../frontend/views/pass.js";

const tensors = ["w1", "b", "l1", "d", "W"];
const read = (text) => pasted(text, (name) => tensors.includes(name));

test("gradients are read as code prints them", () => {
  assert.deepEqual(read("w1 = [[0.1, -2], [3e-4, 4]]"), {
    w1: [
      [0.1, -2],
      [3e-4, 4],
    ],
  });
  assert.deepEqual(read("w1.g = [[ 0.1 -2. ]\n [ 3.  .5]]\nb: 1."), {
    w1: [
      [0.1, -2],
      [3, 0.5],
    ],
    b: 1,
  });
  assert.deepEqual(read("dl1 = tensor([[0.1, -0.2],\n        [1.0, 2.0]], dtype=torch.float64)"), {
    l1: [
      [0.1, -0.2],
      [1, 2],
    ],
  });
  assert.deepEqual(read("b.grad = np.array([1, 2,])"), { b: [1, 2] });
  assert.deepEqual(read('{"gradients": {"w1": [1], "b": "l1.g.sum(0)"}}'), {
    w1: [1],
    b: "l1.g.sum(0)",
  });
  assert.deepEqual(read('{"w1": [1]}'), { w1: [1] });
});

test("what is no number is a formula, and a tensor called d stays one", () => {
  assert.deepEqual(read("w1 = x.T @ l1.g\nd = (1 - d) * 2"), {
    w1: "x.T @ l1.g",
    d: "(1 - d) * 2",
  });
  assert.deepEqual(read("dW = [1]\ndq = [2]"), { W: [1], dq: [2] });
  assert.deepEqual(read("nothing here"), {});
  assert.deepEqual(read("b = [nan, 1]"), { b: [null, 1] });
});

const verdict = (extra) => ({
  verdict: "correct",
  shape: [2],
  expected_shape: [2],
  max_abs_difference: 0,
  diagnosis: null,
  hint: null,
  notes: [],
  own_step: "correct",
  follows_from: [],
  message: null,
  ...extra,
});
const items = (verdicts, blame) =>
  passView(verdicts, blame, {
    digits: 3,
    isTensor: () => false,
    explain: () => {},
  }).children.flat();

test("the first wrong step is marked, and what is behind it follows", () => {
  const list = items(
    {
      out: verdict(),
      l1: verdict({
        verdict: "wrong_value",
        own_step: "wrong",
        max_abs_difference: 0.5,
        diagnosis: { code: "wrong_sign", message: "Look at `l1`." },
      }),
      w1: verdict({ verdict: "wrong_value", max_abs_difference: 1, follows_from: ["l1"] }),
      b: verdict({ verdict: "wrong_value", own_step: "wrong", max_abs_difference: 1 }),
      q: verdict({ verdict: "error", own_step: null, message: "there is no tensor called q" }),
      v: verdict({ verdict: "wrong_shape", own_step: "wrong", shape: [3] }),
    },
    ["l1", "b", "v"],
  );
  assert.deepEqual(
    list.map(({ props }) => props.class),
    ["right", "wrong first", "follows", "wrong", "wrong", "wrong"],
  );
  assert.match(textOf(list[1]), /this step is wrong, off by up to 0\.5.*Look at l1\./s);
  assert.match(textOf(list[2]), /follows from your l1\.g/);
  assert.match(textOf(list[4]), /cannot be read.*no tensor called q/s);
  assert.match(textOf(list[5]), /wrong shape \(3,\), not \(2,\)/);
});
