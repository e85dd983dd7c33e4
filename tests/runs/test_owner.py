"""`backprop-explorer runs`: what whoever owns the database may do."""

import json
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from backprop_explorer.engine import Budget, Document
from backprop_explorer.runs import Edit, Runs, open_database
from backprop_explorer.runs.store.inventory import written
from tests.command import Done
from tests.command import command as any_command
from tests.postgres import Postgres
from tests.runs.documents import small

Opened = Callable[..., Runs]
LARGE = {"program": "loss = sum(w)", "inputs": {}, "parameters": {"w": np.arange(60_000.0).tolist()}}


def command(*arguments: str, database: Path | str) -> Done:
    return any_command("runs", *arguments, "--database", str(database))


def printed(*arguments: str, database: Path | str) -> str:
    done = command(*arguments, database=database)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


def refused(*arguments: str, database: Path | str) -> str:
    done = command(*arguments, database=database)
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1), (done.stdout, done.stderr)
    return done.stderr


def create(runs: Runs, **changes: Any) -> str:
    return str(runs.create(Document.parse(small(**changes), Budget()))["id"])


def let_age(path: Path, identity: str, days: float) -> None:
    """As if it had been changed last so long ago; while nobody has the file."""
    with closing(sqlite3.connect(path)) as connection, connection:
        then = written(datetime.now(UTC) - timedelta(days=days))
        connection.execute("UPDATE runs SET changed = ? WHERE id = ?", (then, identity))


def listed(database: Path | str, *more: str) -> list[str]:
    return [one["id"] for one in json.loads(printed("list", "--json", *more, database=database))]


@pytest.fixture
def kept(path: Path) -> Iterator[list[str]]:
    """The ids of three runs, changed last 40 days, 10 days and no time ago; nobody has the file."""
    with closing(open_database(str(path))) as database:
        runs = Runs(database)
        found = [create(runs, title=title) for title in ("oldest", "older", "new")]
    for identity, days in zip(found, (40, 10, 0), strict=True):
        let_age(path, identity, days)
    return found


def test_runs_are_listed_newest_first(path: Path, kept: list[str]) -> None:
    assert listed(path) == kept[::-1]
    assert listed(path, "--older-than", "239h") == kept[1::-1]
    assert listed(path, "--older-than", "2w") == kept[:1]
    head, *lines = printed("list", database=path).splitlines()
    assert head.split() == ["ID", "CHANGED", "CHANGES", "BYTES"]
    assert [line.split()[0] for line in lines] == kept[::-1]


def test_a_change_makes_a_run_new_again(path: Path, kept: list[str]) -> None:
    with closing(open_database(str(path))) as database, Runs(database).borrow(kept[0]) as run:
        run.edit(Edit("b1", np.array([1.0, 2.0])))
    assert listed(path, "--older-than", "30d") == []


def test_a_run_is_shown_and_exported_while_a_server_has_it(path: Path, opened: Opened, tmp_path: Path) -> None:
    runs = opened()
    identity = create(runs)
    with runs.borrow(identity) as run:
        run.train(3)
        state = run.state()
    for name in (identity, str(state["view_id"])):
        shown = json.loads(printed("show", name, "--json", database=path))
        assert {key: shown[key] for key in ("id", "view_id", "iteration", "loss", "title")} == {
            key: state[key] for key in ("id", "view_id", "iteration", "loss", "title")
        }
        assert (shown["changes"], shown["bytes"] > 100) == (2, True)
    assert "iteration  3\n" in printed("show", identity, database=path)
    file = tmp_path / "mine.json"
    assert printed("export", identity, "--output", str(file), database=path) == f"{file}\n"
    document = json.loads(file.read_text())["document"]
    with runs.borrow(identity) as run:
        assert document["parameters"]["w1"] == run.tensor("w1", "value").tolist()
        run.train(1)  # nobody was in its way
    assert "cannot be written" in refused("export", identity, "--output", str(file), database=path)
    several = ("export", identity, "--first-iteration", "3", "--output", "-")
    assert "iterations 3–4 ·" in printed(*several, "--format", "html", database=path)
    assert "json holds one iteration" in refused(*several, database=path)
    assert json.loads(printed("export", identity, "--output", "-", database=path))["document"]["title"] == "small"


def test_a_title_does_not_command_the_terminal(path: Path, opened: Opened) -> None:
    identity = create(opened(), title="a\x1b[2Jb\nc")
    assert "title      a\ufffd[2Jb\ufffdc\n" in printed("show", identity, database=path)
    assert "\x1b" not in printed("show", identity, "--json", database=path)


def test_deleting_by_id_and_by_age(path: Path, kept: list[str]) -> None:
    assert printed("delete", "--older-than", "30d", "--dry-run", database=path) == (
        f"{kept[0]}\n1 run would be deleted\n"
    )
    assert listed(path) == kept[::-1]
    assert printed("delete", "--older-than", "30d", database=path) == f"{kept[0]}\n1 run deleted\n"
    assert "There is no run nothing" in refused("delete", kept[1], "nothing", database=path)
    assert listed(path) == kept[:0:-1]
    assert printed("delete", kept[1], kept[2], kept[1], database=path).endswith("2 runs deleted\n")
    assert listed(path) == []


@pytest.mark.parametrize("given", [[], ["x", "--older-than", "3d"]])
def test_what_to_delete_has_to_be_said(path: Path, kept: list[str], given: list[str]) -> None:
    assert "Say which runs" in refused("delete", *given, database=path)
    assert len(listed(path)) == 3


@pytest.mark.parametrize("age", ["30", "d", "-3d", "3 d", "3m", "9999999d", "1e3d", ""])
def test_what_is_no_age(path: Path, kept: list[str], age: str) -> None:
    assert "such as 12h, 30d or 8w" in refused("delete", f"--older-than={age}", database=path)
    assert len(listed(path)) == 3


def test_an_id_may_begin_with_a_hyphen(path: Path, kept: list[str]) -> None:
    assert "No run with this id" in refused("show", "-abc", database=path)
    assert "There is no run -abc" in refused("delete", "-abc", database=path)


def test_what_writes_is_refused_while_a_server_has_the_file(path: Path, opened: Opened, tmp_path: Path) -> None:
    identity = create(opened())
    copy, link = tmp_path / "copy.sqlite3", tmp_path / "link.sqlite3"
    printed("backup", str(copy), database=path)
    link.symlink_to(path)
    for name in (path, link):
        for arguments in (["delete", identity], ["compact"], ["restore", str(copy), "--replace"]):
            told = refused(*arguments, database=name)
            assert "in use by another Backprop Explorer; stop the server first" in told
    assert listed(link) == [identity]


def test_compacting_gives_room_back(path: Path, opened: Opened) -> None:
    runs = opened()
    create(runs)
    create(runs, **LARGE)
    runs._database.close()
    with closing(sqlite3.connect(path)) as connection, connection:  # pages that are free and stay so
        connection.execute("DELETE FROM contents")
    before = path.stat().st_size
    assert printed("compact", database=path) == f"{before:,} bytes before, {path.stat().st_size:,} now\n"
    assert path.stat().st_size < before - 400_000


def test_a_backup_of_runs_that_are_being_changed_is_whole(path: Path, opened: Opened, tmp_path: Path) -> None:
    runs, copy = opened(), tmp_path / "copy.sqlite3"
    before = [create(runs, **LARGE) for _ in range(5)]
    ended = threading.Event()

    def change() -> None:
        while not ended.is_set():
            with runs.borrow(create(runs)) as run:
                run.train(2)

    changing = threading.Thread(target=change)
    changing.start()
    try:
        printed("backup", str(copy), database=path)
    finally:
        ended.set()
        changing.join()
    assert not list(tmp_path.glob("copy.sqlite3[-.]*"))
    with closing(open_database(str(copy))) as database:
        restored = Runs(database)
        for one in database.open().inventory():
            with restored.borrow(one.id) as run:
                run.state()
            before = [identity for identity in before if identity != one.id]
    assert not before


def test_a_backup_overwrites_nothing(path: Path, kept: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    copy.write_text("mine")
    assert "There is already a file" in refused("backup", str(copy), database=path)
    assert copy.read_text() == "mine"
    assert "cannot be" in refused("backup", str(tmp_path / "no" / "copy.sqlite3"), database=path)


def test_a_restored_copy_takes_the_place_of_what_was_there(path: Path, opened: Opened, tmp_path: Path) -> None:
    first = create(opened())
    copy = tmp_path / "copy.sqlite3"
    printed("backup", str(copy), database=path)
    second = create(opened())
    opened()._database.close()
    log = Path(f"{path}-wal")
    log.write_bytes(b"what a crash left")
    assert "There is already a database" in refused("restore", str(copy), database=path)
    printed("restore", str(copy), "--replace", database=path)
    assert not log.exists()
    assert listed(path) == [first] != [second]
    with opened().borrow(first) as run:
        run.train(1)
    elsewhere = tmp_path / "elsewhere" / "runs.sqlite3"
    printed("restore", str(copy), database=elsewhere)
    assert listed(elsewhere) == [first]


def test_what_is_no_copy_is_not_restored(path: Path, kept: list[str], tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite3"
    assert "does not exist" in refused("restore", str(copy), "--replace", database=path)
    copy.write_text("no database")
    assert "is not a database of Backprop Explorer" in refused("restore", str(copy), "--replace", database=path)
    printed("backup", str(tmp_path / "sound"), database=path)
    damaged = bytearray((tmp_path / "sound").read_bytes())
    damaged[8192:8300] = bytes(108)
    copy.write_bytes(damaged)
    assert "damaged" in refused("restore", str(copy), "--replace", database=path)
    assert "is the database itself" in refused("restore", str(path), "--replace", database=path)
    assert listed(path) == kept[::-1]


def test_there_has_to_be_a_database(tmp_path: Path) -> None:
    missing = tmp_path / "runs.sqlite3"
    for arguments in (["list"], ["show", "x"], ["delete", "x"], ["compact"], ["backup", str(tmp_path / "copy")]):
        assert "does not exist" in refused(*arguments, database=missing)
    assert not list(tmp_path.iterdir())


def test_a_file_of_an_older_version_is_for_the_server_to_convert(path: Path, kept: list[str]) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 4")
        connection.execute("ALTER TABLE runs DROP COLUMN changed")
        connection.execute("ALTER TABLE runs DROP COLUMN looked")
    assert "older version" in refused("list", database=path)
    with closing(open_database(str(path))):
        pass
    assert sorted(listed(path)) == sorted(kept)


@pytest.mark.xdist_group("postgres")
def test_runs_in_postgresql(postgres: Postgres, tmp_path: Path) -> None:
    address = postgres.database()
    with closing(open_database(address)) as database:
        runs = Runs(database)
        first, second = create(runs), create(runs)
        postgres.run(f"UPDATE backprop_explorer.runs SET changed = '2020' WHERE id = '{first}'", address)
        assert listed(address) == [second, first]
        assert json.loads(printed("show", first, "--json", database=address))["bytes"] > 100
        printed("export", first, "--output", str(tmp_path / "run.json"), database=address)
        assert printed("delete", "--older-than", "1w", database=address) == f"{first}\n1 run deleted\n"
        with pytest.raises(Exception, match="No run with this id"), runs.borrow(first) as run:
            run.state()
    for arguments, instead in (
        (["backup", str(tmp_path / "copy")], "pg_dump"),
        (["restore", str(tmp_path / "run.json")], "pg_restore"),
        (["compact"], "VACUUM FULL"),
    ):
        assert instead in refused(*arguments, database=address)
