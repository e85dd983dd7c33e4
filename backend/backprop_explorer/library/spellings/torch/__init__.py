"""PyTorch's words."""
