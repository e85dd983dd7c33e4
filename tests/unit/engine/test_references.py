"""Steps carry what their code refers to: tokens, what they make, and the operands of their pictures."""

from typing import Any

import backprop_explorer as bx
from backprop_explorer.engine.compiling import compile_document
from backprop_explorer.engine.document import Document
from backprop_explorer.engine.trace import trace
from backprop_explorer.examples import examples
from tests.amount import some
from tests.examples.telling import TELLING
from tests.together import each


def steps_of(program: str, inside: bool = False, **given: Any) -> dict[str, dict[str, Any]]:
    optimizer = given.pop("optimizer", None)
    plan = bx.compile({"program": program, "parameters": given, "optimizer": optimizer})
    steps = trace(plan, open=inside)["steps"]
    return {f"{step['phase']} {step['output']}": step for step in steps}


def operand_texts(step: dict[str, Any]) -> list[str]:
    """The code that each operand of the picture takes in the step."""
    texts: dict[int, str] = {}
    for token in step["tokens"]:
        if "operand" in token:
            texts[token["operand"]] = texts.get(token["operand"], "") + token["text"]
    return [texts[position] for position in sorted(texts)]


@each("name", some(examples, *TELLING))
@each("opened", [False, True])
def test_tokens_are_the_code_and_refer_to_tensors_of_the_trace(name: str, opened: bool) -> None:
    plan = compile_document(Document.parse(examples[name]))
    found = trace(plan, values=False, open=opened)
    references = 0
    for step in found["steps"]:
        assert "".join(token["text"] for token in step["tokens"]) == step["code"]
        named = [token for token in step["tokens"] if "tensor" in token]
        references += len(named)
        for token in named:
            tensor = token["tensor"]
            assert tensor in found["tensors"]
            text = f"{tensor}.g" if token["field"] == "gradient" else tensor
            assert token["text"].partition("__")[0] == text.partition("__")[0]
        # What is not referred to stands inside of a closed composite.
        assert {token["text"] for token in named} == {name for name in step["inputs"] if _is_listed(name, found)}
    assert references > len(found["steps"])


def _is_listed(name: str, found: dict[str, Any]) -> bool:
    tensors = found["tensors"]
    return name in tensors or name.removesuffix(".g") in tensors or name.rpartition(".g__")[0] in tensors


def test_what_a_step_makes() -> None:
    steps = steps_of("h = w * 2\nloss = sum(h * h + h)", w=[1.0], optimizer={"name": "sgd", "lr": 0.1, "momentum": 0.9})
    made = {key: step["of"] for key, step in steps.items()}
    assert made["forward h"] == {"tensor": "h", "field": "value"}
    assert made["backward h.g__2"] == {"tensor": "h", "field": "gradient", "part": 2}
    assert made["backward h.g"] == {"tensor": "h", "field": "gradient"}
    assert made["update w"] == {"tensor": "w", "field": "next"}
    assert all(step["of"]["tensor"] in step["output"] for step in steps.values())


def test_a_transposed_operand_and_one_in_parentheses_are_whole() -> None:
    steps = steps_of("h = relu(x @ w)\nloss = sum(h @ v)", x=[[1.0, 2.0]], w=[[1.0], [2.0]], v=[[3.0]])
    assert operand_texts(steps["backward w.g"])[0] == "x.T"
    steps = steps_of("h = (x + 1) @ w\nloss = sum(h)", x=[[1.0, 2.0]], w=[[1.0], [2.0]])
    gradient = steps["backward w.g"]
    assert gradient["code"].startswith("(x + 1).T @ ")
    assert operand_texts(gradient)[0] == "(x + 1).T"
    assert gradient["picture"]["operands"][0]["code"] == "(x + 1).T"


def test_an_operand_that_is_given_several_times_stands_in_several_places() -> None:
    steps = steps_of("h = concatenate((a, b, a))\nloss = sum(h)", a=[1.0], b=[2.0])
    assert [token.get("operand") for token in steps["forward h"]["tokens"] if "tensor" in token] == [0, 1, 2]


def test_operands_that_no_tensor_goes_into_are_constant() -> None:
    step = steps_of("h = 0.5 * w\nloss = sum(h)", w=[1.0])["forward h"]
    assert [operand.get("constant", False) for operand in step["picture"]["operands"]] == [True, False]


def test_an_operand_goes_by_the_name_that_the_code_gives_it() -> None:
    steps = steps_of("a = x @ w\nh = a + b\nloss = sum(h * h)", x=[[1.0]], w=[[2.0]], b=[3.0])
    for step in steps.values():
        for operand in step["picture"]["operands"]:
            assert operand["tensor"] is None or operand["code"].startswith(operand["tensor"])
    # h.g, a.g and what b's is made of are the same numbers; the picture has the name that stands in the text.
    step = steps["backward b.g"]
    [operand] = step["picture"]["operands"]
    assert [token["tensor"] for token in step["tokens"] if "tensor" in token] == [operand["tensor"]]


def test_names_inside_of_a_composite_refer_to_nothing_unless_it_is_open() -> None:
    program = "n = layer_norm(x, g, b)\nloss = sum(n * n)"
    given: dict[str, Any] = {"x": [[1.0, 2.0, 4.0]], "g": [1.0, 1.0, 1.0], "b": [0.0, 0.0, 0.0]}
    hidden = [
        token["text"]
        for step in steps_of(program, **given).values()
        for token in step["tokens"]
        if "tensor" not in token and "n.standardize.g" in token["text"]
    ]
    assert hidden
    opened = [token for step in steps_of(program, inside=True, **given).values() for token in step["tokens"]]
    assert any(token["text"].startswith("n.") and token.get("field") == "gradient" for token in opened)
