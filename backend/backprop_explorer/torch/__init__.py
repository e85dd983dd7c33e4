"""PyTorch: models as they are, one module of a step alone, and the backward passes of hand-written functions checked.
PyTorch itself is imported once it is used."""

from backprop_explorer.torch.functions import check
from backprop_explorer.torch.opened import Opened, open
from backprop_explorer.torch.recording import record

__all__ = ["Opened", "check", "open", "record"]
