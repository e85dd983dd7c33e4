"""Programs that were once accepted and computed differently: writes PyTorch's numbers for them.

python tests/bench/silent.py     # where PyTorch is installed; tests/unit/library/silent_differences.json
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional

TARGET = Path(__file__).resolve().parents[1] / "unit" / "library" / "silent_differences.json"
GIVEN: dict[str, Any] = {
    "x": [[0.13, -1.32, 0.64], [1.05, -0.54, 0.36], [-0.7, 0.95, -1.27], [0.04, -0.62, 1.41]],
    "w": [[-0.22, 0.5, -0.83], [-1.1, 0.31, 0.47], [0.66, -0.18, 1.2]],
    "b": [0.3, -0.4, 0.1],
    "g": [1.2, 0.7, -0.5],
    "mean": [0.2, -0.1, 0.4],
    "var": [0.5, 1.3, 0.9],
    "lo": [-0.5, -0.2, 0.1],
    "hi": [0.4, 0.6, 0.8],
    "t": [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [0.2, 0.3, 0.5], [0.0, 0.0, 1.0]],
    "labels": [2, 0, 1, 2],
    "j": [0, 2, 2, 1],
}
PARAMETERS = ("x", "w", "b", "g")
PROGRAMS = (
    "h = x @ w|m = h.max(1, keepdim=True)[0]|loss = ((h - m) ** 2).sum()",
    "h = x @ w|loss = (h.max(1)[0] ** 2).sum()",
    "h = x @ w|loss = (h.max(dim=1).values ** 2).sum()",
    "h = x @ w|loss = (torch.max(h, 1)[0] * torch.min(h, -1).values).sum()",
    "h = x @ w|values, indices = torch.max(h, 0)|loss = (values ** 3).sum()",
    "h = x @ w|loss = (h.min(0)[0] ** 2).sum()",
    "loss = torch.std(x @ w, 0).sum()",
    "loss = (x @ w).var(0).sum()",
    "loss = torch.var(x @ w)",
    "loss = (x @ w).std()",
    "loss = torch.var(x @ w, 1, unbiased=False).sum()",
    "h = x @ w|n = (h - h.mean(0, keepdim=True)) / torch.sqrt(h.var(0, keepdim=True) + 1e-5)"
    "|loss = (n * g + b).tanh().sum()",
    "h = x @ w|n = g * (h - h.mean(0, keepdim=True)) / h.std(0, keepdim=True) + b|loss = F.cross_entropy(n, labels)",
    "loss = (F.linear(x, w) ** 2).sum()",
    "loss = (F.linear(x, w, b) ** 2).sum()",
    "loss = (F.linear(x, w[:2], b[:2]) ** 2).sum()",
    "h = x @ w|loss = (F.pad(h, (1, 1)) * F.pad(h, (2, 0))).mean()",
    "h = x @ w|loss = (F.pad(h, (1, 0), value=2.0) ** 2).mean()",
    "h = x @ w|loss = (F.pad(h, (0, 1, 1, 0)) ** 2).mean()",
    "h = x @ w|loss = (F.batch_norm(h, mean, var) ** 2).mean()",
    "h = x @ w|loss = (F.batch_norm(h, mean, var, g, b) ** 2).mean()",
    "h = x @ w|loss = (F.batch_norm(h, None, None, g, b, True) ** 3).mean()",
    "h = x @ w|loss = (F.batch_norm(h, mean, var, weight=g, bias=b, training=False, eps=0.1) ** 2).mean()",
    "h = x @ w|loss = (F.layer_norm(h, (3,), g, b, 1e-5) ** 3).mean()",
    "h = x @ w|loss = (F.layer_norm(h, g.shape, g, b) ** 3).mean()",
    "h = x @ w|loss = (F.layer_norm(h, (3,)) ** 3).mean()",
    "y = torch.transpose(x, 0, 1)|loss = (y[0] ** 2).sum()",
    "y = x.transpose(0, 1)|loss = (y[0] ** 2).sum()",
    "y = (x @ w).transpose(-1, -2)|loss = (y[0] * y[1]).sum()",
    "h = x @ w|loss = (torch.clamp(h, lo, hi) ** 2).sum()",
    "h = x @ w|loss = (h.clamp(min=lo, max=hi) ** 2).sum()",
    "h = x @ w|loss = (torch.clamp(h, hi, lo) ** 2).sum()",
    "loss = (torch.clamp(g * 1.0, -0.5, 0.7) ** 2).sum()",
    "loss = (g.clamp(0.7, 1.2) ** 2).sum()",
    "loss = (g.clamp(max=g.detach()) ** 2).sum()",
    "h = x @ w|loss = (F.softmax(h, 0) ** 2).sum()",
    "h = x @ w|loss = (F.softmax(h, 1) * t).sum()",
    "h = x @ w|loss = -(F.log_softmax(h, 1) * t).mean()",
    "h = x @ w|loss = (F.softmax(h, -1, 3) ** 2).sum()",
    "h = x @ w|loss = F.gelu(h, approximate='tanh').sum()",
    "h = x @ w|loss = F.leaky_relu(h, 0.3).sum() + F.elu(h, 0.5).sum() + F.softplus(h, 2, 1).sum()",
    "h = x @ w|loss = F.cross_entropy(h, labels, var)",
    "h = x @ w|loss = F.cross_entropy(h, t)",
    "h = x @ w|loss = F.nll_loss(F.log_softmax(h, 1), labels)",
    "h = x @ w|loss = F.mse_loss(h, t, reduction='sum')",
    "loss = (x[[0, 2]] ** 2).sum()",
    "loss = (x[[0, 0]] ** 2).sum()",
    "loss = (x[[0, 3, 1], [2, 0, 2]] ** 2).sum()",
    "loss = (x[j] * w[j[:3], :1].sum()).mean()",
    "loss = (x[:, [2, 0]] ** 3).sum()",
    "loss = (x[range(4), labels] ** 2).sum()",
    "loss = (x[torch.arange(4), labels] ** 2).sum()",
    "loss = (x[torch.arange(4), [0, 1, 1, 0]] ** 2).sum()",
    "loss = (x.repeat(2, 1) @ w).tanh().sum()",
    "loss = (x.squeeze(0) @ w).pow(2).sum()",
    "loss = (x.unsqueeze(0).squeeze(1) @ w).pow(2).sum()",
    "loss = (x.view(2, 2, 3).flatten(1) ** 3).sum()",
    "loss = torch.dot(g, b) + (g * torch.norm(x @ w)).sum()",
)
"""Lines are parted by bars."""


def golden(text: str) -> dict[str, Any]:
    """A program, what it is given, its loss and its gradients."""
    names = [name for name in GIVEN if re.search(rf"(?<!\.)\b{name}\b(?![(=])", text)]
    kinds = {name: torch.int64 if name in ("labels", "j") else torch.float64 for name in names}
    tensors = {name: torch.tensor(GIVEN[name], dtype=kinds[name], requires_grad=name in PARAMETERS) for name in names}
    space: dict[str, Any] = {"torch": torch, "F": torch.nn.functional, **tensors}
    exec(text, space)  # noqa: S102 - the programs above
    parameters = [name for name in names if name in PARAMETERS]
    gradients = torch.autograd.grad(space["loss"], [tensors[name] for name in parameters])
    return {
        "program": text,
        "inputs": {name: GIVEN[name] for name in names if name not in PARAMETERS},
        "parameters": {name: GIVEN[name] for name in parameters},
        "loss": _rounded(space["loss"].item()),
        "gradients": {name: _rounded(one.tolist()) for name, one in zip(parameters, gradients, strict=True)},
    }


def _rounded(value: Any) -> Any:
    return [_rounded(item) for item in value] if isinstance(value, list) else float(f"{value:.12g}")


if __name__ == "__main__":
    told = [golden(program.replace("|", "\n")) for program in PROGRAMS]
    TARGET.write_text("[\n" + ",\n".join(json.dumps(one, separators=(",", ":")) for one in told) + "\n]\n")
