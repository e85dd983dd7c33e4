"""The page's unit tests under Node, and its JSDoc types under tsc: those of answers are what the service describes."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests import node
from tests.house.page_types import COMMAND, FILE, generated, shape, written
from tests.house.repository import FRONTEND, ROOT, files

TYPESCRIPT = ("typescript", "5.9.3")
CONFIGURATION = FRONTEND / "jsconfig.json"


@pytest.mark.smoke
def test_the_units_of_the_page_pass() -> None:
    tests = [str(path) for path in files(".js", ".mjs", under=ROOT / "tests" / "page") if ".test." in path.name]
    assert tests
    # In one process: one for each file would take four times as long.
    node.run("--test", "--test-isolation=none", *tests)


def test_a_failing_unit_is_seen(tmp_path: Path) -> None:
    (tmp_path / "a.test.mjs").write_text(
        "import test from 'node:test'; test('fails', () => { throw Error('planted') })"
    )
    with pytest.raises(RuntimeError, match="planted"):
        node.run("--test", str(tmp_path / "a.test.mjs"))


def check_types(configuration: Path) -> str:
    """The names of the scripts that were checked; RuntimeError with what is wrong."""
    tsc = str(node.package(*TYPESCRIPT) / "bin" / "tsc")
    options = ["--strict", "--checkJs", "--noEmit", "--pretty", "false", "--listFiles"]
    return node.run(tsc, "--project", str(configuration), *options)


def test_the_types_of_the_page_hold() -> None:
    checked = set(check_types(CONFIGURATION).splitlines())
    scripts = {path.as_posix() for path in files(".js", under=FRONTEND)}
    assert scripts
    assert scripts <= checked


def test_a_planted_type_error_is_seen(tmp_path: Path) -> None:
    configuration = tmp_path / "jsconfig.json"
    configuration.write_text(json.dumps({"extends": str(CONFIGURATION), "include": ["a.js", "b.js"]}))
    (tmp_path / "a.js").write_text("/** @param {string} n */\nexport const half = n => n.length / 2;\n")
    (tmp_path / "b.js").write_text('import { half } from "./a.js";\nexport const one = half(2);\n')
    with pytest.raises(RuntimeError, match=r"b\.js.*TS2345"):
        check_types(configuration)


def test_the_types_of_answers_are_what_the_service_describes() -> None:
    assert FILE.read_text("utf-8") == generated(), f"the shape of an answer has changed: run {COMMAND}"


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        ({"type": "array", "items": {"anyOf": [{"type": "integer"}, {"type": "null"}]}}, "(number | null)[]"),
        ({"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Step"}}, "Record<string, Step>"),
        ({"enum": ["a", "b"], "type": "string"}, '"a" | "b"'),
        ({"const": "ok", "type": "string"}, '"ok"'),
        ({"type": "object", "additionalProperties": True}, "Record<string, unknown>"),
        ({}, "unknown"),
    ],
)
def test_a_schema_as_a_type(schema: dict[str, Any], expected: str) -> None:
    assert shape(schema) == expected


def test_an_answer_in_types() -> None:
    """A key that may be missing, a number that may be not finite, a remark; what nothing answers with is left out."""
    number = [{"type": "number"}, {"enum": ["NaN", "Infinity", "-Infinity"], "type": "string"}]
    properties = {
        "loss": {"anyOf": [*number, {"type": "null"}], "description": "of all"},
        "value": {"anyOf": [*number, {"type": "array", "items": {}}]},
    }
    one = {"description": "A run.", "properties": properties, "required": ["loss"]}
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/Run"}}}
    paths = {"/run": {"get": {"responses": {"200": {"content": content}}}}}
    text = written({"paths": paths, "components": {"schemas": {"Run": one, "Asked": one}}})
    assert "/** A run. */\nexport type Run = {\n  /** of all */\n  loss: Wire | null;\n  value?: Nested;\n};\n" in text
    assert "Asked" not in text


def test_two_types_of_one_name_are_seen() -> None:
    content = {"application/json": {"schema": {"$ref": "#/components/schemas/a__Run"}}}
    paths = {"/run": {"get": {"responses": {"200": {"content": content}}}}}
    with pytest.raises(LookupError, match="a__Run"):
        written({"paths": paths, "components": {"schemas": {"a__Run": {"properties": {}}}}})
