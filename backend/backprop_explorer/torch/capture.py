"""A model's operations as `torch.export` records them for one call, and its tensors with their numbers."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from importlib import import_module
from typing import Any

from backprop_explorer.problem import Problem
from backprop_explorer.torch.sources import Sources


@dataclass(frozen=True)
class Leaf:
    """A tensor that is given: its name, as in `state_dict` where it is the model's."""

    name: str
    tensor: Any
    own: bool
    """Whether it is the model's, and no argument of the call or number of the code."""

    @property
    def trains(self) -> bool:
        """Whether PyTorch computes its gradient."""
        return bool(self.tensor.requires_grad)


@dataclass(frozen=True)
class Capture:
    """The operations of a call and what they start from, by the placeholders' names. `blocks` are the graphs of the
    parts that stand under `torch.no_grad()` or the like."""

    torch: Any
    graph: Any
    module: Any
    leaves: Mapping[str, Leaf]
    sources: Sources

    @property
    def output(self) -> Any:
        """The node whose value is the loss."""
        [last] = [node for node in self.graph.nodes if node.op == "output"]
        return last.args[0][-1]

    @cached_property
    def values(self) -> dict[Any, Any]:
        """What every node of the graph gives for the numbers of the call. The random numbers are those that the model
        itself draws next; neither it nor the random state is changed."""
        torch = self.torch
        given, found = self._given(), {}

        class Kept(torch.fx.Interpreter):  # type: ignore[misc, name-defined]
            def run_node(self, node: Any) -> Any:
                result = super().run_node(node)
                found[node] = result.clone() if torch.is_tensor(result) and not result.requires_grad else result
                return result

        names = [node.name for node in self.graph.nodes if node.op == "placeholder"]
        with torch.random.fork_rng(devices=[]), torch.enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            Kept(self.module, garbage_collect_values=False).run(*(given[name] for name in names))
        return found

    def _given(self) -> dict[str, Any]:
        """The tensors to start from, each that PyTorch shares given once; what may be changed in place is a copy."""
        copies: dict[int, Any] = {}
        for leaf in self.leaves.values():
            tensor = leaf.tensor
            if id(tensor) not in copies:
                copies[id(tensor)] = tensor if tensor.requires_grad else tensor.detach().clone()
        return {place: copies[id(leaf.tensor)] for place, leaf in self.leaves.items()}

    @cached_property
    def gradients(self) -> dict[int, Any]:
        """PyTorch's own gradients of the loss by the id of the tensor that trains; None where there is no way to it."""
        loss = self.values[self.output]
        tensors = {id(leaf.tensor): leaf.tensor for leaf in self.leaves.values() if leaf.trains}
        if not tensors or not loss.requires_grad:
            return dict.fromkeys(tensors)
        found = self.torch.autograd.grad(loss, list(tensors.values()), allow_unused=True)
        return dict(zip(tensors, found, strict=True))


DEPENDENT = "what the model does may not depend on the numbers of a tensor: no `if` on them, no `.item()`"


def imported() -> Any:
    """PyTorch. Raises a `Problem` where it is missing."""
    try:
        return import_module("torch")
    except ImportError:
        hint = "pip install 'backprop-explorer[torch]'"
        raise Problem("no_torch", "PyTorch is not installed", hint=hint) from None


def capture(
    model: Callable[..., Any], args: tuple[Any, ...], kwargs: Mapping[str, Any], loss: Callable[[Any], Any] | None
) -> Capture:
    """Records one call of a module or function with `torch.export`, and the loss of what it gives. Raises a `Problem`
    with the line of the user's that cannot be recorded."""
    torch = imported()
    sources = Sources(torch)
    whole = _whole(torch, model, loss)
    try:
        with sources.all_kept(), torch.enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exported = torch.export.export(whole, args, dict(kwargs), strict=False)
    except Problem:
        raise
    except Exception as error:
        reason = next((line for line in str(error).splitlines() if line.strip()), type(error).__name__).strip()
        raise Problem(
            "not_captured",
            f"torch.export cannot record the model{sources.of_failure(error)}: {reason[:300]}",
            hint=DEPENDENT if "data-dependent" in str(error).lower() else None,
        ) from error
    given = _argument_names(torch, model, args, kwargs)
    leaves: dict[str, Leaf] = {}
    own = {**dict(whole.named_parameters(remove_duplicate=False)), **dict(whole.named_buffers(remove_duplicate=False))}
    for spec in exported.graph_signature.input_specs:
        kind, place = spec.kind.name, getattr(spec.arg, "name", "")
        if kind == "USER_INPUT":
            name, value = next(given)
            if torch.is_tensor(value):
                leaves[place] = Leaf(name, value, own=False)
        elif spec.target in own:
            leaves[place] = Leaf(spec.target.removeprefix("model."), own[spec.target], own=True)
        elif kind == "CONSTANT_TENSOR":
            tensor = exported.constants[spec.target]
            leaves[place] = Leaf(_name_outside(loss, tensor) or spec.target.rpartition(".")[2], tensor, own=False)
        else:
            raise Problem("not_captured", f"The model takes {spec.target or place}, which is no tensor")
    module = exported.graph_module
    return Capture(torch, module.graph, module, leaves, sources)


def _whole(torch: Any, model: Callable[..., Any], loss: Callable[[Any], Any] | None) -> Any:
    """The model and its loss as one module, in the mode that the model is in."""

    class Whole(torch.nn.Module):  # type: ignore[misc]
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            self.loss = loss

        def forward(self, *args: Any, **kwargs: Any) -> Any:
            result = self.model(*args, **kwargs)
            return (scalar(torch, result) if self.loss is None else single(self.loss(result)),)

    whole = Whole()
    whole.training = getattr(model, "training", True)  # and not train(): the model's own parts keep their modes
    return whole


def scalar(torch: Any, result: Any) -> Any:
    """The one number that a model gives; else the mean of what it gives, and of several tensors the sum of means."""
    tensors = [one for one in torch.utils._pytree.tree_leaves(result) if torch.is_tensor(one)]
    tensors = [one for one in tensors if one.is_floating_point()]
    numbers = [one for one in tensors if one.ndim == 0]
    if len(numbers) == 1:
        return numbers[0]
    if not tensors:
        raise Problem(
            "no_loss", "The model gives no floating-point tensor", hint="give a loss of what it gives: loss=…"
        )
    means = [one.mean() if one.ndim else one for one in tensors]
    return sum(means[1:], means[0])


def single(value: Any) -> Any:
    shape = tuple(getattr(value, "shape", ("?",)))
    if shape != ():
        what = f"a tensor of shape {shape}" if hasattr(value, "shape") else type(value).__name__
        raise Problem("no_loss", f"The loss must be a single number, and is {what}", hint="take its mean or its sum")
    return value


def _argument_names(torch: Any, model: Any, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Any:
    """The leaves of a call's arguments, in the tracer's order, and what the model's forward calls them."""
    positional = _positional_names(model, args)
    named = [*zip(positional, args, strict=True), *kwargs.items()]
    for name, value in named:
        leaves, _ = torch.utils._pytree.tree_flatten_with_path(value)
        for path, leaf in leaves:
            parts = [str(getattr(key, "idx", getattr(key, "key", getattr(key, "name", "")))) for key in path]
            yield "_".join([name, *parts]), leaf


def _positional_names(model: Any, args: tuple[Any, ...]) -> list[str]:
    """What the parameters are called that arguments are given to by place."""
    call = getattr(model, "forward", model)
    try:
        parameters = [*inspect.signature(call).parameters.values()]
    except (TypeError, ValueError):
        parameters = []
    plain = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    names = [one.name for one in parameters if one.kind in plain][: len(args)]
    return [*names, *(f"x{i}" if i else "x" for i in range(len(names), len(args)))]


def _name_outside(function: Any, tensor: Any) -> str | None:
    """What a function calls a tensor that it takes from outside."""
    try:
        outside = inspect.getclosurevars(function)
    except TypeError:
        return None
    for name, value in {**outside.globals, **outside.nonlocals}.items():
        listed = value if isinstance(value, (list, tuple)) else [value]
        for place, one in enumerate(listed):
            if getattr(one, "data_ptr", lambda: None)() == tensor.data_ptr():
                return name if len(listed) == 1 else f"{name}_{place}"
    return None
