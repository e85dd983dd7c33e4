"""Numbers that stay on other processors: kernels of BLAS for older ones, and other numbers of threads."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.app import create_app
from backprop_explorer.runs.machine import machine
from backprop_explorer.settings import Settings
from tests.amount import count, some
from tests.house.repository import ROOT

ITERATIONS, CHAOTIC, PAST = 60, 399, 50
KERNELS = ("Haswell", "Nehalem", "Prescott")
Told = dict[str, dict]


def perceptron(rows: int, wide: int, function: str, lr: float, dtype: str) -> dict:
    source = np.random.default_rng(0)
    return {
        "program": f"h = {function}(x @ w1)\nloss = mse(h @ w2, y)",
        "dtype": dtype,
        "inputs": {"x": source.random((rows, wide)).tolist(), "y": source.random((rows, 1)).tolist()},
        "parameters": {
            "w1": {"shape": [wide, 3 * wide], "init": "normal"},
            "w2": {"shape": [3 * wide, 1], "init": "normal"},
        },
        "optimizer": {"name": "sgd", "lr": lr},
    }


EXAMPLES = ("lesson13", "rnn", "digits", "convnet", "transformer_block", "batch_norm")[: count(2, 6)]
DOCUMENTS: dict[str, dict] = {
    **{name: {"example": name} for name in EXAMPLES},
    # Large enough for a second thread, and at a rate at which a last digit becomes a first one.
    "float32": perceptron(200, 80, "relu", 0.001, "float32"),
    "chaotic": perceptron(50, 30, "tanh", 0.3, "float64"),
}


def opened(path: str) -> TestClient:
    return TestClient(create_app(Settings(database=path)), base_url="http://127.0.0.1")


def made(path: Path) -> dict[str, str]:
    """A trained run of each kind; their addresses."""
    addresses = {}
    with opened(str(path)) as client:
        for name, document in DOCUMENTS.items():
            answer = client.post("/api/runs", json=document)
            assert answer.status_code == 201, answer.text
            addresses[name] = answer.headers["location"]
            count = CHAOTIC if name == "chaotic" else ITERATIONS
            answer = client.post(f"{addresses[name]}/iterations", json={"count": count})
            assert (answer.status_code, answer.json()["stopped"]) == (200, None), answer.text
    return addresses


def told(path: str, addresses: dict[str, str]) -> Told:
    """What a new process tells of each run and of its past, and what it computes with."""
    found: Told = {"machine": machine()}
    with opened(path) as client:
        found["machine"] = machine()
        for name, address in addresses.items():
            answer = client.get(address)
            state, past = answer.json(), client.get(f"{address}/trace", params={"iteration": PAST}).json()
            found[name] = {
                "numbers": state["document"]["parameters"],
                "loss": state["loss"],
                "losses": state["losses"][:-1],
                "said": state["recalculated"] is not None,
                "again": client.get(address, headers={"If-None-Match": answer.headers["etag"]}).status_code,
                "past": [past["loss"], past["tensors"]],
                "said of the past": any(warning["code"] == "recalculated" for warning in past["warnings"]),
            }
    return found


def elsewhere(path: Path, addresses: dict[str, str], **environment: str) -> Told:
    """The same, told by a process with these variables."""
    script = (
        f"import json; from tests.runs.test_kernels import told; print(json.dumps(told({str(path)!r}, {addresses!r})))"
    )
    command = [sys.executable, "-W", "error", "-c", script]
    places = os.pathsep.join([str(ROOT), str(ROOT / "backend")])
    given = {**os.environ, "PYTHONPATH": places, **environment}
    done = subprocess.run(command, capture_output=True, text=True, env=given, cwd=ROOT, timeout=250, check=False)
    assert done.returncode == 0, done.stderr
    answers: Told = json.loads(done.stdout)
    return answers


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str], Told]:
    path = tmp_path_factory.mktemp("kernels") / "runs.sqlite3"
    addresses = made(path)
    return path, addresses, elsewhere(path, addresses)


@pytest.mark.xdist_group("kernels")
def test_the_same_processor_tells_the_same(runs: tuple[Path, dict[str, str], Told]) -> None:
    path, addresses, expected = runs
    assert expected["machine"]["threads"] in (1, None)
    assert not any(expected[name]["said"] or expected[name]["said of the past"] for name in addresses)
    for threads in ("1", "2")[: count(0, 2)]:
        given = {"OPENBLAS_NUM_THREADS": threads, "OMP_NUM_THREADS": threads}
        assert elsewhere(path, addresses, **given) == expected, f"{threads} threads"


@pytest.mark.xdist_group("kernels")
@pytest.mark.parametrize("threads", some(("1", "2"), "2"))
@pytest.mark.parametrize("kernel", some(KERNELS, "Prescott"))
def test_a_head_stays_on_other_kernels(runs: tuple[Path, dict[str, str], Told], kernel: str, threads: str) -> None:
    """Where the processor has no other kernels the variable does nothing."""
    path, addresses, expected = runs
    found = elsewhere(path, addresses, OPENBLAS_CORETYPE=kernel, OPENBLAS_NUM_THREADS=threads)
    others = 0
    for name in addresses:
        before, now = expected[name], found[name]
        for kept in ("numbers", "losses"):
            assert now[kept] == before[kept], (name, kept)
        for number, said in (("loss", "said"), ("past", "said of the past")):
            assert now[number] == before[number] or now[said], (name, number)
            others += now[number] != before[number]
        assert now["again"] == (200 if now["said"] else 304), "whoever has the old numbers gets the new ones"
    print(f"{found['machine']}: {others} losses and pasts differ, and each is said to")
    if found["machine"]["kernel"] not in (expected["machine"]["kernel"], None):
        assert others
