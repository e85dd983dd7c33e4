"""Processes beside the server: limits, replacement, cancelling."""

import os
import pickle
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
import psutil
import pytest

from backprop_explorer.problem import Problem
from backprop_explorer.processes import Heavy, Job, Pool, movable, weigh
from backprop_explorer.processes.weight import MOST
from backprop_explorer.processes.worker import Failed
from tests.unit.processes import tasks

Make = Callable[..., Pool]


@pytest.fixture
def make() -> Iterator[Make]:
    made: list[Pool] = []

    def pool(size: int = 1, seconds: float = 60.0, memory: int | None = None) -> Pool:
        made.append(Pool(size, seconds, memory, tasks.nothing, ["numpy"]))
        return made[-1]

    yield pool
    for one in made:
        one.close()


def refused(pool: Pool, task: Callable[[], object], job: Job | None = None) -> Problem:
    with pytest.raises(Problem) as caught:
        pool.run(task, job)
    return caught.value


@pytest.fixture
def pipe(tmp_path: Path) -> Path:
    path = tmp_path / "begun"
    os.mkfifo(path)
    return path


def test_a_process_is_started_when_it_is_needed_and_kept(make: Make) -> None:
    pool = make()
    assert pool.pids == []
    first = pool.run(os.getpid)
    assert first != os.getpid()
    assert pool.run(os.getpid) == first
    assert pool.pids == [first]


def test_a_problem_comes_back_as_it_was(make: Make) -> None:
    pool = make()
    first = pool.run(os.getpid)
    problem = refused(pool, tasks.refuse)
    assert problem.to_json() == {
        "code": "bad_shape",
        "detail": "x has 3 rows",
        "where": {"line": 7, "tensor": "x", "index": [1, 2]},
        "hint": "give 4",
    }
    assert problem.status == 422
    special = refused(pool, tasks.refuse_specially)
    assert (special.code, special.status) == ("special", 409)
    assert pool.run(os.getpid) == first


def test_any_other_error_is_told_with_its_traceback(make: Make) -> None:
    with pytest.raises(Failed, match="invalid literal"):
        make().run(partial(int, "x"))


def test_a_task_that_takes_too_long_is_ended_and_its_process_replaced(make: Make, pipe: Path) -> None:
    pool = make(seconds=1.0)
    first = pool.run(os.getpid)
    reader = threading.Thread(target=pipe.read_text)
    reader.start()
    problem = refused(pool, partial(tasks.endless, pipe))
    reader.join()
    assert problem.status == 413
    assert "process_seconds" in str(problem)
    assert "BACKPROP_PROCESS_SECONDS" in str(problem)
    assert not psutil.pid_exists(first)
    assert pool.run(os.getpid) != first


@pytest.mark.skipif(sys.platform != "linux", reason="no other system limits a process's memory in this way")
def test_a_task_that_needs_too_much_memory(make: Make) -> None:
    pool = make(memory=200_000_000)
    problem = refused(pool, partial(np.ones, 100_000_000))
    assert problem.status == 413
    assert "BACKPROP_PROCESS_BYTES" in str(problem)
    assert pool.run(partial(np.ones, 1_000_000)).sum() == 1_000_000


def test_a_process_that_dies_is_replaced(make: Make) -> None:
    pool = make()
    problem = refused(pool, tasks.die)
    assert problem.status == 503
    first = pool.run(os.getpid)
    process = psutil.Process(first)
    process.kill()  # while it has nothing to do
    process.wait(20)
    assert pool.run(os.getpid) not in (first, os.getpid())


def test_a_cancelled_task_ends_at_once(make: Make, pipe: Path) -> None:
    pool, job, caught = make(), Job(), []
    first = pool.run(os.getpid)
    doing = threading.Thread(target=lambda: caught.append(refused(pool, partial(tasks.endless, pipe), job)))
    doing.start()
    assert pipe.read_text() == "begun"
    job.cancel()
    doing.join(20)
    assert [problem.code for problem in caught] == ["cancelled"]
    assert not psutil.pid_exists(first)
    assert refused(pool, os.getpid, job).code == "cancelled"
    assert pool.run(os.getpid) != first


def test_closing_ends_what_is_under_way(make: Make, pipe: Path) -> None:
    pool, caught = make(), []
    doing = threading.Thread(target=lambda: caught.append(refused(pool, partial(tasks.endless, pipe))))
    doing.start()
    assert pipe.read_text() == "begun"
    pids = pool.pids
    pool.close()
    doing.join(20)
    assert [problem.code for problem in caught] == ["stopping"]
    assert not any(psutil.pid_exists(pid) for pid in pids)
    assert refused(pool, os.getpid).code == "stopping"


def test_arrays_and_bytes_come_back_as_they_were(make: Make) -> None:
    rng = np.random.default_rng(0)
    given = {"a": rng.normal(size=(300, 1000)), "b": np.arange(6, dtype=np.int8)[::2], "c": np.float32(0.1)}
    got = make().run(partial(dict, given, text="x" * 100_000))
    assert got.keys() == {"a", "b", "c", "text"}
    for name, value in given.items():
        assert np.asarray(got[name]).tobytes() == np.asarray(value).tobytes()
        assert got[name].dtype == np.asarray(value).dtype
    assert got["a"].flags.writeable
    assert bytes(make().run(partial(pickle.PickleBuffer, b"abc"))) == b"abc"


def test_work_is_moved_where_it_is_much_and_somebody_can_move_it() -> None:
    weigh(MOST + 1)
    with movable():
        weigh(MOST)
        with pytest.raises(Heavy):
            weigh(MOST + 1)
    weigh(MOST + 1)
