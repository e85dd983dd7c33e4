"""A notebook's code cells run as Jupyter would run them, in a process of their own, without Jupyter.

`python -m tests.notebook` writes the outputs that the cells have now into the notebook.
"""

import ast
import json
import re
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.server import running

NOTEBOOK = Path(__file__).parents[1] / "backend" / "docs" / "explore.ipynb"
ADDRESS = "http://127.0.0.1:8000"
_ADDRESSED = re.compile(r"http://127\.0\.0\.1:\d+/#run=[\w-]+")
BEGINNING = """
import contextlib, io, json, sys
_outputs, _output = [], sys.stdout
def _begin():
    _outputs.append([])
    sys.stdout = io.StringIO()
def _end():
    if text := sys.stdout.getvalue():
        _outputs[-1].insert(0, {"output_type": "stream", "name": "stdout", "text": text})
def _show(value):
    if value is None:
        return
    data = {"text/plain": repr(value)}
    if hasattr(value, "_repr_html_"):
        data["text/html"] = value._repr_html_()
    _outputs[-1].append({"output_type": "execute_result", "data": data, "metadata": {}})
"""
ENDING = "\n_output.write(json.dumps(_outputs))"


def read() -> dict[str, Any]:
    return json.loads(NOTEBOOK.read_text("utf-8"))


def code_cells(notebook: dict[str, Any]) -> list[dict[str, Any]]:
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def executed(notebook: dict[str, Any], url: str) -> list[list[dict[str, Any]]]:
    """The outputs of each code cell, with the server at that address; raises where a cell fails."""
    texts = ["".join(cell["source"]).replace(ADDRESS, url) for cell in code_cells(notebook)]
    program = "\n".join([BEGINNING, *(f"_begin()\n{_showing(text)}\n_end()" for text in texts), ENDING])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def _showing(text: str) -> str:
    """The cell, its last line shown where that is an expression and does not end in a semicolon."""
    tree = ast.parse(text)
    last = tree.body[-1]
    if isinstance(last, ast.Expr) and not text.rstrip().endswith(";"):
        call = ast.Call(ast.Name("_show", ast.Load()), [last.value], [])
        tree.body[-1] = ast.Expr(call)
    return ast.unparse(ast.fix_missing_locations(tree))


def plain(outputs: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Outputs as they are compared: texts whole, without a run's id and its server's port, which are others each time,
    and without the numbering of executions."""
    joined = [
        {key: "".join(value) if isinstance(value, list) else value for key, value in output.items()}
        for output in outputs
    ]
    for output in joined:
        output.pop("execution_count", None)
        if "data" in output:
            output["data"] = {
                kind: re.sub(r"<run [\w-]+>", "<run …>", _ADDRESSED.sub(f"{ADDRESS}/#run=…", "".join(text)))
                for kind, text in output["data"].items()
            }
    return joined


def refresh() -> None:
    notebook = read()
    with tempfile.TemporaryDirectory() as folder, running(f"{folder}/runs.sqlite3", Path(folder, "log")) as server:
        outputs = executed(notebook, server.url)
    for count, (cell, made) in enumerate(zip(code_cells(notebook), outputs, strict=True), 1):
        cell["execution_count"] = count
        cell["outputs"] = plain(made)
        for output in cell["outputs"]:
            if output["output_type"] == "execute_result":
                output["execution_count"] = count
    NOTEBOOK.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    refresh()
