"""The engine of a site in a Python of its own that has NumPy and nothing else: what it cannot import is not there in a
browser either."""

import base64
import io
import json
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy

from backprop_explorer.site.archive import archive, snapshot_archive
from tests import node

ENTRY = Path(__file__).with_name("bare.py")
WASM = Path(__file__).with_name("wasm.mjs")


class Answer:
    """As an HTTP client has it; `pieces` as they came."""

    def __init__(self, told: dict) -> None:
        self.status_code = told["status"]
        self.headers = {name.lower(): value for name, value in told["headers"]}
        self.pieces = [base64.b64decode(piece) for piece in told["pieces"]]
        self.content = b"".join(self.pieces)

    def json(self):
        return json.loads(self.content)


class Process:
    """Asks an engine in a process of its own."""

    def __init__(self, command: list[str]) -> None:
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def request(self, method: str, path: str, content: bytes = b"", headers: dict | None = None, **words) -> Answer:
        """An answer; `leave_after` so many pieces of it the client goes."""
        asked = {"method": method, "address": path, "headers": list((headers or {}).items()), **words}
        return Answer(self.tell({"ask": {**asked, "body": base64.b64encode(content).decode()}}))

    def tell(self, words: dict):
        self.process.stdin.write(json.dumps(words) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise RuntimeError(f"the engine ended with {self.process.wait()}")
        return json.loads(line)

    def close(self) -> None:
        self.process.stdin.close()
        self.process.wait(30)
        self.process.stdout.close()


class Alone(Process):
    """The engine in that Python."""

    def __init__(self, folder: Path, packages: list[bytes]) -> None:
        for packed in packages:
            with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
                tar.extraction_filter = getattr(tarfile, "data_filter", None)
                tar.extractall(folder / "package")
        libraries = folder / "numpy"
        libraries.mkdir()
        here = Path(numpy.__file__).parent
        for path in (here, here.with_name("numpy.libs")):
            if path.exists():
                (libraries / path.name).symlink_to(path)
        command = [sys.executable, "-I", "-S", "-W", "error", str(ENTRY), str(folder / "package"), str(libraries)]
        super().__init__(command)


class Wasm(Process):
    """The engine in Pyodide, under Node."""

    def __init__(self, folder: Path, pyodide: Path) -> None:
        names = []
        for name, packed in (("engine", archive()), ("snapshot", snapshot_archive())):
            names.append(str(folder / f"{name}.tar.bz2"))
            Path(names[-1]).write_bytes(packed)
        super().__init__([str(node.EXECUTABLE), str(WASM), str(pyodide), str(ENTRY), *names])
