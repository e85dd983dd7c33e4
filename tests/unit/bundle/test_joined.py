"""The page's modules as one script: what it does is what the modules do, and what it cannot carry is refused."""

import re
from pathlib import Path

import pytest

from backprop_explorer.bundle import bundled_script, page_folder, without_remarks
from tests import node
from tests.amount import LONG
from tests.house.test_page_types import TYPESCRIPT
from tests.unit.bundle.files import ENTRIES, FILES, run, wrote


def test_the_script_does_what_the_modules_do(tmp_path: Path) -> None:
    folder = wrote(tmp_path, {**FILES, "package.json": '{"type": "module"}'})
    (folder / "all.js").write_text(bundled_script(folder, "main.js"), "utf-8")
    assert (
        run(folder / "all.js") == run(folder / "main.js") == '[3,8,"import { x } from \'y\'","shadowed",1,5,"once"]\n'
    )


def test_each_module_is_there_once(tmp_path: Path) -> None:
    text = bundled_script(wrote(tmp_path, FILES), "main.js")
    assert text.count("globalThis.seen =") == 1
    assert not re.search(r"^(import|export)\b", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("module", "says"),
    [
        ("export let count = 0;", "export let count = 0;"),
        ("export default 5;", "export default 5;"),
        ("export const { a } = {};", "export const { a } = {};"),
        ('import a from "./b.js";\nexport const c = a;', 'import a from "./b.js";'),
        ('import { a } from "elsewhere";', 'import { a } from "elsewhere";'),
    ],
)
def test_what_it_cannot_carry_is_refused(tmp_path: Path, module: str, says: str) -> None:
    folder = wrote(tmp_path, {"main.js": 'import "./a.js";\n', "a.js": module, "b.js": ""})
    with pytest.raises(ValueError, match=re.escape(f"a.js: a bundle cannot have {says!r}")):
        bundled_script(folder, "main.js")


def test_modules_that_import_each_other_are_refused(tmp_path: Path) -> None:
    files = {"main.js": 'import { a } from "./a.js";\n', "a.js": 'import { b } from "./main.js";\n'}
    with pytest.raises(ValueError, match=r"main\.js imports a\.js imports main\.js"):
        bundled_script(wrote(tmp_path, files), "main.js")


@pytest.mark.parametrize("entry", ENTRIES)
def test_the_page_s_scripts_can_be_read(tmp_path: Path, entry: str) -> None:
    (tmp_path / "all.mjs").write_text(bundled_script(page_folder(), entry), "utf-8")
    assert node.run("--check", str(tmp_path / "all.mjs")) == ""


REMARKED = """\
/** What it is.
 *  A `tick`, and a // slash.
 */
const one = 1; // stays
  // goes
  /** @type {string} */
const text = `// it ${one} * /** no */`;
console.log(text, "/** stays */"); /** stays */
"""


def test_remarks_are_left_out_and_nothing_else(tmp_path: Path) -> None:
    assert without_remarks(REMARKED) == "".join(REMARKED.splitlines(keepends=True)[at] for at in (3, 6, 7))


# TypeScript reads the scripts, whatever is in their texts, and writes them anew without comments.
PRINTED = """
const ts = require(process.argv[1] + "/lib/typescript.js");
const printer = ts.createPrinter({ removeComments: true });
const printed = (name) =>
  printer.printFile(ts.createSourceFile(name, require("fs").readFileSync(name, "utf8"), ts.ScriptTarget.ESNext));
for (const folder of process.argv.slice(2)) {
  const short = printed(folder + "/short.mjs");
  console.log(printed(folder + "/whole.mjs") === short, short.length);
}
"""


def test_without_remarks_the_page_s_scripts_are_the_same(tmp_path: Path) -> None:
    sizes = []
    entries = ENTRIES if LONG else ("main.js",)  # the others have most of its modules
    for entry in entries:
        whole = bundled_script(page_folder(), entry)
        short = without_remarks(whole)
        assert len(short) < 0.8 * len(whole), entry
        sizes.append(len(short))
        wrote(tmp_path / entry, {"whole.mjs": whole, "short.mjs": short})
    folders = [str(tmp_path / entry) for entry in entries]
    said = [line.split() for line in node.run("-e", PRINTED, str(node.package(*TYPESCRIPT)), *folders).splitlines()]
    assert [same for same, _ in said] == ["true"] * len(entries)
    assert all(int(length) > size / 2 for (_, length), size in zip(said, sizes, strict=True))
