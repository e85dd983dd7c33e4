"""Syntax trees that several threads build at once, while what looks for garbage lets one thread into another's."""

import gc
import sys
import threading
from collections.abc import Iterator

import pytest

from backprop_explorer.syntax import tree_of

TEXT = "\n".join(f"a{k} = (b{k} + c[{k}].d(e, f={k})) * (g - h)" for k in range(60))
TURNS = 150


class Loop:
    """Garbage that takes a while to be removed: long enough for another thread to have its turn."""

    def __init__(self) -> None:
        self.me = self

    def __del__(self) -> None:
        for _ in range(300):
            pass


@pytest.fixture
def restless() -> Iterator[None]:
    """Threads that take turns as often as can be, and garbage that is looked for often."""
    before, often = sys.getswitchinterval(), gc.get_threshold()
    sys.setswitchinterval(1e-6)
    gc.set_threshold(100)
    yield
    sys.setswitchinterval(before)
    gc.set_threshold(*often)


@pytest.mark.usefixtures("restless")
def test_threads_build_trees_at_once() -> None:
    errors: list[BaseException] = []

    def build() -> None:
        try:
            for _ in range(TURNS):
                Loop()
                tree_of(TEXT)
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors
