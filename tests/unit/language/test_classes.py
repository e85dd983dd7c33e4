"""Classes and objects in programs, modules of torch.nn, and tensors whose names are paths."""

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.language.names import parts_of, plain, spelled
from backprop_explorer.problem import Problem
from tests.together import each

ONE = np.array([[1.0, -2.0]])


def loss_of(program: str, **parameters: Any) -> float:
    plan = bx.compile({"program": program, "inputs": {"x": ONE}, "parameters": parameters or {"w": [[1.0], [3.0]]}})
    return float(plan.run())


CLASS = """
class Base:
    factor = 2
    def __init__(self, w):
        self.w = w
    def __call__(self, x):
        return self.out(x) * self.factor
    def out(self, x):
        return x @ self.w
    @property
    def doubled(self):
        return 2 * self.w
    @staticmethod
    def shifted(x, by=1):
        return x + by
class Own(Base):
    def __init__(self, w, b):
        super().__init__(w)
        self.b = b
    def out(self, x):
        return super().out(x) + self.b
    def __len__(self):
        return 3
    def __getitem__(self, i):
        return self.w[i]
"""


@each(
    ("text", "value"),
    [
        ("o(x).sum()", 2 * (1 - 6 + 10)),
        ("Base(w)(x).sum()", 2 * (1 - 6)),
        ("o.doubled.sum()", 8),
        ("o.shifted(x, by=2).sum()", 3),
        ("o[1].sum() * len(o)", 9),
        ("sum(row.sum() for row in (o[0], o[1])) * isinstance(o, Base)", 4),
        ("getattr(o, 'w').sum() + hasattr(o, 'nothing')", 4),
    ],
)
def test_objects_have_attributes_and_methods(text: str, value: float) -> None:
    assert loss_of(f"{CLASS}o = Own(w, 10)\nloss = {text} * 1.0\n") == value


def test_an_attribute_that_is_changed_is_another_from_there_on() -> None:
    assert loss_of(f"{CLASS}o = Base(w)\no.factor = 5\no.w = o.w + 1\nloss = o(x).sum()\n") == 5 * (2 - 8)


def test_a_module_takes_the_document_s_tensors_by_their_paths() -> None:
    program = "m = nn.Sequential(nn.Linear(2, 2), nn.ReLU(), nn.Linear(2, 1, bias=False))\nloss = m(x).sum()\n"
    a, b, c = np.array([[1.0, 0.5], [2.0, -1.0]]), np.array([0.5, -1.0]), np.array([[3.0, -2.0]])
    given = {"0.weight": a, "0.bias": b, "2.weight": c}
    assert loss_of(program, **given) == pytest.approx((np.maximum(ONE @ a.T + b, 0) @ c.T).item())
    plan = bx.compile({"program": program, "inputs": {"x": ONE}, "parameters": given})
    codes = {line.output: line.code for line in plan.program.lines}
    assert "model[0].weight" in codes["x.g"]
    verdict = bx.check({"program": program, "inputs": {"x": ONE}, "parameters": given}, {"x": str(codes["x.g"])})
    assert verdict.correct


def test_a_tensor_of_a_module_that_the_document_does_not_give_is_named() -> None:
    with pytest.raises(Problem) as raised:
        loss_of("m = nn.Linear(2, 1)\nloss = m(x).sum()\n", weight=[[1.0, 2.0]])
    assert raised.value.code == "not_given"


def test_a_tensor_of_another_shape_than_the_module_s_is_refused() -> None:
    with pytest.raises(Problem) as raised:
        loss_of("m = nn.Linear(2, 3, bias=False)\nloss = m(x).sum()\n", weight=[[1.0, 2.0]])
    assert (raised.value.code, raised.value.tensor) == ("wrong_shape", "weight")


def test_the_code_of_deep_layers_stays_short() -> None:
    rng = np.random.default_rng(0)
    shapes = {"weight_ih_l0": (8, 2), "weight_hh_l0": (8, 2), "bias_ih_l0": (8,), "bias_hh_l0": (8,)}
    shapes |= {name.replace("l0", "l1"): shape for name, shape in shapes.items()}
    program = "m = nn.LSTM(2, 2, num_layers=2)\nloss = m(x.expand(6, 1, 2))[0].sum()\n"
    document = {
        "program": program,
        "inputs": {"x": ONE},
        "parameters": {name: rng.standard_normal(shape) for name, shape in shapes.items()},
        "dialect": "torch",
    }
    assert max(len(line.code) for line in bx.compile(document).program.lines) < 20_000


@pytest.mark.parametrize(
    ("name", "parts", "written", "variable"),
    [
        ("fc1.weight", ["fc1", "weight"], "fc1.weight", "fc1_weight"),
        ("net.0.weight", ["net", 0, "weight"], "net[0].weight", "net_0_weight"),
        ("0.bias", [0, "bias"], "model[0].bias", "t_0_bias"),
        ("w[10]", ["w", 10], "w[10]", "w_10"),
        ("p[0][1]", ["p", 0, 1], "p[0][1]", "p_0_1"),
    ],
)
def test_paths_are_read_and_written(name: str, parts: list[str | int], written: str, variable: str) -> None:
    assert (parts_of(name), spelled(name), plain(name)) == (parts, written, variable)


@each("name", ["a..b", ".a", "a.", "a[", "a[x]", "a[-1]", "a[01]", "a.b]", "a b", "w[0]x", ""])
def test_what_is_no_path(name: str) -> None:
    assert parts_of(name) is None
