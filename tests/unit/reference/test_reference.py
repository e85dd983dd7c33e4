"""The reference: an entry for every record, complete, typeset, and true."""

from __future__ import annotations

import ast
import re
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest

from backprop_explorer.engine import catalogue, compile_document, optimizers
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.reference import reference
from tests.together import each

RECORDS: dict[str, Any] = {**OPERATIONS, **COMPOSITES, **OPTIMIZERS}
FAMILIES = {"elementwise", "contraction", "reduction", "movement", "scatter", "axiswise", "composite", "optimizer"}


@pytest.fixture(scope="module")
def entries() -> dict[str, dict[str, Any]]:
    return {entry["name"]: entry for group in reference()["groups"] for entry in group["entries"]}


def test_every_record_has_its_entry_in_its_family(entries: dict[str, dict[str, Any]]) -> None:
    assert entries.keys() == RECORDS.keys()
    assert {entry["name"] for entry in [*catalogue(), *optimizers()]} <= entries.keys()
    assert [group["family"] for group in reference()["groups"]][-2:] == ["composite", "optimizer"]
    assert {group["family"] for group in reference()["groups"]} == FAMILIES
    for group in reference()["groups"]:
        assert group["summary"].endswith(".")
        assert {entry["family"] for entry in group["entries"]} == {group["family"]}


def test_an_entry_is_complete(entries: dict[str, dict[str, Any]]) -> None:
    for name in RECORDS:
        entry = entries[name]
        assert entry["summary"].endswith("."), name
        assert entry["source"], name
        assert entry["formulae"], name
        assert all(formula["formula"] for formula in entry["formulae"]), name
        assert bool(entry["sample"]) != bool(entry["remark"]), name
        assert entry["written"] or entry["internal"], name


def test_letters_and_papers_are_named(entries: dict[str, dict[str, Any]]) -> None:
    for name, record in {**COMPOSITES, **OPTIMIZERS}.items():
        assert record.paper == "" or re.fullmatch(r".+, \".+\", (.+, )?\d{4}(; .+)?", record.paper), name
        assert record.paper in entries[name]["source"]
        assert entries[name]["source"].startswith(record.source)
        assert getattr(record, "symbols", "") in entries[name]["summary"]
    assert "Layer Normalization" in entries["layer_norm"]["source"]
    assert "ddof" in entries["var"]["summary"]
    assert all(record.paper for record in OPTIMIZERS.values())


def code_in(mathml: str) -> list[str]:
    """What stayed code or text in a formula."""
    return ["".join(element.itertext()) for element in ElementTree.fromstring(mathml).iter("mtext")]


def test_a_formula_is_typeset(entries: dict[str, dict[str, Any]]) -> None:
    """Nothing in it stays code but a string, which is one."""
    for name in RECORDS:
        for formula in entries[name]["formulae"]:
            assert not [text for text in code_in(formula["mathml"]) if f'"{text}"' not in formula["formula"]], name


def test_a_rule_is_typeset_as_a_gradient(entries: dict[str, dict[str, Any]]) -> None:
    for name, record in RECORDS.items():
        rules = {} if name in OPTIMIZERS else record.gradients if name in COMPOSITES else record.rules
        assert {rule["operand"]: rule["code"] for rule in entries[name]["gradients"]} == dict(rules), name
        for rule in entries[name]["gradients"]:
            tree = ElementTree.fromstring(rule["mathml"])
            assert "".join(tree[0][0].itertext()) == f"∂L∂{rule['operand']}", name


def test_a_formula_that_stays_code_is_seen() -> None:
    from backprop_explorer.language.notation import notation

    assert code_in(notation("y = x and b")[1])
    assert code_in(notation("random numbers")[1])


def test_what_is_refused_is_said_as_the_record_says(entries: dict[str, dict[str, Any]]) -> None:
    for name in (*OPERATIONS, *COMPOSITES):
        refusals = entries[name]["refusals"]
        assert len(refusals) == len(RECORDS[name].rejects), name
        for reject, refusal in zip(RECORDS[name].rejects, refusals, strict=True):
            assert reject.says in refusal["message"], name


@each("name", [name for name, record in RECORDS.items() if getattr(record, "kink", None)])
def test_at_the_kink_the_document_gives_the_gradient(name: str, entries: dict[str, dict[str, Any]]) -> None:
    kink = entries[name]["kink"]
    plan = compile_document(kink["document"])
    with np.errstate(all="ignore"):
        plan.run()
    for tensor, gradient in kink["gradient"].items():
        np.testing.assert_allclose(plan[f"{tensor}.g"], gradient, rtol=1e-12)


def test_an_optimizer_s_formulae_are_its_rule_at_the_defaults(entries: dict[str, dict[str, Any]]) -> None:
    assert [one["formula"] for one in entries["sgd"]["formulae"]] == ["d = g", "p = p - lr * d"]
    assert entries["adam"]["formulae"][-1]["formula"] == "p = p - lr * m_hat / (sqrt(v_hat) + eps)"


def test_the_numbers_of_a_sample_are_short_and_differ(entries: dict[str, dict[str, Any]]) -> None:
    document = entries["matmul"]["sample"]["document"]
    for value in document["parameters"].values():
        flat = [number for row in value for number in row]
        assert len({*flat}) == len(flat)
        assert all(number != 0 and len(str(abs(number))) <= 4 for number in flat)


def test_what_is_described_stays_as_it_is() -> None:
    """The reference reads the records' syntax trees, which every compilation evaluates."""
    trees = {name: ast.dump(record.definition) for name, record in {**COMPOSITES, **OPTIMIZERS}.items()}
    reference()
    assert {name: ast.dump(record.definition) for name, record in {**COMPOSITES, **OPTIMIZERS}.items()} == trees
    for name, record in {**COMPOSITES, **OPTIMIZERS}.items():
        assert ast.unparse(record.definition) == ast.unparse(ast.parse(record.text.strip())), name
