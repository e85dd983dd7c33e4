"""One process for long work: what runs in it, and what the server holds of it.

Python's own means for it are imported when one is started: where there are no processes, in a browser, they are not
there either.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import threading
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from backprop_explorer.problem import Problem
from backprop_explorer.processes.transfer import Ended, receive, send

if TYPE_CHECKING:
    from multiprocessing.context import BaseContext

# Where a process can be copied safely it begins in no time, else it is started anew.
METHOD = "forkserver" if sys.platform == "linux" else "spawn"
NICENESS = 5
"""The server itself goes first where processors are few."""
_ENDING_SECONDS = 5
Task = Callable[[], Any]


class Failed(Exception):
    """The task raised an error that is no `Problem`; the text is its traceback."""


class Worker:
    """A process that does one task after the other. Use it from one thread at a time; `kill` it from any."""

    def __init__(self, begin: Task, memory: int | None, preload: Sequence[str] = ()) -> None:
        import multiprocessing

        context: Any = multiprocessing.get_context(METHOD)
        if METHOD == "forkserver":
            context.set_forkserver_preload(list(preload))
        self._connection, theirs = socket.socketpair()
        try:
            self._process = _started(context, theirs, begin, memory)
        except BaseException:
            self._connection.close()
            raise
        finally:
            theirs.close()

    @property
    def pid(self) -> int | None:
        """The process's number."""
        number: int | None = self._process.pid
        return number

    @property
    def alive(self) -> bool:
        """Whether it has not ended, while it has no task: then it says nothing, so what can be read is its end."""
        from multiprocessing.connection import wait

        return not wait([self._connection], 0)

    def run(self, task: Task, seconds: float) -> Any:
        """What the task returns. Raises its `Problem`, `Failed` for any other error, TimeoutError where it takes longer
        and `Ended` where the process ends; after these two the worker must be killed."""
        until = time.monotonic() + seconds
        self._connection.settimeout(seconds)
        send(self._connection, task)
        self._connection.settimeout(max(0.001, until - time.monotonic()))
        said, content = receive(self._connection)
        if said == "done":
            return content
        raise content if said == "problem" else Failed(content)

    def kill(self) -> None:
        """Ends it, whatever it is doing."""
        with suppress(OSError, ValueError):
            self._process.kill()

    def close(self) -> None:
        """Ends it, and waits until it has ended."""
        self.kill()
        self._process.join(_ENDING_SECONDS)
        self._connection.close()


def _started(context: BaseContext, theirs: socket.socket, begin: Task, memory: int | None) -> Any:
    process = context.Process(target=_serve, args=(theirs, begin, memory), daemon=True)  # type: ignore[attr-defined]
    process.start()
    return process


# In the other process


def _serve(connection: socket.socket, begin: Task, memory: int | None) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C is for the server, which ends this process
    after_parent(lambda: os._exit(1))
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    begin()
    if memory is not None:
        _limit(memory)
    with suppress(Ended):
        while True:
            send(connection, _done(receive(connection)))


def _done(task: Task) -> tuple[str, Any]:
    try:
        return "done", task()
    except Problem as problem:
        return "problem", _plain(problem)
    except MemoryError:
        return "problem", too_much_memory()
    except Exception:
        return "failed", traceback.format_exc()


def _plain(problem: Problem) -> Problem:
    """The problem without a class of its own, which might be made otherwise than by its code and detail."""
    plain = Problem(problem.code, problem.detail)
    plain.__dict__.update(problem.__dict__)
    return plain


def too_much_memory() -> Problem:
    """The `Problem` (413) of a task that needs more memory than a process may have."""
    return Problem(
        "too_much_memory",
        "This needs more memory than one request may use",
        status=413,
        hint="ask for less at once, or raise the setting BACKPROP_PROCESS_BYTES",
    )


def after_parent(then: Callable[[], object]) -> None:
    """Calls that in a thread when the process that started this one has ended, however it did."""
    import multiprocessing
    from multiprocessing.connection import wait

    parent = multiprocessing.parent_process()
    if parent is not None:
        sentinel = parent.sentinel

        def watch() -> None:
            wait([sentinel])
            then()

        threading.Thread(target=watch, daemon=True).start()


def _limit(memory: int) -> None:
    """Lets this process have that many bytes more than it has, where the system can see to it."""
    try:
        import resource

        with open("/proc/self/statm", encoding="ascii") as file:
            has = int(file.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (has + memory, has + memory))
    except (ImportError, OSError, ValueError):
        return
