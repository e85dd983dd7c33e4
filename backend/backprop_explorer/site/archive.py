"""Our own package as an archive for the browser: what runs there, and nothing else."""

from __future__ import annotations

import ast
import bz2
import io
import tarfile
from collections.abc import Iterable, Iterator
from importlib.metadata import version
from inspect import getsourcefile
from pathlib import Path

from backprop_explorer.export.snapshot import ENTRIES, SHORT, names_of, parts_of
from backprop_explorer.language.statics import SHAPES
from backprop_explorer.syntax import parse

PACKAGE = Path(__file__).resolve().parent.parent
LEFT_OUT = (
    "api/app", "api/delivery", "api/idempotency", "api/limits", "api/metrics", "api/pages", "api/plotly",
    "api/protocol", "api/security", "api/server", "api/subset", "api/throttle", "api/turns", "api/windows",
    "api/workers", "cli", "client", "importing/onnx", "notebook", "printout", "runs/retention", "runs/store/contents",
    "runs/store/copies", "runs/store/group", "runs/store/heads", "runs/store/inventory", "runs/store/keys",
    "runs/store/migration", "runs/store/postgres", "runs/store/quotas", "runs/store/reader", "runs/store/rows",
    "runs/store/schema", "runs/store/sqlite", "runs/store/store", "runs/store/writing", "site/archive", "site/folder",
    "site/pyodide", "static", "torch",
)  # fmt: skip
"""Modules and packages that serve, that keep runs on a disk, or that need what a browser does not load."""
KEPT = ("importing/onnx/__init__", "importing/onnx/outside")
"""Of what is left out: by these a network is known, and refused by name."""
TYPED = ("api", "site")
"""Where the types of functions say what a request is made of."""
_BLOCKS = ("body", "orelse", "handlers", "finalbody", "cases")
"""Where statements have others in them."""
_DISTRIBUTION = "backprop_explorer"


def archive() -> bytes:
    """The package as a .tar.bz2, the same bytes for the same package."""
    return _packed(_contents())


def snapshot_archive() -> bytes:
    """The same of what the page in one file is made of, which only its export needs."""
    return _packed(_snapshot())


def _packed(contents: Iterable[tuple[str, bytes]]) -> bytes:
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name, content in sorted(contents):
            entry = tarfile.TarInfo(name)
            entry.size = len(content)
            tar.addfile(entry, io.BytesIO(content))
    return bz2.compress(packed.getvalue())


def _contents() -> Iterator[tuple[str, bytes]]:
    shown = {Path(getsourcefile(function) or "").resolve() for function in SHAPES.values()}  # in exported scripts
    for path in PACKAGE.rglob("*"):
        name = path.relative_to(PACKAGE)
        if path.is_file() and path.suffix != ".pyc" and not _is_left_out(name.with_suffix("").as_posix()):
            content = path.read_bytes()
            plain = path.suffix == ".py" and path not in shown
            yield f"{_DISTRIBUTION}/{name.as_posix()}", _bare(content, name.parts[0] in TYPED) if plain else content
    metadata = f"Metadata-Version: 2.1\nName: backprop-explorer\nVersion: {version('backprop-explorer')}\n"
    yield f"{_DISTRIBUTION}-{version('backprop-explorer')}.dist-info/METADATA", metadata.encode()


def _bare(source: bytes, types: bool) -> bytes:
    """A module without comments and docstrings, a third of it, which nobody reads there; without `types` also without
    those of its functions."""
    tree = parse(source.decode())
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        for block in _BLOCKS:  # only they have functions in them: there is no need to look into expressions
            waiting += getattr(node, block, ())
        if not types and isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            node.returns = None
            for argument in ast.walk(node.args):
                if isinstance(argument, ast.arg):
                    argument.annotation = None
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            own = [part for part in node.body if not _is_remark(part)]
            node.body = own or ([] if isinstance(node, ast.Module) else [ast.Pass()])
    return ast.unparse(tree).encode()


def _is_remark(part: ast.stmt) -> bool:
    return isinstance(part, ast.Expr) and isinstance(part.value, ast.Constant) and isinstance(part.value.value, str)


def _is_left_out(name: str) -> bool:
    return name not in KEPT and any(name == one or name.startswith(f"{one}/") for one in LEFT_OUT)


def _snapshot() -> Iterator[tuple[str, bytes]]:
    """The parts of the page in one file, where that looks for them."""
    for entry in ENTRIES:
        parts = parts_of(entry)
        for name, part in zip(names_of(entry), (parts.script, parts.styles), strict=True):
            yield f"{_DISTRIBUTION}/static/{SHORT}/{name}", part.encode()
