"""One module of a step opened alone, where PyTorch is installed: its gradients are those of the whole step."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import backprop_explorer as bx

torch = pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch records its modules")
nn = torch.nn

from tests.bench.models.sequences import GPT2  # noqa: E402
from tests.bench.models.vision import BasicBlock, ResNet  # noqa: E402

pytestmark = pytest.mark.usefixtures("double")


def test_a_block_of_gpt2_has_the_gradients_of_the_whole_step() -> None:
    model = GPT2()
    idx, targets = torch.randint(17, (2, 8)), torch.randint(17, (2, 8))
    opened = bx.torch.record(model, idx, targets, at="transformer.h.1")
    plan = opened.plan()
    plan.run()
    model(idx, targets)[1].backward()
    block = model.transformer["h"][1]
    for name, one in block.named_parameters():
        np.testing.assert_allclose(plan[f"{name}.g"], one.grad.numpy(), rtol=1e-9, atol=1e-15)
    assert {*opened.document["inputs"]} == {"x", "bias", "incoming"}
    assert opened.document["title"] == "GPT2: transformer.h.1"


def test_the_model_is_not_changed() -> None:
    model = ResNet(BasicBlock, (1, 1, 1, 1))
    before = {name: one.clone() for name, one in model.state_dict().items()}
    opened = bx.torch.record(model, torch.randn(2, 3, 32, 32), at="layer2.0", loss=lambda out: out.square().sum())
    assert all(torch.equal(before[name], one) for name, one in model.state_dict().items())
    assert all(one.grad is None for one in model.parameters())
    assert not model.layer2[0]._forward_hooks
    assert "conv1.weight" in opened.document["parameters"]


def test_a_module_that_is_called_twice_is_chosen_by_its_call() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.fc = nn.Linear(3, 3)

        def forward(self, x: Any) -> Any:
            return self.fc(torch.tanh(self.fc(x)))

    model, x = Twice(), torch.randn(2, 3)
    total: Any = 0
    for call in (0, 1):
        plan = bx.torch.record(model, x, at="fc", call=call).plan()
        plan.run()
        total = total + plan["weight.g"]
    model(x).mean().backward()
    np.testing.assert_allclose(total, model.fc.weight.grad.numpy(), rtol=1e-12)
    with pytest.raises(bx.Problem, match="is called 2 times in the step; there is no call 2"):
        bx.torch.record(model, x, at="fc", call=2)


def test_what_is_not_there_is_refused() -> None:
    model = nn.Sequential(nn.Linear(3, 3), nn.Linear(3, 3))
    with pytest.raises(bx.Problem, match="no module '2'"):
        bx.torch.record(model, torch.randn(2, 3), at="2")
    with pytest.raises(bx.Problem, match="No gradient of the loss comes to 1"):
        bx.torch.record(model, torch.randn(2, 3), at="1", loss=lambda out: torch.ones(()))
