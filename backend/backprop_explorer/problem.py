"""The one error of the whole package: something the user can mend.

Every layer raises `Problem` for bad input, and nothing else; the API turns it into `application/problem+json` (RFC
9457), the command line into one sentence.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import Annotated, TypedDict


class Where(TypedDict, total=False):
    """The place of an error, as far as it applies."""

    line: int
    column: int
    tensor: str
    index: list[int]
    layer: Annotated[int, "the position in a list of layers, from 1"]


class ProblemDetail(TypedDict):
    """What is wrong, where, and what to do about it."""

    code: Annotated[str, "a stable word for scripts"]
    detail: str
    where: Where
    hint: str | None


class Problem(Exception):
    """What is wrong, where, and what to do about it.

    `code` is a stable word for scripts, `detail` a sentence for people that names what is required and what was got,
    `hint` the next step. `line` and `column` (both from 1) point into the program, `tensor` and `index` into the
    numbers, `layer` (from 1) into a list of layers. As a text it is the detail, the place in the program and the hint.
    """

    def __init__(
        self,
        code: str,
        detail: str,
        *,
        status: int = 422,
        title: str | None = None,
        hint: str | None = None,
        line: int | None = None,
        column: int | None = None,
        tensor: str | None = None,
        index: tuple[int, ...] | None = None,
        layer: int | None = None,
        retry_after: int | None = None,
    ) -> None:
        super().__init__(code, detail)  # by which it is copied and pickled
        self.code = code
        self.detail = detail
        self.status = status
        self.title = title or code.replace("_", " ").capitalize()
        self.hint = hint
        self.line = line
        self.column = column
        self.tensor = tensor
        self.index = index
        self.layer = layer
        self.retry_after = retry_after
        """In how many seconds the same may be asked again, where that is known."""

    @property
    def where(self) -> Where:
        """The place of the error: those of line, column, tensor, index and layer that apply."""
        known: Where = {}
        if self.line is not None:
            known["line"] = self.line
        if self.column is not None:
            known["column"] = self.column
        if self.tensor is not None:
            known["tensor"] = self.tensor
        if self.layer is not None:
            known["layer"] = self.layer
        if self.index is not None:
            known["index"] = list(self.index)
        return known

    def to_json(self) -> ProblemDetail:
        """The problem as a mapping."""
        return {"code": self.code, "detail": self.detail, "where": self.where, "hint": self.hint}

    def __str__(self) -> str:
        """`adam has no option 'learning_rate'; its options are lr, betas, eps, weight_decay`."""
        told = self.detail.removesuffix(".")
        if self.line is not None:
            told += f" (line {self.line})" if self.column is None else f" (line {self.line}, column {self.column})"
        ended = self.detail.endswith(".")
        if not self.hint:
            return f"{told}." if ended else told
        sentence = ended or self.hint[0].isupper()
        return f"{told}. {self.hint[0].upper()}{self.hint[1:]}" if sentence else f"{told}; {self.hint}"

    def at(self, line: int | None, column: int | None) -> Problem:
        """The same problem, placed in the program unless an inner call has placed it already."""
        if self.line is None:
            self.line, self.column = line, column
        return self


LONGEST_WORD = 60
"""So much of what a stranger wrote is repeated in a sentence, or compared with what is known."""


def shortened(text: str) -> str:
    """The text, or its beginning where it is long."""
    return text if len(text) <= LONGEST_WORD else f"{text[:LONGEST_WORD]}…"


def suggestion(word: str, known: Iterable[str]) -> str | None:
    """`did you mean "softmax"?` for a misspelt word, or one in other letters' case; None when nothing is near."""
    if len(word) > LONGEST_WORD:
        return None
    names = list(known)
    near = [name for name in names if name.casefold() == word.casefold()]
    near = near or get_close_matches(word, names, n=1, cutoff=0.6)
    return meant(near[0]) if near else None


def meant(word: str) -> str:
    """`did you mean "softmax"?`"""
    return f'did you mean "{word}"?'
