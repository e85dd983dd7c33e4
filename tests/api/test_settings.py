"""Settings that contradict each other or are none, and files that are refused at the start."""

from contextlib import closing
from pathlib import Path

import pytest

from backprop_explorer.runs import open_database
from backprop_explorer.settings import Settings
from tests.api.test_command_line import command


def test_a_damaged_database_is_refused_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "runs.sqlite3"
    with closing(open_database(str(path))) as database:
        database.open()
    content = bytearray(path.read_bytes())
    content[content.index(b"CREATE TABLE checkpoints") + 20] ^= 0x80  # no UTF-8 any more
    path.write_bytes(content)
    printed = command("--no-open", "--database", str(path))
    assert printed.returncode == 2
    assert len(printed.stderr.splitlines()) == 1
    assert f"the database {path} " in printed.stderr


def test_a_misspelt_setting_is_named(tmp_path: Path) -> None:
    wrong = {"BACKPROP_TRANING_SECONDS": "5", "BACKPROP_QQQQQQ": "1"}
    told = [
        "backprop-explorer: BACKPROP_QQQQQQ is not a setting and has no effect; "
        "`backprop-explorer settings` lists all settings",
        "backprop-explorer: BACKPROP_TRANING_SECONDS is not a setting and has no effect; "
        'did you mean "BACKPROP_TRAINING_SECONDS"?',
    ]
    listed = command("settings", BACKPROP_LIVE_RUNS="5", **wrong)
    assert listed.returncode == 0
    assert [line for line in listed.stderr.splitlines() if any(name in line for name in wrong)] == told
    assert "LIVE_RUNS" not in listed.stderr
    refused = command("--no-open", "--database", str(tmp_path), **wrong)  # a folder is no database
    assert [line for line in refused.stderr.splitlines() if any(name in line for name in wrong)] == told


@pytest.mark.parametrize("other", ["runs.sqlite3", "postgresql://me:secret@elsewhere/runs"])
def test_the_address_of_another_database_is_not_told_with_its_password(
    monkeypatch: pytest.MonkeyPatch, other: str
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://me:secret@db/runs")
    with pytest.raises(ValueError, match="DATABASE_URL is a postgresql:// address") as caught:
        Settings(database=other)
    assert "secret" not in str(caught.value)


def test_one_database_under_two_names_is_no_contradiction(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "sqlite:///runs.sqlite3")
    monkeypatch.setenv("BACKPROP_DATABASE", "runs.sqlite3")
    assert Settings().database == "runs.sqlite3"


@pytest.mark.parametrize(
    "origin", ["example.org", "https://example.org/course", "https://*", "'self'", "https://a.b;x"]
)
def test_what_is_no_origin_is_refused(origin: str) -> None:
    with pytest.raises(ValueError, match="is no origin"):
        Settings(embed_origins=["https://good.example", origin])
