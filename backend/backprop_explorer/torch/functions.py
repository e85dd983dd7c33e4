"""Every `torch.autograd.Function` that a call comes through, judged by itself: its backward against differences of its
forward."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import numpy as np

from backprop_explorer.ops.record import Array
from backprop_explorer.practice.compare import largest, ratio
from backprop_explorer.practice.diagnosis import Diagnosis
from backprop_explorer.practice.report import Report
from backprop_explorer.practice.verdict import Verdict
from backprop_explorer.problem import Problem

STEP = 1e-6
"""Of central differences, relative to a number's size; everything is calculated in float64."""

MOST_DIFFERENCES = 512
"""In so many elements of each argument the derivative is looked at, chosen at random where there are more."""

COUNTED = 1e-4
"""As near as this a factor is a count."""

RTOL = 1e-5
"""By how much of its argument's largest gradient an element may be off: as exact as differences are."""


def check(
    function: Callable[..., Any], *inputs: Any, rtol: float | None = None, atol: float | None = None, **options: Any
) -> Report:
    """Calls a module or function with its inputs, and judges the backward of each autograd.Function that was applied,
    by argument (`MyRelu.x`), in backward order: `blame` names those that are wrong.

    Each is called again with the same numbers in float64 and a gradient drawn at random, so that a wrong one behind it
    does not matter. Raises a `Problem` where PyTorch is missing or no such function was called.
    """
    try:
        torch = import_module("torch")
    except ImportError:
        raise Problem("no_torch", "PyTorch is not installed", hint="pip install torch") from None
    with _recorded(torch) as calls:
        function(*inputs, **options)
    if not calls:
        raise Problem("no_function", "The call came through no torch.autograd.Function with a backward of its own")
    verdicts: dict[str, Verdict] = {}
    for number, (cls, arguments) in reversed([*enumerate(calls)]):
        same = [place for place, (other, _) in enumerate(calls) if other is cls]
        version = f"__{same.index(number) + 1}" if len(same) > 1 else ""
        for name, verdict in _Call(torch, cls, arguments, rtol, atol).verdicts():
            verdicts[f"{cls.__name__}{version}.{name}"] = verdict
    told = {name: verdict.to_json() for name, verdict in verdicts.items()}
    blame = [name for name, verdict in verdicts.items() if verdict.own_step == "wrong"]
    return Report({"verdicts": told, "correct": all(one.correct for one in verdicts.values()), "blame": blame})


@contextmanager
def _recorded(torch: Any) -> Iterator[list[tuple[Any, list[Any]]]]:
    """Which functions are applied meanwhile, and to what."""
    function = torch.autograd.Function
    calls: list[tuple[Any, list[Any]]] = []
    before = function.__dict__.get("apply")

    def apply(cls: Any, *arguments: Any, **options: Any) -> Any:
        calls.append((cls, [one.detach().clone() if torch.is_tensor(one) else one for one in arguments]))
        applied = super(function, cls).apply if before is None else before.__get__(None, cls)
        return applied(*arguments, **options)

    function.apply = classmethod(apply)
    try:
        yield calls
    finally:
        if before is None:
            del function.apply
        else:
            function.apply = before


class _Call:
    """One call of a function, made again."""

    def __init__(self, torch: Any, cls: Any, arguments: list[Any], rtol: float | None, atol: float | None) -> None:
        self.torch, self.cls, self.rtol, self.atol = torch, cls, rtol, atol
        self.arguments = [one.double() if self._is_float(one) else one for one in arguments]
        names = [name for name in inspect.signature(cls.forward).parameters if name != "ctx"]
        self.names = [names[i] if i < len(names) else f"argument {i}" for i in range(len(arguments))]
        self.random = np.random.default_rng(0)

    def _is_float(self, one: Any) -> bool:
        return bool(self.torch.is_tensor(one) and one.is_floating_point())

    def verdicts(self) -> Iterator[tuple[str, Verdict]]:
        """That on the gradient of each argument that is a tensor of numbers."""
        places = [i for i, one in enumerate(self.arguments) if self._is_float(one)]
        leaves = {i: self.arguments[i].clone().requires_grad_() for i in places}
        try:
            results = self._results([leaves.get(i, one) for i, one in enumerate(self.arguments)])
            incoming = [self.torch.as_tensor(self.random.normal(size=tuple(one.shape))) for one in results]
            found = self.torch.autograd.grad(results, list(leaves.values()), incoming, allow_unused=True)
        except RuntimeError as error:
            reason = str(error).strip().splitlines()[0][:200]
            for i in places:
                yield (
                    self.names[i],
                    Verdict("error", None, problem=Problem("backward", f"Its backward fails: {reason}")),
                )
            return
        for i, given in zip(places, found, strict=True):
            shape = tuple(self.arguments[i].shape)
            numbers = np.zeros(shape) if given is None else given.detach().cpu().numpy()
            yield self.names[i], self._verdict(i, numbers, incoming, returned=given is not None)

    def _results(self, arguments: list[Any]) -> list[Any]:
        made = self.cls.apply(*arguments)
        return [one for one in (made if isinstance(made, tuple) else (made,)) if self._is_float(one)]

    def _verdict(self, i: int, given: Array, incoming: list[Any], *, returned: bool) -> Verdict:
        size = given.size
        chosen: Array = np.arange(size)
        if size > MOST_DIFFERENCES:
            chosen = np.sort(self.random.choice(size, MOST_DIFFERENCES, replace=False))
        wanted = self._differences(i, chosen, incoming)
        seen = given.ravel()[chosen]
        expected: Array = np.array(given, np.float64)
        expected.flat[chosen] = wanted
        room = (RTOL if self.rtol is None else self.rtol) * largest(wanted) + (1e-9 if self.atol is None else self.atol)
        known: dict[str, Any] = {"expected": expected, "given": given}
        known["difference"] = float(np.max(np.abs(seen - wanted), initial=0.0))
        if bool((np.abs(seen - wanted) <= room).all()):
            return Verdict("correct", own_step="correct", **known)
        alone = self._differences(i, chosen, [self.torch.ones_like(one) for one in incoming])
        handed = [one.numpy().ravel()[chosen] for one in incoming if tuple(one.shape) == given.shape]
        diagnosis = self._diagnosis(i, seen, wanted, alone, handed, incoming, room, returned=returned)
        return Verdict("wrong_value", own_step="wrong", diagnosis=diagnosis, **known)

    def _differences(self, i: int, chosen: Array, incoming: list[Any]) -> Array:
        """The derivative in these elements of the results, weighted with their gradients and added up."""
        flat = self.arguments[i].reshape(-1)
        found = np.zeros(len(chosen))
        for place, element in enumerate(chosen.tolist()):
            width = STEP * max(1.0, abs(float(flat[element])))
            sums = []
            for sign in (1, -1):
                moved = flat.clone()
                moved[element] += sign * width
                arguments = [*self.arguments]
                arguments[i] = moved.reshape(self.arguments[i].shape)
                with self.torch.no_grad():
                    results = self._results(arguments)
                sums.append(sum(float((a * b).sum()) for a, b in zip(results, incoming, strict=True)))
            found[place] = (sums[0] - sums[1]) / (2 * width)
        return found

    def _diagnosis(
        self,
        i: int,
        seen: Array,
        wanted: Array,
        alone: Array,
        handed: list[Array],
        incoming: list[Any],
        room: float,
        *,
        returned: bool,
    ) -> Diagnosis:
        name, cls = self.names[i], self.cls.__name__
        if not returned or not seen.any():
            what = "0 everywhere" if returned else "None"
            return Diagnosis("missing_contribution", f"It gives {what} for `{name}`, which {cls}'s result depends on.")
        if bool((np.abs(seen + wanted) <= room).all()):
            return Diagnosis("wrong_sign", f"Every element for `{name}` has the other sign: look at every minus.")
        if bool((np.abs(seen - alone) <= room).all()):
            message = f"That is the derivative of {cls} by itself: multiply it with the incoming gradient."
            return Diagnosis("missing_incoming_gradient", message)
        if any(bool((np.abs(seen - one) <= room).all()) for one in handed):
            message = f"That is the incoming gradient, unchanged: look at how the result changes with `{name}`."
            return Diagnosis("missing_local_derivative", message)
        factor, given = ratio(seen, wanted, room), self.arguments[i].numel()
        if factor is not None:
            return self._factor(factor, folds=any(one.numel() != given for one in incoming))
        right = np.abs(seen - wanted) <= room
        if bool(right.any() and (right | (wanted == 0)).all()):
            message = (
                f"It is right but where the result does not change with `{name}` at all: "
                f"{int((~right).sum())} of {len(seen)} elements should be 0. Look at what {cls} masks or cuts off."
            )
            return Diagnosis("mask_ignored", message)
        other = self._another(i, seen, incoming, room)
        if other is not None:
            message = f"That is the gradient of `{other}`: a backward returns one for each argument, in their order."
            return Diagnosis("wrong_tensor", message)
        worst = int(np.argmax(np.abs(seen - wanted)))
        message = (
            f"For `{name}` it gives {seen[worst]:.6g} where differences of the forward give {wanted[worst]:.6g}; "
            f"{int((np.abs(seen - wanted) > room).sum())} of {len(seen)} elements are off."
        )
        return Diagnosis("unknown", message)

    def _factor(self, factor: float, *, folds: bool) -> Diagnosis:
        """What a factor is that all elements are off by: a count of elements, where the function `folds` or repeats
        them, or a constant."""
        shapes = [tuple(one.shape) for one in self.arguments if self._is_float(one)]
        counts = {length for shape in shapes for length in (*shape, int(np.prod(shape))) if folds and length > 1}
        for count in sorted(counts):
            if abs(factor * count - 1) < COUNTED:
                message = f"It is {count} times too small: is a mean taken where the rule adds up?"
                return Diagnosis("mean_for_sum", message)
            if abs(factor / count - 1) < COUNTED:
                message = f"It is {count} times too large: does the result take a mean over so many?"
                return Diagnosis("sum_for_mean", message)
        message = f"It is {factor:.6g} times the gradient everywhere: look for a constant or a count."
        return Diagnosis("constant_factor", message)

    def _another(self, i: int, seen: Array, incoming: list[Any], room: float) -> str | None:
        """The argument of the same shape whose gradient it is."""
        whole = np.arange(seen.size)
        for k, one in enumerate(self.arguments):
            alike = k != i and self._is_float(one) and one.shape == self.arguments[i].shape and one.numel() == seen.size
            if alike and bool((np.abs(seen - self._differences(k, whole, incoming)) <= room).all()):
                return self.names[k]
        return None
