import assert from "node:assert/strict";
import { test } from "node:test";

import { filesOf, unpackInto } from "../../frontend/service/unpacked.js";

const BLOCK = 512;

/** As Python's tarfile writes an entry in its ustar format. */
function entry(name, text, { kind = "0", prefix = "" } = {}) {
  const content = new TextEncoder().encode(text);
  const blocks = new Uint8Array(BLOCK * (1 + Math.ceil(content.length / BLOCK)));
  const put = (said, at) => blocks.set(new TextEncoder().encode(said), at);
  put(name, 0);
  put(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  put(kind, 156);
  put("ustar\x0000", 257);
  put(prefix, 345);
  blocks.set(content, BLOCK);
  return blocks;
}

const archive = (...entries) =>
  Uint8Array.from([...entries.flatMap((one) => [...one]), ...new Uint8Array(2 * BLOCK)]);

const told = (bytes) =>
  [...filesOf(bytes)].map(({ name, content }) => [name, new TextDecoder().decode(content)]);

test("a tar archive gives its files, long names and empty ones, too", () => {
  const long = "y".repeat(BLOCK);
  const packed = archive(
    entry("a.py", "x = 1"),
    entry("empty", ""),
    entry("b.py", long, { prefix: "deep/folder" }),
  );
  assert.deepEqual(told(packed), [
    ["a.py", "x = 1"],
    ["empty", ""],
    ["deep/folder/b.py", long],
  ]);
  assert.deepEqual(told(new Uint8Array(0)), []);
});

test("what is no file, or is cut off, is refused", () => {
  assert.throws(() => told(archive(entry("folder", "", { kind: "5" }))), /no file/);
  assert.throws(() => told(entry("a.py", "x".repeat(600)).subarray(0, BLOCK + 100)), /no file/);
});

test("they are written into their folders, each of which is made once", () => {
  const calls = [];
  const system = {
    mkdirTree: (place) => calls.push(place),
    writeFile: (path, content) => calls.push(`${path}: ${content.length}`),
  };
  unpackInto(system, "/site", archive(entry("p/a.py", "1"), entry("p/b.py", "22")));
  assert.deepEqual(calls, ["/site/p", "/site/p/a.py: 1", "/site/p/b.py: 2"]);
});
