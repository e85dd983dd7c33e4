"""The notebook's story is true: its cells run, and answer what stands below them."""

from tests import notebook
from tests.server import Server


def test_the_notebook_answers_what_it_shows(ordinary: Server) -> None:
    written = notebook.read()
    made = notebook.executed(written, ordinary.url)
    for cell, outputs in zip(notebook.code_cells(written), made, strict=True):
        shown = notebook.plain(cell["outputs"])
        assert notebook.plain(outputs) == shown, "python -m tests.notebook writes what there is now"


def test_the_notebook_is_one() -> None:
    written = notebook.read()
    assert (written["nbformat"], written["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in written["cells"]}) == len(written["cells"])
    assert all(cell["outputs"] or cell["source"][-1].strip() for cell in notebook.code_cells(written))
    assert "<script" not in notebook.NOTEBOOK.read_text("utf-8")
