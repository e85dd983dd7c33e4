"""The REST API in Python: runs that look like dictionaries of arrays.

    client = bx.Client("http://127.0.0.1:8000")
    run = client.create({"example": "lesson13"})
    run.train(20)
    run["w1.g"]

Whatever the service refuses is raised as a `Problem`, with its code, detail, place and hint.
"""

from __future__ import annotations

import json
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from backprop_explorer.language.names import GRADIENT_ATTRIBUTES
from backprop_explorer.notebook import Shown, run_html, window
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    import httpx

Array = np.ndarray[Any, Any]
Progress = Callable[[dict[str, Any]], object]
ADDRESS = "http://127.0.0.1:8000"
FILE = {"Content-Type": "application/octet-stream"}
MOST_SHOWN = 12
PLACES = ("line", "column", "tensor", "layer")


class Client:
    """A server, by its address. Usable in a `with`; `timeout` is in seconds, None waits for ever."""

    def __init__(self, url: str = ADDRESS, *, timeout: float | None = 60) -> None:
        import httpx

        self._http = httpx.Client(base_url=f"{url.rstrip('/')}/api", timeout=timeout)

    def create(self, document: Mapping[str, Any]) -> RemoteRun:
        """A new run of a document, whose tensors may be arrays, or of `{"example": name}`."""
        return RemoteRun(self, self.call("POST", "/runs", _plain(document))["id"])

    def run(self, identity: str) -> RemoteRun:
        """A run that exists."""
        return RemoteRun(self, self.call("GET", f"/runs/{quote(identity, safe='')}")["id"])

    def load(self, file: str | PathLike[str]) -> RemoteRun:
        """A new run of a file that was exported here, or of an ONNX network; what was made up is a warning."""
        made = self.call("POST", "/import", Path(file).read_bytes(), run="true")
        for told in made["warnings"]:
            warnings.warn(told, stacklevel=2)
        return RemoteRun(self, made["run"]["id"])

    def trace(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """One iteration of a document: every tensor, every step."""
        content: dict[str, Any] = self.call("POST", "/trace", _plain(document))
        return content

    def examples(self) -> list[str]:
        """The names of the examples."""
        return [example["name"] for example in self.call("GET", "/examples")]

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Any call of the API, as JSON."""
        answer = self.answer(method, path, body, **query)
        return answer.json() if answer.content else None

    def answer(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """The answer itself; a `Problem` where the service has one, or cannot be reached."""
        wanted = {name: value for name, value in query.items() if value is not None}
        sent: dict[str, Any] = {"content": body, "headers": FILE} if isinstance(body, bytes) else {"json": body}
        with self._reaching():
            answer = self._http.request(method, path, params=wanted, **sent)
        if answer.is_success:
            return answer
        raise _problem(answer)

    def watched(self, path: str, body: Any, progress: Progress) -> dict[str, Any]:
        """The answer to a call that tells on the way how far it is."""
        headers = {"Accept": "text/event-stream"}
        with self._reaching(), self._http.stream("POST", path, json=body, headers=headers) as answer:
            if not answer.is_success:
                answer.read()
                raise _problem(answer)
            for name, content in _events(answer.iter_lines()):
                if name == "progress":
                    progress({**content, "loss": float(content["loss"])})
                elif name == "done":
                    return content
                else:
                    raise _told(content)
        raise Problem("unreachable", f"{self._http.base_url} broke off in the middle", status=503)

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.TransportError as error:
            hint = "start it with the command backprop-explorer"
            detail = f"no answer from {self._http.base_url}: {str(error) or type(error).__name__}"
            raise Problem("unreachable", detail, status=503, hint=hint) from None

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class RemoteRun:
    """A run on a server. `run["w1"]` is a tensor, `run["w1.g"]` its gradient, both as arrays of their own."""

    def __init__(self, client: Client, identity: str) -> None:
        self.id = identity
        self._client = client

    def __getitem__(self, name: str) -> Array:
        return self.tensor(name)

    def tensor(self, name: str, iteration: int | None = None) -> Array:
        """A tensor, or with `.g` its gradient, at an iteration (default: now)."""
        plain, field = _asked(name)
        path, query = f"/tensors/{quote(plain, safe='')}", {"field": field, "format": "npy", "iteration": iteration}
        answer = self._client.answer("GET", self._path(path), **query)
        return _array(answer)

    def __setitem__(self, name: str, value: Any) -> None:
        self._call("PATCH", f"/tensors/{quote(name, safe='')}", {"data": _plain(np.asarray(value))})

    def train(
        self, count: int = 1, gradients: Mapping[str, str] | None = None, *, progress: Progress | None = None
    ) -> list[float]:
        """That many iterations, perhaps by formulae for gradients; the loss before each and after the last.

        `progress` is called some ten times a second with a mapping: iteration, loss, done, count,
        iterations_per_second, seconds_left. An exception, Ctrl+C too, ends the training; what was done is kept. There
        are fewer losses where the server had to stop early.
        """
        body = {"count": count, **({"gradients": dict(gradients)} if gradients else {})}
        if progress is None:
            answer = self._call("POST", "/iterations", body)
        else:
            answer = self._client.watched(self._path("/iterations"), body, progress)
        return [float(loss) for loss in answer["losses"]]

    def state(self) -> dict[str, Any]:
        """Iteration, loss, version, optimizer, the document with the present numbers."""
        return self._call("GET")

    @property
    def iteration(self) -> int:
        """How many iterations it has made."""
        return int(self.state()["iteration"])

    @property
    def loss(self) -> float:
        """The loss of the present numbers."""
        return float(self.state()["loss"])

    def change(self, **changes: Any) -> dict[str, Any]:
        """Another program, optimizer, title …; the state."""
        return self._call("PATCH", body=_plain(changes))

    def undo(self) -> dict[str, Any]:
        """Takes the last change back; the state."""
        return self._call("POST", "/undo")

    def redo(self) -> dict[str, Any]:
        """Makes the change again that was undone last; the state."""
        return self._call("POST", "/redo")

    def fork(self, iteration: int | None = None) -> RemoteRun:
        """A run of its own with the same past up to an iteration (default: now)."""
        body = {} if iteration is None else {"iteration": iteration}
        return RemoteRun(self._client, self._call("POST", "/fork", body)["id"])

    def trace(self, iteration: int | None = None) -> dict[str, Any]:
        """Every tensor and every step of an iteration."""
        return self._call("GET", "/trace", iteration=iteration)

    def explain(self, name: str, *index: int, iteration: int | None = None) -> dict[str, Any]:
        """One element as its terms: `run.explain("w1.g", 2, 1)`."""
        plain, field = _asked(name)
        place = {"index": ",".join(map(str, index)), "iteration": iteration}
        return self._call("GET", "/explain", tensor=plain, field=field, **place)

    def check(self, **gradients: Any) -> dict[str, Any]:
        """Verdicts on formulae or numbers: `run.check(w1="x.T @ l1.g")`."""
        return self._call("POST", "/check", {"gradients": _plain(gradients)})

    def export(self, format: str, iteration: int | None = None) -> bytes:
        """A file: json, numpy, pytorch, npz or safetensors."""
        return self._client.answer("GET", self._path("/export"), format=format, iteration=iteration).content

    def load(self, file: str | PathLike[str]) -> list[str]:
        """A file's tensors in the place of the inputs and parameters of the same name, which it answers."""
        answer = self._call("POST", "/import", Path(file).read_bytes())
        for told in answer["warnings"]:
            warnings.warn(told, stacklevel=2)
        return list(answer["replaced"])

    def delete(self) -> None:
        """Removes it for good."""
        self._call("DELETE")

    def _path(self, path: str = "") -> str:
        return f"/runs/{quote(self.id, safe='')}{path}"

    def _call(self, method: str, path: str = "", body: Any = None, **query: Any) -> dict[str, Any]:
        content: dict[str, Any] = self._client.call(method, self._path(path), body, **query) or {}
        return content

    def __repr__(self) -> str:
        return f"<run {self.id}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the state, the loss, the program, the first parameters with their gradients."""
        state, tensors = self.state(), self._call("GET", "/trace", values="none")["tensors"]
        named = [name for name, tensor in tensors.items() if tensor["role"] == "parameter"][:MOST_SHOWN]
        return run_html(state, [self._shown(name, tuple(tensors[name]["shape"])) for name in named])

    def _shown(self, name: str, shape: tuple[int, ...]) -> Shown:
        value, gradient = (self._part(name, field, shape) for field in ("value", "gradient"))
        return Shown(name, shape, value, gradient)

    def _part(self, name: str, field: str, shape: tuple[int, ...]) -> Array:
        ranges = ",".join(f"{start}:{stop}" for start, stop in window(shape)) or None
        path = self._path(f"/tensors/{quote(name, safe='')}")
        return _array(self._client.answer("GET", path, field=field, window=ranges, format="npy"))


def _asked(name: str) -> tuple[str, str]:
    """A tensor and its field: `w1.g` is the gradient of w1."""
    plain, _, last = name.rpartition(".")
    return (plain, "gradient") if plain and last in GRADIENT_ATTRIBUTES else (name, "value")


def _array(answer: httpx.Response) -> Array:
    array: Array = np.load(BytesIO(answer.content), allow_pickle=False)
    return array


def _problem(answer: httpx.Response) -> Problem:
    """The service's own, or one that says that this is not the service."""
    try:
        return _told(answer.json())
    except (ValueError, KeyError, TypeError):
        detail = f"{answer.url} answered {answer.status_code} and is no Backprop Explorer"
        return Problem("not_the_service", detail, status=answer.status_code)


def _told(content: dict[str, Any]) -> Problem:
    where = content["where"]
    index = tuple(where["index"]) if "index" in where else None
    places = {name: where.get(name) for name in PLACES}
    known = {"status": content["status"], "title": content["title"], "hint": content["hint"]}
    return Problem(content["code"], content["detail"], index=index, **known, **places)


def _events(lines: Iterable[str]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Server-sent events by name and data, which is one line of JSON each."""
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def _plain(content: Any) -> Any:
    """Arrays as lists, and numbers that are not finite by their names, as they travel."""
    if isinstance(content, Mapping):
        return {str(key): _plain(value) for key, value in content.items()}
    if isinstance(content, (np.ndarray, np.generic)):
        return _plain(content.tolist())
    if isinstance(content, (list, tuple)):
        return [_plain(value) for value in content]
    if isinstance(content, float) and not np.isfinite(content):
        return "NaN" if np.isnan(content) else "Infinity" if content > 0 else "-Infinity"
    return content
