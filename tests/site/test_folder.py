"""The folder that `backprop-explorer site` writes."""

import json
import posixpath
import re
from pathlib import Path

import pytest

from backprop_explorer.lessons import lessons
from backprop_explorer.plots import PLOTS
from backprop_explorer.problem import Problem
from backprop_explorer.site import folder, pyodide
from tests.command import command
from tests.site.conftest import PYODIDE

# On one worker, so that its files are packed once.
pytestmark = pytest.mark.xdist_group("site")


def test_the_pages_say_where_the_engine_is_and_load_nothing_from_elsewhere(files: folder.Files) -> None:
    for name in ("index.html", "ops.html"):
        page = files[name].decode()
        [policy] = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)
        assert "script-src &#x27;self&#x27;;" in policy
        assert "frame-ancestors" not in policy
        assert "unsafe-eval" not in policy
        assert '<meta name="referrer" content="no-referrer">' in page
        named = dict(re.findall(r'(data-\w+|content)="(\./[^"]*|https:[^"]*)"', page))
        assert named.pop("data-python") == PYODIDE
        assert {place.removeprefix("./").partition("?")[0] for place in named.values()} - {*files} == {
            named["data-lists"].removeprefix("./")
        }
        loaded = re.findall(r'(?:src|href)="([^"#]*)"', page)
        assert [place for place in loaded if place.removeprefix("./") not in files] == []


def test_what_is_loaded_later_is_there(files: folder.Files) -> None:
    for name in [name for name in files if name.endswith(".js")]:
        for address in re.findall(r"""^import .*?from "(\.[^"]+)";""", files[name].decode(), re.MULTILINE | re.DOTALL):
            place = posixpath.normpath(posixpath.join(posixpath.dirname(name), address))
            assert place in files, (name, address)
    for plot in PLOTS:
        assert f"views/plots/{plot}.js" in files


def test_it_opens_with_what_it_was_made_for(files: folder.Files) -> None:
    [first] = [name for name in files if name.startswith("assets/first-")]
    assert json.loads(files[first]) == {"example": "xor"}


def test_lists_are_what_the_service_answers(files: folder.Files) -> None:
    lists = {Path(name).stem: json.loads(content) for name, content in files.items() if "/lists-" in name}
    assert {*lists} == {*folder.LISTS}
    assert "matmul" in {entry["name"] for entry in lists["ops"]}
    assert [entry["name"] for entry in lists["lessons"]] == [*lessons]


def test_a_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "own.txt").write_text("mine")
    with pytest.raises(Problem, match="not of a site"):
        folder._clear(tmp_path)
    assert (tmp_path / "own.txt").read_text() == "mine"


def test_only_what_was_written_is_removed(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_text("mine")
    site = tmp_path / "site"
    (site / "assets").mkdir(parents=True)
    (site / "assets" / "old.js").write_text("old")
    (site / "CNAME").write_text("example.org")
    (site / folder.WRITTEN).write_text(json.dumps(["assets/old.js", "../outside.txt", "gone.js"]))
    folder._clear(site)
    assert not (site / "assets" / "old.js").exists()
    assert (site / "CNAME").exists()
    assert outside.exists()


@pytest.mark.parametrize(
    ("lock", "complaint"),
    [
        (None, "pyodide.mjs is missing"),
        ("no JSON", "no list of Pyodide's packages"),
        ('{"info": {"python": "3.11.3"}, "packages": {"numpy": {"file_name": "n.whl", "sha256": "0"}}}', "3.12"),
        ('{"info": {"python": "3.12.7"}, "packages": {"numpy": {"file_name": "n.whl", "sha256": "0"}}}', "SHA-256"),
    ],
)
def test_a_folder_that_is_no_pyodide_is_refused(tmp_path: Path, lock: str | None, complaint: str) -> None:
    if lock is not None:
        for name in ("pyodide.mjs", "pyodide.asm.js", "pyodide.asm.wasm", "python_stdlib.zip", "n.whl"):
            (tmp_path / name).write_bytes(b"")
        (tmp_path / pyodide.LOCK).write_text(lock)
    with pytest.raises(Problem, match=re.escape(complaint)):
        list(pyodide.files_of(tmp_path))


def test_the_command_refuses_two_beginnings_and_unknown_examples(tmp_path: Path) -> None:
    done = command("site", str(tmp_path / "site"), "--example", "xor", "--document", "no.json")
    assert done.returncode == 2
    assert "either --example, --document or --lesson" in done.stderr
    done = command("site", str(tmp_path / "site"), "--example", "xr")
    assert done.returncode == 2
    assert "xor" in done.stderr
    done = command("site", str(tmp_path / "site"), "--lesson", "chain", "--example", "xor")
    assert done.returncode == 2
    assert "either --example, --document or --lesson" in done.stderr
    done = command("site", str(tmp_path / "site"), "--lesson", "jacobean")
    assert done.returncode == 2
    assert "jacobian" in done.stderr
    assert not (tmp_path / "site").exists()


def test_the_command_writes_a_page_that_opens_in_a_lesson(tmp_path: Path, files: folder.Files) -> None:
    """All the rest are the same files as before: the same package gives the same files."""
    done = command("site", str(tmp_path), "--lesson", "chain", "--pyodide", PYODIDE)
    assert done.returncode == 0, done.stderr
    [first] = tmp_path.glob("assets/first-*.json")
    assert json.loads(first.read_text()) == {"lesson": "chain"}
    assert f'data-first="./assets/{first.name}"' in (tmp_path / "index.html").read_text()
    assert {re.sub("-.*", "", name) for name in {*files} ^ written(tmp_path)} == {
        "assets/files",
        "assets/first",
        "site",
    }
    changed = {name for name in {*files} & written(tmp_path) if (tmp_path / name).read_bytes() != files[name]}
    assert changed == {"index.html", "ops.html"}


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
