"""The page's unit tests under Node, and its JSDoc types under tsc."""

import json
from pathlib import Path

import pytest

from tests import node
from tests.house.repository import FRONTEND, ROOT, files

TYPESCRIPT = ("typescript", "5.9.3")
CONFIGURATION = FRONTEND / "jsconfig.json"


@pytest.mark.smoke
def test_the_units_of_the_page_pass() -> None:
    tests = [str(path) for path in files(".js", ".mjs", under=ROOT / "tests" / "page") if ".test." in path.name]
    assert tests
    node.run("--test", *tests)


def test_a_failing_unit_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.test.mjs").write_text(
        "import test from 'node:test'; test('fails', () => { throw Error('planted') })"
    )
    with pytest.raises(RuntimeError, match="planted"):
        node.run("--test", str(tmp_path / "a.test.mjs"))


def check_types(configuration: Path) -> str:
    """The names of the scripts that were checked; RuntimeError with what is wrong."""
    tsc = str(node.package(*TYPESCRIPT) / "bin" / "tsc")
    return node.run(
        tsc, "--project", str(configuration), "--strict", "--checkJs", "--noEmit", "--pretty", "false", "--listFiles"
    )


def test_the_types_of_the_page_hold() -> None:
    checked = set(check_types(CONFIGURATION).splitlines())
    scripts = {path.as_posix() for path in files(".js", under=FRONTEND)}
    assert scripts
    assert scripts <= checked


def test_a_planted_type_error_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("/** @param {number} n */\nexport const half = n => n.length / 2;\n")
    (tmp_path / "jsconfig.json").write_text(json.dumps({"extends": str(CONFIGURATION), "include": ["a.js"]}))
    with pytest.raises(RuntimeError, match="TS2339"):
        check_types(tmp_path / "jsconfig.json")
