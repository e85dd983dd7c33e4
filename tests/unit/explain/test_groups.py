"""Terms in index form: what differs in indices alone is one sum over letters."""

from typing import Any

import pytest

import backprop_explorer as bx
from backprop_explorer.examples import examples
from backprop_explorer.explain import explain


def explained(program: str, tensor: str, *index: int, field: Any = "gradient", **given: Any) -> dict[str, Any]:
    inputs = {name: given.pop(name) for name in ("x", "y") if name in given}
    plan = bx.compile({"program": program, "inputs": inputs, "parameters": given})
    plan.run()
    return explain(plan, tensor, field, index)


def forms(answer: dict[str, Any]) -> list[str]:
    return [
        f"{','.join(group['letters'])}: "
        + " · ".join(f"({one['code']})" if one["loose"] else one["code"] for one in group["factors"])
        for group in answer["groups"]
    ]


DATA = {"x": [[1.0, 2.0, 3.0], [4.0, 5.0, 7.0]], "w": [[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]}


def test_what_runs_along_the_batch_has_the_batch_s_letter() -> None:
    answer = explained("z = x @ w\nloss = sum(z * z)", "w", 2, 1, **DATA)
    assert forms(answer) == ["b: x[b, 2] · z.g[b, 1]"]
    assert answer["groups"][0]["places"] == [[0], [1]]


def test_a_letter_is_no_tensor_s_name() -> None:
    answer = explained("z = x @ w + b\nloss = sum(z * z)", "w", 2, 1, b=[1.0, 2.0], **DATA)
    assert forms(answer) == ["n: x[n, 2] · z.g[n, 1]"]


def test_terms_of_another_form_are_a_group_of_their_own() -> None:
    answer = explained("z = x @ w + b\nloss = sum(z * z)", "z", 1, 0, field="value", b=[1.0, 2.0], **DATA)
    assert forms(answer) == ["i: x[1, i] · w[i, 0]", ": b[0]"]
    assert [group["terms"] for group in answer["groups"]] == [[0, 1, 2], [3]]


def test_indices_that_run_together_or_against_each_other() -> None:
    program = "z = conv1d(v[None, None], k)\nloss = sum(z * z)"
    given = {"v": [1.0, 2.0, 3.0, 4.0], "k": [[[1.0, 2.0]]]}
    [form] = forms(explained(program, "z", 0, 0, 1, field="value", **given))
    assert form == "i: v[i] · k[0, 0, i - 1]"
    assert "1 - " in " ".join(forms(explained(program, "v", 1, **given)))


def test_the_index_of_a_class_runs_and_an_exponent_does_not() -> None:
    given = {"x": [[1.0, 2.0], [3.0, 4.0]], "y": [0, 1], "w": [[1.0, 2.0], [3.0, 4.0]]}
    answer = explained("p = x @ w\nloss = cross_entropy(p, y)", "loss", field="value", **given)
    assert any("== k" in form for form in forms(answer))
    answer = explained("z = w ** 2\nloss = sum(z)", "loss", field="value", w=[1.0, 2.0])
    assert forms(answer) == ["i: z[i]"]


def test_a_factor_that_would_fall_apart_is_loose() -> None:
    answer = explained("d = w - 1\nloss = sum((w - 1) ** 2) / 6", "loss", field="value", w=[1.0, 3.0])
    assert forms(answer) == ["i: (w[i] - 1) ** 2 · (1 / 6)"] or forms(answer) == ["i: d[i] ** 2 · (1 / 6)"]


def test_computed_factors_come_in_pieces_and_cells_do_not() -> None:
    answer = explained("h = tanh(w)\nloss = sum(h * h)", "w", 1, w=[1.0, 3.0])
    factors = [factor for term in answer["terms"] for factor in term["factors"]]
    computed = [factor for factor in factors if "pieces" in factor]
    assert computed
    for factor in computed:
        assert "".join(piece["text"] for piece in factor["pieces"]) == factor["code"]
        for piece in factor["pieces"]:
            cell = factor["cells"][piece["cell"]] if "cell" in piece else None
            assert cell is None or piece["text"].startswith(cell["tensor"])
    assert all(factor["code"] in ("h.g[1]", "2") for factor in factors if "pieces" not in factor)


@pytest.mark.parametrize("name", ["lesson13", "layer_norm", "rnn", "convnet"])
def test_letters_put_back_give_every_term(name: str) -> None:
    plan = bx.compile(examples[name])
    plan.run()
    checked = 0
    for tensor, info in plan.tensors.items():
        for field in ("value", "gradient") if info.differentiable else ("value",):
            answer = explain(plan, tensor, field, tuple(length // 2 for length in info.shape))
            told = [position for group in answer["groups"] for position in group["terms"]]
            assert sorted(told) == list(range(len(answer["terms"])))
            for group in answer["groups"]:
                for position, place in zip(group["terms"], group["places"], strict=True):
                    values = dict(zip(group["letters"], place, strict=True))
                    for factor, own in zip(group["factors"], answer["terms"][position]["factors"], strict=True):
                        assert _put_back(factor["code"], values) == own["code"]
                        checked += 1
    assert checked > 100


def _put_back(code: str, values: dict[str, int]) -> str:
    """The code with numbers for letters, arithmetic of indices done."""
    pieces = code.replace("[", "[\0").replace("]", "\0]").replace(", ", "\0, \0").replace("== ", "== \0").split("\0")
    return "".join(str(_sum_of(piece.split(), values)) if _is_arithmetic(piece, values) else piece for piece in pieces)


def _sum_of(words: list[str], values: dict[str, int]) -> int:
    """`i + 2` and `4 - i` in numbers."""
    signs = [1, *(1 if word == "+" else -1 for word in words[1::2])]
    numbers = [values[word] if word in values else int(word) for word in words[::2]]
    return sum(sign * number for sign, number in zip(signs, numbers, strict=True))


def _is_arithmetic(piece: str, values: dict[str, int]) -> bool:
    words = piece.split()
    return any(word in values for word in words) and all(
        word in values or word in "+-" or word.isdecimal() for word in words
    )
