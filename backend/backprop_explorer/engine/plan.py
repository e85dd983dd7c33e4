"""A plan: a compiled program with its numbers, replayed as a flat list of bound NumPy calls."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, ClassVar

import numpy as np

from backprop_explorer.engine.batches import BatchRows
from backprop_explorer.engine.binder import Binder
from backprop_explorer.engine.buffers import copied
from backprop_explorer.engine.document import Document
from backprop_explorer.engine.feed import Feed
from backprop_explorer.engine.labels import check_labels
from backprop_explorer.engine.numbers import array_of, numpy_array
from backprop_explorer.engine.program import Program, TensorInfo, node_dtype, unknown_tensor
from backprop_explorer.engine.schedule import ITERATION
from backprop_explorer.engine.sources import Sources
from backprop_explorer.graph.calculation import as_numbers
from backprop_explorer.graph.node import CONSTANT, Node
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.elementwise import aligned
from backprop_explorer.ops.record import Array, Shape
from backprop_explorer.problem import Problem, suggestion

_MOST_NAMED = 8
"""So many names stand in a sentence."""


class Plan:
    """One training iteration, ready to run: `run` computes all values and gradients, `step` updates parameters, too.

    `plan[name]` is a read-only view of a tensor or, as `w1.g`, of a gradient; inputs and parameters can be set.
    """

    writers: ClassVar[dict[str, Callable[..., str]]] = {}
    """What shows a plan, by what it makes (`page`, `notebook`, `picture`): set by the package, as all of it is above
    the engine."""

    def __init__(self, program: Program, document: Document) -> None:
        self.program = program
        self._given = {
            name: copied(array, node_dtype(program.forward.leaves[name], program.graph))
            for name, array in document.tensors.items()
        }
        self._document = document.with_places(self._given)  # which holds no second copy of the numbers
        batches = document.batches
        self._feed = Feed(batches, {name: self._given[name] for name in document.batched}) if batches else None
        state = {name: np.zeros(leaf.shape, node_dtype(leaf, program.graph)) for name, leaf in program.state.items()}
        state |= {name: self._drawn(k, leaf) for k, (name, leaf) in enumerate(program.graph.draws.items())}
        self._leaves = {**self._given, **state, **(self._feed.leaves if self._feed else {})}
        self._check_labels()
        self._binder = Binder(program, self._leaves, self._given)
        buffers = self._binder.buffers
        self._loss = buffers[program.backward.loss]
        self._iteration = tuple(self._binder.iteration)
        assignments = program.update.assignments if program.update else []
        self._update = tuple(self._binder.update)
        self._assignments = tuple((buffers[leaf], buffers[node]) for leaf, node in assignments)
        self.calls = len(self._iteration) + len(self._update) + len(self._assignments)
        """How many functions of NumPy an iteration with its update calls."""
        self._prepare()

    def _drawn(self, k: int, leaf: Node) -> Array:
        """Random numbers between 0 and 1 out of the document's seed, other ones for each of its draws."""
        random = np.random.default_rng([self._document.seed, k])
        return np.asarray(random.random(leaf.shape), self.program.graph.dtype)

    def _check_labels(self) -> None:
        self._check_labels_of(self._kept)

    def _check_labels_of(self, kept: Mapping[str, Array]) -> None:
        nodes = self.program.graph.nodes
        check_labels(nodes, {node: kept[str(node.name)] for node in nodes if node.phase == "leaf"})

    @property
    def _kept(self) -> dict[str, Array]:
        """What the next iteration starts from, the whole data where it is cut into batches."""
        return {**self._leaves, **self._feed.data} if self._feed else self._leaves

    def _prepare(self) -> None:
        for call in self._binder.prepared:
            call()

    def run(self) -> float:
        """One forward and backward pass; every intermediate is kept. Returns the loss."""
        for call in self._iteration:
            call()
        return float(self._loss)

    @property
    def loss(self) -> float:
        """The loss of the last run."""
        return float(self._loss)

    def propose(self) -> None:
        """Computes the update of the last run without making it: what the update's steps show."""
        for call in self._update:
            call()

    def step(self) -> float:
        """A run and the optimizer's update. Returns the loss before the update."""
        if not self._assignments:
            hint = 'add "optimizer": {"name": "sgd", "lr": 0.1}'
            raise Problem("no_optimizer", "the document has no optimizer, so there is no update to make", hint=hint)
        loss = self.run()
        for call in self._update:
            call()
        for target, value in self._assignments:
            target[...] = value
        if self._feed is not None:
            self._feed.go_to(self._feed.iteration + 1)
            self._prepare()
        return loss

    def _feed_again(self) -> None:
        if self._feed is not None:
            self._feed.go_to(self._feed.iteration)

    def begin_at(self, iteration: int) -> None:
        """Makes the next iteration the one of that number, for what depends on it: batches, expressions of it."""
        if ITERATION in self._leaves:
            self._leaves[ITERATION][...] = iteration
        if self._feed is not None:
            self._feed.go_to(iteration)
            self._prepare()

    @property
    def batch(self) -> BatchRows | None:
        """Which rows of the data are in this batch, `{rows, count, epoch, batch, batches}`; None without batches."""
        return self._feed.to_json() if self._feed else None

    @property
    def tensors(self) -> dict[str, TensorInfo]:
        """The tensors by name, in the order of the program."""
        return self.program.tensors

    @property
    def elements(self) -> int:
        """How many numbers it has by name: of all tensors, and of the whole data where that is cut into batches."""
        data = sum(array.size for array in self._feed.data.values()) if self._feed else 0
        return data + sum(size(info.shape) for info in self.tensors.values())

    @property
    def kept(self) -> int:
        """How many numbers it keeps in memory: of tensors, gradients and what is between, each place once, and of the
        whole data where that is cut into batches."""
        return self._binder.memory.elements

    @property
    def given(self) -> Mapping[str, Array]:
        """The document's tensors as they stand, whole where they are cut into batches: to be looked at."""
        return self._given

    @property
    def document(self) -> Document:
        """The document with the present numbers."""
        return self._document.with_tensors({name: array.copy() for name, array in self._given.items()})

    @property
    def dialect(self) -> str:
        """Whose words its program is written in."""
        return self._document.dialect

    @property
    def optimizer(self) -> Mapping[str, Any] | None:
        """The optimizer's name and options; None where nothing is trained."""
        return self._document.optimizer

    @property
    def sources(self) -> Sources:
        """Where its lines came from, where they did not come as they are."""
        return self._document.sources

    @property
    def validation(self) -> Mapping[str, Any] | None:
        """How many rows of the data are held out of the training, and which; None where none are."""
        return self._document.validation

    def outline(self) -> dict[str, Any]:
        """The document with the shape and type of each tensor in the place of its numbers."""
        content = self._document.to_json_dict()
        for kind in ("inputs", "parameters"):
            arrays = content[kind]
            content[kind] = {name: {"shape": list(one.shape), "dtype": str(one.dtype)} for name, one in arrays.items()}
        return content

    @property
    def recipes(self) -> Mapping[str, Mapping[str, Any]]:
        """What its tensors were drawn or read from when it was made; they may have changed since."""
        return self._document.recipes

    def __contains__(self, name: object) -> bool:
        """Whether `plan[name]` is there: a tensor, or a gradient as `w1.g`."""
        return name in self.program.nodes

    def __iter__(self) -> Iterator[str]:
        """The names of the tensors, in the order of the program; of their gradients none."""
        return iter(self.tensors)

    def __len__(self) -> int:
        return len(self.tensors)

    @cached_property
    def _views(self) -> dict[str, Array]:
        return {}

    def __getitem__(self, name: str) -> Array:
        if name not in self._views:
            node = self.program.nodes.get(name)
            if node is None:
                raise unknown_tensor(name, self.program.nodes)
            if node not in self._binder.buffers:  # a share of a gradient that is never written by itself
                return self.array(node)
            view = self._binder.buffers[node].view()
            view.flags.writeable = False
            self._views[name] = view
        return self._views[name]

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self._document.tensors:
            self[name]  # an unknown name is another problem than one that cannot be set
            raise Problem(
                "not_editable",
                f"{name} is calculated; only inputs and parameters can be set",
                tensor=name,
                hint=f"set one of {', '.join(self._document.tensors)}",
            )
        array = self._checked(name, array_of(value, name, masks=name in self._document.inputs)[0])
        before = self._given[name].copy()
        self._write(name, array)
        try:
            self._check_labels()
        except Problem:
            self._given[name][...] = before
            self._feed_again()
            raise
        self._prepare()

    def _write(self, name: str, array: Array) -> None:
        if self._feed is not None and name in self._feed.data:
            self._feed.write(name, array)
        else:
            self._leaves[name][...] = array

    def _checked(self, name: str, array: Array) -> Array:
        target, whole = self._leaves[name], self._given[name]
        if array.shape not in (target.shape, whole.shape):
            other = "" if whole is target else f" in a batch, {whole.shape} as a whole"
            raise Problem("wrong_shape", f"{name} has the shape {target.shape}{other}; got {array.shape}", tensor=name)
        if target.dtype.kind == "i" and array.dtype.kind == "f" and not np.array_equal(array, np.trunc(array)):
            raise Problem("wrong_kind", f"{name} holds labels, which are whole numbers", tensor=name)
        return array

    def snapshot(self, names: Iterable[str] | None = None) -> dict[str, Array]:
        """Copies of what an iteration starts from, or of these: inputs, parameters and the optimizer's state."""
        kept = self._kept
        chosen = kept if names is None else (name for name in names if name in kept)
        return {name: kept[name].copy() for name in chosen}

    @property
    def trained(self) -> list[str]:
        """The names of what iterations change: parameters, the optimizer's state, the rows of the batch."""
        return [name for name in self._kept if name not in self._document.inputs]

    def restore(self, snapshot: Mapping[str, Any], *, partial: bool = False) -> None:
        """Copies a snapshot back. Other types are converted, float32 copies among them, and shapes must be the same.

        Raises a `Problem` that names what cannot be placed, and unless it is `partial` what is missing; nothing has
        changed then.
        """
        kept = self._kept
        arrays = {name: self._restored(name, array, kept) for name, array in snapshot.items()}
        missing = [name for name in kept if name not in arrays]
        if missing and not partial:
            raise _not_restored(
                f"it lacks {_listed(missing)}", "give partial=True to restore the others alone", missing
            )
        self._check_labels_of({**kept, **arrays})
        self._take(arrays)

    def adopt(self, other: Plan, names: Iterable[str]) -> None:
        """Copies the numbers of these tensors of another plan, which have the same shapes and types here."""
        for name in names:
            self._given[name][...] = other.given[name]

    def take_over(self, snapshot: Mapping[str, Array]) -> None:
        """Copies back what exists here with the same shape and type, of a plan that may have been another one."""
        kept = self._kept
        alike = [name for name in snapshot if name in kept and kept[name].shape == snapshot[name].shape]
        self._take({name: snapshot[name] for name in alike if kept[name].dtype == snapshot[name].dtype})

    def _take(self, arrays: Mapping[str, Array]) -> None:
        kept = self._kept
        for name, array in arrays.items():
            kept[name][...] = array
        self._feed_again()
        self._prepare()

    def _restored(self, name: str, value: Any, kept: Mapping[str, Array]) -> Array:
        """An array of a snapshot in the type that it has here; a `Problem` where it has no place."""
        if name not in kept:
            hint = suggestion(str(name), kept) or f"it holds {', '.join(kept)}"
            raise _not_restored(f"this plan has no tensor {str(name)[:60]!r} to restore", hint, [str(name)[:60]])
        array, target = numpy_array(value, name), kept[name]
        if array.shape != target.shape:
            raise _not_restored(f"{name} has the shape {target.shape}; the snapshot's is {array.shape}", None, [name])
        with np.errstate(all="ignore"):
            whole = array.dtype.kind != "f" or bool((array == np.trunc(array)).all())
        if array.dtype.kind not in "iufb" or target.dtype.kind in "iub" and not whole:
            held = "whole numbers" if target.dtype.kind in "iub" else "numbers"
            raise _not_restored(f"{name} holds {held}, which the snapshot's does not ({array.dtype})", None, [name])
        with np.errstate(all="ignore"):
            return array.astype(target.dtype)

    def number(self, node: Node, index: Shape) -> float:
        """One element of any node; what has no buffer is calculated for this element alone."""
        buffer = self._binder.buffers.get(node)
        if buffer is not None:
            return float(buffer[index])
        if node.operation is CONSTANT:
            return float(node.parameters["value"])
        if node.operation.family != "elementwise":
            arrays = [self.array(operand) for operand in node.operands]
            return float(node.operation.forward(*arrays, **node.parameters)[index])
        numbers = [np.asarray(self.number(operand, aligned(operand.shape, index))) for operand in node.operands]
        return float(node.operation.forward(*numbers, **node.parameters))

    def holds(self, node: Node) -> bool:
        """Whether the node has a buffer of its own."""
        return node in self._binder.buffers

    def array(self, node: Node) -> Array:
        """The numbers of any node; an expression that has no buffer is calculated from what has one."""
        buffer = self._binder.buffers.get(node)
        if buffer is not None:
            return buffer
        dtype = self.program.graph.dtype
        if node.operation is CONSTANT:
            return np.array(node.parameters["value"], dtype)
        arrays = as_numbers(node.operation, [self.array(operand) for operand in node.operands], dtype)
        return np.asarray(node.operation.forward(*arrays, **node.parameters))

    def update_value(self, name: str) -> Array:
        """What the update calculates: the next value of a parameter or state tensor, a rate; after `propose`."""
        return self._binder.buffers[self.program.updated(name)]

    def code(
        self, titles: Mapping[tuple[str, str], str] | None = None, headings: Mapping[str, str] | None = None
    ) -> str:
        """The iteration as a script that needs NumPy alone and computes the same numbers.

        It prints the loss; with `titles` (by phase, or "given", and name) each of these tensors below its title, and
        the phases' `headings`.
        """
        from backprop_explorer.engine.script import numpy_script

        return numpy_script(self.program, self._leaves, titles or {}, headings or {})

    def html(self, iterations: int = 1) -> str:
        """The iteration, and as many after it as make `iterations`, as a page in one file, which steps and explains.

        Runs the plan. A `Problem` (501) where the engine stands alone, without the package that has the page."""
        write = self._writer("page")
        self.run()
        return write(self, iterations)

    def picture(self, step: str | int, theme: str = "light") -> str:
        """A step as a picture, as SVG: by its index, or the name of what it computes, such as `l1`, `w1.g` and
        `w1.next`; `all` is the whole iteration in motion, a step a second.

        Runs the plan. Raises a `Problem` for a step that is not there, and for a `theme` beside light and dark.
        """
        draw = self._writer("picture")
        self.run()
        return draw(self, str(step), theme)

    def _repr_html_(self) -> str:
        """What a notebook shows: the loss, the program with its shapes, the parameters. Leaves the plan as it is."""
        return self._writer("notebook")(self)

    def _writer(self, what: str) -> Callable[..., str]:
        if what not in Plan.writers:
            raise Problem(f"no_{what}", f"The {what} is not here", status=501, hint="import backprop_explorer")
        return Plan.writers[what]


def _not_restored(detail: str, hint: str | None, names: Sequence[str]) -> Problem:
    tensor = names[0] if len(names) == 1 else None
    return Problem("bad_snapshot", f"The snapshot does not fit: {detail}", tensor=tensor, hint=hint)


def _listed(names: Sequence[str]) -> str:
    """The names, some of them where there are many."""
    more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
