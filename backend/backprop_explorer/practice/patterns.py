"""Mistakes seen in the difference between what is given and what is right: it is a multiple of one contribution, of
another tensor, of an update; or all that is wrong lies in some rows, or in another order."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from backprop_explorer.graph.code import code
from backprop_explorer.ops.record import Array
from backprop_explorer.practice.candidates import Code
from backprop_explorer.practice.compare import differences, is_plain, largest
from backprop_explorer.practice.editable_gradient import EditableGradient

FEWEST = 3
"""So many numbers must agree for a multiple to be no accident."""

CLOSE = 0.05
"""Numbers that are off by no more than this part of the largest come near the right ones everywhere."""

MOST_ROWS = 2_000
"""Longer axes are not looked through for another order."""

Finding = tuple[Code, str]


class Patterns:
    """The given numbers beside the wanted ones; `room` is how far each may be off."""

    def __init__(self, editable: EditableGradient, given: Array, wanted: Array, room: Array) -> None:
        self.editable, self.given, self.wanted, self.room = editable, given, wanted, room
        self.name = str(editable.tensor.name)
        self.sound = given.shape == wanted.shape and bool(np.isfinite(given).all() and np.isfinite(wanted).all())
        self.rest = given - wanted if self.sound else np.zeros(0)

    def findings(self) -> Iterator[Finding]:
        """What explains the difference, the likeliest first."""
        if not self.sound:
            return
        yield from self._of_contributions()
        yield from self._of_updates()
        yield from self._of_order()
        yield from self._of_extras()
        yield from self._of_rows()

    def close(self) -> Finding | None:
        """Whether the numbers come near the right ones everywhere."""
        if not self.sound or self.given.size < FEWEST:
            return None
        share = float(np.max(np.abs(self.rest))) / max(largest(self.wanted), 1e-300)
        if share > CLOSE or np.corrcoef(self.given.ravel(), self.wanted.ravel())[0, 1] < 1 - CLOSE**2:
            return None
        return "wrong_approximation", (
            f"Yours comes within {100 * share:.2g} % of the right numbers everywhere, and is not right: it could be "
            f"the derivative of a function that comes near {self.editable.step}, a small number added where none is or "
            "none where one is, or values that were kept with few digits."
        )

    def _multiple(self, of: Array, less: float = 0.0) -> float | None:
        """How many times an array the difference is; None where it is no multiple, or that may be an accident: of few
        numbers it counts where the multiple, `less` of them taken away, is whole, or one of a whole number."""
        rest = self.rest
        if of.shape != rest.shape or not np.isfinite(of).all() or not of.any() or not rest.any():
            return None
        scale = largest(of)
        unit = of / scale
        times = float(np.divide((rest * unit).sum() / (unit * unit).sum(), scale))
        if not np.isfinite(times) or (np.abs(rest - times * of) > self.room).any():
            return None
        if np.count_nonzero(np.abs(rest) > self.room) >= FEWEST:
            return times
        factor = times - less
        plain = is_plain(factor) or abs(factor) > 1e-6 and is_plain(1 / factor) or abs(factor + 1) < 1e-6
        return times if plain and rest.size > 1 else None

    def _of_contributions(self) -> Iterator[Finding]:
        """One of several uses comes back with a factor."""
        uses = self.editable.contributions
        if len(uses) < 2:
            return
        for one in uses:
            value = self.editable.value(self.editable.copied(one.value))
            times = None if value is None else self._multiple(np.broadcast_to(value, self.given.shape), less=-1.0)
            if times is None or abs(times) < 1e-12:
                continue
            part = f"`{code(self.editable.copied(one.value))}`"
            yield self._factor(times + 1, part)

    def _factor(self, times: float, part: str) -> Finding:
        where = f"One of the ways back, {part},"
        if abs(times + 1) < 1e-6:
            return "wrong_sign", f"{where} comes with the other sign: look at every minus on it."
        if abs(times) < 1e-9:
            return "missing_contribution", f"{where} is missing in yours: look at every place that reads `{self.name}`."
        counts = {length for length in self.editable.tensor.shape if length > 1}
        counts |= {node.size for node in self.editable.plan.program.forward.leaves.values() if node.size > 1}
        for one in self.editable.plan.program.forward.leaves.values():
            counts |= {length for length in one.shape if length > 1}
        kind: Code = "constant_factor"
        if times > 1 and round(times) in counts and abs(times - round(times)) < 1e-3 * times:
            kind = "sum_for_mean"
        elif 0 < times < 1 and round(1 / times) in counts and abs(1 / times - round(1 / times)) < 1e-3 / times:
            kind = "mean_for_sum"
        told = f"{times:.4g}" if times >= 1 or not is_plain(round(1 / times, 3)) else f"1/{1 / times:.4g}"
        return kind, (
            f"{where} is {told} times as large as it should be, and the others are right: look at the numbers and "
            "counts on it alone."
        )

    def _of_updates(self) -> Iterator[Finding]:
        """A parameter that was updated before it was used on the way back."""
        editable = self.editable
        parameters = editable.plan.program.parameters
        for leaf in editable.leaves():
            node = editable.stands_for[leaf]
            if str(node.name) not in parameters or node is editable.tensor:
                continue
            moved = editable.changed(
                leaf, editable.number(editable.plan.array(editable.backward.gradient[node]), "update")
            )
            value = None if moved is None else editable.value(moved)
            times = None if value is None else self._multiple(value)
            if times is not None and times < 0:
                yield (
                    "stale_value",
                    (
                        f"Yours uses `{leaf.name}` after its update, {-times:.4g} times its gradient less: finish "
                        "the backward pass with the numbers of the forward pass, and update then."
                    ),
                )

    def _of_extras(self) -> Iterator[Finding]:
        """Something is added that does not belong there: a multiple of a tensor of the same shape."""
        editable = self.editable
        if np.count_nonzero(np.abs(self.rest) > self.room) < FEWEST:
            return
        for name, node in editable.plan.program.visible.items():
            if node.shape != self.given.shape or node.hidden or node.kind.name != "float":
                continue
            candidates = [(f"`{name}`", node)]
            if node in editable.backward.gradient and node is not editable.tensor:
                candidates.append((f"`{name}.g`", editable.backward.gradient[node]))
            for told, one in candidates:
                times = self._multiple(np.asarray(editable.plan.array(one), np.float64))
                if times is not None:
                    yield (
                        "extra_contribution",
                        (
                            f"Yours has {times:.4g} times {told} besides what comes back: look at whether "
                            f"`{self.name}` goes into the loss on that way, too."
                        ),
                    )

    def _of_order(self) -> Iterator[Finding]:
        """The same rows along an axis, in another order."""
        for axis in range(self.given.ndim):
            length = self.given.shape[axis]
            if not 1 < length <= MOST_ROWS:
                continue
            order = self._order(np.moveaxis(self.given, axis, 0), np.moveaxis(self.wanted, axis, 0))
            if order is not None:
                yield (
                    "transposed",
                    (
                        f"Yours has the right numbers in another order along axis {axis}: what belongs at {order[1]} "
                        f"stands at {order[0]}; look at the order in which the parts are put together."
                    ),
                )

    def _order(self, given: Array, wanted: Array) -> tuple[int, int] | None:
        """The first place of what stands elsewhere and the place it should have, if all is there in another order."""
        room = float(np.max(self.room, initial=0.0))
        left = list(range(len(wanted)))
        first: tuple[int, int] | None = None
        for at, row in enumerate(given):
            found = next((one for one in left if (np.abs(wanted[one] - row) <= room).all()), None)
            if found is None:
                return None
            left.remove(found)
            if found != at and first is None:
                first = (at, found)
        return first

    def _of_rows(self) -> Iterator[Finding]:
        """Nothing in some rows, and all right in the others."""
        off = differences(self.given, self.wanted) > self.room
        for axis in range(self.given.ndim):
            others = tuple(one for one in range(self.given.ndim) if one != axis)
            rows = off.any(axis=others)
            if not rows.any() or rows.all():
                continue
            places = np.flatnonzero(rows)
            if (np.take(self.given, places, axis) == 0).all():
                told = ", ".join(map(str, places[:5])) + (" and more" if len(places) > 5 else "")
                yield (
                    "missing_contribution",
                    (
                        f"Yours is right except along axis {axis} at {told}, where it is 0: look at what these read, "
                        "and whether it is left out as a mask or a padding would be."
                    ),
                )
