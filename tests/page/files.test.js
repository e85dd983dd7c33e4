import assert from "node:assert/strict";
import { test } from "node:test";

import { accepted, exportPath, fileName, openable, sentence } from "../../frontend/lib/files.js";

const numpy = {
  name: "numpy",
  title: "NumPy script",
  summary: "",
  ending: "py",
  exports: true,
  imports: true,
};
const torch = { ...numpy, name: "torch", title: "Torch script" };
const table = {
  name: "table",
  title: "Table",
  summary: "",
  ending: "csv",
  exports: true,
  imports: false,
};

test("what can be opened is asked for by the endings of names, each once", () => {
  assert.equal(accepted([numpy, torch, table]), ".py,.ipynb", "code comes as a notebook, too");
  assert.equal(accepted([]), "");
  assert.equal(accepted([{ ...numpy, ending: "onnx" }]), ".onnx,.data,.zip");
  assert.equal(
    openable([numpy, torch, table]),
    "NumPy script (.py), Torch script (.py), notebook (.ipynb)",
  );
});

/** @param {string} format */
const path = (format) => `/runs/r/export?format=${format}&iteration=3`;

test("a run is had as a file at the moment that is on the screen", () => {
  assert.equal(
    exportPath("a b", numpy, { iteration: 3, event: null }),
    "/runs/a%20b/export?format=numpy&iteration=3",
  );
  assert.equal(
    exportPath("r", table, { iteration: 3, event: 7 }),
    "/runs/r/export?format=table&iteration=3&event=7",
  );
  assert.equal(exportPath("r", numpy, { iteration: 3, event: null }, 1), path("numpy"), "one only");
  const page = { ...numpy, name: "html", several: true };
  assert.equal(
    exportPath("r", page, { iteration: 3, event: null }, 1),
    `${path("html")}&first_iteration=1`,
  );
  assert.equal(exportPath("r", page, { iteration: 3, event: null }, 3), path("html"));
  assert.equal(exportPath("r", page, { iteration: 3, event: null }, null), path("html"));
  assert.equal(exportPath("r", page, { iteration: 3, event: null }, NaN), path("html"));
});

test("a file is called as the service says, and never by a path", () => {
  assert.equal(fileName('attachment; filename="xor-3.py"', numpy), "xor-3.py");
  for (const odd of [
    null,
    "attachment",
    'attachment; filename="../x.py"',
    'attachment; filename=""',
  ])
    assert.equal(fileName(odd, numpy), "run.py");
});

test("notes are sentences", () => {
  assert.equal(sentence("left out: w9"), "Left out: w9.");
  assert.equal(sentence("Done."), "Done.");
  assert.equal(sentence(""), ".");
});
