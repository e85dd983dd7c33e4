"""What the tests that run PyTorch share."""

from collections.abc import Iterator

import pytest


@pytest.fixture
def double() -> Iterator[None]:
    """PyTorch counts in float64, as we do, from the same seed."""
    import torch

    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    torch.manual_seed(0)
    yield
    torch.set_default_dtype(before)
