"""The PyTorch script: where PyTorch is installed it runs, and prints the same losses."""

import contextlib
import io
import re
from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.export.pytorch import pytorch
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.library.record import Composite
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.ops.record import Sample

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch runs the exported scripts")
AFTER = "\nprint('loss:', model(**data).item())"


def ran(script: str) -> tuple[list[float], dict[str, Any]]:
    """The losses that a script prints, and its variables."""
    variables: dict[str, Any] = {"__name__": "script"}
    with contextlib.redirect_stdout(io.StringIO()) as output:
        exec(compile(script, "script", "exec"), variables)  # noqa: S102 - our own text, as a user would run it
    return [float(line.removeprefix("loss: ")) for line in output.getvalue().splitlines()], variables


def assert_agrees(plan: Plan) -> None:
    found, _ = ran(pytorch(plan) + AFTER)
    expected = [plan.step(), plan.run()]
    if plan.program.graph.draws:  # new random numbers after the update
        found, expected = found[:1], expected[:1]
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("steps", [0, 3])
@pytest.mark.parametrize("name", list(examples))
def test_an_examples_script_makes_the_same_step(name: str, steps: int) -> None:
    plan = bx.compile(examples[name])
    for _ in range(steps):
        plan.step()
    assert_agrees(plan)


@pytest.mark.parametrize("options", [{}, {"weight_decay": 0.1}])
@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_an_optimizer_goes_on_from_where_it_is(name: str, options: dict[str, float]) -> None:
    plan = bx.compile({**examples["xor"], "optimizer": {"name": name, "lr": 0.05, **options}})
    plan.step()
    plan.step()
    assert_agrees(plan)


def test_weights_are_in_pytorchs_layout() -> None:
    plan = bx.compile(examples["lesson13"])
    _, variables = ran(pytorch(plan))
    weights = dict(variables["model"].named_parameters())
    assert {name: tuple(weight.shape) for name, weight in weights.items()} == {
        "w1": (2, 10), "b1": (2,), "w2": (1, 2), "b2": (1,),
    }  # fmt: skip
    np.testing.assert_allclose(weights["w1"].grad.numpy().T, _gradient(plan, "w1"), atol=1e-12)
    assert "F.linear(x, self.w1, self.b1)" in pytorch(plan)


def _gradient(plan: Plan, name: str) -> np.ndarray:
    plan.run()
    return np.array(plan[f"{name}.g"])


SAMPLES = {
    f"{name}: {sample.code}": sample
    for records in (OPERATIONS, COMPOSITES)
    for name, record in records.items()
    for sample in record.samples
}


@pytest.mark.filterwarnings("ignore:Using a target size")  # PyTorch doubts that a broadcast is meant, as we do
@pytest.mark.parametrize("sample", SAMPLES.values(), ids=SAMPLES)
def test_every_function_has_its_counterpart(sample: Sample) -> None:
    random = np.random.default_rng(1)
    given = {
        name: random.integers(0, sample.whole[name], shape).tolist()
        if name in sample.whole
        else random.uniform(*sample.domain, shape)
        for name, shape in sample.shapes.items()
    }
    plan = bx.compile({"program": f"out = {sample.code}\nloss = sum(out * out)", "inputs": given})
    found, _ = ran(pytorch(plan))
    np.testing.assert_allclose(found, [plan.run()], rtol=1e-9, atol=1e-9)


PROGRAMS = [
    "def layer(h, k):\n    return tanh(h @ k)\nh = x\nfor i in range(3):\n    h = layer(h, w) * sqrt(x.shape[0] + i)\n"
    "loss = mse(h, 0 * x)",
    "self = x @ w\n"
    "sum = self.sum(axis=1, keepdims=True)\nsoftmax = np.exp(sum) / x.size\nloss = (softmax * w[0, 1]).mean()",
    "w = w * 2\na, b = x[:1], x[1:]\nloss = torch.cat((a, b @ w), dim=0)[..., None, np.newaxis].squeeze().pow(2).sum()",
    "h = dropout(x @ w, 0.3)\nloss = (h * random((2, 2))).sum()",
    "h = conv1d(x[:, None], w[:, None], None, 1, 1)\n"
    "loss = F.nll_loss(log_softmax(h[:, :, 0]), y, reduction='sum') + logsumexp(h[0, 0])",
]


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("parameter", ["w", "train"])
def test_programs_of_ones_own(program: str, parameter: str) -> None:
    text = re.sub(r"\bw\b", parameter, program)
    inputs = {"x": [[0.5, -1.0], [0.25, 2.0]], **({"y": [1, 0]} if " y," in text else {})}
    parameters = {parameter: [[0.3, -0.2], [0.1, 0.7]]}
    assert_agrees(
        bx.compile({"program": text, "inputs": inputs, "parameters": parameters, "optimizer": {"name": "adam"}})
    )


def test_a_composite_that_pytorch_does_not_have_is_written_out(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "def softsign(x, slope=2.0):\n    return x / (1 + slope * abs(x))"
    record = Composite(text=text, summary="A slow sigmoid.", formula="y = x / (1 + slope |x|)")
    monkeypatch.setitem(COMPOSITES, "softsign", record)
    plan = bx.compile({"program": "loss = softsign(x, 3.0).sum()", "inputs": {"x": [[0.5, -1.0]]}})
    found, _ = ran(pytorch(plan))
    np.testing.assert_allclose(found, [plan.run()], rtol=1e-9)


FITTED = {
    "program": "loss = mse(x @ w, y)",
    "inputs": {"x": np.linspace(-1, 1, 30).reshape(10, 3), "y": np.linspace(0, 2, 20).reshape(10, 2)},
    "parameters": {"w": np.linspace(-1, 1, 6).reshape(3, 2)},
}


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_script_has_the_rate_and_the_rows_of_its_iteration(name: str) -> None:
    optimizer = {"name": name, "lr": "0.05 * 0.8 ** iteration"}
    plan = bx.compile({**FITTED, "optimizer": optimizer, "batch": {"size": 4}})
    for _ in range(3):
        plan.step()
    plan.run()
    [loss], variables = ran(pytorch(plan))
    assert loss == pytest.approx(plan.step(), rel=1e-12)
    np.testing.assert_allclose(variables["model"].w.detach().numpy().T, plan["w"], rtol=1e-9)


@pytest.mark.parametrize("name", list(OPTIMIZERS))
def test_a_schedule_is_pytorchs_lambda(name: str) -> None:
    plan = bx.compile({**FITTED, "optimizer": {"name": name, "lr": "0.05 * 0.8 ** iteration"}})
    x, y, w = (torch.tensor(array, requires_grad=key == "w") for key, array in plan.document.tensors.items())
    optimizer = getattr(torch.optim, OPTIMIZERS[name].source.rpartition(".")[2])([w], lr=0.05)
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda iteration: 0.8**iteration)
    for _ in range(12):
        optimizer.zero_grad()
        torch.nn.functional.mse_loss(x @ w, y).backward()
        optimizer.step()
        schedule.step()
        plan.step()
        np.testing.assert_allclose(w.detach().numpy(), plan["w"], rtol=1e-9)
