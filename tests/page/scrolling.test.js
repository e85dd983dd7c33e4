import assert from "node:assert/strict";
import { test } from "node:test";

import { topShowing } from "../../frontend/lib/scrolling.js";

test("what is in view stays where it is, what is not comes into the middle", () => {
  const view = { top: 100, height: 200 };
  assert.equal(topShowing(view, { top: 100, height: 25 }), 100);
  assert.equal(topShowing(view, { top: 275, height: 25 }), 100);
  assert.equal(topShowing(view, { top: 276, height: 25 }), 188.5, "cut off by a pixel");
  assert.equal(topShowing(view, { top: 1000, height: 20 }), 910);
  assert.equal(topShowing(view, { top: 20, height: 20 }), 0);
  assert.equal(
    topShowing(view, { top: 500, height: 300 }),
    500,
    "what is larger than the view begins at its top",
  );
});
