import assert from "node:assert/strict";
import { test } from "node:test";

import { annotated, isProduct } from "../../frontend/lib/annotated.js";

const told = (pieces) =>
  pieces.map(({ text, shape }) => (shape ? `${text} (${shape})` : text)).join("");

test("a formula is told with the shapes of its largest parts", () => {
  const known = [
    { code: "x", shape: [6, 10] },
    { code: "l2.g", shape: [6, 2] },
    { code: "x.T", shape: [10, 6] },
    { code: "x.T @ l2.g", shape: [10, 2] },
  ];
  const pieces = annotated("x.T @ l2.g", known);
  assert.equal(told(pieces), "x.T (10,6) @ l2.g (6,2)");
  assert.ok(isProduct(pieces, [10, 2]));
  assert.ok(!isProduct(pieces, [10, 3]));
});

test("brackets go along with what they hold, but not those of a call", () => {
  const known = [
    { code: "l1 > 0", shape: [6, 2] },
    { code: "l1", shape: [6, 2] },
    { code: "l2.g", shape: [6, 2] },
  ];
  const pieces = annotated("(l1 > 0) * l2.g", known);
  assert.equal(told(pieces), "(l1 > 0) (6,2) * l2.g (6,2)");
  assert.ok(!isProduct(pieces, [6, 2]));
  assert.equal(told(annotated("tanh(l1)", known)), "tanh(l1 (6,2))");
  assert.equal(told(annotated("l2.g.sum(0)", known)), "l2.g (6,2).sum(0)");
});

test("a name within a longer one is another name", () => {
  const known = [{ code: "l", shape: [2] }];
  assert.equal(told(annotated("l1 + l + al + p.l", known)), "l1 + l (2) + al + p.l");
});

test("a part that is there twice is told twice, and the text is kept", () => {
  const known = [{ code: "w", shape: [3] }];
  const pieces = annotated("w * w", known);
  assert.equal(told(pieces), "w (3) * w (3)");
  assert.equal(pieces.map(({ text }) => text).join(""), "w * w");
  assert.deepEqual(annotated("w", known), [{ text: "w", shape: null }]);
});
