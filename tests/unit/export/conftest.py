"""What the tests of what is taken away share."""

import sys
from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def dtype_of_pytorch() -> Iterator[None]:
    """A PyTorch script sets the default dtype of the whole process: later tests find PyTorch's own again."""
    yield
    torch = sys.modules.get("torch")
    if torch is not None:
        torch.set_default_dtype(torch.float32)
