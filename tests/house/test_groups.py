"""What shares a server stays on one worker: xdist and pytest have to agree on it."""

import os

import pytest

from tests.dealing import Dealing


@pytest.mark.xdist_group("grouped")
def test_the_groups_of_tests_are_kept(request: pytest.FixtureRequest) -> None:
    if "PYTEST_XDIST_WORKER" in os.environ:
        assert request.node.nodeid.endswith("@grouped"), "each test is dealt out alone: see the bounds of pytest"


@pytest.mark.parametrize(
    ("test", "unit"),
    [
        ("tests/unit/a.py::test_b[1-x@y]", "tests/unit/a.py::test_b"),
        ("tests/unit/a.py::test_b[1]@grouped", "grouped"),
        ("tests/unit/a.py::test_c", "tests/unit/a.py::test_c"),
        ("tests/api/a.py::test_b[1]", "tests/api/a.py::test_b[1]"),
        ("tests/api/a.py::test_b[1]@grouped", "grouped"),
    ],
)
def test_only_short_tests_are_dealt_out_with_others(test: str, unit: str) -> None:
    assert Dealing.__new__(Dealing)._split_scope(test) == unit
