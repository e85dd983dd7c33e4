"""One module's part in a step of a model that is too large to be opened whole."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

from backprop_explorer.problem import Problem, suggestion
from backprop_explorer.torch.capture import imported, scalar, single
from backprop_explorer.torch.opened import Opened, open


def record(
    model: Any, *args: Any, at: str, call: int = 0, loss: Callable[[Any], Any] | None = None, **kwargs: Any
) -> Opened:
    """Takes one step `model(*args, **kwargs)` and its backward, and opens the module `at` a path such as `layer1.0`
    alone: with what it was called with in the step, and with the gradient that came in from behind it.

    The document's loss is the sum of the module's output times that gradient, so that every gradient in it is the whole
    step's. `call` counts from 0, for a module that is called more than once; `loss` is as in `open`. The model and the
    random state are not changed. Raises a `Problem` where there is no such module, call or gradient.
    """
    torch = imported()
    modules = dict(model.named_modules())
    if at not in modules:
        raise Problem("no_module", f"The model has no module {at!r}", hint=suggestion(at, modules))
    calls: list[tuple[Any, Any, Any]] = []

    def keep(_: Any, operands: Any, options: Any, result: Any) -> None:
        calls.append((operands, options, result))

    handle = modules[at].register_forward_hook(keep, with_kwargs=True)
    try:
        buffers = {name: one.clone() for name, one in model.named_buffers()}
        with torch.random.fork_rng(devices=[]), torch.enable_grad():
            result = torch.func.functional_call(model, buffers, args, kwargs)
            value = scalar(torch, result) if loss is None else single(loss(result))
    finally:
        handle.remove()
    if not 0 <= call < len(calls):
        raise Problem("no_module", f"{at} is called {len(calls)} times in the step; there is no call {call}")
    operands, options, output = calls[call]
    outputs = _floats(torch, output)
    found = torch.autograd.grad(value, outputs, allow_unused=True) if outputs and value.requires_grad else ()
    if not any(gradient is not None for gradient in found):
        raise Problem("no_gradient", f"No gradient of the loss comes to {at}")
    incoming = [
        torch.zeros_like(one) if gradient is None else gradient for one, gradient in zip(outputs, found, strict=True)
    ]

    def weighed(result: Any) -> Any:
        products = [(one * gradient).sum() for one, gradient in zip(_floats(torch, result), incoming, strict=True)]
        return sum(products[1:], products[0])

    detached = torch.utils._pytree.tree_map(lambda one: one.detach() if torch.is_tensor(one) else one, operands)
    named = torch.utils._pytree.tree_map(lambda one: one.detach() if torch.is_tensor(one) else one, options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        opened = open(modules[at], *detached, loss=weighed, **named)
    opened.document["title"] = f"{type(model).__name__}: {at}"
    opened.notes.append(
        f"the loss is the sum of what {at} gives times the gradient that comes in, so that the gradients are those of "
        "the whole step"
    )
    return opened


def _floats(torch: Any, result: Any) -> list[Any]:
    """The results that have a gradient."""
    tensors = (one for one in torch.utils._pytree.tree_leaves(result) if torch.is_tensor(one))
    return [one for one in tensors if one.is_floating_point() and one.requires_grad]
