"""The words that a script may write: those in its texts, and those that it puts together at the end of one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from backprop_explorer.bundle.tokens import tokens_of

_WORD = re.compile(r"[\w-]+")


def words_of(script: str, others: Iterable[str] = ()) -> Callable[[str], bool]:
    """Tells of a word whether the script may write it, `lit-top` by `lit-${side}`, or one of the other texts has it."""
    texts = [text for kind, text in tokens_of(script) if kind in ("text", "template")]
    words = frozenset(word for text in [*texts, *others] for word in _WORD.findall(text))
    begun = tuple({_last(text.removesuffix("${")) for text in texts if text.endswith("${")} - {""})
    return lambda word: word in words or word.startswith(begun)


def _last(text: str) -> str:
    """The word at the end of a text; none after another sign."""
    *_, last = ["", *_WORD.findall(text)]
    return last if text.endswith(last) else ""
