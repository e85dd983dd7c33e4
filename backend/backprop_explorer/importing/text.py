"""Plain text, which becomes tokens: characters or words, by their numbers in a vocabulary."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from backprop_explorer.export.record import BYTES, Format
from backprop_explorer.graph.budget import Budget
from backprop_explorer.importing.record import Content, Importer, Rules, bad_file
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem
from backprop_explorer.wording import counted, listed

WHAT = "text"
LEAST = 20
"""A shorter text is not recognised as one."""
UNKNOWN = ("<unk>", "<UNK>", "[UNK]", "<unknown>")
"""What a vocabulary calls a word that is not in it."""
_WORD = re.compile(r"\w+|[^\w\s]")
_CONTROL = re.compile(r"[\0-\x08\x0e-\x1f]")


def looks(content: bytes) -> bool:
    """Whether the bytes are text in UTF-8 that is no markup and no JSON."""
    if len(content) < LEAST or content.lstrip()[:1] in (b"<", b"{", b"["):
        return False
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    return _CONTROL.search(text) is None and any(letter.isspace() for letter in text[:4096])


def read(content: bytes, rules: Rules) -> Content:
    """The text. Raises a `Problem` for one that is no UTF-8, or too long."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise bad_file(WHAT, f"line {line} is no UTF-8", "save it in UTF-8") from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    rules.budget.check("tensor_elements", len(text), "the text's characters")
    if not text.strip():
        raise bad_file(WHAT, "it has no words")
    return Content(arrangement="text", text=text)


@dataclass(frozen=True)
class Tokens:
    """A text as whole numbers, and the word that each stands for."""

    numbers: Array
    words: tuple[str, ...]


def tokens_of(text: str, kind: str, known: Sequence[str] | None = None) -> Tokens:
    """The text's characters or words in a vocabulary: the `known` one, else its own in the order of the alphabet.

    Words are runs of letters and digits, and every other sign. Raises a `Problem` for what the known one lacks, unless
    it has a word for unknown ones.
    """
    parts = list(text) if kind == "characters" else _WORD.findall(text)
    if not parts:
        raise bad_file(WHAT, "it has no words")
    words = tuple(known) if known else tuple(sorted(set(parts)))
    places = {word: place for place, word in enumerate(words)}
    other = next((places[word] for word in UNKNOWN if word in places), None)
    lacking = [part for part in dict.fromkeys(parts) if part not in places]
    if lacking and other is None:
        raise _unknown(text, kind, lacking)
    numbers = np.array([places.get(part, other) for part in parts], np.int64)
    return Tokens(numbers, words)


def _unknown(text: str, kind: str, lacking: list[str]) -> Problem:
    at = text.find(lacking[0])
    before = text[:at]
    return Problem(
        "unknown_word",
        f"The vocabulary of this run lacks {counted(len(lacking), kind[:-1])} of the text: {shown(lacking)}",
        line=before.count("\n") + 1,
        column=at - before.rfind("\n"),
        hint="start a new run from the text, or put <unk> into the vocabulary for all that it lacks",
    )


def shown(words: Sequence[str]) -> str:
    """Words or characters in a sentence; what cannot be seen as Python writes it, a space as ␣."""
    return listed(
        (word if word.isprintable() and word.strip() else repr(word)[1:-1].replace(" ", "␣") for word in words), 8
    )


def rows_of(numbers: Array, length: int, stride: int, following: int, budget: Budget) -> tuple[Array, Array]:
    """Stretches of so many tokens, one each `stride` tokens, (rows, length), and the tokens that follow: with
    `following` 0 those after each of them, (rows, length), else the one after the last, (rows,)."""
    if length < 1 or stride < 1:
        raise Problem("bad_length", "length and stride must be whole numbers from 1")
    if len(numbers) <= length:
        count = counted(len(numbers), "token")
        hint = f"choose a length below {len(numbers):,}, or a longer text"
        raise Problem(
            "text_too_short", f"The text has {count}, too few for rows of {length:,} and a next one", hint=hint
        )
    starts = np.arange(0, len(numbers) - length, stride)
    budget.check("tensor_elements", len(starts) * length, f"the {len(starts):,} rows of {length:,} tokens")
    at = starts[:, None] + np.arange(length)
    return numbers[at], numbers[starts + length] if following else numbers[at + 1]


IMPORTER = Importer(
    Format("text", "Text", "Characters or words as the numbers of a vocabulary.", "txt", BYTES), looks, read, data=True
)
