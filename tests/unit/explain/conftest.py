"""A plan that has run, of every program in `plans`."""

from __future__ import annotations

import pytest

from backprop_explorer.engine import Plan
from tests.unit.explain.plans import PLANS


@pytest.fixture(
    scope="module",
    params=[name if name != "example convnet" else pytest.param(name, marks=pytest.mark.long) for name in PLANS],
)
def plan(request: pytest.FixtureRequest) -> Plan:
    """Each of them in turn; tests leave its numbers as they were."""
    compiled = PLANS[request.param]()
    compiled.run()
    return compiled
