"""What two processes tell each other over a socket: pickles, whose arrays and bytes follow as they are."""

from __future__ import annotations

import pickle
import socket
import struct
from typing import Any

_COUNTS = struct.Struct("!QI")
_SIZE = struct.Struct("!Q")


class Ended(Exception):
    """The other process is gone."""


def send(connection: socket.socket, content: Any) -> None:
    """Sends anything that can be pickled. Raises `Ended` where nobody is there any more."""
    buffers: list[pickle.PickleBuffer] = []
    head = pickle.dumps(content, protocol=5, buffer_callback=buffers.append)
    parts = [buffer.raw() for buffer in buffers]
    sizes = b"".join(_SIZE.pack(part.nbytes) for part in parts)
    try:
        connection.sendall(_COUNTS.pack(len(head), len(parts)) + sizes)
        connection.sendall(head)
        for part in parts:
            connection.sendall(part)
    except (BrokenPipeError, ConnectionResetError):
        raise Ended from None


def receive(connection: socket.socket) -> Any:
    """What the other process sent. Raises `Ended` where it has gone, and TimeoutError as the socket does."""
    head_size, count = _COUNTS.unpack(_bytes(connection, _COUNTS.size))
    sizes = _bytes(connection, _SIZE.size * count)
    head = _bytes(connection, head_size)
    buffers = [_bytes(connection, size) for (size,) in _SIZE.iter_unpack(sizes)]
    return pickle.loads(head, buffers=buffers)  # noqa: S301 - a process that this one has started


def _bytes(connection: socket.socket, size: int) -> bytearray:
    content = bytearray(size)
    rest = memoryview(content)
    while rest:
        try:
            received = connection.recv_into(rest)
        except ConnectionResetError:
            received = 0
        if not received:
            raise Ended
        rest = rest[received:]
    return content
