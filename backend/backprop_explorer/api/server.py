"""The web server: finds a port, keeps idle connections short, ends in good order."""

from __future__ import annotations

import errno
import gc
import os
import socket
import sys
from collections.abc import Callable

import uvicorn
from anyio import to_thread
from fastapi import FastAPI

from backprop_explorer.api.protocol import protocol
from backprop_explorer.api.service import Service
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

PORTS_TO_TRY = 100
SWITCH_SECONDS = 0.001
"""How long a thread may keep the interpreter while another one waits for it, such as the event loop."""


def listen(host: str, port: int) -> socket.socket:
    """A socket at the port, or at the next free one; a `Problem` when there is none, or no such address."""
    for candidate in range(port, min(port + PORTS_TO_TRY, 65_536)):
        try:
            return _bound(host, candidate)
        except OSError as error:
            if error.errno not in (errno.EADDRINUSE, errno.EACCES) or port == 0:
                reason = f"cannot listen at {host}:{port}: {error.strerror}"
                raise Problem("cannot_listen", reason, status=503) from None
    last = port + PORTS_TO_TRY - 1
    raise Problem("cannot_listen", f"the ports {port} to {last} of {host} are all in use", status=503)


def _bound(host: str, port: int) -> socket.socket:
    family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    listening = socket.socket(family, kind, protocol)
    try:
        if os.name == "posix":  # elsewhere it would let two servers share a port
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(128)
    except OSError:
        listening.close()
        raise
    return listening


class Server(uvicorn.Server):
    """Serves the app at a listening socket; calls `when_up` once it answers."""

    def __init__(self, app: FastAPI, settings: Settings, when_up: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                app,
                http=protocol(settings, app.state.listeners),
                ws="none",
                lifespan="on",
                log_level="warning",
                access_log=False,
                server_header=False,
                proxy_headers=False,  # whom to believe is a setting of ours
                timeout_keep_alive=settings.idle_seconds,
                timeout_graceful_shutdown=10,
            )
        )
        self.service: Service = app.state.service
        # What is there now stays: who looks for garbage, and keeps all others waiting, need not look through it.
        app.state.when_warm = gc.freeze
        self.when_up = when_up

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        sys.setswitchinterval(SWITCH_SECONDS)
        super().run(sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self.when_up()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await to_thread.run_sync(self.service.stop)
        await super().shutdown(sockets)
