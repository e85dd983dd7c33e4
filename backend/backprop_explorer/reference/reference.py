"""The whole reference: the language's rules and the groups of entries, ready for JSON."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypedDict

from backprop_explorer.engine.catalogue import SpellingEntry, spellings
from backprop_explorer.language.dialect import NAMES
from backprop_explorer.library import COMPOSITES
from backprop_explorer.library.optimizers import OPTIMIZERS
from backprop_explorer.library.spellings import LIBRARIES, Library
from backprop_explorer.ops import OPERATIONS
from backprop_explorer.reference.entry import ReferenceEntry, composite_entry, operation_entry, optimizer_entry
from backprop_explorer.reference.language import RULES, LanguageRule

GROUPS = {
    "elementwise": (
        "Elementwise",
        "Every element of the result depends on the elements at its own place, after the operands were broadcast to "
        "one shape. Backward, the incoming gradient is multiplied by the local derivative, and summed over the axes "
        "that were broadcast.",
    ),
    "contraction": (
        "Contractions",
        "Products that are summed over the axes that the operands share. Backward, the incoming gradient is contracted "
        "with the other operand.",
    ),
    "reduction": (
        "Reductions",
        "Axes collapse into one number each. Backward, the incoming gradient is spread over the axes again.",
    ),
    "movement": (
        "Movements",
        "Numbers change their place, and nothing is computed. Backward, gradients return to where they came from.",
    ),
    "scatter": (
        "Scatters",
        "Numbers are summed where they arrive. They are what movements that read a number more than once need "
        "backward.",
    ),
    "axiswise": (
        "Functions of whole axes",
        "Every element of the result depends on all elements along one axis or two, in a way of the operation's own: "
        "an order, an inverse, a determinant. Other axes are gone through one by one. Backward, the record's rule says "
        "what each of them gets.",
    ),
    "leaf": ("Leaves", "What has no operands."),
    "composite": (
        "Composites",
        "Functions that are programs of this language themselves, so that they can be opened and stepped through. "
        "Where one has a gradient of its own, it is proven equal to what the definition gives.",
    ),
    "optimizer": (
        "Optimizers",
        "The update, run for every parameter after the backward pass: a program over the parameter p, its gradient g "
        "and tensors that are kept from update to update.",
    ),
}
"""Title and summary of each family, in the order of the page."""


class ReferenceGroup(TypedDict):
    """A family of operations with an entry for each."""

    family: str
    title: str
    summary: str
    entries: list[ReferenceEntry]


class LibraryWords(TypedDict):
    """A library's words that the language accepts."""

    library: str
    title: str
    summary: str
    entries: list[SpellingEntry]


class Reference(TypedDict):
    """The whole reference."""

    language: list[LanguageRule]
    groups: list[ReferenceGroup]
    words: list[LibraryWords]


def reference() -> Reference:
    """The language's rules, and the entries by family; a family that nothing belongs to is left out."""
    entries = [
        *map(operation_entry, OPERATIONS.values()),
        *map(composite_entry, COMPOSITES.values()),
        *map(optimizer_entry, OPTIMIZERS.values()),
    ]
    groups = [_group(family, [entry for entry in entries if entry["family"] == family]) for family in GROUPS]
    words = [_words(library) for library in LIBRARIES]
    return {"language": list(RULES), "groups": [group for group in groups if group["entries"]], "words": words}


def _words(library: Library) -> LibraryWords:
    """A library's words, and what they are."""
    own, tensors = NAMES[library], "arrays" if library == "numpy" else "tensors"
    return {
        "library": library,
        "title": f"{own}'s words",
        "summary": (
            f"Functions of {own}, and methods of its {tensors}, with {own}'s own parameters and defaults. Each means "
            "what stands beside it, in the language's own functions; a call shows as it was written, and opens."
        ),
        "entries": list(spellings(library)),
    }


def _group(family: str, entries: Iterable[ReferenceEntry]) -> ReferenceGroup:
    """Those that a program can call come first, each part by name."""
    title, summary = GROUPS[family]
    ordered = sorted(entries, key=lambda entry: (entry["internal"], entry["name"].lower()))
    return {"family": family, "title": title, "summary": summary, "entries": ordered}
