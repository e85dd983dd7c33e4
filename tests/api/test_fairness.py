"""Whose turn it is: clients one after the other, and runs of a client, however many requests one of them has."""

import asyncio
from contextlib import suppress

import pytest

from backprop_explorer.api.fairness import Turns
from backprop_explorer.problem import Problem
from tests.loop import run


async def order(turns: Turns, asked: list[tuple[str, str]]) -> list[str]:
    """Who is served one after the other, of those who ask while somebody is."""
    served: list[str] = []

    async def serve(client: str, run: str) -> None:
        async with turns.turn(client, run):
            served.append(client + run)

    async with turns.turn("first", ""):
        waiting = [asyncio.create_task(serve(*who)) for who in asked]
        while turns.waiting < len(asked):
            await asyncio.sleep(0)
    await asyncio.gather(*waiting)
    return served


def test_a_client_with_many_requests_does_not_go_before_others() -> None:
    asked = [("a", "1")] * 4 + [("b", "1"), ("c", "1"), ("b", "1")]
    assert run(lambda: order(Turns(1, 10), asked)) == ["a1", "b1", "c1", "a1", "b1", "a1", "a1"]


def test_nor_does_a_run_of_a_client() -> None:
    asked = [("a", "1")] * 3 + [("a", "2")] * 2 + [("a", "3")]
    assert run(lambda: order(Turns(1, 10), asked)) == ["a1", "a2", "a3", "a1", "a2", "a1"]


def test_too_many_do_not_wait() -> None:
    async def crowd() -> Problem:
        turns = Turns(1, 2)
        async with turns.turn("a", ""):
            waiting = [asyncio.create_task(turns._wait("b", "")) for _ in range(2)]
            while turns.waiting < 2:
                await asyncio.sleep(0)
            with pytest.raises(Problem) as caught:
                async with turns.turn("c", ""):
                    pass
        turns._next()
        await asyncio.gather(*waiting)
        return caught.value

    problem = run(crowd)
    assert problem.status == 503
    assert "process_queue" in str(problem)
    assert "BACKPROP_PROCESS_QUEUE" in str(problem)


def test_who_leaves_the_queue_takes_nobodys_turn() -> None:
    async def leave() -> list[str]:
        turns, served = Turns(1, 10), []

        async def serve(name: str) -> None:
            async with turns.turn(name, ""):
                served.append(name)

        async with turns.turn("first", ""):
            waiting = {name: asyncio.create_task(serve(name)) for name in "abc"}
            while turns.waiting < 3:
                await asyncio.sleep(0)
            waiting["a"].cancel()
            await asyncio.sleep(0)
        waiting["b"].cancel()  # its turn has come, but it does not know yet
        for task in waiting.values():
            with suppress(asyncio.CancelledError):
                await task
        async with turns.turn("last", ""):
            served.append("last")
        return served

    assert run(leave) == ["c", "last"]
