"""The page's scripts, and small modules in a folder that import each other in every way that is there."""

from pathlib import Path

from tests import node

ENTRIES = ("main.js", "ops.js", "widget.js", "snapshot.js", "slidingsnapshot.js", "severalsnapshots.js")
FILES = {
    "main.js": """\
import { add, twice as double } from "./lib/numbers.js";
import * as names from "./lib/names.js";
import {
  Counter,
  later,
} from "./state/counter.js";
import "./effect.js";
const counter = new Counter();
counter.count();
const waited = await later(5);
console.log(JSON.stringify([add(1, 2), double(4), names.FIRST, names.other(), counter.value, waited, globalThis.seen]));
""",
    "effect.js": "globalThis.seen = 'once' + (globalThis.seen ?? '');\n",
    "lib/numbers.js": """\
export function add(a, b) {
  return a + b;
}
const two = 2;
const multiplied = (number) => number * two;
export { multiplied as twice };
export {};
""",
    "lib/names.js": """\
import "../effect.js";
/** Words such as export and import in a comment: import { a } from "./nowhere.js" */
export const FIRST = "import { x } from 'y'";
export { add as other } from "./aliases.js";
export * from "./numbers.js";
""",
    "lib/aliases.js": 'const two = "shadowed";\nexport const add = () => two;\n',
    "state/counter.js": """\
import { add } from "../lib/numbers.js";
export class Counter {
  value = 0;
  count() {
    this.value = add(this.value, 1);
  }
}
export async function later(value) {
  return value;
}
""",
}


def wrote(folder: Path, files: dict[str, str]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


def run(path: Path) -> str:
    return node.run(str(path))
