"""A real server on a free port with a database of its own, by default in a process of its own, too."""

import multiprocessing
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import psutil


class Server:
    """`url` once started; `log` is the file with what the process said; `process` may be killed and started again."""

    def __init__(self, database: Path | str, log: Path, **settings: str) -> None:
        self.database = database
        self.log = log
        self.environment = {**os.environ, **settings}
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process: subprocess.Popen | None = None

    def start(self, within: float = 60) -> None:
        """Returns when /api/health answers; RuntimeError with the log when it does not."""
        self.launch()
        deadline = time.monotonic() + within
        while not self.healthy():
            if self.ended(within=0.05) or time.monotonic() > deadline:
                self.stop()
                said = self.log.read_text(errors="replace") if self.log.exists() else "It said nothing."
                raise RuntimeError(f"The server did not come up:\n{said}")

    @property
    def arguments(self) -> list[str]:
        """Of the command."""
        place = ["--host", "127.0.0.1", "--port", str(self.port)]
        return ["--no-open", *place, "--database", str(self.database)]

    def launch(self) -> None:
        command = [sys.executable, "-m", "backprop_explorer.cli", *self.arguments]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=self.environment)

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}/api/health", timeout=20, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def ended(self, within: float) -> bool:
        """Waits that long at most for the process to end."""
        try:
            self.process.wait(timeout=within)
        except subprocess.TimeoutExpired:
            return False
        return True

    @property
    def pid(self) -> int:
        return self.process.pid

    def send(self, what: signal.Signals) -> None:
        os.kill(self.pid, what)

    def processes(self, wanted: Callable[[psutil.Process], bool]) -> list[psutil.Process]:
        """Those that it has started, and these in turn, that are there still and are wanted."""
        found = []
        for one in psutil.Process(self.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess):
                if wanted(one):
                    found.append(one)
        return found

    def stop(self) -> None:
        """Asks it to end, then makes it."""
        self.process.terminate()
        if not self.ended(within=10):
            self.kill()

    def kill(self) -> None:
        """kill -9: nothing can be tidied up."""
        self.process.kill()
        self.process.wait()


class ForkedServer(Server):
    """The same, begun as a copy of a process that has loaded the program already, and made what is made of its
    packages: with a tenth of the work."""

    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["tests.server", "tests.loaded"])

    def launch(self) -> None:
        given = (self.arguments, self.log, self.environment)
        # No daemon: that may have no processes of its own.
        self.process = self.context.Process(target=serve, args=given)
        self.process.start()

    def ended(self, within: float) -> bool:
        self.process.join(within)
        return self.process.exitcode is not None

    def kill(self) -> None:
        self.process.kill()
        self.process.join()


def serve(arguments: list[str], log: Path, environment: dict[str, str]) -> None:
    """The command, in this process."""
    from backprop_explorer.cli import main

    os.environ.update(environment)
    with log.open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    main(arguments)


@contextmanager
def running(database: Path | str, log: Path, *, kind: type[Server] = Server, **settings: str) -> Iterator[Server]:
    server = kind(database, log, **settings)
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def serving(database: Path | str, **settings: Any) -> Iterator[SimpleNamespace]:
    """A server with its `url` in this process, which knows what is patched or registered here. Whoever connects before
    it is up waits in the queue of its socket."""
    from backprop_explorer.api.app import create_app
    from backprop_explorer.api.server import Server, listen
    from backprop_explorer.settings import Settings

    chosen = Settings(database=str(database), **settings)
    with listen("127.0.0.1", 0) as listening:
        server = Server(create_app(chosen), chosen, lambda: None)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            yield SimpleNamespace(url=f"http://127.0.0.1:{listening.getsockname()[1]}")
        finally:
            server.should_exit = True
            thread.join()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
