"""Random numbers that are given by the document: what NumPy and PyTorch draw, as recipes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from backprop_explorer.graph.node import Node
from backprop_explorer.graph.number import Number
from backprop_explorer.language.builtin import Call
from backprop_explorer.language.given import Recipe
from backprop_explorer.language.reader import Reader
from backprop_explorer.language.values import raw
from backprop_explorer.library.spellings import place
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Shape
from backprop_explorer.problem import Problem

Draw = Callable[["Drawing"], Any]
PLAIN_SEED = 0


class Drawing:
    """A call that draws: its arguments by name or place, and what reads the program."""

    def __init__(self, evaluator: Reader, name: str, arguments: list[Any], options: dict[str, Any]) -> None:
        self.evaluator, self.name, self.arguments = evaluator, name, arguments
        self.options = {key: value for key, value in options.items() if key not in _WITHOUT_EFFECT}

    def taken(self, *names: str, **defaults: Any) -> list[Any]:
        """The arguments in the order of these names."""
        values = dict(zip(names, self.arguments, strict=False)) | self.options
        unknown = [name for name in values if name not in names]
        if unknown or len(self.arguments) > len(names):
            raise Problem("bad_call", f"{self.name} takes {', '.join(names)}", hint="draw by np.random or torch.randn")
        missing = [name for name in names if name not in values and name not in defaults]
        if missing:
            raise Problem("bad_call", f"{self.name} needs {missing[0]}")
        return [values.get(name, defaults.get(name)) for name in names]

    def number(self, value: Any) -> float:
        """A number that is known."""
        found = self.evaluator.numbers(value) if isinstance(value, Node) else None
        plain = found.item() if found is not None and found.size == 1 else raw(value)
        if isinstance(plain, bool) or not isinstance(plain, (int, float)):
            raise Problem("bad_call", f"{self.name} needs numbers that are known before the program runs")
        return plain

    def shape(self, given: Any) -> Shape:
        """A shape out of a number, a list or several numbers."""
        plain = raw(given)
        lengths = () if plain is None else plain if isinstance(plain, tuple) else (plain,)
        if len(lengths) == 1 and isinstance(lengths[0], tuple):
            lengths = lengths[0]
        if len(lengths) > 8 or any(type(length) is not int or length < 1 for length in lengths):
            raise Problem("wrong_shape", f"{self.name} needs a shape of whole numbers of at least 1")
        count = size(lengths)
        self.evaluator.graph.meter.budget.check("tensor_elements", count, f"the {count:,} elements of {self.name}")
        return tuple(lengths)

    def lengths(self) -> Shape:
        """The shape that is given by separate numbers, a tuple, or as `size`."""
        given = self.options.get("size", tuple(self.arguments))
        return self.shape(given)

    def made(self, recipe: Recipe) -> Node:
        """The tensor."""
        return self.evaluator.given.made(recipe)

    def uniform(self, low: float, high: float, shape: Shape) -> Node:
        """Numbers between two."""
        return self.made(Recipe("uniform", shape, (high - low) / 2, (high + low) / 2))

    def whole(self, low: int, high: int, shape: Shape) -> Node:
        """Whole numbers from one up to, and without, another."""
        if not low < high:
            raise Problem("bad_call", f"{self.name} needs a number below another; got {low} and {high}")
        numbers = np.random.default_rng(PLAIN_SEED).integers(low, high, shape)
        return self.made(Recipe("numbers", shape, numbers=numbers, whole=True))

    def order(self, count: Any) -> Node:
        """The whole numbers below one in another order."""
        if isinstance(count, Node):
            raise Problem("not_in_language", f"{self.name} of a tensor is not part of the language", hint=_ORDER)
        (length,) = self.shape(count)
        numbers = np.random.default_rng(PLAIN_SEED).permutation(length)
        return self.made(Recipe("numbers", (length,), numbers=numbers, whole=True))


_ORDER = "draw the order, and index by it: x[np.random.permutation(len(x))]"
_WITHOUT_EFFECT = ("dtype", "device", "requires_grad", "generator", "out", "layout", "pin_memory", "names")


def _normal(call: Drawing) -> Node:
    loc, scale, shape = call.taken("loc", "scale", "size", loc=Number.of(0), scale=Number.of(1), size=None)
    return call.made(Recipe("normal", call.shape(shape), call.number(scale), call.number(loc)))


def _torch_normal(call: Drawing) -> Node:
    mean, std, shape = call.taken("mean", "std", "size", mean=Number.of(0), std=Number.of(1), size=None)
    return call.made(Recipe("normal", call.shape(shape), call.number(std), call.number(mean)))


def _uniform(call: Drawing) -> Node:
    low, high, shape = call.taken("low", "high", "size", low=Number.of(0), high=Number.of(1), size=None)
    return call.uniform(call.number(low), call.number(high), call.shape(shape))


def _whole(call: Drawing) -> Node:
    low, high, shape = call.taken("low", "high", "size", high=None, size=None)
    if high is not None and not isinstance(high, (Number, Node, bool)):
        low, high, shape = Number.of(0), low, high  # torch.randint(10, (3,))
    if high is None:
        low, high = Number.of(0), low
    return call.whole(int(call.number(low)), int(call.number(high)), call.shape(shape))


def _by_lengths(draw: Callable[[Drawing, Shape], Node]) -> Draw:
    return lambda call: draw(call, call.lengths())


def _like(draw: Callable[[Drawing, Shape], Node]) -> Draw:
    def called(call: Drawing) -> Node:
        tensor = call.arguments[0] if call.arguments else None
        if not isinstance(tensor, Node):
            raise Problem("bad_call", f"{call.name} needs a tensor")
        return draw(call, tensor.shape)

    return called


def _standard(call: Drawing, shape: Shape) -> Node:
    return call.made(Recipe("normal", shape))


def _unit(call: Drawing, shape: Shape) -> Node:
    return call.uniform(0, 1, shape)


def _empty(call: Drawing, shape: Shape) -> Node:
    return call.made(Recipe("uniform", shape, 0.01))


def _generator(call: Drawing) -> Node:
    return call.order(call.arguments[0] if call.arguments else None)


NUMPY: Mapping[str, Draw] = {
    "randn": _by_lengths(_standard), "rand": _by_lengths(_unit), "random": _by_lengths(_unit),
    "random_sample": _by_lengths(_unit), "ranf": _by_lengths(_unit), "sample": _by_lengths(_unit),
    "standard_normal": _by_lengths(_standard), "normal": _normal, "uniform": _uniform, "randint": _whole,
    "integers": _whole, "permutation": _generator,
}  # fmt: skip
"""What `np.random` and its generators draw."""
TORCH: Mapping[str, Draw] = {
    "randn": _by_lengths(_standard), "rand": _by_lengths(_unit), "normal": _torch_normal, "randint": _whole,
    "randperm": _generator, "randn_like": _like(_standard), "rand_like": _like(_unit), "empty": _by_lengths(_empty),
    "empty_like": _like(_empty), "Tensor": _by_lengths(_empty), "FloatTensor": _by_lengths(_empty),
}  # fmt: skip
"""What PyTorch draws, or takes as it is in memory, to be filled."""


def random_tensor(evaluator: Reader, path: str, arguments: list[Any], options: dict[str, Any]) -> Any:
    """A tensor that is drawn at random; NotImplemented for any other function."""
    found = place(path)
    if found is None:
        return NotImplemented
    library, name = found
    draw = NUMPY.get(name.removeprefix("random.")) if library == "numpy" and name.startswith("random.") else None
    if library == "torch":
        draw = TORCH.get(name)
        if name in ("Tensor", "FloatTensor") and not all(isinstance(one, Number) for one in arguments):
            return NotImplemented
        if name.startswith("nn.init.") and arguments and isinstance(arguments[0], Node):
            return _initialised(evaluator, name.removeprefix("nn.init."), arguments, options)
    if draw is None:
        return NotImplemented
    return _required(evaluator, draw(Drawing(evaluator, path, arguments, options)), options)


def _required(evaluator: Reader, node: Node, options: dict[str, Any]) -> Node:
    return evaluator.given.require(node) if options.get("requires_grad") is True else node


def drawn_by(call: Call) -> Any:
    """What a generator such as `np.random.default_rng(0)` draws."""
    if call.name in ("seed", "manual_seed"):
        return None
    if call.name not in NUMPY:
        raise call.problem("is nothing that is drawn here", f"known are {', '.join(NUMPY)}")
    if not call.evaluator.given.draws:
        raise Problem(
            "not_in_language",
            "Random numbers of NumPy's are not part of the language",
            hint="make it an input of the document, or random((3, 2)) draws new ones",
        )
    return NUMPY[call.name](Drawing(call.evaluator, call.name, call.arguments, call.options))


def drawn_into(tensor: Node, call: Call) -> Any:
    """`w.normal_(0, 0.1)`, `w.uniform_(-a, a)`; NotImplemented for other methods."""
    if call.name not in ("normal_", "uniform_"):
        return NotImplemented
    return _filled(call.evaluator, call.name, tensor, call.arguments, call.options)


# -- torch.nn.init


def _filled(evaluator: Reader, name: str, tensor: Node, arguments: list[Any], options: dict[str, Any]) -> Any:
    call = Drawing(evaluator, name, arguments, options)
    if name == "normal_":
        mean, std = call.taken("mean", "std", mean=Number.of(0), std=Number.of(1))
        return call.made(Recipe("normal", tensor.shape, call.number(std), call.number(mean), required=True))
    if name == "uniform_":
        low, high = (call.number(one) for one in call.taken("a", "b", a=Number.of(0), b=Number.of(1)))
        made = Recipe("uniform", tensor.shape, (high - low) / 2, (high + low) / 2, required=True)
        return call.made(made)
    if name in ("zeros_", "ones_", "constant_"):
        value = call.number(call.taken("val")[0]) if name == "constant_" else float(name == "ones_")
        return call.made(Recipe("ones", tensor.shape, value, required=True))
    return NotImplemented


_GAINS: Mapping[str, float] = {
    "linear": 1, "sigmoid": 1, "conv1d": 1, "conv2d": 1, "tanh": 5 / 3, "relu": 2**0.5, "selu": 3 / 4,
}  # fmt: skip


def _initialised(evaluator: Reader, name: str, arguments: list[Any], options: dict[str, Any]) -> Any:
    tensor = evaluator.seen(arguments[0])
    new = _filled(evaluator, name, tensor, arguments[1:], options)
    if new is NotImplemented:
        new = _scaled(Drawing(evaluator, name, arguments[1:], options), name, tensor)
    evaluator.memory.change(tensor, new)
    return new


def _scaled(call: Drawing, name: str, tensor: Node) -> Node:
    known = ("xavier_uniform_", "xavier_normal_", "kaiming_uniform_", "kaiming_normal_")
    if name not in known or tensor.ndim < 2:
        raise Problem(
            "not_in_language",
            f"nn.init.{name[:40]} is not part of the language for the shape {tensor.shape}",
            hint=f"use one of {', '.join(known)}, normal_, uniform_, zeros_, ones_, constant_",
        )
    field = size(tensor.shape[2:])
    fan_in, fan_out = tensor.shape[1] * field, tensor.shape[0] * field
    if name.startswith("xavier"):
        (gain,) = call.taken("gain", gain=Number.of(1))
        spread = call.number(gain) * (2 / (fan_in + fan_out)) ** 0.5
    else:
        a, mode, kind = call.taken(
            "a", "mode", "nonlinearity", a=Number.of(0), mode="fan_in", nonlinearity="leaky_relu"
        )
        leaky = (2 / (1 + call.number(a) ** 2)) ** 0.5
        gain = leaky if kind == "leaky_relu" else _GAINS.get(kind)
        if gain is None or mode not in ("fan_in", "fan_out"):
            raise Problem("bad_call", f"{name} knows no mode {mode!r} or nonlinearity {kind!r}")
        spread = gain / (fan_in if mode == "fan_in" else fan_out) ** 0.5
    init, scale = ("normal", spread) if name.endswith("normal_") else ("uniform", spread * 3**0.5)
    return call.made(replace(Recipe(init, tensor.shape, required=True), scale=scale))
