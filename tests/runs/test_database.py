"""Database files that must be refused and left as they are, and disks that are full."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import text

from backprop_explorer.engine import Budget, Document
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Runs, open_database
from tests.runs.documents import small

Opened = Callable[..., Runs]


def run_in(runs: Runs) -> str:
    return runs.create(Document.parse(small(), Budget()))["id"]


def filled(path: Path) -> None:
    """Leaves a sound database behind."""
    with closing(open_database(str(path))) as database:
        run_in(Runs(database))


def foreign(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE contacts (name TEXT)")


def newer(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")


def damaged(path: Path) -> None:
    filled(path)
    content = bytearray(path.read_bytes())
    content[4096 : 3 * 4096] = b"\xa5" * 2 * 4096
    path.write_bytes(content)


def cut_off(path: Path) -> None:
    filled(path)
    path.write_bytes(path.read_bytes()[:5000])


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (foreign, "is not a database of Backprop Explorer"),
        (newer, "was written by a newer version"),
        (lambda path: path.write_text("dear diary, " * 99), "is not a database of Backprop Explorer"),
        (lambda path: path.mkdir(), "cannot be read"),
        (damaged, "is damaged|cannot be read"),
        (cut_off, "is damaged|cannot be read"),
    ],
    ids=["foreign", "newer", "text", "folder", "damaged", "cut off"],
)
def test_what_is_no_sound_database_of_ours_is_refused_and_left_untouched(
    path: Path, make: Callable[[Path], None], reason: str
) -> None:
    make(path)
    before = path.read_bytes() if path.is_file() else b""
    with pytest.raises(Problem, match=reason) as caught:
        open_database(str(path))
    assert "\n" not in caught.value.detail
    assert (path.read_bytes() if path.is_file() else b"") == before
    with pytest.raises(Problem, match=reason):
        open_database(str(path))


def test_an_empty_file_is_a_new_database(path: Path) -> None:
    path.touch()
    filled(path)
    with closing(open_database(f"sqlite:///{path}")) as database:
        assert database.open() is database.open()


def test_the_tables_are_marked_as_ours_and_strict(path: Path) -> None:
    filled(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA application_id").fetchone() == (0x42705870,)
        assert connection.execute("PRAGMA user_version").fetchone() == (6,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        tables = connection.execute(
            "SELECT strict FROM pragma_table_list WHERE schema = 'main' AND name NOT LIKE 'sqlite%'"
        )
        assert set(tables) == {(1,)}


def test_every_commit_is_on_disk_before_it_is_acknowledged(path: Path) -> None:
    with closing(open_database(str(path))) as database, database.open()._transaction() as connection:
        assert connection.execute(text("PRAGMA synchronous")).scalar() == 2


def test_a_second_process_is_refused(path: Path) -> None:
    script = f"from backprop_explorer.runs import open_database; open_database({str(path)!r})"
    with closing(open_database(str(path))):
        second = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=False)
    assert second.returncode != 0
    assert "is in use by another Backprop Explorer" in second.stderr
    open_database(str(path)).close()


def test_a_link_to_the_file_or_its_folder_does_not_open_it_twice(path: Path) -> None:
    link, folder = path.parent / "link.sqlite3", path.parent / "folder"
    link.symlink_to(path)  # before the file is there
    folder.symlink_to(path.parent, target_is_directory=True)
    others = [link, folder / path.name, folder / link.name, path.parent / "." / path.name]
    with closing(open_database(str(path))):
        for other in others:
            with pytest.raises(Problem, match="in use by another Backprop Explorer"):
                open_database(str(other))
    with closing(open_database(str(link))) as database:
        run_in(Runs(database))
        with pytest.raises(Problem, match="in use by another Backprop Explorer"):
            open_database(str(path))
    assert link.is_symlink()
    assert path.stat().st_size > 0
    assert not list(path.parent.glob("link.sqlite3-*"))
    circle = path.parent / "circle"
    circle.symlink_to(circle)
    with pytest.raises(Problem, match="go round in a circle"):
        open_database(str(circle))


@pytest.mark.parametrize("location", ["redis://localhost/runs", "mysql://root@localhost/x"])
def test_other_databases_are_refused_by_name(location: str) -> None:
    with pytest.raises(Problem, match=f"not {location.partition('//')[0]}//…"):
        open_database(location)


def test_postgresql_without_its_package_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(Problem, match="needs the package psycopg") as caught:
        open_database("postgresql://localhost/runs")
    assert "backprop-explorer[postgres]" in str(caught.value.hint)


def test_a_folder_that_cannot_be_made_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(Problem, match="cannot be written"):
        open_database(str(tmp_path / "file" / "runs.sqlite3"))


def test_a_full_disk_changes_nothing_and_reading_goes_on(path: Path, opened: Opened) -> None:
    runs = opened()
    id = run_in(runs)
    limit(runs, 1)
    with runs.borrow(id) as run:
        before = json.dumps(run.state(), default=float)
        with pytest.raises(Problem) as caught:
            run.replace({"title": "x" * 1_000_000})
        assert (caught.value.status, caught.value.code) == (507, "disk_full")
        assert json.dumps(run.state(), default=float) == before
        assert run.trace()["loss"] == run.state()["loss"]
    limit(runs, 1_000_000)
    with runs.borrow(id) as run:
        assert run.replace({"title": "y"})["version"] == 2


def limit(runs: Runs, pages: int) -> None:
    """Lets the database grow to so many pages, but never below what it has."""
    with runs._database.open()._transaction() as connection:
        connection.execute(text(f"PRAGMA max_page_count = {pages}"))
