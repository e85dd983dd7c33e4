"""Copies of a database file: taken while a server has it, and put in its place while none has."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, suppress
from pathlib import Path

from backprop_explorer.problem import Problem
from backprop_explorer.runs.store.file import SCHEMA_VERSION, Lock, check, reading, resolved
from backprop_explorer.runs.store.reader import existing

STOP_IT = "stop the server first"


def back_up(path: Path, copy: Path) -> int:
    """Writes a copy of the runs as they are at one moment, which is whole and checked, or is not there; its bytes.

    Raises a `Problem` where the file to write is there already.
    """
    source = existing(path)
    if copy.exists() or copy.is_symlink():
        raise Problem("exists", f"There is already a file {copy}", hint="choose another name, or remove it")
    return _copied(source, copy)


def restore(copy: Path, path: Path, *, replace: bool = False) -> int:
    """Puts a copy in the place of the runs, which no server may have meanwhile; its bytes.

    Runs that are there already are lost, so that `replace` has to be said. Raises a `Problem` where the copy is none.
    """
    source, place = existing(copy), resolved(path)
    check(source, SCHEMA_VERSION)
    lock = Lock(place, STOP_IT)
    try:
        if source == place:
            raise Problem("same_file", f"{copy} is the database itself")
        if place.exists() and place.stat().st_size and not replace:
            hint = "--replace puts the copy in its place, and what is in it now is lost"
            raise Problem("exists", f"There is already a database at {place}", hint=hint)
        return _copied(source, place)
    finally:
        lock.release()


def _copied(source: Path, place: Path) -> int:
    """Makes the copy beside its place, and moves it there once it is whole."""
    partial = Path(f"{place}.partial")
    try:
        partial.unlink(missing_ok=True)
        with closing(reading(source)) as runs, closing(sqlite3.connect(partial)) as copy:
            runs.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # until a server opens it, it is one file
        check(partial, SCHEMA_VERSION)
        _forget_log(place)
        os.replace(partial, place)
    except OSError as error:
        raise Problem("cannot_copy", f"{place} cannot be written: {error.strerror}", status=503) from None
    except sqlite3.Error as error:
        raise Problem("cannot_copy", f"{source} cannot be copied to {place}: {error}", status=503) from None
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return place.stat().st_size


def _forget_log(place: Path) -> None:
    """What the old file's log still holds goes into the old file, for a new one would take it for its own."""
    if place.exists():
        with suppress(sqlite3.Error), closing(sqlite3.connect(place)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    for ending in ("-wal", "-shm"):
        Path(f"{place}{ending}").unlink(missing_ok=True)
