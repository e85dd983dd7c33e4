"""Python text as a document: what becomes a tensor, the program, the training, and what is said of each line."""

import json
from functools import partial
from typing import Any

import numpy as np
import pytest

from backprop_explorer.api import wire
from backprop_explorer.engine import Document, compile_document
from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing import Content, Rules, read
from backprop_explorer.problem import Problem
from tests.together import each

RULES = Rules(partial(wire.decode, depth=64), 1_000_000, Budget())


def opened(text: str, roles: tuple[tuple[str, ...], tuple[str, ...]] = ((), ()), **beside: Any) -> Content:
    """The text, with the names that are to be parameters and inputs, and what is sent beside it."""
    rules = Rules(RULES.decode, RULES.unpacked_bytes, RULES.budget, *roles)
    content = json.dumps({"code": text, **beside}).encode() if beside else text.encode()
    name, found = read(content, rules)
    assert name == "code"
    return found


def plan_of(content: Content) -> Any:
    assert content.document is not None
    plan = compile_document(Document.parse(content.document))
    plan.run()
    return plan


def document_of(content: Content) -> dict[str, Any]:
    assert content.document is not None
    return dict(content.document)


def codes(content: Content, line: int) -> set[str]:
    return {note["code"] for note in content.notes if note["line"] == line}


X = "import numpy as np\nx = np.array([[1.0, 2.0], [3.0, 5.0], [-1.0, 0.5]])\ny = np.array([1.0, 0.0, 2.0])\n"
POINTS, TARGETS = np.array([[1.0, 2.0], [3.0, 5.0], [-1.0, 0.5]]), np.array([1.0, 0.0, 2.0])


def test_a_script_with_its_data_and_a_training_by_hand() -> None:
    text = X + (
        "w = np.zeros(2)\nb = 0.5\nlr = 0.1\n"
        "for epoch in range(100):\n"
        "    pred = x @ w + b\n"
        "    loss = np.mean((pred - y) ** 2)\n"
        "    grad_w = 2 * x.T @ (pred - y) / len(y)\n"
        "    grad_b = 2 * np.mean(pred - y)\n"
        "    w -= lr * grad_w\n"
        "    b -= lr * grad_b\n"
        "    if epoch % 10 == 0:\n        print(epoch, loss)\n"
    )
    content = opened(text)
    document = document_of(content)
    assert document["inputs"].keys() == {"x", "y"}
    assert document["parameters"].keys() == {"w", "b"}
    assert document["optimizer"] == {"name": "sgd", "lr": 0.1}
    assert document["program"].splitlines() == ["pred = x @ w + b", "loss = np.mean((pred - y) ** 2)"]
    plan = plan_of(content)
    residual = 0.5 - TARGETS
    assert plan["loss"] == pytest.approx((residual**2).mean(), rel=1e-15)
    assert plan["w.g"] == pytest.approx(2 * POINTS.T @ residual / 3, rel=1e-14)
    assert {one["name"]: one["line"] for one in content.backward} == {"w": 12, "b": 13}
    assert content.backward[0]["numbers"] == pytest.approx(plan["w.g"].tolist(), rel=1e-14)
    assert "parameter" in codes(content, 4)
    assert "training" in codes(content, 7)


def test_the_gradients_of_a_text_s_own_are_what_it_calculates_and_not_what_is_right() -> None:
    text = (
        X
        + "w = np.ones(2)\nfor i in range(9):\n    r = x @ w - y\n    loss = (r ** 2).sum()\n    w -= 0.1 * (x.T @ r)\n"
    )
    content = opened(text)
    assert content.backward[0]["numbers"] == pytest.approx((POINTS.T @ (POINTS @ np.ones(2) - TARGETS)).tolist())
    assert plan_of(content)["w.g"] == pytest.approx(2 * np.array(content.backward[0]["numbers"]))


def test_an_update_with_a_momentum_is_no_plain_descent() -> None:
    text = X + (
        "w = np.ones(2)\nv = np.zeros(2)\nfor i in range(9):\n    loss = ((x @ w - y) ** 2).sum()\n"
        "    g = 2 * x.T @ (x @ w - y)\n    v = 0.9 * v + g\n    w = w - 0.1 * v\n"
    )
    content = opened(text)
    assert "optimizer" not in document_of(content)
    assert any("none of plain gradient descent" in note["message"] for note in content.notes)


def test_a_dict_of_parameters_has_its_keys_as_names() -> None:
    text = X + (
        'p = {"W": np.array([[0.5], [1.0]]), "b": np.zeros(1)}\n'
        'out = x @ p["W"] + p["b"]\nloss = ((out[:, 0] - y) ** 2).mean()\n'
        "for k in p:\n    p[k] -= 0.1\n"
    )
    document = document_of(opened(text, (("W", "b"), ())))
    assert document["parameters"].keys() == {"W", "b"}
    assert "p = {'W': W, 'b': b}" in document["program"]


def test_a_list_of_parameters_has_its_places_as_names() -> None:
    text = (
        "import torch\nx = torch.tensor([[1.0, 2.0]])\n"
        "ws = [torch.tensor([[1.0], [3.0]], requires_grad=True), torch.tensor([[2.0]], requires_grad=True)]\n"
        "h = x\nfor w in ws:\n    h = h @ w\nloss = h.sum()\nloss.backward()\n"
    )
    plan = plan_of(opened(text))
    assert plan["ws[0].g"].tolist() == [[2.0], [4.0]]
    assert plan["ws[1].g"].tolist() == [[7.0]]


NET = """import torch
import torch.nn as nn
import torch.nn.functional as F

class Block(nn.Module):
    def __init__(self, n):
        super().__init__()
        self.lin = nn.Linear(n, n, bias=False)
        self.scale = nn.Parameter(torch.ones(n))

    def forward(self, x):
        return F.relu(self.lin(x)) * self.scale

class Net(nn.Module):
    def __init__(self, n):
        super(Net, self).__init__()
        self.blocks = nn.ModuleList([Block(n) for _ in range(2)])
        self.net = nn.Sequential(nn.LayerNorm(n), nn.Linear(n, 1))
        self.register_buffer("shift", torch.full((n,), 0.5))

    def forward(self, x):
        for i, block in enumerate(self.blocks):
            x = block(x) + x * (i + 1)
        return self.net(x + self.shift)

    def unused(self):
        return plt.show()

model = Net(2)
model.train()
opt = torch.optim.Adam(model.parameters(), lr=1e-2, betas=(0.8, 0.9))
for epoch in range(3):
    opt.zero_grad()
    loss = F.mse_loss(model(x).squeeze(-1), y)
    loss.backward()
    opt.step()
    print(loss.item())
"""
NET_INPUTS = {"inputs": {"x": [[1.0, 2.0], [0.5, -1.0]], "y": [0.5, 1.5]}}


def test_modules_have_the_names_of_pytorch_s_state_dict() -> None:
    content = opened(NET, **NET_INPUTS)
    document = document_of(content)
    assert list(document["parameters"]) == [
        "blocks.0.lin.weight", "blocks.0.scale", "blocks.1.lin.weight", "blocks.1.scale", "net.0.weight", "net.0.bias",
        "net.1.weight", "net.1.bias",
    ]  # fmt: skip
    assert document["optimizer"] == {"name": "adam", "lr": 0.01, "betas": [0.8, 0.9]}
    assert document["parameters"]["net.1.weight"] == {"shape": [1, 2], "init": "uniform", "scale": 2**-0.5}
    assert document["parameters"]["net.0.bias"] == {"shape": [2], "init": "zeros"}
    assert "unused" not in document["program"]
    assert "init" in {note["code"] for note in content.notes}


def test_a_module_computes_what_numpy_does_with_the_same_numbers() -> None:
    a, b = np.array([[0.5, 1.0], [2.0, -1.0]]), np.array([[1.0, 0.0], [0.25, 1.0]])
    sent = {"blocks.0.lin.weight": a.tolist(), "blocks.1.lin.weight": b.tolist(), "net.1.weight": [[1.0, -2.0]]}
    plan = plan_of(opened(NET, **NET_INPUTS, parameters=sent))
    x = np.array([[1.0, 2.0], [0.5, -1.0]])
    h = np.maximum(x @ a.T, 0) + x
    h = np.maximum(h @ b.T, 0) + 2 * h + 0.5
    n = (h - h.mean(1, keepdims=True)) / np.sqrt(h.var(1, keepdims=True) + 1e-5)
    out = n @ [1.0, -2.0] + plan["net.1.bias"]
    assert plan["loss"] == pytest.approx(((out - [0.5, 1.5]) ** 2).mean(), rel=1e-13)


def test_a_derived_name_gives_way_to_a_tensor_of_the_document() -> None:
    text = (
        "import torch\nimport torch.nn as nn\nclass M(nn.Module):\n    def __init__(self):\n"
        "        super().__init__()\n        self.l1 = nn.ParameterDict({'matmul': torch.ones(2, 2)})\n"
        "    def forward(self, x):\n"
        "        return x @ self.l1['matmul']\nm = M()\nl1 = x @ m.l1['matmul'] + 1.0\nloss = l1.sum()\n"
    )
    program = plan_of(opened(text, inputs={"x": [[1.0, 2.0]]})).program
    assert program.tensors["l1.matmul"].role == "parameter"
    assert program.tensors["l1.matmul_2"].role == "intermediate"


def test_tied_weights_are_one_tensor() -> None:
    text = (
        "import torch.nn as nn\nclass M(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.a = nn.Linear(2, 2, bias=False)\n        self.b = nn.Linear(2, 2, bias=False)\n"
        "        self.b.weight = self.a.weight\n    def forward(self, x):\n        return self.b(self.a(x))\n"
        "m = M()\nloss = m(x).sum()\n"
    )
    assert document_of(opened(text, inputs={"x": [[1.0, 2.0]]}))["parameters"].keys() == {"a.weight"}


def test_two_modules_are_told_apart_by_their_variables() -> None:
    text = "import torch.nn as nn\ng = nn.Linear(2, 2)\nd = nn.Linear(2, 1)\nloss = d(g(x)).sum()\n"
    document = document_of(opened(text, inputs={"x": [[1.0, 2.0]]}))
    assert list(document["parameters"]) == ["g.weight", "g.bias", "d.weight", "d.bias"]
    plan_of(opened(text, inputs={"x": [[1.0, 2.0]]}))


def test_frozen_parameters_are_inputs() -> None:
    text = (
        "import torch.nn as nn\nbase = nn.Linear(2, 2)\nhead = nn.Linear(2, 1)\n"
        "for p in base.parameters():\n    p.requires_grad = False\nloss = head(base(x)).sum()\nloss.backward()\n"
    )
    document = document_of(opened(text, inputs={"x": [[1.0, 2.0]]}))
    assert document["parameters"].keys() == {"head.weight", "head.bias"}
    assert {"base.weight", "base.bias"} <= document["inputs"].keys()


def test_weights_that_are_copied_in_place_are_what_the_document_begins_with() -> None:
    text = (
        "import torch\nimport torch.nn as nn\nm = nn.Sequential(nn.Linear(2, 1))\n"
        "with torch.no_grad():\n    m[0].weight.copy_(torch.tensor([[3.0, 4.0]]))\n    m[0].bias.fill_(0.5)\n"
        "x = torch.tensor([[1.0, 2.0]])\nloss = m(x).sum()\nloss.backward()\n"
    )
    plan = plan_of(opened(text))
    assert plan["loss"] == 11.5
    assert plan["0.weight"].tolist() == [[3.0, 4.0]]


CLASS = (
    X
    + """
class Layer:
    def __init__(self, w):
        self.w = w
    def forward(self, x):
        self.x = x
        return x @ self.w
    def backward(self, grad):
        self.dw = self.x.T @ grad
    def update(self, lr):
        self.w -= lr * self.dw

layer = Layer(np.array([0.5, -1.0]))
for step in range(10):
    out = layer.forward(x)
    loss = ((out - y) ** 2).sum()
    layer.backward(2 * (out - y))
    layer.update(0.05)
"""
)


def test_a_class_with_its_own_backward_pass() -> None:
    content = opened(CLASS)
    document = document_of(content)
    assert document["parameters"]["w"].tolist() == [0.5, -1.0]
    assert "backward" not in document["program"]
    assert document["optimizer"] == {"name": "sgd", "lr": 0.05}
    plan = plan_of(content)
    assert plan["w.g"] == pytest.approx(2 * POINTS.T @ (POINTS @ [0.5, -1.0] - TARGETS))
    assert content.backward[0]["numbers"] == pytest.approx(plan["w.g"].tolist())


def test_a_backward_pass_in_the_function_of_the_loss_is_cut_out_of_the_program() -> None:
    text = X + (
        "w = np.array([1.0, 2.0])\ndef both(w):\n    r = x @ w - y\n    loss = (r ** 2).sum()\n"
        "    dr = 2 * r\n    dw = x.T @ dr\n    return loss, dw\nloss, dw = both(w)\n"
    )
    content = opened(text)
    assert "dr = 2" not in document_of(content)["program"]
    assert content.backward == [
        {"line": content.backward[0]["line"], "name": "w", "code": "dw", "numbers": plan_of(content)["w.g"].tolist()}
    ]


@each(
    ("made", "entry"),
    [
        ("np.random.randn(3, 2)", {"shape": [3, 2], "init": "normal"}),
        ("np.random.randn(3, 2) * 0.01", {"shape": [3, 2], "init": "normal", "scale": 0.01}),
        ("0.5 * np.random.standard_normal((3, 2)) / 5", {"shape": [3, 2], "init": "normal", "scale": 0.1}),
        ("2 * np.random.random((3, 2)) - 1", {"shape": [3, 2], "init": "uniform"}),
        ("np.random.uniform(-0.5, 0.5, size=(3, 2))", {"shape": [3, 2], "init": "uniform", "scale": 0.5}),
        ("np.random.normal(0, 0.2, (3, 2))", {"shape": [3, 2], "init": "normal", "scale": 0.2}),
        ("np.random.default_rng(1).standard_normal((3, 2))", {"shape": [3, 2], "init": "normal"}),
        ("-np.random.randn(3, 2) * np.sqrt(4)", {"shape": [3, 2], "init": "normal", "scale": 2.0}),
    ],
)
def test_random_numbers_become_an_init_of_the_same_distribution(made: str, entry: dict[str, Any]) -> None:
    content = opened(f"import numpy as np\nw = {made}\nloss = (w ** 2).sum()\n")
    assert document_of(content)["parameters"] == {"w": entry}
    assert {"init", "parameter"} <= codes(content, 2)


def test_random_numbers_that_no_init_draws_are_numbers() -> None:
    document = document_of(opened("import numpy as np\nw = np.random.rand(50, 40)\nloss = (w ** 2).sum()\n"))
    numbers = document["parameters"]["w"]
    assert 0 <= numbers.min() < 0.01
    assert 0.99 < numbers.max() <= 1
    assert abs(numbers.mean() - 0.5) < 0.05


def test_what_is_scaled_before_it_is_trained_begins_so() -> None:
    text = (
        X + "w = np.array([1.0, 2.0])\nw = w * 10\nw += 1\n"
        "for i in range(3):\n    loss = ((x @ w - y) ** 2).sum()\n    w -= 0.1 * w\n"
    )
    plan = plan_of(opened(text))
    assert plan["w"].tolist() == [11.0, 21.0]


def test_roles_can_be_overruled() -> None:
    text = (
        "import torch\nx = torch.tensor([1.0, 2.0])\n"
        "w = torch.tensor([3.0, 4.0], requires_grad=True)\nloss = (x * w).sum()\n"
    )
    document = document_of(opened(text, (("x",), ("w",))))
    assert (document["parameters"].keys(), document["inputs"].keys()) == ({"x"}, {"w"})
    with pytest.raises(Problem) as raised:
        opened(text, (("v",), ()))
    assert raised.value.code == "unknown_tensor"


def test_a_notebook_is_its_cells() -> None:
    cells = [
        {"cell_type": "markdown", "source": ["# A title"]},
        {"cell_type": "code", "source": ["%matplotlib inline\n", "import numpy as np\n", "w = np.array([1.0, 2.0])\n"]},
        {"cell_type": "code", "source": "!pip install something\nloss = (w ** 2).sum()\nloss"},
    ]
    name, content = read(json.dumps({"cells": cells, "nbformat": 4}).encode(), RULES)
    assert name == "code"
    assert document_of(content)["program"].strip() == "loss = (w ** 2).sum()"
    assert sum("command of the notebook" in note["message"] for note in content.notes) == 2


def test_a_function_that_trains_stands_in_the_place_of_its_call() -> None:
    text = (
        "import torch\nx = torch.tensor([1.0, 2.0])\n"
        "def fit(w, data, rate=0.1, rounds=5):\n    opt = torch.optim.SGD([w], lr=rate)\n"
        "    for x in range(rounds):\n        loss = ((w * data) ** 2).sum()\n        opt.zero_grad()\n"
        "        loss.backward()\n        opt.step()\n    return w\n"
        "if __name__ == '__main__':\n    w = torch.tensor([3.0, 4.0], requires_grad=True)\n    fit(w, x, rate=0.3)\n"
    )
    content = opened(text)
    assert document_of(content)["optimizer"] == {"name": "sgd", "lr": 0.3}
    assert plan_of(content)["w.g"].tolist() == [6.0, 32.0]


def test_a_word_that_the_libraries_mean_differently_is_told() -> None:
    content = opened("h = x * w\nloss = (h - h.mean(0)).sum() + h.var(0).sum()\n", inputs={"x": [[1.0], [3.0]]},
                     parameters={"w": [2.0]})  # fmt: skip
    assert document_of(content)["dialect"] == "numpy"
    assert [note["line"] for note in content.notes if note["code"] == "dialect"] == [2]


def test_minibatches_are_the_first_one() -> None:
    text = X + (
        "w = np.zeros(2)\nfor epoch in range(5):\n    for i in range(0, len(x), 2):\n"
        "        xb, yb = x[i:i + 2], y[i:i + 2]\n"
        "        loss = ((xb @ w - yb) ** 2).mean()\n        w -= 0.1 * (2 * xb.T @ (xb @ w - yb) / 2)\n"
    )
    assert plan_of(opened(text))["loss"] == 0.5


def test_an_assert_that_holds_is_left_out_and_one_that_does_not_is_refused() -> None:
    text = X + "w = np.zeros(2)\nassert x.shape == ({}, 2)\nloss = ((x @ w - y) ** 2).sum()\n"
    content = opened(text.format(3), (("w",), ()))
    assert "assert" not in document_of(content)["program"]
    assert codes(content, 5) == {"left_out"}
    with pytest.raises(Problem) as raised:
        opened(text.format(4))
    assert (raised.value.code, raised.value.line) == ("assertion", 5)
