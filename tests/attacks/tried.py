"""What else a stranger may try."""

from __future__ import annotations

import json
import struct
import zlib

import numpy as np

from tests.attacks.record import LARGEST, LESSON, attack, part
from tests.attacks.target import FILE, JSON, Target, read_all, request

SCALAR = {"program": "loss = a * a", "inputs": {}, "parameters": {"a": 3.0}}


@attack
def bodies_that_drip(target: Target, share: float) -> None:
    head = request("POST", "/api/runs", headers=["Content-Type: application/json", "Content-Length: 100000"])
    with target.sockets(part(300, share), head) as opened:
        for _ in range(3):
            for one in opened:
                try:
                    one.sendall(b'{"a":')
                except OSError:
                    continue
            target.send("POST", "/api/runs", LESSON)


@attack
def heads_that_never_end(target: Target, share: float) -> None:
    with (
        target.sockets(part(500, share), b"GET /api/health HTTP/1.1\r\nHost: local"),
        target.sockets(part(500, share)),
    ):
        target.send("GET", "/api/examples")


@attack
def chunks_of_one_byte(target: Target, share: float) -> None:
    head = request("POST", "/api/trace", headers=["Content-Type: application/json", "Transfer-Encoding: chunked"])
    chunks = b"1\r\n1\r\n" * part(300_000, share)
    with target.sockets(4, head + chunks + b"0\r\n\r\n") as opened:
        for one in opened:
            one.shutdown(1)
            read_all(one)


@attack
def many_requests_in_one_piece(target: Target, share: float) -> None:
    sent = request("GET", "/api/nothing") * part(2_000, share)
    with target.sockets(4, sent) as opened:
        for one in opened:
            one.shutdown(1)
            read_all(one)


@attack
def clients_that_leave_at_once(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    train = json.dumps({"count": 10_000}).encode()
    for path, body in ((f"/api/runs/{run}/iterations", train), ("/api/trace", json.dumps(LARGEST).encode())):
        for _ in range(part(10, share)):
            with target.sockets(10, request("POST", path, body)):
                pass


@attack
def a_flood_of_ids_that_are_none(target: Target, share: float) -> None:
    target.at_once(part(4_000, share), lambda n: target.send("GET", f"/api/runs/{n:022d}"), threads=16)


@attack
def a_flood_from_addresses_that_are_made_up(target: Target, share: float) -> None:
    def ask(number: int) -> None:
        names = {"X-Forwarded-For": f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"}
        target.send("POST", "/api/trace", SCALAR, headers={**JSON, **names})

    target.at_once(part(3_000, share), ask, threads=16)


@attack
def a_flood_of_keys(target: Target, share: float) -> None:
    run = target.run(LESSON)

    def edit(number: int) -> None:
        body = {"cells": [{"index": [0, 0], "value": number}]}
        headers = {**JSON, "Idempotency-Key": f"{number:0255d}"}
        target.send("PATCH", f"/api/runs/{run}/tensors/w1", body, headers=headers)

    target.at_once(part(2_000, share), edit, threads=8)


@attack
def a_run_that_grows(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    for number in range(part(60, share)):
        target.send("POST", f"/api/runs/{run}/iterations", {"count": 20})
        target.send("PATCH", f"/api/runs/{run}", {"seed": number, "title": "t" * part(1_000_000, share)})


@attack
def undo_and_redo(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    target.send("POST", f"/api/runs/{run}/iterations", {"count": 30})
    for _ in range(part(60, share)):
        target.send("POST", f"/api/runs/{run}/undo")
        target.send("POST", f"/api/runs/{run}/redo")


@attack
def programs_as_long_as_admitted(target: Target, share: float) -> None:
    lines = part(800, share)
    for program in (
        "y = x\nfor i in range(2000):\n    y = tanh(y @ w)\nloss = sum(y)",
        "y0 = x\n" + "\n".join(f"y{i + 1} = y{i} * x" for i in range(lines)) + f"\nloss = sum(y{lines})",
        "loss = sum(" + "(" * 5_000 + "x" + ")" * 5_000 + ")",
        "loss = sum(" + "-" * 15_000 + "x)",
        "loss = sum(x" + ".T" * 9_000 + ")",
        "loss = sum(einsum('ab,bc,cd,de->ae', x, w, w, w))",
        "loss = " + "+".join(["sum(x)"] * 2_500),
    ):
        document = {"program": program, "inputs": {"x": {"shape": [30, 30], "init": "normal"}}, "parameters": {}}
        if "w" in program:
            document["parameters"] = {"w": {"shape": [30, 30], "init": "normal"}}
        target.at_once(4, lambda _, document=document: target.send("POST", "/api/trace", document))


@attack
def tables_pictures_and_text(target: Target, share: float) -> None:
    size = part(1_900_000, share)
    wide, long = b"a," * (size // 2) + b"b\n" + b"1," * 9, b"a,b\n" + b"1,2\n" * (size // 4)
    for content in (
        wide,
        long,
        b"7" * size,
        b'"' * size,
        _picture(30_000, 30_000),
        b"P6 99999 99999 255\n" + b"x" * 100,
    ):
        for path in ("/api/data", "/api/import"):
            target.send("POST", path, content)


def _picture(width: int, height: int) -> bytes:
    """A PNG file that is small, and large when it is unpacked."""
    rows = zlib.compress(bytes((width // 8 + 1) * 2_000), 9) * (height // 2_000)

    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    head = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@attack
def exports_in_every_format(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    formats = [one["name"] for one in target.client.get("/api/formats").json() if one.get("exports", True)]

    def take(number: int) -> None:
        target.send("GET", f"/api/runs/{run}/export?format={formats[number % len(formats)]}")

    target.at_once(part(60, share, len(formats)), take)


@attack
def the_same_large_answers_over_and_over(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    paths = ("", "/trace", "/tensors/w", "/tensors/h.g", "/parts?tensor=h", "/compare?other_iteration=0")
    target.at_once(part(300, share), lambda n: target.send("GET", f"/api/runs/{run}{paths[n % len(paths)]}"))


@attack
def previews_while_it_trains(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    body = {"tensors": {"w": {"cells": [{"index": [0, 0], "value": 2}]}}}

    def ask(number: int) -> None:
        if number == 0:
            target.send("POST", f"/api/runs/{run}/iterations", {"count": part(200, share)})
        else:
            target.send("POST", f"/api/runs/{run}/preview", body)

    target.at_once(part(120, share), ask)


@attack
def streams_that_nobody_reads(target: Target, share: float) -> None:
    runs = [target.run(LESSON) for _ in range(part(40, share))]
    body = json.dumps({"count": part(10_000, share)}).encode()
    head = ["Accept: text/event-stream"]
    for run in runs:
        with target.sockets(1, request("POST", f"/api/runs/{run}/iterations", body, head), receive_bytes=4_096):
            target.send("GET", f"/api/runs/{run}")


@attack
def files_of_the_page_over_and_over(target: Target, share: float) -> None:
    paths = ("/", "/main.js", "/ops.html", "/api/reference", "/api/ops", "/api/openapi.json", "/api/examples/digits")
    target.at_once(part(1_000, share), lambda n: target.send("GET", paths[n % len(paths)]), threads=16)


@attack
def methods_and_addresses_that_make_no_sense(target: Target, share: float) -> None:
    for method in ("TRACE", "CONNECT", "PROPFIND", "OPTIONS", "PUT"):
        target.send(method, "/api/runs")
    for path in ("/" + "a/" * 4_000, "/api/runs/" + "%00" * 2_000, "/api/runs/x/tensors/" + "%F0%9F%92%A9" * 800):
        target.at_once(part(20, share), lambda _, path=path: target.send("GET", path))
    upgrade = request("GET", "/", headers=["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Key: x"])
    with target.sockets(20, upgrade + b"\x81" * 1_000) as opened:
        for one in opened:
            one.shutdown(1)
            read_all(one)


@attack
def queries_as_long_as_a_head(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    for query in (
        "values=" + ",".join(f"w{i}" for i in range(2_000)),
        "window=" + ",".join(["0:1"] * 3_000),
        "&".join(f"q{i}=1" for i in range(2_000)),
        "iteration=" + "9" * 12_000,
    ):
        for path in ("/trace", "/tensors/w", "/explain", "/jacobian", "/plots/contour"):
            target.at_once(3, lambda _, at=f"/api/runs/{run}{path}?{query}": target.send("GET", at))


@attack
def files_of_a_run_in_random_bytes(target: Target, share: float) -> None:
    rng = np.random.default_rng(5)
    begun = (b"PK\x03\x04", b"\x93NUMPY\x01\x00", b"\x08\x08", b"{", b"\x89PNG\r\n\x1a\n", struct.pack("<Q", 100))

    def send(number: int) -> None:
        content = begun[number % len(begun)] + rng.bytes(part(200_000, share))
        target.send("POST", "/api/import?run=true", content, headers=FILE)

    target.at_once(part(60, share), send, threads=8)
