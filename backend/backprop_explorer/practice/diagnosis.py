"""What a wrong gradient comes from: compared with the right one, and with the wrong ones that usual mistakes give."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from math import prod

import numpy as np

from backprop_explorer.graph.code import code
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.graph.walk import written_out
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.practice.candidates import CandidateMistake, Code
from backprop_explorer.practice.compare import axes_to_sum, differences, is_plain, largest, spread, transposed
from backprop_explorer.practice.compare import ratio as ratio_of
from backprop_explorer.practice.editable_gradient import EditableGradient
from backprop_explorer.practice.mistakes import mutations
from backprop_explorer.practice.patterns import FEWEST, Patterns
from backprop_explorer.wording import element

ALIKE = 1e-7
"""A mistake gives the numbers that are given if they differ by no more than this part of the largest."""


@dataclass(frozen=True)
class Diagnosis:
    """A mistake in a word for scripts and in a sentence for people; `formula` is what would give the same numbers."""

    code: Code
    message: str
    formula: str | None = None


def diagnose(editable: EditableGradient, given: Array, wanted: Array, room: Array) -> Diagnosis:
    """Why the given numbers are not the wanted ones; `room` is how far each may be off."""
    return _Diagnostician(editable, given, wanted, room).diagnosis()


class _Diagnostician:
    def __init__(self, editable: EditableGradient, given: Array, wanted: Array, room: Array) -> None:
        self.editable, self.given = editable, given
        self.wanted = np.asarray(wanted, np.float64)
        # What is looked for differs by far more than rounding, so numbers from elsewhere may be rounded, too.
        least = ALIKE * max(1e-30, largest(self.wanted), largest(given))
        self.room = np.maximum(room, least) if room.shape == given.shape else np.full(given.shape, least)
        self.name = str(editable.tensor.name)
        self.tried: list[CandidateMistake] = []

    def diagnosis(self) -> Diagnosis:
        with np.errstate(all="ignore"):
            return (
                self._of_whole()
                or self._of_changes()
                or self._of_factor()
                or self._of_patterns()
                or self._of_scaled()
                or self._approximate()
                or self._unknown()
            )

    def _same(self, a: Array, b: Array) -> bool:
        if a.shape != b.shape:
            return False
        finite = np.isfinite(a) & np.isfinite(b)
        return bool(
            np.array_equal(np.where(finite, 0, a), np.where(finite, 0, b), equal_nan=True)
            and (np.abs(np.where(finite, a, 0) - np.where(finite, b, 0)) <= self._room_of(a.shape)).all()
        )

    def _room_of(self, shape: Shape) -> Array | float:
        return self.room if self.room.shape == shape else float(np.max(self.room, initial=0.0))

    # -- the right numbers, changed as a whole

    def _of_whole(self) -> Diagnosis | None:
        given, wanted = self.given, self.wanted
        if not np.isfinite(given).all() and np.isfinite(wanted).all():
            return Diagnosis("unknown", "Some of yours are no finite numbers: look for a division by zero.")
        if self._differs_at_nan_alone():
            return Diagnosis("unknown", self._no_number())
        if self._same(given, -wanted):
            return Diagnosis("wrong_sign", self._sign())
        if (given == 1).all() and self.editable.contributions:
            return Diagnosis(
                "missing_local_derivative",
                f"That is at most the derivative of {self.editable.step} by itself: look at what the chain rule "
                "multiplies it with, the gradient that comes in from behind.",
            )
        if not given.any():
            return Diagnosis(
                "missing_local_derivative",
                f"Zero everywhere would mean that the loss does not change with `{self.name}`: look at the step that "
                f"reads it, {self.editable.step}, and at what one element of it changes there.",
            )
        if wanted.ndim > 1 and any(self._same(given, other) for other in transposed(wanted)):
            return Diagnosis("transposed", self._transposed())
        if given.shape != wanted.shape:
            return self._of_shape()
        return None

    def _differs_at_nan_alone(self) -> bool:
        missing = np.isnan(self.wanted)
        return (
            bool(missing.any())
            and self.given.shape == self.wanted.shape
            and self._same(self.given[~missing], self.wanted[~missing])
        )

    def _no_number(self) -> str:
        place = element(f"{self.name}.g", np.argwhere(np.isnan(self.wanted))[0].tolist())
        return (
            f"Yours differ only where the backward pass gives NaN, as in `{place}`: look for 0 times "
            f"infinity or 0 divided by 0 in {self.editable.step}, and in what comes back to it from the loss."
        )

    def _sign(self) -> str:
        return (
            "Every element has the other sign: look at every minus on the way from "
            f"`{self.name}` to the loss, the ones that a derivative brings in, too."
        )

    def _transposed(self) -> str:
        return (
            "The numbers are right, but in other places: rows and columns are mixed up, so look at which axis of "
            f"`{self.name}` {self.wanted.shape} counts what."
        )

    def _of_shape(self) -> Diagnosis | None:
        """The right numbers, but not yet summed up, not yet spread, or with axes of length 1 too many or missing."""
        given, wanted = self.given, self.wanted
        if [n for n in given.shape if n != 1] == [n for n in wanted.shape if n != 1] and self._same(
            given.reshape(wanted.shape), wanted
        ):
            message = f"The numbers are right, but not the shape: compare {given.shape} with {wanted.shape}, that of "
            return Diagnosis("transposed", f"{message}`{self.name}`; only axes of length 1 differ.")
        for axes in axes_to_sum(given.shape, wanted.shape):
            if self._same(given.sum(axes).reshape(wanted.shape), wanted):
                return Diagnosis("missing_batch_sum", self._unsummed())
        for axes in axes_to_sum(wanted.shape, given.shape):
            if self._same(wanted.sum(axes).reshape(given.shape), given):
                message = (
                    f"You summed too much: compare {given.shape} with {wanted.shape}, the shape of `{self.name}`, "
                )
                return Diagnosis("missing_batch_sum", f"{message}and look at which axes must stay.")
        if given.size < wanted.size and any(self._same(one, wanted) for one in spread(given, wanted.shape)):
            message = f"The numbers are right, but there must be one for each element of `{self.name}` {wanted.shape}: "
            return Diagnosis("missing_local_derivative", f"{message}look at what each of them gets.")
        return None

    def _unsummed(self) -> str:
        return (
            f"You probably stopped before adding up: `{self.name}` {self.wanted.shape} takes part in all of "
            f"{self.given.shape}, so look at along which axes it was repeated, and what becomes of the copies."
        )

    # -- changes of the expression

    def _mutations(self) -> Iterator[CandidateMistake]:
        for mutation in mutations(self.editable, few=int(np.count_nonzero(self.given)) < FEWEST):
            if mutation.node.shape == self.given.shape:
                self.tried.append(mutation)
                yield mutation

    def _of_changes(self) -> Diagnosis | None:
        factor = self._of_count()
        if factor is None and self.given.size == 1:
            factor = self._of_factor()  # one number is equal to many others by accident
        for mutation in self._mutations():
            if factor is not None and mutation.code not in ("missing_contribution", "missing_batch_sum"):
                return factor
            value = self.editable.value(mutation.node)
            if value is not None and self._same(self.given, value) and not self._same(value, self.wanted):
                many = self.wanted.size > 1
                if mutation.code == "missing_local_derivative" and many and not self._hands_on(mutation):
                    factor = self._of_factor()
                return factor or Diagnosis(mutation.code, self._placed(mutation), code(mutation.node))
        return factor

    def _hands_on(self, mutation: CandidateMistake) -> bool:
        """Whether it is the gradient of the step's result as it is, where the step multiplies by a tensor (a mask).

        A mask divided by a number makes it a constant factor off as well, which says less.
        """
        editable = self.editable
        results = [editable.whole_way(one)[-1] for one in editable.contributions]
        if all(mutation.node is not editable.incoming(one) for one in results):
            return False
        return any(leaf.ndim > 0 and not editable.carries_gradient(leaf) for leaf in editable.leaves())

    def _placed(self, mutation: CandidateMistake) -> str:
        """The message, about the step where the mistake is."""
        use = self.editable.changed_use(mutation.node)
        return (
            mutation.message
            if use is None
            else mutation.message.replace(self.editable.step, self.editable.step_of(use))
        )

    @cached_property
    def _patterns(self) -> Patterns:
        return Patterns(self.editable, self.given, self.wanted, self.room)

    def _of_patterns(self) -> Diagnosis | None:
        return next((Diagnosis(kind, message) for kind, message in self._patterns.findings()), None)

    def _approximate(self) -> Diagnosis | None:
        found = self._patterns.close()
        return None if found is None else Diagnosis(*found)

    def _of_scaled(self) -> Diagnosis | None:
        """A mistake, and besides a constant factor; only where there are enough numbers for it to be no accident."""
        if np.count_nonzero(self.given) < 3:
            return None
        for mutation in self.tried:
            value = self.editable.value(mutation.node)
            ratio = None if value is None else ratio_of(self.given, value)
            if value is None or ratio is None or ratio_of(value, self.wanted) is not None:
                continue
            if len(np.unique(np.abs(value))) > 2 or is_plain(abs(1 / ratio)):
                message = f"{mutation.message} Besides, a factor or a sign is off."
                return Diagnosis(mutation.code, message)
        return None

    # -- a factor

    @property
    def _near(self) -> float:
        """How exact a factor is, that rounded numbers show."""
        return max(1e-6, min(0.05, 2 * float(np.max(self.room, initial=0.0)) / max(largest(self.given), 1e-300)))

    def _ratio(self, of: Array) -> float | None:
        return ratio_of(self.given, of, float(np.max(self.room, initial=0.0)))

    def _of_count(self) -> Diagnosis | None:
        """A factor that is the length of something: the number of samples, as a rule."""
        ratio = self._ratio(self.wanted)
        if ratio is None or ratio <= 0:
            return None
        times, part = round(ratio), round(1 / ratio)
        if times > 1 and abs(times - ratio) < self._near * ratio and times in self._divisors():
            return Diagnosis(
                "sum_for_mean",
                f"Yours is {times} times as large: the way from `{self.name}` to the loss goes through a mean, so look "
                "at what dividing by a count does to the derivative.",
            )
        if part > 1 and abs(part - 1 / ratio) < self._near * part and part in self._summed():
            return Diagnosis(
                "mean_for_sum",
                f"Yours is {part} times too small: you probably took a mean, so look at whether what comes back along "
                "several paths is averaged or summed.",
            )
        return None

    def _of_factor(self) -> Diagnosis | None:
        ratio = self._ratio(self.wanted)
        if ratio is None or self.wanted.size < 2 and not is_plain(ratio, self._near):
            return None
        whole, part = is_plain(ratio, self._near), is_plain(1 / ratio, self._near)
        name = f"1/{round(1 / ratio)}" if part else f"{round(ratio)}" if whole else f"{ratio:.6g}"
        sign = "and with the other sign " if ratio < 0 else ""
        return Diagnosis(
            "constant_factor",
            f"Yours is {name.lstrip('-')} times the gradient {sign}everywhere: look for a constant, such as the "
            "exponent of a power, a number in the program, or a count.",
        )

    def _divisors(self) -> set[int]:
        """The counts that the gradient is divided by, as the numbers of its expression say."""
        found: set[int] = set()
        for node in self._with_incoming():
            if node.operation is CONSTANT:
                found |= {int(number) for number in re.findall(r"/ \(?(\d+)", node.text)}
            elif node.operation.name == "divide" and node.operands[1].constant is not None:
                found.add(round(node.operands[1].constant))
        numbers = sorted(found)
        return found | {prod(pair) for pair in combinations(numbers, 2)}

    def _with_incoming(self) -> list[Node]:
        """The expression, and those of the gradients in it."""
        nodes = self.editable.nodes()
        standing = [self.editable.stands_for[leaf] for leaf in nodes if leaf in self.editable.stands_for]
        return [*nodes, *(one for node in standing if node.phase == "backward" for one in written_out(node))]

    def _summed(self) -> set[int]:
        """How many terms each sum of the expression adds up, and how many elements the steps that read it make."""
        found: set[int] = set()
        for node in self.editable.nodes():
            if node.operation.name == "sum":
                found.add(prod(node.operands[0].shape) // max(1, prod(node.shape)))
            elif node.operation.labels is not None and node.operation.family == "contraction":
                found |= _contracted(node)
        for start in self.editable.contributions:
            for one in self.editable.way(start):
                if one.user.operation.family == "reduction":
                    found.add(one.user.operands[0].size // one.user.size)
        for one in self.editable.contributions:
            found |= {length for length in one.raw.shape if one.raw.shape != self.editable.tensor.shape}
        return found | set(self.editable.tensor.shape[:1])

    def _unknown(self) -> Diagnosis:
        if self.given.shape != self.wanted.shape:
            message = (
                f"A gradient has the shape of its tensor: `{self.name}` is {self.wanted.shape}, yours is "
                f"{self.given.shape}; look at which axes of your factors must meet, and which are left."
            )
        else:
            away = np.nan_to_num(differences(self.given, self.wanted), nan=np.inf)
            worst = element(self.name, [int(i) for i in np.unravel_index(int(np.argmax(away)), away.shape)])
            message = (
                f"The shape fits, the numbers do not, and none of the usual mistakes gives yours: write down what "
                f"`{worst}` changes in {self.editable.step}, and add that up by hand."
            )
        return Diagnosis("unknown", message)


def _contracted(node: Node) -> set[int]:
    """The lengths of the axes that a contraction sums over."""
    output, inputs = node.axis_labels
    lengths = {
        label: operand.shape[axis]
        for operand, labels in zip(node.operands, inputs, strict=True)
        for axis, label in enumerate(labels)
        if label
    }
    return {length for label, length in lengths.items() if label not in output}
