import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { decodeDocument, readAddress, rewritten } from "../../frontend/lib/address.js";

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
  const { view, step, odd } = readAddress(links.fork, "");
  assert.deepEqual({ view, step, odd }, { view: links.id, step: 3, odd: [] });
});

test("their ids move behind the #, where no server sees them", () => {
  const moved = (search, hash = "") => rewritten("/", search, readAddress(search, hash));
  assert.equal(moved(links.run), `/#run=${links.id}`);
  assert.equal(moved(links.fork), `/#view=${links.id}&step=3`);
  assert.equal(
    moved(`${links.run}&hide=graph`, "#step=2&practice=1"),
    `/#run=${links.id}&step=2&hide=graph&practice=1`,
  );
  assert.equal(moved("?run=a", "#doc=b"), "/#doc=b");
  assert.equal(moved("?step=3", "#run=a"), null);
});
