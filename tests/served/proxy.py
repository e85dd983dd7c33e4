"""A proxy that serves another server below a path prefix, which that server does not know."""

import asyncio
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress

HEAD_END = b"\r\n\r\n"


class PrefixProxy:
    """What nginx does with `location /prefix/ { proxy_pass http://server/; }`: the prefix goes, the Host stays."""

    def __init__(self, prefix: str, port: int) -> None:
        self.prefix = prefix.encode()
        self.behind = port
        self.outside: list[str] = []
        """The request lines that did not have the prefix."""
        self._serving: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        """What is served now: nothing else keeps these tasks, and what they wait for is known to them alone."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection, handed over with the prefix cut off; 404 where there is none."""
        task = asyncio.current_task()
        assert task
        self._serving[task] = writer
        try:
            with suppress(asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
                head = await reader.readuntil(HEAD_END)
                line, _, fields = head.partition(b"\r\n")
                method, target, version = line.split(b" ")
                if target.startswith(self.prefix):
                    fields = b"\r\n".join(f for f in fields.split(b"\r\n") if not f.lower().startswith(b"connection:"))
                    target = b"/" + target.removeprefix(self.prefix)
                    head = b" ".join([method, target, version]) + b"\r\nConnection: close\r\n" + fields
                    await self.hand_over(head, reader, writer)
                else:
                    self.outside.append(line.decode("latin-1"))
                    writer.write(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    await writer.drain()
                writer.close()
                await writer.wait_closed()  # what the browser has not read yet is still on its way
        finally:
            writer.transport.abort()
            del self._serving[task]

    async def end(self) -> None:
        """Breaks off what is still served, read or not: no socket outlives the loop."""
        tasks = list(self._serving)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def hand_over(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Copies both ways until the server behind has answered, piece by piece as it comes."""
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.behind)
        to_server.write(head)
        sending = asyncio.ensure_future(_copy(reader, to_server))
        try:
            await _copy(from_server, writer)
        finally:
            sending.cancel()
            to_server.transport.abort()  # all that it had to say has come


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with suppress(ConnectionError):
        while piece := await reader.read(65536):
            writer.write(piece)
            await writer.drain()


@contextmanager
def proxied(prefix: str, port: int) -> Iterator[tuple[PrefixProxy, str]]:
    """The proxy in a thread of its own, on a free port, and the address of what is behind it."""
    proxy = PrefixProxy(prefix, port)
    known: Future[tuple[int, asyncio.AbstractEventLoop, asyncio.Event]] = Future()

    async def listen() -> None:
        ended = asyncio.Event()
        async with await asyncio.start_server(proxy.serve, "127.0.0.1", 0) as listening:
            known.set_result((listening.sockets[0].getsockname()[1], asyncio.get_running_loop(), ended))
            await ended.wait()
            await proxy.end()

    with ThreadPoolExecutor(1) as threads:
        running = threads.submit(asyncio.run, listen())
        own, loop, ended = known.result(timeout=30)
        try:
            yield proxy, f"http://127.0.0.1:{own}{prefix}"
        finally:
            loop.call_soon_threadsafe(ended.set)
            running.result(timeout=30)
