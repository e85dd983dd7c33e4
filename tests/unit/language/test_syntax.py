"""Threads that read programs at the same moment do not disturb each other."""

import gc
import subprocess
import sys
import threading
import time
from collections.abc import Callable

from backprop_explorer.language.source import parsed
from tests.house.repository import PACKAGE

TEXT = "\n".join(f"l{i} = relu(x @ w{i} + (b{i} * (2 + (3 - c[0, {i}]))))" for i in range(20))


def disturbed(parse: Callable[[str], object]) -> int:
    """How many times it fails in threads that change places as often as can be."""
    errors = []

    def work() -> None:
        for _ in range(20):
            try:
                parse(TEXT)
            except SystemError as error:
                errors.append(error)

    def give_way(*_: object) -> None:
        time.sleep(0)

    before, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.callbacks.append(give_way)
    gc.set_threshold(20)
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        gc.set_threshold(*before)
        sys.setswitchinterval(interval)
        gc.callbacks.remove(give_way)
    return len(errors)


def test_programs_are_read_in_many_threads() -> None:
    assert disturbed(parsed) == 0


def test_nothing_else_makes_syntax_trees() -> None:
    command = ["grep", "-rlE", r"ast\.parse\(|PyCF_ONLY_AST", "--include=*.py", str(PACKAGE)]
    found = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert [path.rpartition("/")[2] for path in found] == ["syntax.py"]
