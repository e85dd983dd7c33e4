"""One letter for one axis, in every formula, sentence and table about a program, and in what the lessons say."""

from __future__ import annotations

import json
import re
from importlib import resources
from typing import Any

import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.explain import explain, why_step
from backprop_explorer.explain.letters import axis_letters
from tests.together import each

CODE = re.compile(r"`([^`]*)`")
CELL = re.compile(r"([A-Za-z_]\w*(?:\.\w+)*)\[([^\[\]]*)\]")
LESSONS = sorted(
    one.name.removesuffix(".json")
    for one in resources.files("backprop_explorer.lessons").iterdir()
    if one.name.endswith(".json")
)


def ran(document: Any) -> Plan:
    plan = bx.compile(document)
    plan.run()
    return plan


def clashes(plan: Plan, text: str, *, second: bool = False) -> list[str]:
    """Cells in a text whose letters are not those of their axes."""
    letters = axis_letters(plan.program)
    found = []
    for name, index in CELL.findall(text):
        node = plan.program.nodes.get(name)
        written = [one.strip() for one in index.split(",")]
        if node is None or len(written) != node.ndim:
            continue
        for axis, one in enumerate(written):
            own = letters.get((node, axis), "")
            if re.fullmatch("[a-z]", one) and one not in (own if second else own[:1]):
                found.append(f"{name}[{index}]: {own}")
    return found


@pytest.mark.parametrize("name", ["lesson13", "xor", "autoencoder", "softmax_classifier", "logistic_regression"])
def test_why_and_terms_have_the_letters_of_the_axes(name: str) -> None:
    plan = ran(examples[name])
    seen = 0
    for step, line in enumerate(plan.program.lines):
        index = tuple(length - 1 for length in line.node.shape)
        known = plan.program.names.get(line.node)
        for at in (None, index):
            answer = why_step(plan, step, lambda: plan, at)
            texts = [answer["formula"]["code"], *(one["text"] for one in answer["story"])]
            if known is not None:
                groups = explain(plan, *known, index)["groups"]
                texts += [one["code"] for group in groups for one in group["factors"]]
            for text in texts:
                assert not clashes(plan, text), (line.output, text)
                seen += len(CELL.findall(text))
    assert seen


@pytest.mark.parametrize("tensor", ["v", "k", "q", "wv"])
def test_an_element_s_sum_has_the_letter_of_the_formula(tensor: str) -> None:
    plan = ran(examples["attention_head"])
    step = next(i for i, line in enumerate(plan.program.lines) if line.output == f"{tensor}.g")
    answer = why_step(plan, step, lambda: plan, (0, 0))
    [over] = re.findall(r", (\w)\)$", answer["formula"]["code"])
    [group] = explain(plan, tensor, "gradient", (0, 0))["groups"]
    assert group["letters"] == [over]
    told = " ".join(one["text"] for one in answer["story"])
    assert f"Summed over {over}: " in told
    element = answer["formula"]["code"].partition("[")[2].partition("]")[0].split(", ")
    forward = next(code for code in CODE.findall(told) if " = sum(" in code)
    summed = re.findall(r", (\w)\)$", forward)[0]
    assert summed in element or summed not in {over, *element}


def test_a_step_that_transposes_is_written_by_its_name() -> None:
    plan = ran(examples["attention_head"])
    lines = plan.program.lines
    for name in ("scores.mT", "scores.matmul"):
        step = next(i for i, line in enumerate(lines) if line.output == name)
        formula = why_step(plan, step, lambda: plan)["formula"]
        assert "scores.mT[" in formula["code"]
        assert "⊤" not in formula["mathml"]
    turned = next(i for i, line in enumerate(lines) if line.output == "wv.g")
    assert "x.T" in lines[turned].code


@each("name", LESSONS)
def test_lessons_speak_with_the_same_letters(name: str) -> None:
    text = (resources.files("backprop_explorer.lessons") / f"{name}.json").read_text("utf-8")
    lesson = json.loads(text)
    plan = ran(lesson.get("document") or examples[lesson.get("example") or "lesson13"])
    for chapter in lesson["chapters"]:
        for code in CODE.findall(json.dumps(chapter, ensure_ascii=False)):
            assert not clashes(plan, code, second=True), chapter["title"]


def test_the_layer_of_a_lesson() -> None:
    plan = ran(examples["lesson13"])
    forms = {
        line.output: why_step(plan, i, lambda: plan)["formula"]["code"] for i, line in enumerate(plan.program.lines)
    }
    assert forms["l1.matmul"] == "l1.matmul[b, j] = sum(x[b, i] * w1[i, j], i)"
    assert forms["w1.g"] == "w1.g[i, j] = sum(x[b, i] * l1.g[b, j], b)"
    assert forms["l2.g"] == "l2.g[b, j] = out.g[b, 0] * w2[j, 0]"


def test_two_axes_that_are_one_have_two_letters() -> None:
    plan = ran({"program": "s = x @ x.T\nloss = mean(s ** 2)", "parameters": {"x": [[1.0, 2.0, 0.5], [3.0, 1.0, 0.2]]}})
    formula = why_step(plan, next(i for i, line in enumerate(plan.program.lines) if line.output == "s"), lambda: plan)
    first, other = re.findall(r"s\[(\w+), (\w+)\]", formula["formula"]["code"])[0]
    assert first != other


def test_a_deep_network_s_letters_are_those_of_a_shallow_one() -> None:
    program = "\n".join(f"h{i} = h{i - 1} @ w{i}" for i in range(1, 13)) + "\nloss = mean(h12 ** 2)"
    widths = [2 + i % 2 for i in range(13)]
    given = {f"w{i}": [[0.5] * widths[i]] * widths[i - 1] for i in range(1, 13)}
    plan = ran({"program": program, "inputs": {"h0": [[1.0, 2.0]] * 4}, "parameters": given})
    assert len({letters[0] for letters in axis_letters(plan.program).values()}) <= 7
    last = next(i for i, line in enumerate(plan.program.lines) if line.output == "w12.g")
    assert re.search(r"w12\.g\[(\w), (?!\1)\w\]", why_step(plan, last, lambda: plan)["formula"]["code"])
