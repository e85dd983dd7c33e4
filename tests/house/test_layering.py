"""Imports run one way, in the Python package and in the page, and each outside library is known to one layer only."""

import ast
import functools
import re
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.repository import FRONTEND, PACKAGE, files
from tests.together import each

LAYERS = (
    "problem", "syntax", "wording", "answers", "data", "ops", "graph", "library", "language", "engine", "builder",
    "examples", "explain", "practice", "lessons", "reference", "bundle", "export", "importing", "plots",
    "drawing", "printout", "runs", "settings", "processes", "api", "site", "notebook", "address", "client", "torch",
    "widget", "cli", "jupyter",
)  # fmt: skip
CORE = {*LAYERS[: LAYERS.index("runs")]}
ANYWHERE = {"__init__", "__main__"}  # these gather what is public
READS_ONNX = "onnx"  # the extra
KNOWS_PICTURES = "PIL"
READS_OR_DRAWS = ("backprop_explorer.importing.pictures", "backprop_explorer.drawing.png")
PAGE_LAYERS = ("lib", "service", "state", "views", "panels", "main")


@functools.lru_cache(maxsize=2_000)
def statements(source: str) -> list[ast.Import | ast.ImportFrom]:
    return [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Import | ast.ImportFrom)]


def imports(source: str, module: str, is_package: bool = False, *, members: bool = False) -> Iterator[str]:
    """The absolute names of all modules that a source imports, those inside of functions too; with `members`, what is
    taken from each, which may be a module itself."""
    package = module.split(".") if is_package else module.split(".")[:-1]
    for node in statements(source):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        else:
            base = package[: len(package) + 1 - node.level] if node.level else []
            start = ".".join([*base, *([node.module] if node.module else [])])
            whole = node.module and not members
            yield from ([start] if whole else [f"{start}.{alias.name}" for alias in node.names])
            if node.module == "backprop_explorer":
                yield from (f"{start}.{alias.name}" for alias in node.names)


def layer(module: str) -> str | None:
    """`ops` of `backprop_explorer.ops.record`; None for what is not ours."""
    parts = module.split(".")
    return parts[1] if parts[0] == "backprop_explorer" and len(parts) > 1 else None


def breaches(module: str, imported: list[str]) -> list[str]:
    """Each import of this module that its layer forbids, as a sentence."""
    mine = layer(module)
    found = []
    for name in imported:
        other, library = layer(name), name.partition(".")[0]
        if mine in LAYERS and other in LAYERS and LAYERS.index(other) > LAYERS.index(mine):
            found.append(f"{module} imports {name}: {other} is above {mine}")
        if library == "backprop_explorer":
            continue
        if library == READS_ONNX:
            if module != "backprop_explorer.importing.onnx.model":
                found.append(f"{module} imports {name}: only importing/onnx/model knows the package onnx")
        elif library == KNOWS_PICTURES:
            if module not in READS_OR_DRAWS:
                found.append(f"{module} imports {name}: only importing/pictures and drawing/png know Pillow")
        elif mine in CORE and library != "numpy" and library not in sys.stdlib_module_names:
            found.append(f"{module} imports {name}: NumPy and the standard library only")
        if library in ("fastapi", "starlette") and mine != "api":
            found.append(f"{module} imports {name}: only api knows FastAPI")
        if library == "sqlalchemy" and not module.startswith("backprop_explorer.runs.store"):
            found.append(f"{module} imports {name}: only runs/store knows SQL")
    if {"numpy", "orjson"} <= {name.partition(".")[0] for name in imported} and module != "backprop_explorer.api.wire":
        found.append(f"{module} imports numpy and orjson: only api/wire meets both")
    return found


def module_name(path: Path) -> str:
    parts = path.relative_to(PACKAGE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


@functools.cache
def modules() -> list[Path]:
    return files(".py", under=PACKAGE)


@pytest.mark.xdist_group("imports")
def test_python_imports_run_one_way() -> None:
    found = []
    for path in modules():
        imported = list(imports(path.read_text("utf-8"), module_name(path), path.name == "__init__.py"))
        found += breaches(module_name(path), imported)
    assert modules()
    assert not found, "\n".join(found)


def test_every_module_has_its_layer() -> None:
    found = {path.relative_to(PACKAGE).parts[0].removesuffix(".py") for path in modules()}
    assert not found - set(LAYERS) - ANYWHERE


@each(
    ("module", "source", "complaint"),
    [
        ("ops.sum", "from ..graph import node", "graph is above ops"),
        ("ops.sum", "from .. import graph", "graph is above ops"),
        ("ops.sum", "from backprop_explorer import engine", "engine is above ops"),
        ("engine.plan", "def run():\n    import backprop_explorer.runs.store", "runs is above engine"),
        ("engine.plan", "import scipy.linalg", "NumPy and the standard library only"),
        ("engine.plan", "import onnx", "only importing/onnx/model knows"),
        ("runs.log", "from starlette.responses import Response", "only api knows FastAPI"),
        ("runs.log", "import sqlalchemy as sa", "only runs/store knows SQL"),
        ("api.routes", "import numpy as np\nimport orjson", "only api/wire meets both"),
    ],
)
def test_a_planted_import_is_seen(module: str, source: str, complaint: str) -> None:
    name = f"backprop_explorer.{module}"
    [found] = breaches(name, list(imports(source, name)))
    assert complaint in found


def test_lawful_imports_pass() -> None:
    source = "import math\nimport numpy as np\nfrom ..graph import node\nfrom .plan import Plan\nfrom .. import problem"
    assert not breaches("backprop_explorer.engine.trace", list(imports(source, "backprop_explorer.engine.trace")))
    source = "import numpy as np\nimport orjson\nfrom backprop_explorer.runs import store"
    assert not breaches("backprop_explorer.api.wire", list(imports(source, "backprop_explorer.api.wire")))


IMPORT = re.compile(
    r"""(?:^\s*(?:import|export)\b[^;'"()]*?\bfrom\s*|^\s*import\s*|\bimport\s*\(\s*)(["'])(?P<target>[^"'\n]+)\1""",
    re.MULTILINE,
)
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)


def page_breaches(path: Path, source: str) -> list[str]:
    """Each import of a page's module that goes up a layer or leaves the page; paths are relative to the frontend."""
    mine = page_layer(path)
    found = []
    for match in IMPORT.finditer(COMMENT.sub("", source)):
        target = match["target"]
        if not target.startswith("."):
            found.append(f"{path} imports {target}: relative paths only")
            continue
        other = page_layer(Path(*_resolved(path.parent, target)))
        if not {mine, other} <= set(PAGE_LAYERS):
            found.append(f"{path} imports {target}: the layers are {PAGE_LAYERS}")
        elif PAGE_LAYERS.index(other) > PAGE_LAYERS.index(mine):
            found.append(f"{path} imports {target}: {other} is above {mine}")
    return found


def page_layer(path: Path) -> str:
    """The folder below the frontend, or `main` for what lies in none."""
    return path.parts[0] if len(path.parts) > 1 else "main"


def _resolved(folder: Path, target: str) -> list[str]:
    parts = list(folder.parts)
    for part in target.split("/"):
        if part == "..":
            parts.pop()
        elif part != ".":
            parts.append(part)
    return parts


@functools.cache
def scripts() -> list[Path]:
    return files(".js", under=FRONTEND)


def test_page_imports_run_one_way() -> None:
    assert scripts()
    found = [
        breach for path in scripts() for breach in page_breaches(path.relative_to(FRONTEND), path.read_text("utf-8"))
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("lib/h.js", "import {store} from '../state/store.js';", "state is above lib"),
        ("views/a.js", 'import {\n  one,\n  two,\n} from "../panels/graph.js"', "panels is above views"),
        ("state/a.js", "export * from '../main.js'", "main is above state"),
        ("service/a.js", "const it = await import('../views/x.js')", "views is above service"),
        ("lib/a.js", "import plotly from 'plotly.js'", "relative paths only"),
        ("lib/a.js", "import {a} from '../odds/a.js'", "the layers are"),
    ],
)
def test_a_planted_page_import_is_seen(path: str, source: str, complaint: str) -> None:
    [found] = page_breaches(Path(path), source)
    assert complaint in found


def test_lawful_page_imports_pass() -> None:
    source = "import {h} from '../lib/h.js';\n// import x from '../main.js'\nimport './other.js';\nconst a = 'from b';"
    assert not page_breaches(Path("views/a.js"), source)
    assert not page_breaches(Path("main.js"), "import {graph} from './panels/graph.js';")


STRING = re.compile(r"""(["'`])((?:\\.|(?!\1)[^\\\n])*)\1""")


def names_in(source: str, names: set[str]) -> set[str]:
    """Those of the names that stand in a script as a whole string, or as a key of an object in quotes."""
    return {match[2] for match in STRING.finditer(COMMENT.sub("", source))} & names


# What stands in quotes in the page with another meaning: Plotly's words for axes, straight lines and exponents, and a
# copy of a run.
PAGE_WORDS = {"linear", "log", "power", "copy"}


def test_no_operation_is_named_in_the_page() -> None:
    from backprop_explorer.builder import layer_types
    from backprop_explorer.engine import catalogue, optimizers

    names = {entry["name"] for entry in [*catalogue(), *optimizers()]} | set(layer_types())
    names -= PAGE_WORDS
    assert len(names) > 20
    found = {path.name: named for path in scripts() if (named := names_in(path.read_text("utf-8"), names))}
    assert not found


def test_a_planted_operation_name_is_seen() -> None:
    assert names_in("if (step.op === 'matmul') draw(`relu`); // 'exp'", {"matmul", "relu", "exp"}) == {"matmul", "relu"}
    assert not names_in("const sum = xs.sum + 'a sum of';", {"sum"})


def circles(graph: dict[str, set[str]]) -> set[tuple[str, ...]]:
    """The groups of modules of which each reaches each other."""

    def reached(start: str) -> set[str]:
        found, stack = set(), [start]
        while stack:
            for name in graph[stack.pop()] - found:
                found.add(name)
                stack.append(name)
        return found

    beyond = {name: reached(name) for name in graph}
    groups = {tuple(sorted(other for other in beyond[name] if name in beyond[other])) for name in graph}
    return {group for group in groups if len(group) > 1}


def import_graph() -> dict[str, set[str]]:
    known = {module_name(path): path for path in modules()}
    graph: dict[str, set[str]] = {}
    for module, path in known.items():
        graph[module] = set()
        for name in imports(path.read_text("utf-8"), module, path.name == "__init__.py", members=True):
            while name and name not in known:
                name = name.rpartition(".")[0]
            graph[module] |= {name} - {"", module}
    return graph


@pytest.mark.xdist_group("imports")
def test_no_imports_run_in_a_circle() -> None:
    """Those for types alone count, too."""
    assert not circles(import_graph())


def test_a_planted_circle_is_seen() -> None:
    assert circles({"a": {"b"}, "b": {"c"}, "c": {"b"}, "d": {"a"}}) == {("b", "c")}
