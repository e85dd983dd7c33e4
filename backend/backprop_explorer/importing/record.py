"""The record of a format that can be opened: what reading a file takes, and what it gives.

The list of formats, the routes, their query parameters and the choices on the page derive from it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypedDict

from backprop_explorer.export import Format
from backprop_explorer.graph.budget import Budget
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem


@dataclass(frozen=True)
class Rules:
    """How JSON is decoded, how many bytes an archive may unpack to, and what a program may ask for."""

    decode: Callable[[bytes], Any]
    unpacked_bytes: int
    budget: Budget
    parameters: tuple[str, ...] = ()
    """The names of tensors of code that are to be parameters, whatever the code says, and below those of inputs."""
    inputs: tuple[str, ...] = ()


NoteCode = Literal["left_out", "parameter", "input", "training", "init", "dialect"]


class Note(TypedDict):
    """What became of a line of code: `left_out` of the program, a `parameter` or an `input` of the document, part of
    the `training`, drawn by an `init`, or read in the words of a `dialect`."""

    line: Annotated[int | None, "null: of the whole text"]
    code: NoteCode
    message: str


class WrittenGradient(TypedDict):
    """A gradient that code calculates by itself: the tensor that it seems to be of, the line and what is written
    there, and its numbers, as `POST /check` takes them under `gradients`."""

    line: int
    name: str
    code: str
    numbers: Any


Arrangement = Literal["named", "table", "single", "pictures", "text"]


@dataclass(frozen=True)
class Picture:
    """A picture: its file's name, its pixels of shape (height, width, channels), which are 1 or 3, from 0 to 255, and
    the folder that it was in, which often is its class."""

    name: str
    pixels: Array
    folder: str = ""


@dataclass(frozen=True)
class Choices:
    """How a file's data is to be used; what is not said is guessed.

    label     the name of a table's column of labels, or its number from 1
    target    the tensor that gets the labels
    tensor    the tensor that gets the rest, or the array
    leave     columns that are left out
    tokens    what text is cut into
    length    how many tokens a row has, of which each begins `stride` tokens after the one before
    predict   whether the labels of a new document are classes or numbers
    """

    label: str | None = None
    target: str | None = None
    tensor: str | None = None
    leave: tuple[str, ...] = ()
    tokens: Literal["characters", "words"] | None = None
    length: int | None = None
    stride: int | None = None
    predict: Literal["classes", "numbers"] | None = None


@dataclass(frozen=True)
class Content:
    """What a file holds: a document, or tensors only; and what there is to know about how it was read.

    The `notes` tell line by line what became of code, `backward` what gradients it calculates by itself. A document was
    `saved` where the product wrote the file: without a dialect it is of version 0.1.0 then.
    """

    document: Mapping[str, Any] | None = None
    tensors: Mapping[str, Array] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    saved: bool = False
    notes: list[Note] = field(default_factory=list)
    backward: list[WrittenGradient] = field(default_factory=list)
    arrangement: Arrangement = "named"
    """Whether its tensors are called as a run's are, are a `table`'s columns, or a `single` one without a name; or
    whether it holds `pictures` or `text`, which become tensors where they are put."""
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """What the numbers of a table's column stand for that has words."""
    pictures: tuple[Picture, ...] = ()
    text: str = ""


@dataclass(frozen=True)
class Importer:
    """A format that can be read.

    looks         whether bytes look like such a file
    read          what the file holds; raises a `Problem` for a file that is not sound or too large
    extra         the package that it reads with where that is an extra, of the same name as the package
    data          whether it holds data, and never a program
    """

    format: Format
    looks: Callable[[bytes], bool]
    read: Callable[[bytes, Rules], Content]
    extra: str | None = None
    data: bool = False


def bad_file(what: str, reason: str, hint: str | None = None) -> Problem:
    """The `Problem` of a file that is not a sound `what`, such as "npz file"."""
    return Problem("bad_file", f"this is no sound {what}: {reason}", hint=hint)
