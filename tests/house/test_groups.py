"""What shares a server stays on one worker: xdist and pytest have to agree on it."""

import os

import pytest


@pytest.mark.xdist_group("grouped")
def test_the_groups_of_tests_are_kept(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@grouped"), "each test is dealt out alone: see the bounds of pytest"
