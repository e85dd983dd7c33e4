import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decodeDocument, readAddress } from "../../frontend/lib/address.js";

const links = JSON.parse(
  readFileSync(new URL("../api/data/version-0.1.0.links.json", import.meta.url), "utf-8"),
);

test("links that version 0.1.0 made hold their document", async () => {
  for (const link of [links.packed, links.plain]) {
    const { document, why } = await decodeDocument(readAddress("", link).doc);
    assert.equal(why, null);
    assert.deepEqual(document, links.document);
  }
  const { step, hide, practice, odd } = readAddress("", links.plain);
  assert.deepEqual(
    { step, hide, practice, odd },
    { step: 5, hide: ["explanation"], practice: true, odd: [] },
  );
});

test("addresses of runs that version 0.1.0 made are understood", () => {
  assert.equal(readAddress(links.run, "").run, links.id);
  const { fork, step, odd } = readAddress(links.fork, "");
  assert.deepEqual({ fork, step, odd }, { fork: links.id, step: 3, odd: [] });
});
