"""The document: a program, its numbers and its optimizer. The one format that is posted, shown, shared and kept."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from backprop_explorer.data import dataset
from backprop_explorer.engine.batches import Batches, checked_batch
from backprop_explorer.engine.initial import initial_numbers, initial_shape
from backprop_explorer.engine.numbers import array_of, is_mask
from backprop_explorer.engine.rows import batched_names, row_count
from backprop_explorer.engine.sources import Sources, checked_sources, moved_sources
from backprop_explorer.engine.split import Split, checked_validation, held_rows
from backprop_explorer.engine.update import checked_options
from backprop_explorer.engine.vocabulary import Vocabulary, checked_vocabulary
from backprop_explorer.graph.budget import Budget
from backprop_explorer.language.dialect import DIALECTS, inferred_dialect, saved_dialect
from backprop_explorer.language.names import check_tensor_name
from backprop_explorer.language.scope import LEGACY
from backprop_explorer.ops.axes import size
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, suggestion

KEYS = (
    "title",
    "description",
    "program",
    "inputs",
    "parameters",
    "loss",
    "dtype",
    "seed",
    "optimizer",
    "batch",
    "validation",
    "vocabulary",
    "dialect",
    "dialect_inferred",
    "sources",
)
DTYPES = ("float64", "float32")
DIALECT = "it says whose meaning words have that NumPy and PyTorch mean differently; left out, the program tells"


@dataclass(frozen=True)
class Document:
    """A checked document. `whole` names the tensors that were given as whole numbers, which labels must be, `masks`
    those that were given as true and false; the `dialect` was given, or `dialect_inferred` from the program."""

    program: str
    inputs: Mapping[str, Array]
    parameters: Mapping[str, Array]
    loss: str | None = None
    dtype: str = "float64"
    seed: int = 0
    optimizer: Mapping[str, Any] | None = None
    title: str | None = None
    description: str | None = None
    whole: frozenset[str] = field(default_factory=frozenset)
    masks: frozenset[str] = field(default_factory=frozenset)
    batch: Mapping[str, Any] | None = None
    validation: Mapping[str, Any] | None = None
    """How many rows are held out, and which."""
    dialect: str = LEGACY
    dialect_inferred: bool = False
    vocabulary: Vocabulary = field(default_factory=dict)
    """What the whole numbers of an input stand for."""
    sources: Sources = ()
    """Where each line of the program was captured from."""
    recipes: Mapping[str, Mapping[str, Any]] = field(default_factory=dict, compare=False)
    """What tensors were drawn or read from, such as `{"shape", "init"}`; only of a document that was just parsed."""

    @classmethod
    def parse(cls, mapping: Any, budget: Budget | None = None, *, saved: bool = False) -> Document:
        """Checks a mapping as in the contract and makes its tensors. Raises a `Problem` for the first thing that is
        wrong. One that was `saved` without a dialect is of version 0.1.0, whose meaning it keeps."""
        if not isinstance(mapping, Mapping):
            raise Problem("bad_document", "a document is an object with the keys " + ", ".join(KEYS))
        for key in mapping:
            if key not in KEYS:
                raise Problem(
                    "bad_document",
                    f"a document has no key {str(key)[:40]!r}",
                    hint=suggestion(str(key), KEYS) or f"its keys are {', '.join(KEYS)}",
                )
        limits = budget or Budget.unlimited()
        seed = checked_seed(mapping.get("seed", 0))
        tensors = {kind: _tensors(mapping.get(kind), kind, seed, limits) for kind in ("inputs", "parameters")}
        both = tensors["inputs"].keys() & tensors["parameters"].keys()
        if both:
            raise Problem(
                "bad_document", f"{min(both)} is given twice, as an input and as a parameter", tensor=min(both)
            )
        inputs = {name: array for name, (array, _) in tensors["inputs"].items()}
        masks = frozenset(name for name, entry in (mapping.get("inputs") or {}).items() if is_mask(entry))
        program = _text(mapping, "program", required=True) or ""
        validation = checked_validation(mapping.get("validation"), inputs)
        held = held_rows(validation, row_count(inputs)) if validation else 0
        dialect, inferred = _dialect(mapping, program, saved=saved)
        return cls(
            program=program,
            dialect=dialect,
            dialect_inferred=inferred,
            sources=checked_sources(mapping.get("sources"), program),
            inputs=inputs,
            parameters={name: array for name, (array, _) in tensors["parameters"].items()},
            loss=_text(mapping, "loss"),
            dtype=_dtype(mapping.get("dtype", "float64")),
            seed=seed,
            optimizer=_optimizer(mapping.get("optimizer")),
            title=_text(mapping, "title"),
            description=_text(mapping, "description"),
            whole=frozenset(name for name, (_, whole) in tensors["inputs"].items() if whole) - masks,
            masks=masks,
            batch=checked_batch(mapping.get("batch"), inputs, held),
            validation=validation,
            vocabulary=checked_vocabulary(mapping.get("vocabulary"), inputs, limits),
            recipes={name: dict(entry) for name, entry in _entries(mapping) if isinstance(entry, Mapping)},
        )

    @property
    def tensors(self) -> dict[str, Array]:
        """All given tensors by name, inputs first."""
        return {**self.inputs, **self.parameters}

    @property
    def batches(self) -> Batches | None:
        """How the data is cut into batches, None where every iteration takes all of it. Where rows are held out and
        there are no batches, all others are one."""
        rows, split = row_count(self.inputs), self.split
        if self.batch is not None:
            return Batches(rows, self.batch["size"], self.batch["shuffle"], self.seed, split)
        return None if split is None else Batches(rows, rows - split.held, False, self.seed, split)

    @property
    def split(self) -> Split | None:
        """Which rows are held out; None where none are."""
        if self.validation is None:
            return None
        rows = row_count(self.inputs)
        return Split(rows, held_rows(self.validation, rows), self.validation["shuffle"], self.seed)

    @property
    def batched(self) -> dict[str, Array]:
        """The inputs that are cut into batches, or have rows that are held out."""
        whole = self.batch is None and self.validation is None
        return {} if whole else {name: self.inputs[name] for name in batched_names(self.inputs)}

    def with_tensors(self, numbers: Mapping[str, Array]) -> Document:
        """The same document with other numbers; what is no whole number any more can be no label."""
        return replace(
            self,
            recipes={},
            whole=frozenset(name for name in self.whole if _holds_whole(numbers.get(name, self.inputs[name]))),
            masks=frozenset(name for name in self.masks if _holds_truth(numbers.get(name, self.inputs[name]))),
            inputs={name: numbers.get(name, array) for name, array in self.inputs.items()},
            parameters={name: numbers.get(name, array) for name, array in self.parameters.items()},
        )

    def measured(self, rows: Mapping[str, Array]) -> Document:
        """The document with these inputs in the place of its own, to measure its loss: it has no optimizer, and takes
        all of them."""
        inputs = {name: rows.get(name, array) for name, array in self.inputs.items()}
        return replace(self, inputs=inputs, optimizer=None, batch=None, validation=None, recipes={})

    def with_places(self, arrays: Mapping[str, Array]) -> Document:
        """The same document with these arrays in the place of its own, which hold the same numbers."""
        return replace(
            self,
            inputs={name: arrays[name] for name in self.inputs},
            parameters={name: arrays[name] for name in self.parameters},
        )

    def _given_type(self, name: str) -> type[np.generic]:
        """The type that an input is given in."""
        return np.bool_ if name in self.masks else np.int64 if name in self.whole else np.float64

    def replace(self, **changes: Any) -> Document:
        """The document with some keys changed, checked like a new one. A budget is given as `budget`."""
        budget = changes.pop("budget", None)
        if self.sources and isinstance(changes.get("program"), str):
            changes.setdefault("sources", moved_sources(self.sources, self.program, changes["program"]))
        given = changes.get("inputs")
        if self.vocabulary and isinstance(given, Mapping):
            changes.setdefault("vocabulary", {name: self.vocabulary[name] for name in self.vocabulary if name in given})
        return Document.parse({**self.to_json_dict(), **changes}, budget)

    def to_json_dict(self) -> dict[str, Any]:
        """The document as a mapping; tensors are arrays, labels whole numbers. Keys that were not given are left
        out."""
        inputs = {name: array.astype(self._given_type(name)) for name, array in self.inputs.items()}
        full = {
            "title": self.title,
            "description": self.description,
            "program": self.program,
            "inputs": inputs,
            "parameters": dict(self.parameters),
            "loss": self.loss,
            "dtype": self.dtype,
            "seed": self.seed,
            "optimizer": None if self.optimizer is None else dict(self.optimizer),
            "batch": None if self.batch is None else dict(self.batch),
            "validation": None if self.validation is None else dict(self.validation),
            "vocabulary": {name: list(words) for name, words in self.vocabulary.items()} or None,
            "dialect": self.dialect,
            "dialect_inferred": True if self.dialect_inferred else None,
            "sources": list(self.sources) or None,
        }
        return {key: value for key, value in full.items() if value is not None}


def _entries(mapping: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [pair for kind in ("inputs", "parameters") for pair in (mapping.get(kind) or {}).items()]


def drawn(name: str, recipe: Mapping[str, Any], seed: int) -> Array:
    """The numbers of a tensor of that name in a document of that seed, drawn or read once more."""
    return _tensor(name, recipe, seed, Budget.unlimited(), masks=True)[0]


def _holds_whole(array: Array) -> bool:
    return bool(np.isfinite(array).all() and (array == np.trunc(array)).all())


def _holds_truth(array: Array) -> bool:
    return bool(((array == 0) | (array == 1)).all())


def _text(mapping: Mapping[str, Any], key: str, *, required: bool = False) -> str | None:
    value = mapping.get(key)
    if value is None and not required:
        return None
    if not isinstance(value, str):
        raise Problem(
            "bad_document", f"{key} must be a text", hint='such as "loss = mse(x @ w, y)"' if key == "program" else None
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise Problem("bad_document", f"{key} holds half a character (a lone surrogate)") from None
    return value


def checked_seed(value: Any) -> int:
    """The seed as a number. Raises a `Problem` for what is none."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**63:
        raise Problem("bad_document", "seed must be a whole number from 0 to 2**63 - 1")
    return value


def _dtype(value: Any) -> str:
    if value not in DTYPES:
        raise Problem("bad_document", f"dtype must be one of {', '.join(DTYPES)}; got {str(value)[:40]!r}")
    return str(value)


def _dialect(mapping: Mapping[str, Any], program: str, *, saved: bool) -> tuple[str, bool]:
    """The dialect, and whether it was inferred; it is inferred anew where it was before."""
    given = mapping.get("dialect")
    if given is not None and given not in (*DIALECTS, LEGACY):
        raise Problem(
            "bad_document", f"dialect must be one of {', '.join(DIALECTS)}; got {str(given)[:40]!r}", hint=DIALECT
        )
    if given == LEGACY or (given is None and saved):
        return saved_dialect(program), False
    if given is None:
        return inferred_dialect(program).name, True
    if mapping.get("dialect_inferred"):
        return inferred_dialect(program, otherwise=given).name, True
    return str(given), False


def _optimizer(value: Any) -> dict[str, Any] | None:
    if value is None:
        return None
    if not isinstance(value, Mapping):
        raise Problem("bad_optimizer", 'an optimizer is an object such as {"name": "sgd", "lr": 0.1}')
    checked_options(value)
    return dict(value)


def _tensors(entries: Any, kind: str, seed: int, budget: Budget) -> dict[str, tuple[Array, bool]]:
    if entries is None:
        return {}
    if not isinstance(entries, Mapping):
        raise Problem("bad_document", f"{kind} must be an object of tensors by name")
    result = {}
    for name, entry in entries.items():
        if not isinstance(name, str):
            raise Problem("bad_document", f"{kind} must be an object of tensors by name")
        result[check_tensor_name(name)] = _tensor(name, entry, seed, budget, masks=kind == "inputs")
    return result


def _tensor(name: str, entry: Any, seed: int, budget: Budget, *, masks: bool) -> tuple[Array, bool]:
    if isinstance(entry, Mapping):
        if "dataset" in entry:
            return _from_dataset(name, entry)
        elements = size(initial_shape(name, entry))
        budget.check("tensor_elements", elements, f"the {elements:,} elements of {name}", tensor=name)
        return initial_numbers(name, entry, seed), False
    array, whole = array_of(entry, name, masks=masks)
    budget.check("tensor_elements", array.size, f"the {array.size:,} elements of {name}", tensor=name)
    return array, whole


def _from_dataset(name: str, entry: Mapping[str, Any]) -> tuple[Array, bool]:
    options = {str(key): value for key, value in entry.items() if key not in ("dataset", "field", "count")}
    try:
        array = dataset(entry["dataset"], entry.get("field"), entry.get("count"), options)
    except Problem as problem:
        problem.tensor = name
        raise
    return array, array.dtype.kind in "iu"
