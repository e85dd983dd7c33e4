// The engine in Pyodide under Node, asked as `bare.py` is: a line of JSON in, one out.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { pathToFileURL } from "node:url";

const [, , folder, entry, ...archives] = process.argv;
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
console.log = console.error; // what Pyodide says on the way is no answer
const python = await loadPyodide({ indexURL: `${folder}/`, packages: ["numpy"], stdout: console.error });
const place = python.runPython("import site; site.getsitepackages()[0]");
for (const path of archives) python.unpackArchive(readFileSync(path).buffer, "bztar", { extractDir: place });
python.FS.writeFile("/bare.py", readFileSync(entry, "utf-8"));
const told = await python.runPythonAsync(`
import sys
sys.path.insert(0, "/")
import bare
bare.Session().told
`);
for await (const line of createInterface({ input: process.stdin }))
  process.stdout.write(`${await told(line)}\n`);
process.exit(0);
