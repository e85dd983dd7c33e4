"""The notebook's story is true: its cells run, and answer what stands below them."""

from pathlib import Path

from tests import notebook
from tests.server import running


def test_the_notebook_answers_what_it_shows(tmp_path: Path) -> None:
    written = notebook.read()
    with running(tmp_path / "runs.sqlite3", tmp_path / "log") as server:
        made = notebook.executed(written, server.url)
    for cell, outputs in zip(notebook.code_cells(written), made, strict=True):
        shown = notebook.plain(cell["outputs"])
        assert notebook.plain(outputs) == shown, "python -m tests.notebook writes what there is now"


def test_the_notebook_is_one() -> None:
    written = notebook.read()
    assert (written["nbformat"], written["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in written["cells"]}) == len(written["cells"])
    assert all(cell["outputs"] or cell["source"][-1].strip() for cell in notebook.code_cells(written))
    assert "<script" not in notebook.NOTEBOOK.read_text("utf-8")
