"""One element as a sum of products of cells: one rule per family, the same for values and gradients.

Movement is looked through. Sums that are written out (+ and -) and one contraction or reduction become terms; an
expression that is
elementwise only stays one factor. Terms are made one at a time, so that a sum over a large tensor costs what is asked
for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice, product

import numpy as np

from backprop_explorer.engine.origin import origins, spread, used_by
from backprop_explorer.engine.plan import Plan
from backprop_explorer.engine.program import Aim
from backprop_explorer.explain.terms.factor import Cell, Factor, index_codes, indexed
from backprop_explorer.explain.terms.terms import Term, Terms, chained, single, times
from backprop_explorer.graph.code import Code, atomic, call_code, fill, filled, parenthesised, part, template_of
from backprop_explorer.graph.node import CONSTANT, Box, Node, closed_box
from backprop_explorer.graph.walk import ancestors
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import ATOM, PRODUCT, SIGN, Shape

ADDITIVE = ("add", "subtract")
LINEAR = (*ADDITIVE, "negative", "multiply", "divide")
CELLS_LIMIT = 64
"""A function of a whole tensor (softmax of a long row) names so many of its cells at the most."""


MINUS = Factor("-1", -1.0, (), SIGN)


class Elements:
    """Explains elements: of a plan's tensors after a run, or of whatever has names and numbers of its own.

    `names` gives the tensor and field by which a node is known, `number` one element of any node.
    """

    def __init__(self, names: Mapping[Node, tuple[str, Aim]], number: Callable[[Node, Shape], float]) -> None:
        self.names = names
        self.number = number
        self._stops = {node for node in self.names if _folds_here(node)}

    @classmethod
    def of(cls, plan: Plan) -> Elements:
        """Those of a plan that has run."""
        return cls(plan.program.names, plan.number)

    @classmethod
    def of_update(cls, plan: Plan) -> Elements:
        """Those of the update that a plan, which has run, would make; next values are cells of it, too."""
        plan.propose()
        return cls(plan.program.names_after, plan.number)

    def terms(self, node: Node, index: Shape) -> Terms:
        """The element's own equation; a tensor that is given is its only term."""
        if not node.operands:
            return single([self.factor(node, index)])
        return self._expanded(node, index, folded=False, root=True)

    # -- terms

    def _expanded(self, node: Node, index: Shape, *, folded: bool, root: bool = False) -> Terms:
        if not root and self._stands_alone(node, folded):
            return single([self.factor(node, index)])
        family, name = node.operation.family, node.operation.name
        if family in ("movement", "scatter"):
            return self._moved(node, index, folded)
        if family == "contraction" and not folded:
            return self._contraction(node, index)
        if name == "sum" and not folded:
            return self._sum(node, index)
        if name in LINEAR:
            return self._arithmetic(node, index, folded)
        return single([self.factor(node, index, root=root)])

    def _stands_alone(self, node: Node, folded: bool) -> bool:
        """Whether an element of it is one factor within the explanation of another tensor's."""
        if not node.operands or self._is_cell(node) and (folded or node.shown):
            return True
        return closed_box(node) is not None and not self._holds_fold(node)

    def _moved(self, node: Node, index: Shape, folded: bool) -> Terms:
        """The elements that were moved here; what fills a place that nothing was moved to is a term unless it is 0."""
        places = origins(node, index, self.number)
        if not places:
            filled = _filling(node, index)
            return single([filled]) if filled.value else Terms(0, lambda: iter(()))
        parts = [self._expanded(*place, folded=folded) for place in places]
        return parts[0] if len(parts) == 1 else chained(parts)

    def _arithmetic(self, node: Node, index: Shape, folded: bool) -> Terms:
        name, operands = node.operation.name, [(operand, aligned(operand.shape, index)) for operand in node.operands]
        if name == "negative":
            return times(self._expanded(*operands[0], folded=folded), [MINUS], before=True)
        if name in ADDITIVE:
            return chained(list(self._summands(node, index, folded)))
        return self._product(operands, folded, divided=name == "divide")

    def _summands(self, node: Node, index: Shape, folded: bool) -> Iterator[Terms]:
        """What is added and subtracted, in order: the gradient of what a loop reads is a sum as deep as the loop is
        long, so that this is no recursion."""
        stack: list[tuple[Node, Shape, int]] = [(node, index, 0)]
        while stack:
            one, at, minuses = stack.pop()
            if one.operation.name in ADDITIVE and (one is node or not self._stands_alone(one, folded)):
                left, right = ((operand, aligned(operand.shape, at)) for operand in one.operands)
                stack.append((*right, minuses + (one.operation.name == "subtract")))
                stack.append((*left, minuses))
            else:
                yield times(self._expanded(one, at, folded=folded), [MINUS] * minuses, before=True)

    def _product(self, operands: list[tuple[Node, Shape]], folded: bool, *, divided: bool) -> Terms:
        """Of two factors, the one that holds a sum is taken apart, and the other multiplies each of its terms."""
        (left, at_left), (right, at_right) = operands
        if divided:
            return times(self._side(left, at_left, folded), [self._inverse(right, at_right)])
        if not folded and self._holds_fold(left):
            return times(self._expanded(left, at_left, folded=False), self._factors(right, at_right))
        if not folded and self._holds_fold(right):
            return times(self._expanded(right, at_right, folded=False), self._factors(left, at_left), before=True)
        return single([*self._factors(left, at_left), *self._factors(right, at_right)])

    def _side(self, node: Node, index: Shape, folded: bool) -> Terms:
        if not folded and self._holds_fold(node):
            return self._expanded(node, index, folded=False)
        return single(self._factors(node, index))

    def _contraction(self, node: Node, index: Shape) -> Terms:
        labels = node.operation.labels
        assert labels is not None
        output, inputs = labels([operand.shape for operand in node.operands], node.parameters)
        fixed = dict(zip(output, index, strict=True))
        lengths = {
            letter: length
            for operand, letters in zip(node.operands, inputs, strict=True)
            for letter, length in zip(letters, operand.shape, strict=True)
            if letter and letter not in fixed
        }

        def make() -> Iterator[Term]:
            for values in product(*(range(length) for length in lengths.values())):
                at = fixed | dict(zip(lengths, values, strict=True))
                places = (tuple(at[letter] if letter else 0 for letter in letters) for letters in inputs)
                yield [factor for place in zip(node.operands, places, strict=True) for factor in self._factors(*place)]

        return Terms(size(tuple(lengths.values())), make)

    def _sum(self, node: Node, index: Shape) -> Terms:
        """The summed elements; where they are sums of products themselves (matrix products of a batch), these."""
        operand, axes, keep = node.operands[0], node.parameters["axis"], node.parameters["keepdims"]
        inner = operand.operation.family == "contraction" and not self._is_cell(operand)

        def element(values: tuple[int, ...]) -> Terms:
            at = spread(index, axes, values, operand.ndim, keep)
            return self._contraction(operand, at) if inner else single(self._factors(operand, at))

        def make() -> Iterator[Term]:
            for values in product(*(range(operand.shape[axis]) for axis in axes)):
                yield from element(values).make()

        each = element((0,) * len(axes)).count
        return Terms(each * size(tuple(operand.shape[axis] for axis in axes)), make)

    # -- factors

    def _factors(self, node: Node, index: Shape) -> Term:
        """A product taken apart into its factors; anything else is one."""
        if node.operation.family in ("movement", "scatter") and not self._is_cell(node):
            places = origins(node, index, self.number)
            if len(places) == 1:
                return self._factors(*places[0])
            return [self._whole(node, index) if places else _filling(node, index)]
        name = node.operation.name
        if name not in ("multiply", "divide", "negative") or self._is_cell(node) or closed_box(node) is not None:
            return [self.factor(node, index)]
        operands = [(operand, aligned(operand.shape, index)) for operand in node.operands]
        if name == "negative":
            return [MINUS, *self._factors(*operands[0])]
        last = self._factors(*operands[1]) if name == "multiply" else [self._inverse(*operands[1])]
        return [*self._factors(*operands[0]), *last]

    def _inverse(self, node: Node, index: Shape) -> Factor:
        factor = self.factor(node, index)
        code = parenthesised((factor.code, factor.precedence), PRODUCT + 1)
        with np.errstate(all="ignore"):
            return Factor(Code(["1 / ", code]), float(np.float64(1) / factor.value), factor.cells, PRODUCT)

    def _is_cell(self, node: Node) -> bool:
        return node in self.names and (node.shown or node in self._stops) or not node.operands

    def factor(self, node: Node, index: Shape, *, root: bool = False) -> Factor:
        """The element as one factor; the `root` of an explanation is not a cell of itself."""
        if node.operation is CONSTANT:
            return Factor(node.text, node.parameters["value"], (), node.precedence)
        if not node.operands and node not in self.names:
            return _constant(float(self.number(node, index)))
        if self._is_cell(node) and not (root and node.operands):
            return self._cell(node, index)
        box = closed_box(node)
        if box is not None and not root:
            return self._call(box, node, index)
        if node.operation.family in ("movement", "scatter"):
            places = origins(node, index, self.number)
            if len(places) == 1:
                return self.factor(*places[0])
            return self._whole(node, index) if places else _filling(node, index)
        if node.operation.family == "elementwise":
            return self._function(node, index)
        if node.operation.name in ("max", "min"):
            return self._extreme(node, index)
        return self._whole(node, index)

    def _cell(self, node: Node, index: Shape) -> Factor:
        name, field = self.names[node]
        value = float(self.number(node, index))
        cell = Cell(name, field, index, value)
        code = indexed(f"{name}.g" if field == "gradient" else name, index, cell)
        return Factor(code, value, (cell,), place=(node, index))

    def _function(self, node: Node, index: Shape) -> Factor:
        operation = node.operation
        if operation.element is not None:
            inner = self.factor(node.operands[0], index[: node.operands[0].ndim])
            template, precedence = operation.element("{x}", [f"{{{axis}}}" for axis in range(len(index))])
            places = {str(axis): [place] for axis, place in enumerate(index_codes(index))}
            text = filled(template, {"x": [inner.code], **places}, {})
            return Factor(text, float(self.number(node, index)), inner.cells, precedence, (node, index))
        factors = [self.factor(operand, aligned(operand.shape, index)) for operand in node.operands]
        code = fill(
            operation, template_of(node), [(factor.code, factor.precedence) for factor in factors], node.parameters
        )
        cells = tuple(dict.fromkeys(cell for factor in factors for cell in factor.cells))
        return Factor(code, float(self.number(node, index)), cells, operation.precedence, (node, index))

    def _call(self, box: Box, node: Node, index: Shape) -> Factor:
        """A closed composite as a function: of elements where all that is inside works element by element."""
        if not elementwise_only(node, set(box.operands)):
            return self._whole(node, index)
        factors = {operand: self.factor(operand, aligned(operand.shape, index)) for operand in box.operands}
        text = call_code(box, {operand: factor.code for operand, factor in factors.items()})
        cells = tuple(dict.fromkeys(cell for factor in factors.values() for cell in factor.cells))
        return Factor(text, float(self.number(node, index)), cells, place=(node, index))

    def _extreme(self, node: Node, index: Shape) -> Factor:
        """The greatest or smallest element is one of them: the first that has the value."""
        operand, axes, keep = node.operands[0], node.parameters["axis"], node.parameters["keepdims"]
        wanted = self.number(node, index)
        for values in product(*(range(operand.shape[axis]) for axis in axes)):
            at = spread(index, axes, values, operand.ndim, keep)
            if self.number(operand, at) == wanted:
                return self.factor(operand, at)
        return self._whole(node, index)

    def _whole(self, node: Node, index: Shape) -> Factor:
        """What cannot be taken apart here: the expression's own element, a function of all that it is made of."""
        code = indexed(atomic(part(node)), index)
        cells = tuple(islice(self._sources(node, index), CELLS_LIMIT))
        return Factor(code, float(self.number(node, index)), cells, place=(node, index))

    def _sources(self, node: Node, index: Shape) -> Iterator[Cell]:
        """The cells that an element depends on, each once."""
        seen: set[tuple[Node, Shape]] = set()
        stack = [(node, index)]
        while stack:
            place = stack.pop()
            if place in seen or not place[0].operands and place[0] not in self.names:
                continue
            seen.add(place)
            if self._is_cell(place[0]) and place[0] is not node:
                yield from self._cell(*place).cells
            else:
                stack.extend(reversed(list(islice(used_by(*place, self.number), CELLS_LIMIT))))

    def _holds_fold(self, node: Node) -> bool:
        """Whether the expression is a sum of products times something, up to the next tensor with a name of its own."""
        stack, seen = [node], set[Node]()
        while stack:
            one = stack.pop()
            if one in seen or not one.operands or (one in self.names and one.shown):
                continue
            if _folds_here(one):
                return True
            seen.add(one)
            if one.operation.family in ("movement", "scatter") or one.operation.name in LINEAR:
                stack.extend(one.operands[:1] if one.operation.name == "divide" else one.operands)
        return False


def _folds_here(node: Node) -> bool:
    """Whether a node's elements are sums of products: of a contraction, a sum, or a scatter that adds up."""
    operation = node.operation
    return operation.family == "contraction" or operation.name == "sum" or _adds_up(node)


def _adds_up(node: Node) -> bool:
    return node.operation.family == "scatter" and node.operation.origins is not None


def _constant(value: float, place: tuple[Node, Shape] | None = None) -> Factor:
    return Factor(f"{value:g}", value, (), SIGN if value < 0 else ATOM, place)


def _filling(node: Node, index: Shape) -> Factor:
    """What stands where nothing was moved to."""
    return _constant(node.operation.fills(node.parameters) if node.operation.fills else 0.0, (node, index))


def elementwise_only(node: Node, operands: set[Node]) -> bool:
    """Whether nothing but elementwise operations stands between a call's arguments and its result."""
    between = ancestors(node, among=lambda one: one not in operands and one.operation is not CONSTANT)
    return all(one.operation.family == "elementwise" for one in between)
