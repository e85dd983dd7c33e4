"""`backprop-explorer runs`: what whoever owns the database may do with all runs in it."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np

from backprop_explorer.api import wire
from backprop_explorer.api.routes.export import exported
from backprop_explorer.export import EXPORTERS
from backprop_explorer.problem import Problem, shortened, suggestion
from backprop_explorer.runs import Conflict, Database, Run, Runs, open_database, use_threads
from backprop_explorer.runs.store import FileDatabase, file_of
from backprop_explorer.runs.store.copies import STOP_IT, back_up, restore
from backprop_explorer.runs.store.file import bytes_of
from backprop_explorer.runs.store.inventory import Kept
from backprop_explorer.runs.store.problems import unknown_run
from backprop_explorer.runs.store.reader import FileReader, existing
from backprop_explorer.runs.store.sqlite import FileStore
from backprop_explorer.settings import Settings

_AGE = re.compile(r"([0-9]{1,6})([hdw])")
_HOURS = {"h": 1, "d": 24, "w": 168}
_WIDTHS = (22, 25, 7, 14)

Print = Callable[[str], None]


class Owner:
    """Has the database that the settings name, however each of the commands needs it; `say` prints a line."""

    def __init__(self, settings: Settings, say: Print) -> None:
        self._settings = settings
        self._say = say
        self._file = file_of(settings.database)
        self._exporters = dict(EXPORTERS)

    def list(self, older_than: str | None, *, as_json: bool) -> None:
        """Prints a line for each run, those first that were changed last."""
        with self._reading() as database:
            found = database.open().inventory(None if older_than is None else ago(older_than))
        if as_json:
            self._say(wire.encode([_told(one) for one in found]).decode())
            return
        self._say(_line("ID", "CHANGED", "CHANGES", "BYTES"))
        for one in found:
            self._say(_line(one.id, one.changed, f"{one.changes:,}", f"{one.bytes:,}"))

    def show(self, identity: str, *, as_json: bool) -> None:
        """Prints what is known of a run."""
        with self._reading() as database, self._run(database, identity) as run:
            state = run.state()
            [one] = [one for one in database.open().inventory() if one.id == run.id]
        told = {**_told(one), **{key: state[key] for key in ("title", "iteration", "loss", "version")}}
        if as_json:
            self._say(wire.encode(told).decode())
            return
        for key, value in told.items():
            self._say(f"{key.replace('_', ' '):10} {'' if value is None else _printable(str(value))}")

    def export(self, identity: str, form: str, output: Path | None, first: int | None) -> None:
        """Writes a run into a file, with all iterations from `first` on where that is given; `-` is standard output."""
        if form not in self._exporters:
            hint = suggestion(form, self._exporters) or f"there are {', '.join(self._exporters)}"
            raise Problem("unknown_format", f"There is no format {shortened(form)!r}", hint=hint)
        with self._reading() as database, self._run(database, identity) as run:
            most = self._settings.export_iterations
            name, content = exported(run, self._exporters[form], None, first, most)
        if output == Path("-"):
            sys.stdout.buffer.write(content)
            return
        file = Path(name) if output is None else output
        try:
            with file.open("xb") as written:
                written.write(content)
        except OSError as error:
            raise Problem("cannot_write", f"{file} cannot be written: {error.strerror}") from None
        self._say(str(file))

    def delete(self, identities: Sequence[str], older_than: str | None, *, dry: bool) -> None:
        """Deletes these runs, or those that were not changed for so long; `dry` only says which."""
        if bool(identities) == (older_than is not None):
            raise Problem("what_to_delete", "Say which runs to delete: give their IDs, or --older-than 30d")
        with self._reading() if dry else self._writing() as database:
            wanted = _wanted(database, identities, older_than)
            gone = wanted if dry else [one for one in wanted if _deleted(database, one)]
        for one in gone:
            self._say(one.id)
        number = f"{len(gone):,} run{'' if len(gone) == 1 else 's'}"
        self._say(f"{number} would be deleted" if dry else f"{number} deleted")

    def compact(self) -> None:
        """Gives the room of what was deleted back to the disk."""
        path = self._own_file("PostgreSQL does this by itself (autovacuum), VACUUM FULL more thoroughly")
        with self._writing() as database:
            before, store = bytes_of(path), database.open()
            assert isinstance(store, FileStore)
            store.compact()
            self._say(f"{before:,} bytes before, {bytes_of(path):,} now")

    def back_up(self, copy: Path) -> None:
        """Writes a copy, also while a server runs."""
        size = back_up(self._own_file("Use pg_dump"), copy)
        self._say(f"{copy}: {size:,} bytes")

    def restore(self, copy: Path, *, replace: bool) -> None:
        """Puts a copy in the place of the runs."""
        path = self._own_file("Use pg_restore")
        size = restore(copy, path, replace=replace)
        self._say(f"{path}: {size:,} bytes")

    def _own_file(self, instead: str) -> Path:
        if self._file is None:
            raise Problem(
                "not_a_file", "This command is for SQLite files, but the runs are in PostgreSQL", hint=instead
            )
        return self._file

    @contextmanager
    def _reading(self) -> Iterator[Database]:
        database = self._server() if self._file is None else FileReader(self._file)
        try:
            yield database
        finally:
            database.close()

    @contextmanager
    def _writing(self) -> Iterator[Database]:
        database = self._server() if self._file is None else FileDatabase(existing(self._file), STOP_IT)
        try:
            yield database
        finally:
            database.close()

    def _server(self) -> Database:
        return open_database(self._settings.database, 1, self._settings.statement_seconds)

    @contextmanager
    def _run(self, database: Database, identity: str) -> Iterator[Run]:
        use_threads(self._settings.blas_threads)
        with np.errstate(all="ignore"), Runs(database, self._settings.limits).borrow(identity) as run:
            yield run


def ago(age: str) -> datetime:
    """The moment that is so long ago: `12h`, `30d`, `8w`. A `Problem` for any other text."""
    found = _AGE.fullmatch(age)
    if found is None:
        hint = "write hours, days or weeks, such as 12h, 30d or 8w"
        raise Problem("not_an_age", f"{shortened(age)!r} is not a length of time", hint=hint)
    try:
        return datetime.now(UTC) - timedelta(hours=int(found[1]) * _HOURS[found[2]])
    except OverflowError:
        raise Problem("not_an_age", f"{age!r} is too long ago") from None


def _wanted(database: Database, identities: Iterable[str], older_than: str | None) -> list[Kept]:
    store = database.open()
    if older_than is not None:
        return store.inventory(ago(older_than))
    known = {one.id: one for one in store.inventory()}
    found = {}
    for identity in identities:
        one = store.find(identity)
        if one is None:
            problem = unknown_run()
            raise Problem(problem.code, f"There is no run {shortened(identity)}; nothing was deleted", status=404)
        found[one] = known[one]
    return list(found.values())


def _deleted(database: Database, one: Kept) -> bool:
    """Deletes it, unless it was changed since it was looked at."""
    try:
        return database.open().delete(one.id, one.revision)
    except Conflict:
        return False


def _told(one: Kept) -> dict[str, Any]:
    return {key: value for key, value in one._asdict().items() if key != "revision"}


def _line(identity: str, changed: str, changes: str, size: str) -> str:
    first, second, third, fourth = _WIDTHS
    return f"{identity:{first}}  {changed:{second}}  {changes:>{third}}  {size:>{fourth}}"


def _printable(text: str) -> str:
    """What a stranger wrote, without anything that a terminal would obey."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
