"""Programs with lists, branches and changes in place, taken away as PyTorch scripts, where PyTorch is installed."""

from __future__ import annotations

import numpy as np
import pytest

from backprop_explorer.export.pytorch import pytorch
from tests.unit.export.test_constructs import TEXTS, compiled, ran

pytest.importorskip("torch", reason="PyTorch is not installed: pip install torch runs the exported scripts")

TWICE = ("twice at one place", "added twice at one place")
"""Where one place gets several numbers PyTorch's gradient reaches all of them."""


@pytest.mark.parametrize("name", list(TEXTS))
def test_the_pytorch_script_agrees(name: str) -> None:
    plan = compiled(TEXTS[name])
    found, variables = ran(pytorch(plan))
    with np.errstate(all="ignore"):
        np.testing.assert_allclose(found, plan.run(), rtol=1e-9)
    for key, parameter in variables["model"].named_parameters():
        if name not in TWICE:
            np.testing.assert_allclose(parameter.grad.numpy(), plan[f"{key}.g"], rtol=1e-8, atol=1e-10)
