"""Samples of PyTorch's own tests as lines of PyTorch: calls, methods and operators, by keyword and by position."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import torch
from operations import REFLECTED, SYMBOLS, WRITTEN_ON

FLOATS, WHOLE, MASKS = "abcdfghpqrstuvwyz", "ijkln", "m"
TYPES = {torch.float64: "torch.float64", torch.int64: "torch.long", torch.bool: "torch.bool"}


class Unsayable(Exception):
    """Why a sample cannot be written as a line over tensors of a document."""


class Tensors:
    """Gives each tensor of a sample a name: floats by letters from a, whole numbers from i, masks from m."""

    def __init__(self, most_elements: int) -> None:
        self.most = most_elements
        self.known: dict[str, torch.Tensor] = {}
        self._names: dict[int, str] = {}

    def text(self, value: Any) -> str:
        """A value as it is written in a program."""
        if isinstance(value, torch.Tensor):
            return self._name(value)
        if value is None or value is Ellipsis or isinstance(value, (bool, str)):
            return "..." if value is Ellipsis else repr(value)
        if isinstance(value, (int, float)):
            return repr(value) if abs(value) < float("inf") else f"float({str(value)!r})"
        if isinstance(value, torch.dtype) and value in TYPES:
            return TYPES[value]
        if isinstance(value, (list, tuple)):
            items = ", ".join(map(self.text, value))
            return f"[{items}]" if isinstance(value, list) else f"({items},)" if len(value) == 1 else f"({items})"
        raise Unsayable(f"{type(value).__name__} {value}" if isinstance(value, torch.dtype) else type(value).__name__)

    def index(self, value: Any) -> str:
        """What stands between the brackets of an index."""
        if isinstance(value, tuple) and value:
            return ", ".join(self.index(item) for item in value)
        if isinstance(value, slice):
            parts = ["" if part is None else repr(part) for part in (value.start, value.stop, value.step)]
            return ":".join(parts if value.step is not None else parts[:2])
        return self.text(value)

    def _name(self, tensor: torch.Tensor) -> str:
        if id(tensor) in self._names:
            return self._names[id(tensor)]
        if tensor.layout != torch.strided or tensor.dtype not in TYPES:
            raise Unsayable(f"a tensor of {tensor.dtype if tensor.layout == torch.strided else tensor.layout}")
        if not tensor.numel() or tensor.numel() > self.most or tensor.ndim > 8:
            raise Unsayable("an empty tensor" if not tensor.numel() else "a large tensor")
        letters = FLOATS if tensor.is_floating_point() else MASKS if tensor.dtype == torch.bool else WHOLE
        taken = [name for name in self.known if name[0] in letters]
        again = len(taken) // len(letters)
        name = letters[len(taken) % len(letters)] + (str(again + 1) if again else "")
        self.known[name] = tensor
        self._names[id(tensor)] = name
        return name


def qualified(name: str) -> str:
    """The function of an OpInfo's name as people write it."""
    functional = name.removeprefix("nn.functional.")
    return f"F.{functional}" if functional != name else f"torch.{name}"


def spellings(op: Any, sample: Any, tensors: Tensors, first: bool) -> Iterator[tuple[str, str]]:
    """Form and text of every way to write a sample; `first` asks for the lesser aliases, too."""
    name = op.name
    if name == "__getitem__":
        yield "index", f"{tensors.text(sample.input)}[{tensors.index(sample.args[0])}]"
        return
    arguments = [tensors.text(value) for value in (sample.input, *sample.args)]
    options = {key: tensors.text(value) for key, value in sample.kwargs.items()}
    if name in REFLECTED:
        yield "operator", f"{arguments[1]} {REFLECTED[name]} {arguments[0]}"
        return
    symbol = SYMBOLS.get((name, op.variant_test_name), SYMBOLS.get((name, "")))
    if symbol and len(arguments) == 2 and not options:
        yield "operator", f"{arguments[0]} {symbol} {arguments[1]}"
    on_tensor = isinstance(sample.input, torch.Tensor)
    aliases = [one.name for one in op.aliases if first or one.name.startswith("nn.functional.")]
    for written in [name, *WRITTEN_ON.get(name, ()), *aliases]:
        own = written == name
        ordered = [arguments[1], arguments[0], *arguments[2:]] if name == "where" and len(arguments) > 1 else arguments
        for form, texts, words in _arranged(written, ordered, options):
            yield form if own else f"alias, {form}", f"{qualified(written)}({_joined(texts, words)})"
        if on_tensor and hasattr(torch.Tensor, written):
            for form, texts, words in _arranged(written, arguments, options):
                yield (
                    "method" if own and form == "function" else f"method, {form}",
                    (f"{texts[0]}.{written}({_joined(texts[1:], words)})"),
                )


def _joined(texts: list[str], words: dict[str, str]) -> str:
    return ", ".join([*texts, *(f"{word}={text}" for word, text in words.items())])


def _arranged(
    name: str, arguments: list[str], options: dict[str, str]
) -> Iterator[tuple[str, list[str], dict[str, str]]]:
    """The sample as it is, with all but the first argument by keyword, and with options by position."""
    yield "function", arguments, options
    for parameters in _signatures(name):
        if len(arguments) > len(parameters) or not set(options) <= set(parameters):
            continue
        if len(arguments) > 1:
            yield "keyword", arguments[:1], {**dict(zip(parameters[1:], arguments[1:], strict=False)), **options}
        following = parameters[len(arguments) : len(arguments) + len(options)]
        if options and set(following) == set(options):
            yield "position", [*arguments, *(options[word] for word in following)], {}


def _signatures(name: str) -> list[tuple[str, ...]]:
    """The names of the parameters of a function's overloads, in order."""
    if name.startswith("nn.functional."):
        function = getattr(torch.nn.functional, name.removeprefix("nn.functional."), None)
        try:
            return [tuple(inspect.signature(function).parameters)] if function else []
        except ValueError:
            pass
    bare = name.removeprefix("nn.functional.").replace(".", "_")
    schemas = torch._C._jit_get_schemas_for_operator(f"aten::{bare}")
    found = [tuple(argument.name for argument in schema.arguments if argument.name != "out") for schema in schemas]
    return list(dict.fromkeys(found))
