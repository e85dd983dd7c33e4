"""The database file: whether it can be used, its lock, and the room kept beside it.

Nothing here needs SQLAlchemy, and what a browser has not, SQLite and locks of files, is imported when there is a file.
"""

from __future__ import annotations

import os
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING

from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    import sqlite3

APPLICATION = 0x42705870  # "BpXp"
SCHEMA_VERSION = 6
_MAGIC = b"SQLite format 3\x00"
RESERVE_BYTES = 4_000_000
"""Ample: deleting writes about a thousandth of what it frees."""
PATIENCE_SECONDS = 5
"""How long reading waits where another process has the whole file, for a moment."""


ANOTHER = "choose another file with --database"


def refusal(path: Path, reason: str, advice: str = ANOTHER) -> Problem:
    """The `Problem` (503) of a file that cannot be used; `reason` continues the sentence "the database …"."""
    return Problem("database_refused", f"the database {path} {reason}; {advice}", status=503)


def check(path: Path, version: int) -> bool:
    """Whether the file was written by an older version than `version`; not so where it is missing or empty.

    Raises a `Problem` for a foreign, newer or corrupt file, and writes nothing.
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
    import sqlite3

    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as connection:
            answer = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as error:
        raise refusal(path, f"cannot be read ({error})") from None
    except ValueError:  # the names of its tables are no text
        raise refusal(path, "is damaged") from None
    if answer != ("ok",):
        raise refusal(path, "is damaged")


def bytes_of(path: Path) -> int:
    """How large the file and its log are together."""
    return sum(file.stat().st_size for file in (path, Path(f"{path}-wal")) if file.exists())


def resolved(path: Path) -> Path:
    """The file that links lead to: its lock and its log are beside it, whichever link it is opened by."""
    circle = refusal(path, "cannot be read (its links go round in a circle)")
    try:
        found = path.resolve()
    except (OSError, RuntimeError):
        raise circle from None
    if found.is_symlink():  # Python 3.13 gives up without an error
        raise circle
    return found


def reading(path: Path) -> sqlite3.Connection:
    """A connection that cannot write."""
    import sqlite3

    try:
        return sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro",
            uri=True,
            isolation_level=None,
            check_same_thread=False,
            timeout=PATIENCE_SECONDS,
        )
    except sqlite3.Error as error:
        raise refusal(path, f"cannot be read ({error})") from None


class Lock:
    """Held by the one process that may use the file; the system releases it when the process ends, however it ends."""

    def __init__(self, path: Path, advice: str = ANOTHER) -> None:
        self._file = _open(path)
        try:
            _acquire(self._file)
        except OSError:
            self._file.close()
            raise refusal(path, "is in use by another Backprop Explorer", advice) from None

    @property
    def descriptor(self) -> int:
        """Of its file. A copy of that in another process holds the lock, too."""
        return self._file.fileno()

    def release(self) -> None:
        self._file.close()


def _open(path: Path) -> IO[bytes]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return open(f"{path}.lock", "ab")
    except OSError as error:
        raise refusal(path, f"cannot be written ({error.strerror})") from None


if sys.platform == "win32":

    def _acquire(file: IO[bytes]) -> None:
        import msvcrt

        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
else:

    def _acquire(file: IO[bytes]) -> None:
        import fcntl

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


class Reserve:
    """An empty file that is given up when a run is to be deleted and the disk is full.

    Deleting needs room itself, for the log of what is changed: without a reserve a full disk could not be emptied.
    """

    def __init__(self, path: Path) -> None:
        self._path = Path(f"{path}.reserve")

    def hold(self) -> None:
        """Takes the room if the disk has it."""
        with suppress(OSError):
            if not self._path.exists() or self._path.stat().st_size < RESERVE_BYTES:
                self._fill()

    def _fill(self) -> None:
        with self._path.open("wb") as file:
            try:
                _allocate(file.fileno())
            except OSError:
                file.truncate(0)

    def give_up(self) -> bool:
        """Gives the room back to the disk; whether there was any."""
        with suppress(OSError):
            if self._path.stat().st_size:
                os.truncate(self._path, 0)
                return True
        return False


def _allocate(descriptor: int) -> None:
    if hasattr(os, "posix_fallocate"):
        os.posix_fallocate(descriptor, 0, RESERVE_BYTES)
    else:
        os.write(descriptor, bytes(RESERVE_BYTES))
