"""What once brought the server down, or would have filled its disk or memory."""

from __future__ import annotations

import io
import json
import struct
import zipfile

import numpy as np

from tests.attacks.record import LARGEST, LARGEST_ANSWERED, LESSON, SMALL_BODY_LARGE_RUN, attack, part
from tests.attacks.target import JSON, Target, request


@attack
def unterminated_string(target: Target, share: float) -> None:
    for size in (20_000, 900_000):
        target.send("POST", "/api/trace", b"[" * 65 + b'"' + b'\\"' * part(size, share), headers=JSON)


@attack
def unterminated_header_of_a_tensor_file(target: Target, share: float) -> None:
    text = b"{" + b'"' + b'\\"' * part(400_000, share)
    for path in ("/api/import", "/api/data"):
        target.send("POST", path, struct.pack("<Q", len(text)) + text)


@attack
def spaces_in_tags(target: Target, share: float) -> None:
    run = target.run(LESSON)
    for length in (1_000, 15_000, 60_000):
        tag = f"x{' ' * part(length, share)}x"
        target.send("GET", f"/api/runs/{run}", headers={"If-None-Match": tag})
        target.send("POST", f"/api/runs/{run}/undo", headers={"If-Match": tag})


@attack
def runs_of_546_bytes(target: Target, share: float) -> None:
    target.at_once(part(1_000, share), lambda _: target.send("POST", "/api/runs", SMALL_BODY_LARGE_RUN))


@attack
def runs_as_large_as_admitted(target: Target, share: float) -> None:
    def create(number: int) -> None:
        target.send("POST", "/api/runs", {**LARGEST, "seed": number})

    target.at_once(part(400, share), create)


@attack
def forks_of_a_large_run(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    target.send("POST", f"/api/runs/{run}/iterations", {"count": 100})
    target.at_once(part(400, share), lambda _: target.send("POST", f"/api/runs/{run}/fork", {}))


@attack
def large_traces_at_once(target: Target, share: float) -> None:
    target.at_once(part(40, share), lambda _: target.send("POST", "/api/trace", SMALL_BODY_LARGE_RUN))
    target.at_once(part(200, share), lambda _: target.send("POST", "/api/trace", LARGEST_ANSWERED))


@attack
def answers_that_nobody_reads(target: Target, share: float) -> None:
    sent = request("POST", "/api/trace", json.dumps(LARGEST_ANSWERED).encode())
    with target.sockets(part(200, share), sent, receive_bytes=4_096):
        target.at_once(part(60, share), lambda _: target.send("GET", "/api/examples"), threads=2)


@attack
def a_title_as_long_as_a_body_may_be(target: Target, share: float) -> None:
    for size in (1_900_000, 31_000_000):
        target.send("POST", "/api/runs", {**LARGEST, "title": "a" * part(size, share)})


@attack
def a_zip_file_that_unpacks_to_much(target: Target, share: float) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            head = np.lib.format.magic(1, 0) + struct.pack("<H", 118)
            words = b"{'descr': '|i1', 'fortran_order': False, 'shape': (60000000,)}".ljust(117) + b"\n"
            archive.writestr(f"w{number}.npy", head + words + bytes(60_000_000))
    content = packed.getvalue()
    for path in ("/api/import", "/api/data"):
        target.at_once(part(20, share), lambda _, path=path: target.send("POST", path, content))


@attack
def wrong_answers_to_check_at_once(target: Target, share: float) -> None:
    body = {"gradients": {"w": "h.T @ x @ w * 3"}}
    runs = target.at_once(part(40, share), lambda number: target.run({**LARGEST, "seed": number}))
    target.at_once(2 * len(runs), lambda n: target.send("POST", f"/api/runs/{runs[n % len(runs)]}/check", body))


@attack
def edits_as_large_as_a_body(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    cells = [{"index": [i % 300, i // 300], "value": 1.5} for i in range(part(40_000, share))]
    rows = [[0.25] * 300] * 300
    for body in ({"cells": cells}, {"data": rows}):
        target.at_once(part(20, share), lambda _, body=body: target.send("PATCH", f"/api/runs/{run}/tensors/w", body))


@attack
def bodies_of_many_brackets(target: Target, share: float) -> None:
    size = part(1_900_000, share)
    for body in (
        b'{"a":[' + b"{}," * (size // 3) + b"{}]}",
        b"[" * size,
        b'{"a":' * (size // 5),
        b"{" + b",".join(b'"k%d":0' % i for i in range(size // 12)) + b"}",
        b'{"a":' + b"9" * size + b"}",
        b'{"a":[' + b"1e999," * (size // 6) + b"0]}",
        b'{"title":"' + b"\\ud800" * (size // 6) + b'"}',
    ):
        target.at_once(4, lambda _, body=body: target.send("POST", "/api/runs", body, headers=JSON))


@attack
def trainings_at_once(target: Target, share: float) -> None:
    runs = [target.run(LESSON) for _ in range(part(60, share))]
    events = {**JSON, "accept": "text/event-stream"}

    def train(number: int) -> None:
        target.send("POST", f"/api/runs/{runs[number]}/iterations", {"count": part(3_000, share)}, headers=events)

    target.at_once(len(runs), train, threads=60)


@attack
def the_longest_training(target: Target, share: float) -> None:
    small, large = target.run(LESSON), target.run(LARGEST)
    target.send("POST", f"/api/runs/{small}/iterations", {"count": part(10_000, share)})
    target.send("POST", f"/api/runs/{large}/iterations", {"count": part(300, share)})


@attack
def plots_and_checks_of_the_largest_run(target: Target, share: float) -> None:
    run = target.run(LARGEST)
    target.send("POST", f"/api/runs/{run}/iterations", {"count": part(40, share)})
    kinds = ("gradcheck", "plots/contour", "plots/histograms", "plots/norms", "plots/weight", "history", "exercises")
    target.at_once(part(28, share, 7), lambda n: target.send("GET", f"/api/runs/{run}/{kinds[n % len(kinds)]}"))


@attack
def quadratic_equation_in_an_onnx_file(target: Target, share: float) -> None:
    equation = b"a" * part(1_000_000, share) + b"!"
    attribute = _field(1, b"equation") + _field(4, equation) + b"\xa0\x01\x03"
    node = _field(1, b"x") + _field(2, b"y") + _field(4, b"Einsum") + _field(5, attribute)
    graph = _field(1, node) + _field(2, b"g") + _field(12, _field(1, b"y"))
    model = b"\x08\x08" + _field(7, graph) + _field(8, b"\x10\x11")
    target.at_once(4, lambda _: target.send("POST", "/api/import", model))


def _field(number: int, content: bytes) -> bytes:
    """A field of a protocol buffer."""
    return _whole(number << 3 | 2) + _whole(len(content)) + content


def _whole(number: int) -> bytes:
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])
