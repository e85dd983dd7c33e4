"""Modules as one short script: what nothing uses is left out, and variables have names of a letter or two.

All statements stand side by side, as in one module. A variable never gets the name of another one that is used where
it can be seen, so that each still means what it meant. Keys keep their names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from itertools import pairwise, product
from pathlib import Path

from backprop_explorer.bundle.declarations import Inner
from backprop_explorer.bundle.linking import Shared, Word, linked
from backprop_explorer.bundle.modules import modules_from
from backprop_explorer.bundle.names import Role
from backprop_explorer.bundle.tokens import CLOSING_BRACE, COLON, COMMA, END, KEYWORDS, SEMICOLON, Token, written

_LETTERS = "etnaisrolcdhupmfgybvkwxzjqETNAISROLCDHUPMFGYBVKWXZJQ$_"


def short_script(folder: Path, entry: str) -> str:
    """What `bundled_script` gives, in fewer bytes but not as fast. Raises ValueError where that and `linked` do."""
    statements = [one.words for one in linked(modules_from(folder, entry))]
    words = [word for statement in statements for word in statement]
    browsers = {word.token.text for word in words if _is_variable(word) and not (word.shared or word.inner)}
    shared = Counter(word.shared for word in words if word.shared)
    names = dict(zip((one for one, _ in shared.most_common()), _free(browsers), strict=False))
    return written(_trimmed([token for statement in statements for token in _renamed(statement, names)]))


def _renamed(words: list[Word], shared: dict[Shared, str]) -> Iterator[Token]:
    """A statement with its new names."""
    names = [shared[word.shared] if word.shared else word.token.text for word in words]
    for function, variables in _by_function(words):
        free = _free({names[at] for at in function})
        for variable in variables:
            name = next(free)
            for at in variable.places:
                names[at] = name
    for word, name in zip(words, names, strict=True):
        if word.role is Role.SHORTHAND and name != word.token.text:
            yield from (word.token, COLON)
        yield word.token if name == word.token.text else Token(word.token.kind, name)


def _by_function(words: list[Word]) -> list[tuple[range, list[Inner]]]:
    """The functions in a statement with their variables, each after those that it is in."""
    found: dict[range, dict[Inner, None]] = {}
    for word in words:
        if word.inner:
            found.setdefault(word.inner.function, {})[word.inner] = None
    return [(function, list(found[function])) for function in sorted(found, key=len, reverse=True)]


def _is_variable(word: Word) -> bool:
    return word.role in (Role.VARIABLE, Role.SHORTHAND)


def _free(taken: Container[str]) -> Iterator[str]:
    """Names that are not taken, the shortest first."""
    for length in (1, 2, 3):
        for letters in product(_LETTERS, repeat=length):
            name = "".join(letters)
            if name not in taken and name not in KEYWORDS:
                yield name


def _trimmed(tokens: list[Token]) -> Iterator[Token]:
    """Without commas and semicolons before a closing bracket, but for those that are an element or a statement."""
    before = END
    for token, after in pairwise([*tokens, END]):
        needless = (token == COMMA and before.text not in (",", "[") and after.closes) or (
            token == SEMICOLON and before.text != ")" and after == CLOSING_BRACE
        )
        if not needless:
            yield token
        before = token
