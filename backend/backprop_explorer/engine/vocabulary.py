"""Vocabularies: the words that the whole numbers of an input stand for, such as the classes of labels, or tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from backprop_explorer.graph.budget import Budget
from backprop_explorer.ops.record import Array
from backprop_explorer.problem import Problem, shortened, suggestion

Vocabulary = Mapping[str, tuple[str, ...]]
"""The words of each input that has some: the number k stands for the word at k."""

_EXAMPLE = 'such as {"labels": ["cat", "dog"]}: 0 stands for the first word'


def checked_vocabulary(value: Any, inputs: Mapping[str, Array], budget: Budget) -> dict[str, tuple[str, ...]]:
    """A document's `vocabulary`. Raises a `Problem` of code bad_vocabulary for what is none, or is no input's."""
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise Problem("bad_vocabulary", f"A vocabulary must be an object; got {str(value)[:40]!r}", hint=_EXAMPLE)
    for name, words in value.items():
        if name not in inputs:
            raise Problem(
                "bad_vocabulary",
                f"The vocabulary is of {shortened(str(name))!r}, which is no input",
                hint=suggestion(str(name), inputs) or _EXAMPLE,
            )
        _check_words(name, words, budget)
    return {name: tuple(words) for name, words in value.items()}


def _check_words(name: str, words: Any, budget: Budget) -> None:
    if not isinstance(words, list | tuple) or not words:
        raise Problem("bad_vocabulary", f"The vocabulary of {name} must be a list of texts", tensor=name, hint=_EXAMPLE)
    budget.check("tensor_elements", len(words), f"the {len(words):,} words of {name}", tensor=name)
    seen: set[str] = set()
    for word in words:
        if not isinstance(word, str) or not _is_whole_text(word):
            said = f"The vocabulary of {name} must be a list of texts; got {str(word)[:40]!r}"
            raise Problem("bad_vocabulary", said, tensor=name, hint=_EXAMPLE)
        if word in seen:
            said = f"The vocabulary of {name} has {shortened(word)!r} twice"
            raise Problem("bad_vocabulary", said, tensor=name, hint="a word has one number")
        seen.add(word)


def _is_whole_text(word: str) -> bool:
    """Whether it can be written: half a character (a lone surrogate) cannot."""
    try:
        word.encode()
    except UnicodeEncodeError:
        return False
    return True
