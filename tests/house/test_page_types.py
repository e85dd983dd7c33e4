"""The page's unit tests under Node, and its JSDoc types under tsc."""

from pathlib import Path

import pytest

from tests import node
from tests.house.repository import FRONTEND, ROOT, files

TYPESCRIPT = ("typescript", "5.9.3")
OPTIONS = [
    "--checkJs", "--allowJs", "--strict", "--noEmit", "--target", "es2022", "--lib", "es2023,dom,dom.iterable",
    "--module", "es2022", "--moduleResolution", "bundler", "--pretty", "false",
]  # fmt: skip


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


def check_types(*scripts: Path) -> None:
    node.run(str(node.package(*TYPESCRIPT) / "bin" / "tsc"), *OPTIONS, *map(str, scripts))


def test_the_types_of_the_page_hold() -> None:
    scripts = files(".js", ".ts", under=FRONTEND)
    assert scripts
    check_types(*scripts)


def test_a_planted_type_error_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("/** @param {number} n */\nexport const half = n => n.length / 2;\n")
    with pytest.raises(RuntimeError, match="TS2339"):
        check_types(tmp_path / "a.js")
