"""The plans that explanations are tested with."""

from tests.unit.explain.conftest import plan

__all__ = ["plan"]
