"""What a forward operation means for its gradient, told once per family: which results an element is in, and how the
loss moves with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

from backprop_explorer.engine.origin import linear_origin
from backprop_explorer.engine.plan import Plan
from backprop_explorer.explain.why.chain import Link
from backprop_explorer.explain.why.derivative import local_derivative
from backprop_explorer.explain.why.indexform import Index, IndexForm, times
from backprop_explorer.graph.code import Part
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.record import ATOM, PRODUCT, SIGN
from backprop_explorer.wording import MINUS, short


class Paragraph(TypedDict):
    """A question and its answer; code stands in backticks. `kind` is a stable word for scripts."""

    kind: str
    title: str
    text: str


def paragraph(kind: str, title: str, text: str) -> Paragraph:
    """One of them."""
    return {"kind": kind, "title": title, "text": text}


SHORT = 24
"""Longer expressions are not repeated beside the name of their step."""

COMPARISONS = (" > ", " < ", " == ")
"""What a factor has that is a condition."""


@dataclass(frozen=True)
class Place:
    """One operation of the chain, asked at an element of the tensor: `index` has letters or numbers. `asked` is the
    gradient that the story is about, which must not be explained by its own name."""

    plan: Plan
    form: IndexForm
    link: Link
    index: Index
    asked: Node

    @property
    def user(self) -> Node:
        """The operation's result."""
        return self.link.user

    @property
    def element(self) -> str:
        """The tensor's element as code."""
        return self.form.element(self.link.tensor, self.index)

    def incoming(self, result: Index) -> Part:
        """The gradient that comes in at an element of the result."""
        incoming = self.link.contribution.incoming
        if incoming.constant is not None:
            return f"{self.user.name}.g", ATOM
        return self.form.part(incoming, result, root=incoming is self.asked)

    def called(self, result: Index) -> str:
        """An element of the result as code; with what it is, where the program gives it no name."""
        target = f"`{self.form.element(self.user, result)}`"
        written = self.form.own_code(self.user)
        if self.user.shown or f"`{written}`" == target or len(written) > SHORT:
            return target
        return f"{target} ({'of' if self.user.ndim else 'that is,'} `{written}`)"


@dataclass(frozen=True)
class Slope:
    """How a result moves with an element: code, and the number that it is, where it is always the same."""

    part: Part
    constant: float | None = None


Told = tuple[list[Paragraph], Index]
"""Paragraphs, and the index of the operation's result, with which the next operation goes on."""


def contraction(place: Place) -> Told:
    """A sum of products: an element contributes to several results, each time multiplied by the other factors."""
    form, user, position = place.form, place.user, place.link.position
    output, inputs = user.axis_labels
    known = dict(zip(inputs[position], place.index, strict=True))
    form.extend(known, [user], [list(output)])
    over = form.extend(known, user.operands, inputs)
    result = tuple(known[label] for label in output)
    factors = [
        form.part(operand, tuple(known[label] if label else "0" for label in labels))
        for other, (operand, labels) in enumerate(zip(user.operands, inputs, strict=True))
        if other != position
    ]
    factor = form.folded_over("sum", times(factors), over) if factors else ("1", ATOM)
    free = [known[label] for label in output if label not in inputs[position] and known[label] in form.lengths]
    text = (
        f"Forward, `{form.element(user, result)} = {_forward_sum(place, output, inputs, known)}`. "
        f"So `{place.element}` contributes to `{form.element(user, result)}`{form.ranges(free)}, multiplied by "
        f"`{factor[0]}`."
    )
    return [_uses(place, text), _product(place, result, Slope(factor), free)], result


def _forward_sum(place: Place, output: str, inputs: Sequence[Sequence[str]], known: Mapping[str, str]) -> str:
    """The sum of products itself: with the letters of the story, and a fresh one where the element has a number."""
    form, user = place.form, place.user
    summed = dict(known)
    over = []
    for operand, labels in zip(user.operands, inputs, strict=True):
        for axis, label in enumerate(labels):
            if label in output or known[label] in over or summed[label] != known[label]:
                continue
            if known[label].isdecimal():
                summed[label] = form.running(operand, axis, summed.values())
            over.append(summed[label])
    factors = [
        form.part(operand, tuple(summed[label] for label in labels))
        for operand, labels in zip(user.operands, inputs, strict=True)
    ]
    return form.folded_over("sum", times(factors), [letter for letter in over if letter in form.lengths])[0]


def elementwise(place: Place) -> Told:
    """One number in, one number out; an operand that was stretched is in several results."""
    form, user, position = place.form, place.user, place.link.position
    labels = user.operation.labels
    assert labels is not None
    output, inputs = labels([operand.shape for operand in user.operands], user.parameters)
    known = {label: letter for label, letter in zip(inputs[position], place.index, strict=True) if label}
    form.extend(known, [user], [list(output)])
    result = tuple(known[label] for label in output)
    elements = [
        form.part(operand, tuple(known[label] if label else "0" for label in own))
        for operand, own in zip(user.operands, inputs, strict=True)
    ]
    target = form.element(user, result)
    derivative = local_derivative(place.link, elements, target)
    free = [known[label] for label in output if label not in inputs[position] and known[label] in form.lengths]
    alone = "" if free else " alone"
    uses = _uses(
        place,
        f"Forward, `{target} = {form.code(user, result, root=True)}`, element by element. So `{place.element}` "
        f"contributes to `{target}`{form.ranges(free)}{alone}.",
    )
    here = _value_here(place, derivative.value, elements, inputs, known) if not free else ""
    product = _product(place, result, Slope(derivative.part, derivative.node.constant), free, here=here)
    return [uses, product, *([_stretched(place, free)] if free else [])], result


def reduction(place: Place) -> Told:
    """Many numbers in, one out: what comes back is given to each of them."""
    form, user = place.form, place.user
    axes, kept = user.parameters["axis"], user.parameters["keepdims"]
    result = tuple(
        "0" if kept and axis in axes else letter for axis, letter in enumerate(place.index) if kept or axis not in axes
    )
    count = 1
    for axis in axes:
        count *= user.operands[0].shape[axis]
    forward = IndexForm.like(form)
    general = forward.index(user)
    text = (
        f"Forward, `{forward.element(user, general)} = {forward.code(user, general, root=True)}`: "
        f"`{form.element(user, result)}` is computed from {count:,} numbers, and `{place.element}` is one of them."
    )
    kink = user.operation.kink
    back = (
        f"Only the number that `{user.operation.name}` took changes the result, so it gets the gradient. {kink.text}"
        if kink
        else f"Changing it by ε changes the result by ε. So it gets the incoming gradient "
        f"`{place.incoming(result)[0]}`, and so does each of the {count:,}. Summing forward means copying backward."
    )
    return [_uses(place, text), paragraph("product", "What gradient does it get?", back)], result


def movement(place: Place) -> Told:
    """Copies: the gradient takes the same way back."""
    form, user = place.form, place.user
    back = "Elements are only rearranged, so each one receives its copies' gradients unchanged"
    found = linear_origin(user)
    if found is None or found[0] is not place.link.tensor:
        text = f"`{user.name} = {form.own_code(user)}` holds copies. {back}, and 0 where it was not copied."
        return [_uses(place, text)], form.index(user)
    result: list[str | None] = [None] * user.ndim
    for (axis, step, start), letter in zip(found[1], place.index, strict=True):
        if axis is None or step == 0:
            continue
        if (step, start) == (1, 0):
            result[axis] = letter
        elif letter.isdecimal() and (int(letter) - start) % step == 0 and (int(letter) - start) // step >= 0:
            result[axis] = str((int(letter) - start) // step)
    known = {letter for letter in result if letter}
    index = form.index(user, result)
    free = [letter for letter in index if letter in form.lengths and letter not in known]
    text = f"Forward, `{form.element(user, index)} = {form.code(user, index, root=True)}`. {back}."
    extra = [_stretched(place, free)] if free and found[1] and _repeats(user, place.link.tensor) else []
    return [_uses(place, text), *extra], index


def scatter(place: Place) -> Told:
    """The mirror of movement: each number went to one place, and takes the gradient from there."""
    text = (
        f"`{place.user.name} = {place.form.own_code(place.user)}` adds every number of `{place.link.tensor.name}` at "
        "one place. So each gets the gradient of that place."
    )
    return [_uses(place, text)], place.form.index(place.user)


def axiswise(place: Place) -> Told:
    """Everything along some axes in, everything out: the rule says it in one go."""
    form, user = place.form, place.user
    own, name = form.own_code(user), place.link.tensor.name
    text = (
        f"Forward, `{user.name} = {own}` computes every number of the result from all numbers along whole axes. So "
        f"`{place.element}` contributes to all of them."
    )
    back = (
        f"Change `{place.element}` by ε: each of these numbers changes by its own derivative times ε, and the loss by "
        f"the incoming gradient `{place.incoming(form.index(user))[0]}` times that. The rule of "
        f"`{user.operation.name}` sums this for all of `{name}` at once."
    )
    return [_uses(place, text), paragraph("product", "Why this rule?", back)], form.index(user)


def _repeats(user: Node, tensor: Node) -> bool:
    return user.size > tensor.size


def _uses(place: Place, text: str) -> Paragraph:
    return paragraph("uses", f"What depends on `{place.element}`?", text)


def _product(place: Place, result: Index, slope: Slope, free: Sequence[str], *, here: str = "") -> Paragraph:
    """Moved by a little, the element moves the results, and these the loss."""
    form, incoming = place.form, place.incoming(result)
    each = f"{'each ' if free else ''}{place.called(result)}"
    code, plain = slope.part[0], slope.constant in (1, -1)
    holds = ", 1 where this holds and else 0," if any(sign in code for sign in COMPARISONS) else ""
    moves = f"by `{code}`{here or holds} times ε"
    if plain:
        moves = "by ε, too" if slope.constant == 1 else f"by {MINUS}ε"
    loss = "by as much" if incoming[0] == "1" else f"by `{incoming[0]}` times that"
    factors = [] if plain else [slope.part]
    factors += [] if incoming[0] == "1" and factors else [incoming]
    total = times(factors)
    if slope.constant == -1:
        total = f"-{total[0]}" if total[1] >= PRODUCT else f"-({total[0]})", SIGN
    written = form.folded_over("sum", total, free)[0]
    over = f"Summed over {' and '.join(free)}" if free else "Together"
    return paragraph(
        "product",
        "Why is there no factor?" if slope.constant == 1 else "Why this product?" if not plain else "Why the minus?",
        f"Change `{place.element}` by ε: {each} changes {moves}, and the loss {loss}. {over}: `{written}`.",
    )


def _stretched(place: Place, free: Sequence[str]) -> Paragraph:
    """Broadcasting forward is summing back."""
    form, tensor = place.form, place.link.tensor
    count = 1
    for letter in free:
        count *= form.lengths[letter]
    batch = any(letter in form.batch_letters for letter in free)
    why = (
        f" `{tensor.name}` is the same for every sample of the batch, so it has no axis for them, and neither has its "
        "gradient: the samples' contributions are summed."
        if batch
        else ""
    )
    return paragraph(
        "broadcast",
        "Why a sum over the batch?" if batch else "Why a sum?",
        f"Forward, broadcasting used `{tensor.name}` {tensor.shape} for a result of shape {place.user.shape}, each of "
        f"its numbers {count:,} times. Each of these uses contributes to the loss, so the {count:,} gradients are "
        f"added. Broadcasting forward means summing backward.{why}",
    )


def _value_here(
    place: Place,
    value: Callable[[Sequence[float]], float],
    elements: Sequence[Part],
    inputs: Sequence[Sequence[str]],
    known: dict[str, str],
) -> str:
    """The derivative's number, where the index is made of numbers."""
    if not all(letter.isdecimal() for letter in known.values()):
        return ""
    numbers = [
        0.0
        if operand.operation is CONSTANT
        else place.plan.number(operand, tuple(int(known[label]) if label else 0 for label in own))
        for operand, own in zip(place.user.operands, inputs, strict=True)
    ]
    return f" (here {short(value(numbers))})"


FAMILIES: dict[str, Callable[[Place], Told]] = {
    "contraction": contraction,
    "elementwise": elementwise,
    "reduction": reduction,
    "movement": movement,
    "scatter": scatter,
    "axiswise": axiswise,
}
