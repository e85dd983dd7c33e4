"""Whose address a request counts for, and how much of something it may have in a window of time."""

import asyncio
from typing import Any

import pytest

from backprop_explorer.api import windows
from backprop_explorer.api.clients import Clients, counted_as
from backprop_explorer.api.limits import BodyLimit
from backprop_explorer.api.turns import ALONE_SECONDS, QUEUE, Held, Others, Shares, Turns
from backprop_explorer.api.windows import Allowance
from backprop_explorer.problem import Problem
from tests.loop import run
from tests.together import each

TRUSTED = ["127.0.0.1", "10.0.0.0/8", "fd00::/8"]
NAMED = [
    ("127.0.0.1", ["1.2.3.4"], "1.2.3.4"),
    ("127.0.0.1", ["6.6.6.6, 1.2.3.4"], "1.2.3.4"),  # the first may be anybody's invention
    ("127.0.0.1", ["6.6.6.6", "1.2.3.4 , 10.1.1.1"], "1.2.3.4"),
    ("127.0.0.1", ["10.1.1.1"], "10.1.1.1"),
    ("127.0.0.1", [], "127.0.0.1"),
    ("127.0.0.1", ["unknown"], "127.0.0.1"),
    ("127.0.0.1", ["1.2.3.4, unknown, 10.1.1.1"], "10.1.1.1"),
    ("127.0.0.1", ["1.2.3.4:5678"], "1.2.3.4"),
    ("fd00::1", ["[2001:db8::1]:443"], "2001:db8::1"),
    ("::ffff:10.0.0.1", ["1.2.3.4"], "1.2.3.4"),
    ("9.9.9.9", ["1.2.3.4"], "9.9.9.9"),
    ("fe80::1%eth0", ["1.2.3.4"], "fe80::1%eth0"),
    ("127.0.0.1", ["9" * 9_000], "127.0.0.1"),
]


def seen(peer: str | None, forwarded: list[str], trusted: list[str]) -> Any:
    """The client that the app gets to see."""
    scopes = []

    async def app(scope: Any, receive: Any, send: Any) -> None:
        scopes.append(scope)

    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    scope = {"type": "http", "headers": headers, "client": None if peer is None else (peer, 7)}
    run(lambda: Clients(app, trusted)(scope, None, None))  # type: ignore[arg-type]
    return scopes[0]["client"]


@each(("peer", "forwarded", "client"), NAMED)
def test_only_a_trusted_proxy_is_believed(peer: str, forwarded: list[str], client: str) -> None:
    assert seen(peer, forwarded, TRUSTED) == (client, 7)
    assert seen(peer, forwarded, []) == (peer, 7)


def test_what_has_no_address_counts_together() -> None:
    assert seen(None, ["1.2.3.4"], TRUSTED) is None
    assert counted_as(None) == counted_as(("a socket", 0))


def test_an_ipv6_network_counts_as_one() -> None:
    assert counted_as(("2001:db8:1:2:3::4", 1)) == counted_as(("2001:db8:1:2:ffff::", 1)) == "2001:db8:1:2::/64"
    assert counted_as(("2001:db8:1:3::4", 1)) != counted_as(("2001:db8:1:2::4", 1))
    assert counted_as(("::ffff:1.2.3.4", 1)) == counted_as(("1.2.3.4", 2)) == "1.2.3.4"


def test_a_window_begins_with_the_first_and_ends_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(windows.time, "time", lambda: now[0])
    allowance = Allowance(5, 60)
    assert [allowance.take("a") for _ in range(6)] == [True] * 5 + [False]
    assert allowance.is_spent("a")
    assert not allowance.is_spent("b")
    assert allowance.take("b", 5)
    assert not allowance.take("b")
    now[0] += 59.5
    assert (allowance.is_spent("a"), allowance.wait("a")) == (True, 1)
    now[0] += 1
    assert not allowance.is_spent("a")
    assert allowance.take("a")
    assert allowance.wait("a") == 60


def test_made_up_clients_take_bounded_memory() -> None:
    allowance = Allowance(5, 60)
    for number in range(windows.KEYS + 100):
        allowance.take(str(number))
    assert len(allowance._windows._windows) == windows.KEYS
    assert not allowance.take(str(windows.KEYS + 99), 5)


def test_windows_that_are_over_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(windows.time, "time", lambda: now[0])
    allowance = Allowance(5, 60)
    for number in range(1_000):
        allowance.take(str(number))
    now[0] += 61
    for number in range(1_000, 1_300):
        allowance.take(str(number))
    assert len(allowance._windows._windows) == 300


def test_so_many_at_once_and_the_others_in_their_order() -> None:
    async def work() -> None:
        turns, going, most, order = Turns(2), 0, 0, []
        go = asyncio.Event()

        async def one(number: int) -> None:
            nonlocal going, most
            async with turns.turn("a"):
                going += 1
                most = max(most, going)
                order.append(number)
                await go.wait()
                going -= 1

        tasks = [asyncio.create_task(one(number)) for number in range(2 + 2 * QUEUE)]
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert going == 2
        with pytest.raises(Problem) as caught:
            await one(99)
        assert (caught.value.status, caught.value.retry_after) == (429, 1)
        async with turns.turn("b"):  # somebody else does not wait
            assert going == 2
        tasks[2].cancel()  # one that waits may go
        go.set()
        await asyncio.gather(*tasks, return_exceptions=True)
        assert (going, most) == (0, 2)
        assert order == [0, 1, *range(3, 2 + 2 * QUEUE)]
        assert not turns._there

    run(work)


def test_the_time_of_the_processors_is_shared_out() -> None:
    now = [0.0]
    shares = Shares(2, lambda: now[0])
    first = shares.enter()
    now[0] = 1.0  # alone: one processor is idle
    others = [shares.enter() for _ in range(3)]
    now[0] = 3.0  # four on two processors
    assert shares.leave(first) == 1.0 + 2.0 / 2
    assert [shares.leave(one) for one in others] == [1.0] * 3
    now[0] = 100.0
    assert shares.leave(shares.enter()) == 0.0


def test_somebody_else_is_there_for_a_while() -> None:
    now = [0.0]
    others = Others(lambda: now[0])
    for client in "aaa":
        others.note(client)
    assert not others.are_there("a")
    assert others.are_there("b")
    others.note("b")
    assert (others.are_there("a"), others.are_there("b")) == (True, True)
    now[0] = ALONE_SECONDS - 1
    others.note("a")
    assert (others.are_there("a"), others.are_there("b")) == (True, True)
    now[0] = ALONE_SECONDS + 1
    assert (others.are_there("a"), others.are_there("b")) == (False, True)


def test_bytes_in_memory_are_counted_by_client_and_together() -> None:
    held = Held(100, 60)
    assert held.refusal("a", 60) is None
    assert held.refusal("a", 61).status == 429
    held.add("a", 60)
    assert held.refusal("a", 1).status == 429
    assert held.refusal("b", 41).status == 503
    assert held.refusal("b", 40) is None
    held.add("a", -60)
    assert held.refusal("b", 41) is None
    assert not held._by_client
    assert Held(0, 0).refusal("a", 10**12) is None


class Ahead(asyncio.SelectorEventLoop):
    """Its clock is put forward by hand."""

    ahead = 0.0

    def time(self) -> float:
        return super().time() + self.ahead


@pytest.mark.parametrize(("part", "seconds", "status"), [(1, 9.0, 408), (60_000, 9.0, None), (60_000, 11.0, 408)])
def test_a_body_that_drips_is_refused_although_each_part_comes_in_time(
    part: int, seconds: float, status: int | None
) -> None:
    loop = Ahead()
    left = [50]

    async def receive() -> Any:
        loop.ahead += seconds
        await asyncio.sleep(0)  # where a time limit that is over is noticed
        left[0] -= 1
        return {"type": "http.request", "body": b"x" * part, "more_body": left[0] > 0}

    async def app(scope: Any, receive: Any, send: Any) -> None:
        while (await receive())["more_body"]:
            pass

    async def answered() -> int | None:
        try:
            await BodyLimit(app, 10**9, 10.0)({"type": "http", "headers": []}, receive, None)  # type: ignore[arg-type]
        except Problem as problem:
            return problem.status
        return None

    assert run(answered, loop) == status
    assert (left[0] == 0) is (status is None)
