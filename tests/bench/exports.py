"""Exports PyTorch models as ONNX, by both of its exporters, opens the files, and compares outputs and gradients with
PyTorch's own.

The weights are those of the file; both sides compute in float64. The gradient is that of a weighted sum of the outputs,
element by element: those of a parameter are found by its numbers, wherever the exporter put them. Prints for each file
the largest difference of an output and of a gradient, relative to the largest, and the share of gradients that were
found; ends with 1 if any is further off than 1e-6. It runs where PyTorch, onnx and onnxscript are installed.

    python -m tests.bench.exports [--all] [NAME…]     # --all: the models of tests/bench/models, too
"""

from __future__ import annotations

import contextlib
import io
import logging
import sys
import tempfile
import warnings
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
import torch.nn.functional as F
from torch import nn

import backprop_explorer as bx
from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing.archive import with_others
from backprop_explorer.importing.onnx import unpacked
from backprop_explorer.importing.onnx.model import load
from backprop_explorer.importing.onnx.network import Network
from backprop_explorer.importing.record import Rules
from tests.bench.models import others, sequences, vision
from tests.bench.models.cases import CASES, normal, whole

ALLOWED = 1e-6
SEED = 5
FEW = 0.9
"""Where fewer elements are found, the exporter has multiplied a batch normalisation into the weights."""
TRAINED = "ResNet block, train"
RULES = Rules(lambda text: None, 100_000_000, Budget())
SMALL = 1e-4
"""A gradient below this part of the largest one is compared with that: what is 0 but for rounding has no size."""
Made = tuple[Any, ...]


class Applied(nn.Module):
    """A module of a function, with layers that it may use."""

    def __init__(self, function: Callable[..., Any], **layers: nn.Module) -> None:
        super().__init__()
        self.function = function
        for name, layer in layers.items():
            self.add_module(name, layer)

    def forward(self, *args: Any) -> Any:
        """The function of the module itself and the arguments."""
        return self.function(self, *args)


class Masked(nn.Module):
    """Attention scores with a causal mask that is a buffer."""

    def __init__(self, length: int) -> None:
        super().__init__()
        self.w = nn.Linear(length, length)
        self.register_buffer("mask", torch.tril(torch.ones(length, length)))

    def forward(self, x: Any) -> Any:
        """The softmax of scores, later places left out."""
        return self.w(x).masked_fill(self.mask == 0, float("-inf")).softmax(-1)


def _sequence(*layers: nn.Module) -> Callable[..., Made]:
    return lambda *shape: (nn.Sequential(*layers), normal(*shape))


def _recurrent(kind: str, **options: Any) -> Made:
    return Applied(
        lambda self, x: self.layer(x)[0], layer=getattr(nn, kind)(4, 5, batch_first=True, **options)
    ), normal(2, 6, 4)


def _attention(function: Callable[[Any, Any, Any], Any]) -> Made:
    def forward(self: Any, x: Any) -> Any:
        q, k, v = (one.view(2, 4, 2, 4).transpose(1, 2) for one in self.qkv(x).chunk(3, -1))
        return self.out(function(q, k, v).transpose(1, 2).reshape(2, 4, 8))

    return Applied(forward, qkv=nn.Linear(8, 24), out=nn.Linear(8, 8)), normal(2, 4, 8)


def _by_hand(q: Any, k: Any, v: Any) -> Any:
    return (q @ k.transpose(-1, -2) / 2).softmax(-1) @ v


def _causal_by_hand(q: Any, k: Any, v: Any) -> Any:
    mask = torch.tril(torch.ones(4, 4)) == 0
    return (q @ k.transpose(-1, -2) / 2).masked_fill(mask, float("-inf")).softmax(-1) @ v


def _block(training: bool) -> Made:
    return vision.BasicBlock(4, 4, 1).train(training), normal(2, 4, 6, 6)


def _stem() -> Made:
    layers = [nn.Conv2d(3, 4, 7, 2, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(3, 2, 1), vision.BasicBlock(4, 8, 2)]
    return _sequence(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(8, 5))(2, 3, 32, 32)


def _vae() -> Made:
    def forward(self: Any, x: Any) -> Any:
        h = torch.relu(self.enc(x))
        return self.dec(self.mu(h)), self.mu(h), self.logvar(h)

    layers = {"enc": nn.Linear(6, 5), "mu": nn.Linear(5, 2), "logvar": nn.Linear(5, 2), "dec": nn.Linear(2, 6)}
    return Applied(forward, **layers), normal(4, 6)


EXPORTS: dict[str, Callable[[], Made]] = {
    "MLP": lambda: (others.mlp(4, 8, 8, 3), normal(5, 4)),
    "MLP, dropout, tanh, log-softmax": lambda: _sequence(
        nn.Linear(4, 8), nn.Tanh(), nn.Dropout(0.5), nn.Linear(8, 3), nn.LogSoftmax(-1)
    )(5, 4),
    "LeNet": lambda: (vision.LeNet(), normal(2, 1, 28, 28)),
    "ResNet block, eval": lambda: _block(False),
    TRAINED: lambda: _block(True),
    "stem of a ResNet": _stem,
    "depthwise, ReLU6, hardswish": lambda: _sequence(
        nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.ReLU6(), nn.Conv2d(4, 8, 1), nn.Hardswish()
    )(2, 4, 6, 6),
    "GroupNorm, SiLU": lambda: _sequence(nn.Conv2d(3, 4, 3), nn.GroupNorm(2, 4), nn.SiLU())(2, 3, 6, 6),
    "conv1d, ELU, adaptive pooling": lambda: _sequence(nn.Conv1d(3, 4, 3), nn.ELU(), nn.AdaptiveAvgPool1d(2))(2, 3, 8),
    "RNN": lambda: _recurrent("RNN"),
    "LSTM": lambda: _recurrent("LSTM"),
    "LSTM, two layers, both ways": lambda: _recurrent("LSTM", num_layers=2, bidirectional=True),
    "GRU": lambda: _recurrent("GRU"),
    "TransformerEncoderLayer": lambda: (nn.TransformerEncoderLayer(8, 2, 16, 0.0, batch_first=True), normal(2, 5, 8)),
    "MultiheadAttention": lambda: (
        Applied(lambda self, x: self.layer(x, x, x)[0], layer=nn.MultiheadAttention(8, 2, batch_first=True)),
        normal(2, 5, 8),
    ),
    "attention by hand": lambda: _attention(_by_hand),
    "causal attention by hand": lambda: _attention(_causal_by_hand),
    "SDPA, causal": lambda: _attention(lambda q, k, v: F.scaled_dot_product_attention(q, k, v, is_causal=True)),
    "ViT": lambda: CASES["ViT-tiny"].make(),
    "GPT": lambda: (sequences.GPT2(), whole(11, 2, 6)),
    "Llama": lambda: (sequences.Llama(), whole(11, 2, 6)),
    "embedding bag": lambda: (
        Applied(lambda self, x: self.out(self.layer(x).mean(1)), layer=nn.Embedding(9, 4), out=nn.Linear(4, 3)),
        whole(9, 3, 5),
    ),
    "loss inside": lambda: (
        Applied(lambda self, x, y: F.mse_loss(self.layer(x), y), layer=nn.Linear(4, 2)), normal(5, 4), normal(5, 2),
    ),
    "cross-entropy inside": lambda: (
        Applied(lambda self, x, y: F.cross_entropy(self.layer(x), y), layer=nn.Linear(4, 3)), normal(5, 4), whole(3, 5),
    ),
    "causal mask of 128": lambda: (Masked(128), normal(1, 128, 128)),
    "VAE of three outputs": _vae,
    "ConvTranspose2d": lambda: _sequence(nn.ConvTranspose2d(3, 4, 3, 2, 1, 1), nn.ReLU())(2, 3, 5, 5),
    "nearest upsampling": lambda: _sequence(nn.Conv2d(2, 3, 3), nn.Upsample(scale_factor=2))(2, 2, 5, 5),
    "bilinear upsampling": lambda: _sequence(
        nn.Conv2d(2, 3, 3), nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)
    )(2, 2, 5, 5),
    "Conv3d": lambda: _sequence(nn.Conv3d(2, 3, 3, padding=1), nn.ReLU(), nn.MaxPool3d(2))(1, 2, 4, 4, 4),
    "MaxPool2d, ceil_mode": lambda: _sequence(nn.Conv2d(1, 2, 1), nn.MaxPool2d(3, 2, ceil_mode=True))(1, 1, 6, 6),
    "half the precision": lambda: (others.mlp(4, 8, 3).half(), normal(5, 4).half()),
    "twice the precision": lambda: (others.mlp(4, 8, 3).double(), normal(5, 4).double()),
    "weights in a second file": lambda: (others.mlp(16, 32, 16), normal(5, 16)),
}  # fmt: skip


@dataclass(frozen=True)
class Result:
    """How a file fared: `refused` says why it did not open, `exporter` that PyTorch itself refused."""

    forward: float = 0.0
    backward: float = 0.0
    found: float = 0.0
    refused: str = ""
    exporter: str = ""

    @property
    def outcome(self) -> str:
        """In one word."""
        if self.exporter:
            return "not exported"
        if self.refused:
            return "refused"
        return "right" if max(self.forward, self.backward) <= ALLOWED else "different"


def exported(model: Any, args: Made, path: Path, *, dynamo: bool, whole_file: bool) -> None:
    """Writes the model, as PyTorch does."""
    silent = io.StringIO()
    options: dict[str, Any] = {"external_data": not whole_file} if dynamo else {}
    if not dynamo:
        options["training"] = torch.onnx.TrainingMode.PRESERVE
    with contextlib.redirect_stdout(silent), contextlib.redirect_stderr(silent), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model, args, str(path), dynamo=dynamo, **options)


def opened(path: Path) -> tuple[onnx.ModelProto, Network]:
    """The network of a file, and of a second one beside it."""
    model, outside = unpacked(with_others(path), RULES)
    return onnx.load_model_from_string(model), Network(load(model, RULES.budget, outside), RULES.budget)


def judged(make: Callable[[], Made], name: str, *, dynamo: bool) -> Result:
    """Exports, opens and compares."""
    torch.manual_seed(SEED)
    model, *args = make()
    if name != TRAINED or dynamo:  # that exporter writes a network as it is in inference
        model.eval()
    with torch.no_grad():
        for parameter in model.parameters():  # zeros and ones would be found everywhere
            parameter.add_(torch.randn_like(parameter) * 0.01)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.onnx"
        try:
            exported(model, tuple(args), path, dynamo=dynamo, whole_file=name != "weights in a second file")
        except Exception as error:
            return Result(exporter=f"{type(error).__name__}: {str(error).splitlines()[0][:90]}")
        try:
            proto, network = opened(path)
            return _compared(model, args, proto, network)
        except bx.Problem as problem:
            return Result(refused=f"{problem.detail} | {problem.hint}")


def _compared(model: Any, args: list[Any], proto: onnx.ModelProto, network: Network) -> Result:
    document = network.document()
    given = [one.name for one in proto.graph.input]
    values = [network.value(name) for name in given]
    for value, one in zip(values, args, strict=True):
        document["inputs"][value.name] = one.double().numpy() if one.is_floating_point() else one.numpy()
    nn.Module.double(model)  # which a model may call a layer of its own
    doubled = [one.double().requires_grad_() if one.is_floating_point() else one for one in args]
    results = model(*doubled)
    results = _tensors(results)
    names = [network.value(one.name).name for one in proto.graph.output][: len(results)]
    weights = [np.random.default_rng(at).normal(size=tuple(one.shape)) for at, one in enumerate(results)]
    sums = [f"sum({name} * judge_{at})" for at, name in enumerate(names)]
    plan = bx.compile(
        {
            **document,
            "program": f"{document['program']}\njudged = {' + '.join(sums)}",
            "inputs": {**document["inputs"], **{f"judge_{at}": one for at, one in enumerate(weights)}},
            "loss": "judged",
            "dtype": "float64",
        }
    )
    plan.run()
    total = sum((one * torch.tensor(weight)).sum() for one, weight in zip(results, weights, strict=True))
    total.backward()
    forward = max(_apart(plan[name], one.detach().numpy()) for name, one in zip(names, results, strict=True))
    own = {name: np.asarray(one) for name, one in network.document()["parameters"].items()}
    backward, found = _gradients(model, plan, own)
    if found < FEW:
        backward = 0.0
    for value, one in zip(values, doubled, strict=True):
        if one.requires_grad:
            backward = max(backward, _apart(plan[f"{value.name}.g"], one.grad.numpy()))
    return Result(forward, backward, found)


def _tensors(results: Any) -> list[Any]:
    """All tensors of what a model answers, in the exporters' order."""
    if isinstance(results, torch.Tensor):
        return [results]
    every = results.values() if isinstance(results, dict) else results if isinstance(results, list | tuple) else []
    return [one for result in every for one in _tensors(result)]


def _apart(found: Any, right: Any) -> float:
    found, right = np.asarray(found, float), np.asarray(right, float)
    if found.shape != right.shape:
        return float("inf")
    return float(np.abs(found - right).max(initial=0) / (np.abs(right).max(initial=0) or 1.0))


def _gradients(model: Any, plan: Any, own: dict[str, Any]) -> tuple[float, float]:
    """The largest difference of a gradient, relative to the largest of its parameter's, and the share of elements that
    were found: those whose number is that of one element only."""
    right: dict[float, tuple[float, float]] = {}
    twice: Counter[float] = Counter()
    trained = [parameter for parameter in model.parameters() if parameter.grad is not None]
    least = SMALL * max((float(parameter.grad.abs().max()) for parameter in trained), default=1.0)
    for parameter in trained:
        scale = max(float(parameter.grad.abs().max()), least)
        for number, gradient in zip(parameter.reshape(-1).tolist(), parameter.grad.reshape(-1).tolist(), strict=True):
            twice[number] += 1
            right[number] = (gradient, scale)
    sums: Counter[float] = Counter()
    for name, numbers in own.items():
        gradients = np.asarray(plan[f"{name}.g"]).reshape(-1)
        for number, gradient in zip(numbers.reshape(-1).tolist(), gradients.tolist(), strict=True):
            sums[number] += gradient  # the exporters write a copy for each use that is transposed
    known = [number for number in sums if twice[number] == 1 and number != int(number)]
    furthest = max((abs(sums[number] - right[number][0]) / right[number][1] for number in known), default=0.0)
    return furthest, len(known) / max(len(sums), 1)


def main() -> int:
    """Prints a line for each file; ends with 1 if any differs."""
    logging.disable(logging.CRITICAL)
    names = [name for name in sys.argv[1:] if not name.startswith("--")]
    models: dict[str, Callable[[], Made]] = dict(EXPORTS)
    if "--all" in sys.argv:
        models |= {f"* {name}": case.make for name, case in CASES.items()}
    counts = {True: Counter[str](), False: Counter[str]()}
    for name, make in models.items():
        if names and not any(word in name for word in names):
            continue
        for dynamo, count in counts.items():
            result = judged(make, name, dynamo=dynamo)
            count[result.outcome] += 1
            told = result.refused or result.exporter
            figures = f"{result.forward:.1e} {result.backward:.1e} {result.found:4.0%}" if not told else told[:200]
            print(f"{name:<36} {'dynamo' if dynamo else 'older':<7} {result.outcome:<13} {figures}", flush=True)
    for dynamo, count in counts.items():
        print(f"{'dynamo' if dynamo else 'older'}: {', '.join(f'{many} {word}' for word, many in count.items())}")
    return 1 if any(count["different"] for count in counts.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
