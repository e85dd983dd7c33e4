"""What a text takes from outside: files, the network, other libraries. It is refused by name, for nothing is run."""

from __future__ import annotations

import ast

from backprop_explorer.importing.code.bindings import calls_in
from backprop_explorer.importing.code.needed import Needed
from backprop_explorer.language.formula import dotted
from backprop_explorer.problem import Problem, shortened

READING = frozenset(
    {"loadtxt", "genfromtxt", "load", "fromfile", "memmap", "read_csv", "read_excel", "read_json", "open", "imread",
     "urlopen", "fetch_openml", "load_dataset", "load_state_dict"}
)  # fmt: skip
"""Functions that read files or addresses."""
LIBRARIES = frozenset(
    {"pandas", "sklearn", "torchvision", "torchaudio", "torchtext", "datasets", "transformers", "scipy", "cv2", "PIL",
     "skimage", "requests", "urllib", "socket", "subprocess", "os", "sys", "pickle", "h5py", "json", "csv", "jax",
     "tensorflow", "keras", "autograd", "cupy", "d2l", "pathlib", "glob", "io"}
)  # fmt: skip
"""Libraries whose results a text cannot have here."""
INSTEAD = (
    'Nothing is read or run here. Write the numbers into the text, or send them beside it: {"code": "…", "inputs": '
    '{"x": [[…]]}}. A file of data, such as a CSV, begins a run by itself: open it instead'
)


def check_stars(body: list[ast.stmt]) -> None:
    """Raises a `Problem` for an import that does not say what it brings."""
    for statement in body:
        if isinstance(statement, ast.ImportFrom) and any(one.name == "*" for one in statement.names):
            raise Problem(
                "not_in_language",
                "import * does not say which names it brings",
                line=statement.lineno,
                hint="name what is used: from torch.nn.functional import relu",
            )


def check_outside(needed: Needed) -> None:
    """Raises a `Problem` where the loss depends on what a text has from outside."""
    for position in sorted(needed.kept):
        statement = needed.pieces[position].statement
        if isinstance(statement, (ast.Import, ast.ImportFrom)):
            _check_import(statement)
        elif not isinstance(statement, (ast.FunctionDef, ast.ClassDef)):
            for call in calls_in(statement):
                words = dotted(call.func) or ""
                if words.rpartition(".")[2] in READING and not words.startswith("self."):
                    raise Problem(
                        "reads_outside",
                        f"The loss depends on {shortened(words)}, which reads from outside",
                        line=call.lineno,
                        hint=INSTEAD,
                    )


def _check_import(statement: ast.Import | ast.ImportFrom) -> None:
    names = [statement.module or ""] if isinstance(statement, ast.ImportFrom) else [one.name for one in statement.names]
    for name in names:
        if name.partition(".")[0] in LIBRARIES:
            raise Problem(
                "reads_outside",
                f"The loss depends on {shortened(name)}, which is not part of the language",
                line=statement.lineno,
                hint=INSTEAD,
            )
