"""PyTorch: the backward passes of hand-written functions checked. PyTorch itself is imported once it is used."""

from backprop_explorer.torch.functions import check

__all__ = ["check"]
