"""Expressions in index form: an element of the result as a formula of elements, with letters or numbers as indices.

`x.T @ l1.g` becomes `sum(x[b, i] * l1.g[b, j], b)`. The letter of the batch is b where that is free.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from backprop_explorer.engine.batch_axes import batch_axes
from backprop_explorer.engine.origin import linear_origin
from backprop_explorer.engine.program import Program
from backprop_explorer.explain.letters import BATCH_LETTERS, LETTERS, axis_letters
from backprop_explorer.explain.terms.element import elementwise_only
from backprop_explorer.graph.code import Part, atomic, call_code, fill, part, template_of
from backprop_explorer.graph.node import CONSTANT, Node, closed_box
from backprop_explorer.ops.indexing import linear_code
from backprop_explorer.ops.record import ATOM, PRODUCT, Shape
from backprop_explorer.wording import element

Index = tuple[str, ...]
"""A letter or a number for each axis."""


class IndexForm:
    """Gives out letters and writes expressions with them; one per formula or story, so that letters keep their
    meaning. In a forward step (`steps`) unnamed operands have a step of their own and go by its name."""

    def __init__(self, program: Program, *, steps: bool = False) -> None:
        self.names = program.names
        self.program = program
        self.steps = steps
        self.lengths: dict[str, int] = {}
        self.batch_letters: set[str] = set()
        self.spare: set[str] = set()
        """Letters of axes for which numbers stand now."""
        self.reaches_out = False
        """Whether an index may be outside of its tensor, where zeros stand."""
        self._axes = batch_axes(program)
        self._letters = axis_letters(program)
        self._said = set("".join(self._letters.values()))
        self._taken = {name.partition(".")[0] for name in program.nodes}

    @classmethod
    def like(cls, form: IndexForm) -> IndexForm:
        """A fresh one for the same program, whose letters begin anew."""
        return cls(form.program, steps=form.steps)

    # -- letters

    def index(self, node: Node, known: Sequence[str | None] = ()) -> Index:
        """A letter per axis of a tensor, `0` where there is only one element; what is known stays."""
        given = list(known) or [None] * node.ndim
        return tuple(given[axis] or self.letter_of(node, axis) for axis in range(node.ndim))

    def running(self, node: Node, axis: int, used: Iterable[str]) -> str:
        """A letter for an axis of which a number is told elsewhere: its own, where that number stands for it."""
        own = (letter for letter in self._letters.get((node, axis), "") if letter in self.spare - {*used})
        return next(own, None) or self.letter_of(node, axis)

    def letter_of(self, node: Node, axis: int, *, always: bool = False) -> str:
        """The letter of a tensor's axis, which is the same in all formulas of the program; a fresh one where this
        formula has it already."""
        own = self._letters.get((node, axis), "")
        return self.letter(node.shape[axis], batch=self.is_batch(node, axis), always=always, own=own)

    def letter(self, length: int, *, batch: bool = False, always: bool = False, own: str = "") -> str:
        """A fresh letter for an axis of that length, of its `own` where one is free; for one of length 1 only if
        `always`, else its one index."""
        if length == 1 and not always:
            return "0"
        pool = BATCH_LETTERS + LETTERS if batch else LETTERS + BATCH_LETTERS
        fresh = [letter for letter in own + pool if letter not in self._taken and letter not in self.lengths]
        unused = [letter for letter in fresh if letter in own or letter not in self._said]
        letter = next(iter(unused or fresh), f"i{len(self.lengths)}")
        self.lengths[letter] = length
        if batch:
            self.batch_letters.add(letter)
        return letter

    def ranges(self, letters: Sequence[str]) -> str:
        """` for each b from 0 to 5`; nothing where there is no letter."""
        if not letters:
            return ""
        return " for each " + " and ".join(f"{letter} from 0 to {self.lengths[letter] - 1}" for letter in letters)

    def is_batch(self, node: Node, axis: int) -> bool:
        """Whether that axis of the tensor counts the samples."""
        return self._axes.get(node) == axis

    # -- code

    def element(self, node: Node, index: Index) -> str:
        """One element by the tensor's name, or by its expression in parentheses."""
        named = self._name(node) or (node.name if node.hidden else None)
        if named is None:
            named = atomic(part(node))
        return element(named, index)

    def name(self, node: Node) -> str:
        """A tensor's name, or its expression."""
        return self._name(node) or (node.name if node.hidden else None) or part(node)[0]

    def own_code(self, node: Node) -> str:
        """The tensor's own expression, without indices."""
        box = closed_box(node)
        return call_code(box) if box is not None else part(node, root=True)[0]

    def code(self, node: Node, index: Index, *, root: bool = False) -> str:
        """An element's formula; the `root`'s own, even where it has a name."""
        return self.part(node, index, root=root)[0]

    def part(self, node: Node, index: Index, *, root: bool = False) -> Part:
        """An element's formula and how tightly it binds."""
        if node.operation is CONSTANT:
            return node.text, node.precedence
        if not node.operands or self._name(node) is not None and not root:
            return self.element(node, index), ATOM
        box = closed_box(node)
        if box is not None:
            if not elementwise_only(node, set(box.operands)):
                return self._whole(node, index)
            texts = {operand: self.code(operand, _aligned(operand.shape, index)) for operand in box.operands}
            return call_code(box, texts), ATOM
        writer = _WRITERS.get(node.operation.family)
        return writer(self, node, index) if writer else self._whole(node, index)

    def _name(self, node: Node) -> str | None:
        known = node in self.names and (node.shown or self.steps and node.phase == "forward" and not node.hidden)
        if not known:
            return node.name if node.shown or not node.operands else None
        name, field = self.names[node]
        return f"{name}.g" if field == "gradient" else name

    def _whole(self, node: Node, index: Index) -> Part:
        written = part(node, root=True)
        return (element(atomic(written), index), ATOM) if index else written

    def elementwise(self, node: Node, index: Index) -> Part:
        operation = node.operation
        if operation.element is not None:
            inner = self.code(node.operands[0], index[: node.operands[0].ndim])
            return operation.element(inner, index)
        left_of = [(node, index)]  # a sum of what a loop gives is as deep to the left as the loop is long
        while self._goes_on(left := left_of[-1][0].operands[0]):
            left_of.append((left, _aligned(left.shape, left_of[-1][1])))
        written = self.part(left, _aligned(left.shape, left_of[-1][1]))
        for one, at in reversed(left_of):
            rest = [self.part(operand, _aligned(operand.shape, at)) for operand in one.operands[1:]]
            text = fill(one.operation, template_of(one), [written, *rest], one.parameters)
            written = text, one.operation.precedence
        return written

    def _goes_on(self, node: Node) -> bool:
        """Whether `part` would write the node by `elementwise` again."""
        operation = node.operation
        if operation.family != "elementwise" or operation.element is not None or operation is CONSTANT:
            return False
        return bool(node.operands) and self._name(node) is None and closed_box(node) is None

    def folded(self, node: Node, index: Index) -> Part:
        """A sum, or an extreme, over the letters that the result lacks."""
        operand, axes, kept = node.operands[0], node.parameters["axis"], node.parameters["keepdims"]
        rest = iter(letter for axis, letter in enumerate(index) if not (kept and axis in axes))
        inner = self.index(operand, [None if axis in axes else next(rest) for axis in range(operand.ndim)])
        over = [inner[axis] for axis in axes if inner[axis] in self.lengths]
        return self.folded_over(node.operation.name, self.part(operand, inner), over)

    def contraction(self, node: Node, index: Index) -> Part:
        output, inputs = node.axis_labels
        known = dict(zip(output, index, strict=True))
        over = self.extend(known, node.operands, inputs)
        parts = [
            self.part(operand, tuple(known[label] if label else "0" for label in labels))
            for operand, labels in zip(node.operands, inputs, strict=True)
        ]
        return self.folded_over("sum", times(parts), over)

    def extend(self, known: dict[str, str], operands: Iterable[Node], inputs: Iterable[Sequence[str]]) -> list[str]:
        """Letters for the labels that have none yet; those that are given out, without the axes of length 1."""
        given = []
        for operand, labels in zip(operands, inputs, strict=True):
            for axis, label in enumerate(labels):
                if label and label not in known:
                    known[label] = self.letter_of(operand, axis)
                    given.append(known[label])
        return [letter for letter in given if letter in self.lengths]

    def moved(self, node: Node, index: Index) -> Part:
        """The element that this one is a copy of, where that can be said with letters."""
        arithmetic = self._indexed(node, index)
        if arithmetic is not None:
            return arithmetic
        found = linear_origin(node)
        if found is None:
            return self._whole(node, index)
        operand, places = found
        return self.part(operand, tuple(_offset(index, *place) for place in places))

    def _indexed(self, node: Node, index: Index) -> Part | None:
        """The element by the operation's own arithmetic of indices, where it has one."""
        operation = node.operation
        if operation.indexed is None:
            return None
        shapes = [operand.shape for operand in node.operands]
        filled = operation.fills(node.parameters) if operation.fills else 0.0
        found = operation.indexed(shapes, node.parameters, index, self.letter) if filled == 0 else None
        if found is None:
            return None
        self.reaches_out = self.reaches_out or operation.family == "scatter" or operation.fills is not None
        inner, over = found
        return self.folded_over("sum", self.part(node.operands[0], tuple(inner)), over)

    @staticmethod
    def folded_over(name: str, inner: Part, over: Sequence[str]) -> Part:
        """A fold of what is inside over letters; itself where there is none."""
        if not over:
            return inner
        letters = over[0] if len(over) == 1 else f"({', '.join(over)})"
        return f"{name}({inner[0]}, {letters})", ATOM


def times(parts: Sequence[Part]) -> Part:
    """Several factors as a product."""
    if len(parts) == 1:
        return parts[0]
    texts = [f"({text})" if precedence < PRODUCT + (i > 0) else text for i, (text, precedence) in enumerate(parts)]
    return " * ".join(texts), PRODUCT


def _aligned(shape: Shape, index: Index) -> Index:
    """The index of the operand's element that meets the result's: broadcasting undone."""
    inner = index[len(index) - len(shape) :]
    return tuple("0" if length == 1 else letter for length, letter in zip(shape, inner, strict=True))


def _offset(index: Index, axis: int | None, step: int, start: int) -> str:
    """An index that moves along with one of the result's, `b`, `b + 1` or `5 - b`, or stays."""
    if axis is None:
        return str(start)
    return linear_code([(step, index[axis])], start)


_WRITERS = {
    "elementwise": IndexForm.elementwise,
    "contraction": IndexForm.contraction,
    "reduction": IndexForm.folded,
    "movement": IndexForm.moved,
    "scatter": IndexForm.moved,
}
