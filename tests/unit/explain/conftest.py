"""A plan that has run, of every program in `plans`."""

from __future__ import annotations

import pytest

from backprop_explorer.engine import Plan
from tests.amount import some
from tests.unit.explain.plans import PLANS

LARGE = ("autoencoder", "batch_norm", "convnet", "digits", "rnn", "transformer_block")
"""What they do, smaller programs do, too: layers in a row, normalisation, convolution, labels, a loop, attention."""
ALIKE = ("mazur", "xor", "logistic_regression")
"""Layers in a row, as lesson13 has, with functions that `functions` has."""


LATER = {f"example {name}" for name in (*LARGE, *ALIKE)}


@pytest.fixture(scope="module", params=some(PLANS, *(name for name in PLANS if name not in LATER)))
def plan(request: pytest.FixtureRequest) -> Plan:
    """Each of them in turn; tests leave its numbers as they were."""
    compiled = PLANS[request.param]()
    compiled.run()
    return compiled
