"""An iteration as a page in one file: what is written down in it is what the service would answer."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.api import wire
from backprop_explorer.bundle import page_folder
from backprop_explorer.engine import Budget, Plan
from backprop_explorer.examples import examples
from backprop_explorer.explain import explain, uses
from backprop_explorer.export import html
from backprop_explorer.export.forms import form_of
from backprop_explorer.export.recording import ANSWERED_TERMS, JACOBIAN_ELEMENTS, question, recording
from backprop_explorer.importing import Rules
from backprop_explorer.importing import read as opened
from backprop_explorer.problem import Problem
from tests import node
from tests.amount import count, every, some
from tests.moments import moments_of, written

# With the tests of a site on one worker, so that the script of such a page is put together once.
pytestmark = pytest.mark.xdist_group("site")

RULES = Rules(json.loads, 1_000_000, Budget())


def ran(name: str) -> Plan:
    plan = bx.compile(examples[name])
    plan.run()
    return plan


def plain(answer: Any) -> Any:
    return json.loads(wire.encode(answer))


def recorded(plan: Plan) -> Any:
    """What is recorded of a plan that has run, as plain JSON."""
    return plain(recording(plan, 0))


@cache
def proposed(name: str) -> tuple[Plan, Any]:
    """An example, its update proposed, and what is recorded of it; that takes seconds for a large one."""
    plan = ran(name)
    plan.propose()
    return plan, recorded(plan)


def read(answer: Any) -> Any:
    """So much of an answer as is recorded."""
    if isinstance(answer, list):
        return [read(part) for part in answer]
    if isinstance(answer, dict):
        return {name: read(part) for name, part in answer.items() if name not in ("latex", "layouts")}
    return answer


def test_every_number_of_the_lesson_has_its_answers() -> None:
    plan = ran("lesson13")
    found = recorded(plan)
    assert found["run"]["loss"] == plan.loss
    for name, tensor in found["trace"]["tensors"].items():
        rows, columns = (*tensor["shape"], 1, 1)[:2]
        for index in [(i, j)[: len(tensor["shape"])] for i in range(rows) for j in range(columns)]:
            for field in ("value", "gradient") if tensor.get("gradient") is not None else ("value",):
                asked = {"tensor": name, "field": field, "index": ",".join(map(str, index))}
                told = read(plain(explain(plan, name, field, index)))
                assert found["answers"][question("explain", asked)] == told
            asked["field"] = "value"
            assert found["answers"][question("uses", asked)] == plain(uses(plan, name, "value", index))
    for step in found["trace"]["steps"]:
        assert found["answers"][f"why?step={step['index']}"]["code"] == step["code"]


def test_of_a_large_jacobian_there_is_what_it_would_cost() -> None:
    answers = recorded(ran("lesson13"))["answers"]
    large, small = answers["jacobian?input=x&step=0"], answers["jacobian?input=w1&step=0"]
    assert large["limit"] == JACOBIAN_ELEMENTS < large["cost"]["jacobian_elements"]
    assert small["cost"]["jacobian_elements"] <= JACOBIAN_ELEMENTS
    assert ("value" in large, "value" in small) == (False, True)


ENDLESS = {
    "program": "y = x * w\nloss = (y - exp(y)).sum()", "inputs": {"x": [1e200, 2.0, -0.0]},
    "parameters": {"w": [1e200, 0.0, 3.0]}, "optimizer": {"name": "sgd", "lr": 0.1},
}  # fmt: skip
SINGLE = {**examples["lesson13"], "dtype": "float32", "optimizer": {"name": "adam", "lr": 0.1}}
DOCUMENTS = {**examples, "endless": ENDLESS, "single": SINGLE}
SAME = """
import { readFileSync } from "node:fs";
import { isDeepStrictEqual } from "node:util";
const { recordedClient, recordingIn } = await import(process.argv[1]);
const [written, recorded] = process.argv.slice(2).map((name) => JSON.parse(readFileSync(name, "utf8")));
const found = recordingIn(written);
const client = recordedClient(() => found);
const other = [];
for (const [key, told] of Object.entries(recorded.answers)) {
  const [kind, query] = key.split("?");
  const asked = Object.fromEntries(new URLSearchParams(query));
  const index = asked.index?.split(",").filter(Boolean).map(Number);
  const answer = await (kind === "explain" ? client.explain("", { ...asked, index }) : client.study("", kind, asked));
  if (!isDeepStrictEqual(answer, told)) other.push(key);
}
for (const part of ["trace", "run"]) if (!isDeepStrictEqual(found[part], recorded[part])) other.push(part);
console.log(JSON.stringify([other, Object.keys(recorded.answers).length]));
"""


@pytest.mark.parametrize("name", some(DOCUMENTS, "attention_head", "endless", "single"))
def test_the_page_tells_what_was_recorded_to_the_last_digit(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = bx.compile(DOCUMENTS[name])
    found: list[Any] = []
    monkeypatch.setattr(html, "recording", lambda *given: found.append(recording(*given)) or found[-1])
    with np.errstate(all="ignore"):
        page = plan.html()  # runs it
    contents = written(page), plain(*found)
    paths = [tmp_path / "written.json", tmp_path / "recorded.json"]
    for path, content in zip(paths, contents, strict=True):
        path.write_text(json.dumps(content), "utf-8")
    client = (page_folder() / "service" / "recorded.js").as_uri()
    said = node.run("--input-type=module", "-e", SAME, client, *map(str, paths))
    other, count = json.loads(said)
    assert other == []
    assert count > 10


def test_explanations_of_one_form_are_written_once() -> None:
    found = written(ran("lesson13").html())
    assert {"x gradient", "w1 gradient", "w1 next", "l1.matmul value", "l2 gradient"} <= {*found["forms"]["names"]}
    assert found["answers"]["explain"]["count"] < 70


def test_the_file_is_small_and_asks_for_nothing() -> None:
    page = bx.compile(examples["lesson13"]).html()
    assert len(gzip.compress(page.encode(), 9)) <= 100_000
    assert "default-src 'none'" in page
    assert "http://" not in page.replace("http://www.w3.org/", "")
    assert "https://" not in page


@pytest.mark.parametrize("name", some(["lesson13", "attention_head", "rnn", "single"], "lesson13"))
def test_a_page_of_several_iterations_tells_each_to_the_last_digit(name: str, tmp_path: Path) -> None:
    plan = bx.compile(DOCUMENTS[name])
    before = {name: array.copy() for name, array in plan.snapshot().items()}
    page = plan.html(iterations=3)
    assert all(np.array_equal(array, before[name]) for name, array in plan.snapshot().items())
    assert opened(page.encode(), RULES)[1].document == json.loads(wire.encode(plan.document.to_json_dict()))
    assert "iterations 0–2" in page.partition("</title>")[0]
    found = moments_of(page, tmp_path)
    assert [*found] == [0, 1, 2]
    losses = set()
    for iteration, moment in found.items():
        plan.run()
        told = plain(recording(plan, iteration))
        assert (moment["run"], moment["trace"]) == (told["run"], told["trace"])
        assert moment["answers"].items() <= told["answers"].items()
        losses.add(moment["run"]["loss"])
        plan.step()
    assert len(losses) == 3


def test_another_iteration_costs_little() -> None:
    several = count(3, 5)
    sizes = [len(gzip.compress(bx.compile(examples["lesson13"]).html(many).encode(), 9)) for many in (1, 2, several)]
    assert sizes[1] - sizes[0] < 20_000  # with the script that goes from one to the other
    assert sizes[2] - sizes[1] < (several - 2) * 8_000


@pytest.mark.parametrize("count", [0, -1, True, 2.0, "3", None])
def test_a_page_has_an_iteration_or_more(count: Any) -> None:
    with pytest.raises(Problem, match="A page has 1 iteration or more"):
        bx.compile(examples["scalar"]).html(count)


def test_only_what_is_trained_has_another_iteration() -> None:
    document = {"program": "loss = w * w", "parameters": {"w": 2.0}}
    assert bx.compile(document).html(1)
    with pytest.raises(Problem, match="has no optimizer"):
        bx.compile(document).html(2)


def test_only_a_file_with_a_slide_has_what_draws_it() -> None:
    document = {
        "program": "loss = (conv2d(x, k) ** 2).mean()",
        "inputs": {"x": np.ones((1, 1, 3, 3))},
        "parameters": {"k": np.ones((1, 1, 2, 2))},
    }
    convolution = bx.compile(document)
    pages = {"lesson13": bx.compile(examples["lesson13"]).html(), "convolution": convolution.html()}
    drawn = {name: ('"slide-planes"' in page, ".slide-planes{" in page) for name, page in pages.items()}
    assert drawn == {"lesson13": (False, False), "convolution": (True, True)}


FORMS = [
    ("digits", "w1", "gradient"), ("digits", "w1", "next"), ("digits", "h.matmul", "value"),
    ("digits", "scores", "gradient"), ("convnet", "x", "gradient"), ("transformer_block", "wq", "gradient"),
    ("lesson13", "l1", "value"), ("rnn", "wx", "gradient"),
]  # fmt: skip
FORMLESS = ("scores", "x")


@pytest.mark.parametrize(
    ("name", "tensor", "field"), every(6, [pytest.param(*one) for one in FORMS]), ids=lambda one: str(one)
)
def test_a_form_gives_every_element_its_own_explanation(name: str, tensor: str, field: Any, tmp_path: Path) -> None:
    plan, record = proposed(name)
    shape = plan.tensors[tensor].shape
    form = form_of(plan, tensor, field, shape)
    if form is None:
        assert tensor in FORMLESS
        return
    draw = Random(7)
    wanted = [tuple(draw.randrange(length) for length in shape) for _ in range(40)]
    asked = [{"tensor": tensor, "field": field, "index": list(index)} for index in wanted]
    content = {"form": form, "trace": record["trace"], "asked": asked}
    (tmp_path / "asked.json").write_bytes(wire.encode(content))
    (tmp_path / "forms.mjs").write_text(f"""
        import {{ readFileSync }} from "node:fs";
        import {{ explainedBy }} from "{(page_folder() / "lib" / "forms.js").as_uri()}";
        const {{ form, trace, asked }} = JSON.parse(readFileSync("{(tmp_path / "asked.json").as_posix()}", "utf8"));
        console.log(JSON.stringify(asked.map((target) => explainedBy(form, trace, target))));
    """)
    given = json.loads(node.run(str(tmp_path / "forms.mjs")))
    for index, answer in zip(wanted, given, strict=True):
        told = read(plain(explain(plan, tensor, field, index, limit=2_000)))
        for term in told["terms"]:
            term.pop("zero", None)
            term.pop("by", None)
        assert answer == told


def test_a_number_that_its_terms_do_not_add_up_to_is_not_told(tmp_path: Path) -> None:
    plan = ran("lesson13")
    form = form_of(plan, "l1.matmul", "value", (6, 2))
    trace = plain(recording(plan, 0)["trace"])
    trace["tensors"]["l1.matmul"]["value"][0][0] += 0.5
    (tmp_path / "asked.json").write_bytes(wire.encode({"form": form, "trace": trace}))
    (tmp_path / "forms.mjs").write_text(f"""
        import {{ readFileSync }} from "node:fs";
        import {{ explainedBy }} from "{(page_folder() / "lib" / "forms.js").as_uri()}";
        const {{ form, trace }} = JSON.parse(readFileSync("{(tmp_path / "asked.json").as_posix()}", "utf8"));
        const target = (index) => ({{ tensor: "l1.matmul", field: "value", index }});
        console.log(JSON.stringify([[0, 0], [0, 1]].map((index) => explainedBy(form, trace, target(index)) !== null)));
    """)
    assert json.loads(node.run(str(tmp_path / "forms.mjs"))) == [False, True]


def test_what_is_written_down_is_bounded() -> None:
    _, found = proposed("digits")
    terms = sum(len(one["terms"]) for key, one in found["answers"].items() if key.startswith("explain?"))
    assert terms <= ANSWERED_TERMS
    assert {"w1 value", "w1 gradient"} & {*found["forms"], "w1 value"}


def test_a_hostile_title_is_text() -> None:
    title = "</script><script>alert(1)</script>"
    page = bx.compile({**examples["scalar"], "title": title, "description": "<img src=x onerror=alert(1)>"}).html()
    assert "<script>alert" not in page
    assert "<img" not in page.partition("<script")[0]
    assert opened(page.encode(), RULES)[1].document["title"] == title  # type: ignore[index]


@pytest.mark.parametrize(
    ("page", "says"),
    [
        (b"<!doctype html><p>something else", "carries no document"),
        (b'<!doctype html><script type="application/json" id="document">{"program": "loss', "has no end"),
        (b'<!doctype html><script type="application/json" id="document">[1]</script>', "no JSON object"),
    ],
)
def test_other_pages_are_refused(page: bytes, says: str) -> None:
    with pytest.raises(Problem, match=says):
        opened(page, RULES)
