import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import { checksum, together, zipped } from "../../frontend/lib/archive.js";

/** @param {string} text */
const bytes = (text) => new TextEncoder().encode(text);

test("a checksum is that of the standard", () => {
  assert.equal(checksum(bytes("123456789")), 0xcbf43926);
  assert.equal(checksum(bytes("")), 0);
});

test("Python reads an archive, in which no two entries have a name", async () => {
  const parts = zipped([
    { name: "net.onnx", bytes: bytes("graph") },
    { name: "nät.onnx.data", bytes: Uint8Array.from({ length: 1000 }, (_, place) => place % 256) },
    ...["2 net.onnx", "net.onnx", "net.onnx"].map((name) => ({ name, bytes: bytes(name) })),
  ]);
  const archive = Buffer.from(await new Blob(parts).arrayBuffer());
  const script = `import io, sys, zipfile
with zipfile.ZipFile(io.BytesIO(sys.stdin.buffer.read())) as archive:
    assert archive.testzip() is None
    assert archive.read("net.onnx") == b"graph"
    assert archive.read("n\u00e4t.onnx.data") == bytes(place % 256 for place in range(1000))
    print(*archive.namelist()[2:], sep=", ")`;
  assert.equal(
    execFileSync("python3", ["-c", script], { input: archive }).toString().trim(),
    "2 net.onnx, 3 net.onnx, 4 net.onnx",
  );
});

test("a network is opened with the files that came with it, pictures together, of others the first", async () => {
  const [network, weights] = [new File(["graph"], "net.ONNX"), new File(["1234"], "net.onnx.data")];
  const both = await together([weights, network]);
  assert.equal(both.name, "net.ONNX");
  assert.equal(await both.slice(0, 2).text(), "PK");
  assert.ok((await both.text()).includes("net.onnx.data"));
  assert.equal(await together([network]), network);
  assert.equal(await together([weights, new File([], "b.csv")]), weights);
  const pictures = await together([new File(["1"], "a.png"), new File(["2"], "a.png")]);
  assert.equal(pictures.name, "2 pictures");
  assert.ok((await pictures.text()).includes("2 a.png"));
});
