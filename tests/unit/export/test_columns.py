"""Values as columns: the page reads them back as they were."""

import json
from pathlib import Path
from random import Random
from typing import Any

from backprop_explorer.bundle import page_folder
from backprop_explorer.export.columns import column_of
from tests import node
from tests.amount import count
from tests.together import each

LEAVES = [0, 1, -0.0, 0.0, 0.1, 1e-300, -17, True, False, None, "", "0", "a", "NaN", "x[0, 1]", {}, []]
READ_BACK = """
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
const { valuesOf } = await import(process.argv[1]);
const cases = JSON.parse(readFileSync(process.argv[2], "utf8"));
const same = ({ values, column }) => isDeepStrictEqual(valuesOf(column, values.length), values);
console.log(JSON.stringify(cases.map(same)));
"""


def made(draw: Random, depth: int) -> Any:
    """A value, more or less like others of its depth."""
    kind = draw.randrange(4) if depth else 0
    if kind == 0:
        return draw.choice(LEAVES)
    if kind == 1:
        return [made(draw, depth - 1) for _ in range(draw.randrange(4))]
    return {name: made(draw, depth - 1) for name in "abcd" if draw.random() < 0.8}


def alike(draw: Random, depth: int) -> list[Any]:
    """Values, most of which have the same outline."""
    first = made(draw, depth)
    return [first if draw.random() < 0.5 else varied(draw, first) for _ in range(draw.randrange(1, 12))]


def varied(draw: Random, value: Any) -> Any:
    if draw.random() < 0.1:
        return made(draw, 1)
    if isinstance(value, dict):
        return {name: varied(draw, part) for name, part in value.items() if draw.random() < 0.9}
    if isinstance(value, list):
        return [varied(draw, part) for part in value]
    return draw.choice(LEAVES) if draw.random() < 0.5 else value


def test_the_page_reads_them_back(tmp_path: Path) -> None:
    draw = Random(13)
    values = [[], *(alike(draw, depth=3) for _ in range(count(400, 20_000)))]
    cases = [{"values": one, "column": column_of(one)} for one in values]
    (tmp_path / "cases.json").write_text(json.dumps(cases), "utf-8")
    script = (page_folder() / "lib" / "columns.js").as_uri()
    told = json.loads(node.run("--input-type=module", "-e", READ_BACK, script, str(tmp_path / "cases.json")))
    assert [case for case, same in zip(cases, told, strict=True) if not same] == []


@each(
    ("values", "column"),
    [
        ([1, 1, 1], {"all": 1}),
        ([0.0, -0.0], [0.0, -0.0]),
        ([{"a": 1, "b": "x"}] * 2, {"all": {"a": 1, "b": "x"}}),
        ([{"a": 1}, {"a": 2, "b": 3}], {"of": {"a": [1, 2], "b": {"in": [0, 1], "are": {"all": 3}}}}),
        ([[1], [1, 2]], {"lengths": [1, 2], "items": [1, 1, 2]}),
        ([None, {"a": 1}], {"there": [0, 1], "are": {"all": {"a": 1}}}),
        (["long", "text", "long", "text"], {"table": ["long", "text"], "at": [0, 1, 0, 1]}),
    ],
)
def test_what_is_common_is_written_once(values: list[Any], column: Any) -> None:
    assert json.dumps(column_of(values)) == json.dumps(column)
