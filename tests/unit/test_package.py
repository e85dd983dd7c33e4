"""The package as Python's users meet it: names, problems as texts, types, and a quick start."""

from __future__ import annotations

import copy
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import backprop_explorer as bx
from backprop_explorer.problem import suggestion
from tests.house.repository import ROOT
from tests.house.test_lint import MYPY
from tests.together import each


def test_a_name_that_is_not_there() -> None:
    with pytest.raises(AttributeError) as caught:
        bx.Clientt  # noqa: B018
    assert str(caught.value) == "module 'backprop_explorer' has no attribute 'Clientt'"
    assert (caught.value.name, caught.value.obj) == ("Clientt", bx)  # by which Python asks "Did you mean"
    assert isinstance(bx.__version__, str)
    assert not hasattr(bx, "typo")


def test_all_that_is_public_is_there() -> None:
    assert {"Client", "RemoteRun", "Plan", "Problem", "compile", "widget"} <= set(bx.__all__)
    assert all(hasattr(bx, name) for name in bx.__all__)
    assert set(bx.__all__) <= set(dir(bx))


def test_the_import_leaves_servers_and_clients_out() -> None:
    code = "import backprop_explorer, sys; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True)
    loaded = set(done.stdout.split())
    heavy = {"fastapi", "starlette", "pydantic", "httpx", "sqlalchemy", "uvicorn", "typer", "plotly", "orjson", "PIL"}
    later = {f"backprop_explorer.{name}" for name in ("client", "practice", "explain", "torch")}
    assert not heavy & loaded
    assert not later & loaded
    assert not any(name.startswith("backprop_explorer.library.spellings.torch.") for name in loaded)


TYPED = """
import backprop_explorer as bx

def losses(run: bx.RemoteRun) -> list[float]:
    return run.train(5)

def begun(client: bx.Client) -> bx.RemoteRun:
    return client.create({"example": "lesson13"})

version: str = bx.__version__
names: list[str] = list(bx.compile({}))
"""


def types_of(folder: Path, text: str) -> str:
    file = folder / "script.py"
    file.write_text(text)
    command = [sys.executable, "-m", *MYPY, str(file)]
    return subprocess.run(command, capture_output=True, text=True, timeout=280, cwd=ROOT).stdout


@pytest.mark.long
@pytest.mark.xdist_group("mypy")
def test_scripts_are_typed_and_misspelt_names_are_seen(tmp_path: Path) -> None:
    told = types_of(tmp_path, f"{TYPED}\nbx.chekc\nfrom backprop_explorer import Compiler\n").splitlines()
    assert len([line for line in told if ": error:" in line]) == 2, told
    assert 'Module has no attribute "chekc"' in told[0]
    assert 'has no attribute "Compiler"' in told[1]


@each(
    ("problem", "text"),
    [
        (bx.Problem("a", "it is wrong"), "it is wrong"),
        (bx.Problem("a", "it is wrong", hint="mend it"), "it is wrong; mend it"),
        (bx.Problem("a", "it is wrong", hint="mend it", line=2, column=3), "it is wrong (line 2, column 3); mend it"),
        (bx.Problem("a", "it is wrong", line=2), "it is wrong (line 2)"),
        (bx.Problem("a", "It is wrong.", hint="mend it"), "It is wrong. Mend it"),
        (bx.Problem("a", "It is wrong.", line=2, column=1), "It is wrong (line 2, column 1)."),
        (bx.Problem("a", "It is wrong", hint="Mend it."), "It is wrong. Mend it."),
    ],
)
def test_a_problem_says_what_to_do(problem: bx.Problem, text: str) -> None:
    assert str(problem) == text
    for again in (copy.copy(problem), pickle.loads(pickle.dumps(problem))):  # noqa: S301
        assert str(again) == text
        assert vars(again) == vars(problem)


def test_the_hint_reaches_python() -> None:
    document = {"program": "loss = w * w", "parameters": {"w": 1.0}}
    with pytest.raises(bx.Problem, match="its options are lr, betas, eps"):
        bx.compile({**document, "optimizer": {"name": "adam", "learning_rate": 0.1}})
    with pytest.raises(bx.Problem, match='did you mean "adam"') as caught:
        bx.compile({**document, "optimizer": {"name": "adamm", "lr": 0.1}})
    assert "did you mean" not in caught.value.detail


@pytest.mark.parametrize(("word", "near"), [("W", "w"), ("B1", "b1"), ("Softmax", "softmax"), ("w1.G", "w1.g")])
def test_another_case_is_a_near_name(word: str, near: str) -> None:
    assert suggestion(word, ["w", "b1", "softmax", "w1.g"]) == f'did you mean "{near}"?'
    assert suggestion("Q", ["w", "b1"]) is None


def test_a_widget_needs_a_run() -> None:
    document = {"program": "loss = w * w", "parameters": {"w": 1.0}}
    with pytest.raises(
        bx.Problem, match=r"a run, a plan or an opened model; got an object of the type dict; make a run of it"
    ) as caught:
        bx.widget(document)  # type: ignore[arg-type]
    assert caught.value.code == "not_a_run"
