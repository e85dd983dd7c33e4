"""The database file: is it ours, is it sound, is nobody else at it? Asked before anything is written."""

from __future__ import annotations

import os
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import IO

from backprop_explorer.problem import Problem

APPLICATION = 0x42705870  # "BpXp"
_MAGIC = b"SQLite format 3\x00"


def refusal(path: Path, reason: str) -> Problem:
    """The one sentence with which a file is refused."""
    return Problem("database_refused", f"the database {path} {reason}; choose another file with --database", status=503)


def check(path: Path, version: int) -> bool:
    """Whether the file was written by an older version; a missing or empty one is new.

    Raises a `Problem` for a foreign, newer or corrupt file, left untouched.
    """
    if not path.exists() or (path.is_file() and path.stat().st_size == 0):
        return False
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise refusal(path, f"cannot be read ({error.strerror})") from None
    if not header.startswith(_MAGIC) or int.from_bytes(header[68:72], "big") != APPLICATION:
        raise refusal(path, "is not a database of Backprop Explorer")
    written = int.from_bytes(header[60:64], "big")
    if written > version:
        raise refusal(path, "was written by a newer version of Backprop Explorer")
    _check_soundness(path)
    return written < version


def _check_soundness(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise refusal(path, f"cannot be read ({error})") from None
    except ValueError:  # the names of its tables are no text
        raise refusal(path, "is damaged") from None
    if answer != ("ok",):
        raise refusal(path, "is damaged")


def resolved(path: Path) -> Path:
    """Where the file is in truth: under whatever link it is opened, its lock and its log are beside it."""
    try:
        return path.resolve()
    except (OSError, RuntimeError):
        raise refusal(path, "cannot be read (its links go round in a circle)") from None


class Lock:
    """Held by the one process that may use the file; the system releases it when the process ends, however it ends."""

    def __init__(self, path: Path) -> None:
        self._file = _open(path)
        try:
            _acquire(self._file)
        except OSError:
            self._file.close()
            raise refusal(path, "is in use by another Backprop Explorer") from None

    def release(self) -> None:
        self._file.close()


def _open(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(f"{path}.lock", "ab")
    except OSError as error:
        raise refusal(path, f"cannot be written ({error.strerror})") from None


if sys.platform == "win32":
    import msvcrt

    def _acquire(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _acquire(file: IO[bytes]) -> None:
        fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)


def default_path() -> Path:
    """The database in the user's own data folder, where the platform keeps such things."""
    home = Path.home()
    if sys.platform == "win32":
        folder = Path(os.environ.get("LOCALAPPDATA") or home / "AppData" / "Local")
    elif sys.platform == "darwin":
        folder = home / "Library" / "Application Support"
    else:
        folder = Path(os.environ.get("XDG_DATA_HOME") or home / ".local" / "share")
    return folder / "backprop-explorer" / "runs.sqlite3"
