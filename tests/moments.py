"""What a page in one file tells of several iterations, read by its own modules."""

import json
import zlib
from base64 import b64decode
from pathlib import Path
from typing import Any

from backprop_explorer.bundle import page_folder
from tests import node

_READ = """
import { readFileSync } from "node:fs";
const [{ momentsIn }, { recordedClient }, asked] = [
  await import(process.argv[1]), await import(process.argv[2]), JSON.parse(readFileSync(process.argv[3], "utf8")),
];
const moments = momentsIn(asked.written);
const client = recordedClient(({ iteration }) => moments.at(iteration));
const found = {};
for (let iteration = moments.first; iteration <= moments.last; iteration += 1) {
  const explained = [];
  for (const target of asked.targets) explained.push(await client.explain("", target, { iteration }));
  const { run, trace, answers } = moments.at(iteration);
  found[iteration] = { run, trace, answers, explained };
}
console.log(JSON.stringify(found));
"""


def written(page: str) -> Any:
    """What the page has written down."""
    packed = page.partition('<script type="text/plain" id="recording">')[2].partition("</script>")[0]
    return json.loads(zlib.decompress(b64decode(packed)))


def moments_of(page: str, folder: Path, *targets: dict[str, Any]) -> dict[int, Any]:
    """By iteration: its run, its trace, its answers, and the explanations of these elements."""
    asked = {"written": written(page), "targets": targets}
    (folder / "asked.json").write_text(json.dumps(asked), "utf-8")
    modules = [(page_folder() / name).as_uri() for name in ("panels/moments.js", "service/recorded.js")]
    told = node.run("--input-type=module", "-e", _READ, *modules, str(folder / "asked.json"))
    return {int(iteration): moment for iteration, moment in json.loads(told).items()}
