"""A plain static host: files of a folder, compressed where the browser takes that, and nothing else."""

import gzip
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

TYPES = {
    ".html": "text/html",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".css": "text/css",
    ".json": "application/json",
    ".svg": "image/svg+xml",
    ".wasm": "application/wasm",
}


class Host:
    """Its `url`, and how many bytes of bodies it has `sent`, by address; `down` it answers nothing."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.sent: dict[str, int] = {}
        self.down = False


@cache
def compressed(path: str, _modified: float) -> bytes:
    return gzip.compress(Path(path).read_bytes(), 6)


@contextmanager
def hosting(folder: Path) -> Iterator[Host]:
    class Handler(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def __init__(self, *given) -> None:
            super().__init__(*given, directory=str(folder))

        def log_message(self, *_) -> None: ...

        def do_GET(self) -> None:
            if host.down:
                self.close_connection = True
                return
            path = Path(self.translate_path(self.path))
            path = path / "index.html" if self.path.partition("?")[0].endswith("/") else path
            if not path.is_file():
                super().do_GET()
                return
            body, packed = path.read_bytes(), path.suffix in TYPES
            if packed:
                body = compressed(str(path), path.stat().st_mtime)
            self.send_response(200)
            self.send_header("Content-Type", TYPES.get(path.suffix, "text/plain"))
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "max-age=600")  # as GitHub's pages say
            if packed:
                self.send_header("Content-Encoding", "gzip")
            self.end_headers()
            self.wfile.write(body)
            host.sent[self.path] = host.sent.get(self.path, 0) + len(body)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    host = Host(f"http://127.0.0.1:{server.server_port}")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield host
    server.shutdown()
    server.server_close()
    thread.join()
