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
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from io import BytesIO
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import numpy as np

from backprop_explorer.address import ADDRESS, run_address, server_address, view_address
from backprop_explorer.api import wire
from backprop_explorer.engine.numbers import array_of, is_array, numpy_array
from backprop_explorer.export.safetensors import large_document
from backprop_explorer.importing.archive import with_others
from backprop_explorer.language.names import GRADIENT_ATTRIBUTES
from backprop_explorer.notebook import Shown, run_html, window
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    import httpx

Array = np.ndarray[Any, Any]
Progress = Callable[[dict[str, Any]], object]
FILE = {"Content-Type": "application/octet-stream"}
JSON = {"Content-Type": "application/json"}
EVENTS = "text/event-stream"
MOST_SHOWN = 12
PLACES = ("line", "column", "tensor", "layer")


class Client:
    """A server, by its address, which may be copied from a browser. Usable in a `with`.

    `timeout` is how many seconds an answer may take, None for ever; a training may take as long as it needs.
    """

    def __init__(self, url: str = ADDRESS, *, timeout: float | None = 60) -> None:
        import httpx

        self.url = server_address(url)
        self._http = httpx.Client(base_url=f"{self.url}/api", timeout=timeout)
        self._patient = httpx.Timeout(timeout, read=None)

    def create(self, document: Mapping[str, Any]) -> RemoteRun:
        """A new run of a document, whose tensors may be arrays of any library, or of `{"example": name}`."""
        file = large_document(document)
        made = self.call("POST", "/runs", document) if file is None else self.call("POST", "/import", file, run="true")
        return RemoteRun(self, self._identity(made))

    def run(self, identity: str) -> RemoteRun:
        """A run that exists, by its id; or by its `view_id`, to look at it and to fork it."""
        path = f"/runs/{quote(identity, safe='')}"
        return RemoteRun(self, self._identity(self.call("GET", path, document="false")))

    def load(self, file: str | PathLike[str], *others: str | PathLike[str], **choices: Any) -> RemoteRun:
        """A new run of a file: a document, a network, which may keep its numbers in `others` (or in `net.onnx.data`
        beside it), or data (`model="linear"`); what was made up is a warning."""
        made = self.call("POST", "/import", with_others(Path(file), [*map(Path, others)]), run="true", **choices)
        for told in made["warnings"]:
            warnings.warn(told, stacklevel=2)
        return RemoteRun(self, self._identity(made))

    def trace(self, document: Mapping[str, Any]) -> dict[str, Any]:
        """One iteration of a document: every tensor, every step."""
        return dict(self.call("POST", "/trace", document))

    def examples(self) -> list[str]:
        """The names of the examples."""
        return [example["name"] for example in self.call("GET", "/examples")]

    def call(self, method: str, path: str, body: Any = None, **query: Any) -> Any:
        """Any call of the API, as JSON. The body may hold arrays of any library."""
        answer = self.answer(method, path, body, **query)
        if not answer.content:
            return None
        try:
            return answer.json()
        except ValueError:
            raise _another_service(answer) from None

    def answer(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """The answer itself; a `Problem` where the service has one, or cannot be reached."""
        wanted = {name: value for name, value in query.items() if value is not None}
        with self._reaching():
            answer = self._http.request(method, path, params=wanted, **_sent(body))
        if answer.is_success:
            return answer
        raise _problem(answer)

    def watched(self, path: str, body: Any, progress: Progress | None = None) -> dict[str, Any]:
        """The answer to a call that tells on the way how far it is, for as long as that takes. Leaving it by an
        exception ends what it does."""
        sent = _sent(body)
        headers = {**sent.pop("headers"), "Accept": EVENTS}
        stream = self._http.stream("POST", path, headers=headers, timeout=self._patient, **sent)
        with self._reaching(), stream as answer:
            if not answer.is_success:
                answer.read()
                raise _problem(answer)
            if not answer.headers.get("content-type", "").startswith(EVENTS):
                raise _another_service(answer)
            for name, content in _events(answer.iter_lines()):
                if name == "error":
                    raise _told(content)
                if name == "done":
                    return content
                if progress is not None:
                    progress({**content, "loss": float(content["loss"])})
        raise Problem("unreachable", f"{self._http.base_url} broke off in the middle", status=503)

    def _identity(self, state: Any) -> str:
        """The id in a run's state, or in the answer to a file of which a run was begun; that to look at it where it is
        not for changing."""
        state = state.get("run", state) if isinstance(state, dict) else {}
        identity = (state.get("id") or state.get("view_id")) if isinstance(state, dict) else None
        if not isinstance(identity, str):
            raise Problem("not_the_service", f"{self._http.base_url} is no Backprop Explorer: it answers no run")
        return identity

    @contextmanager
    def _reaching(self) -> Iterator[None]:
        import httpx

        try:
            yield
        except httpx.ReadTimeout:
            detail = f"{self._http.base_url} did not answer within {self._http.timeout.read:g} seconds: it is busy"
            hint = "a run that is being trained answers afterwards; Client(…, timeout=300) waits longer"
            raise Problem("timeout", detail, status=504, hint=hint) from None
        except httpx.RequestError as error:
            hint = "start it with the command backprop-explorer"
            detail = f"no answer from {self._http.base_url}: {str(error) or type(error).__name__}"
            raise Problem("unreachable", detail, status=503, hint=hint) from None

    def close(self) -> None:
        """Ends the connections."""
        self._http.close()

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class RemoteRun:
    """A run on a server. `run["w1"]` is a tensor, `run["w1.g"]` its gradient, both as arrays of their own."""

    def __init__(self, client: Client, identity: str) -> None:
        self.id = identity
        self.client = client

    @property
    def url(self) -> str:
        """Where the page shows it, for whoever may change it."""
        return run_address(self.client.url, self.id)

    @property
    def view_url(self) -> str:
        """Where the page shows it to others, who cannot change it and may copy it."""
        return view_address(self.client.url, self.state()["view_id"])

    def __getitem__(self, name: str) -> Array:
        return self.tensor(name)

    def tensor(self, name: str, iteration: int | None = None) -> Array:
        """A tensor, or with `.g` its gradient, at an iteration (default: now)."""
        plain, field = _asked(name)
        path, query = f"/tensors/{quote(plain, safe='')}", {"field": field, "format": "npy", "iteration": iteration}
        answer = self.client.answer("GET", self._path(path), **query)
        return _array(answer)

    def __setitem__(self, name: str, value: Any) -> None:
        numbers = array_of(value, name, masks=True)[0]
        self._call("PATCH", f"/tensors/{quote(name, safe='')}", {"data": numbers})

    def __contains__(self, name: object) -> bool:
        """Whether `run[name]` is there: a tensor, or a gradient as `w1.g`."""
        if not isinstance(name, str):
            return False
        plain, field = _asked(name)
        known = self._tensors().get(plain)
        try:
            if known is None:  # another name of a tensor, or none
                self.tensor(name)
            elif field == "gradient":
                self._part(plain, field, known["shape"])
        except Problem as problem:
            if problem.code in ("unknown_tensor", "no_gradient"):
                return False
            raise
        return True

    def __iter__(self) -> Iterator[str]:
        """The names of the tensors, in the order of the program; of their gradients none."""
        return iter(self._tensors())

    def __len__(self) -> int:
        return len(self._tensors())

    def __bool__(self) -> bool:
        return True

    def _tensors(self) -> dict[str, Any]:
        """What is known of the tensors besides their numbers."""
        tensors: dict[str, Any] = self._call("GET", "/trace", values="none")["tensors"]
        return tensors

    def train(
        self, count: int = 1, gradients: Mapping[str, str] | None = None, *, progress: Progress | None = None
    ) -> list[float]:
        """That many iterations, perhaps by formulae for gradients; the loss before each and after the last.

        `progress` is called some ten times a second with a mapping: iteration, loss, done, count,
        iterations_per_second, seconds_left. An exception, Ctrl+C too, ends the training; what was done is kept. There
        are fewer losses where the server had to stop early.
        """
        body = {"count": count, **({"gradients": dict(gradients)} if gradients else {})}
        answer = self.client.watched(self._path("/iterations"), body, progress)
        return [float(loss) for loss in answer["losses"]]

    def state(self) -> dict[str, Any]:
        """Iteration, loss, version, optimizer, the document with the present numbers."""
        return self._call("GET")

    @property
    def iteration(self) -> int:
        """How many iterations it has made."""
        return int(self._words()["iteration"])

    @property
    def loss(self) -> float:
        """The loss of the present numbers."""
        return float(self._words()["loss"])

    def _words(self) -> dict[str, Any]:
        """The state without the numbers of its document."""
        return self._call("GET", document="false")

    def change(self, **changes: Any) -> dict[str, Any]:
        """Another program, optimizer, title …; the state."""
        return self._call("PATCH", body=changes)

    def undo(self) -> dict[str, Any]:
        """Takes the last change back; the state."""
        return self._call("POST", "/undo")

    def redo(self) -> dict[str, Any]:
        """Makes the change again that was undone last; the state."""
        return self._call("POST", "/redo")

    def fork(self, iteration: int | None = None) -> RemoteRun:
        """A run of its own with the same past up to an iteration (default: now)."""
        body = {} if iteration is None else {"iteration": iteration}
        return RemoteRun(self.client, self._call("POST", "/fork", body)["id"])

    def variant(self, seed: int | None = None) -> RemoteRun:
        """A new run of the same program with other shapes and numbers, the same ones for the same seed."""
        return RemoteRun(self.client, self._call("POST", "/variant", {} if seed is None else {"seed": seed})["id"])

    def trace(self, iteration: int | None = None) -> dict[str, Any]:
        """Every tensor and every step of an iteration."""
        return self._call("GET", "/trace", iteration=iteration)

    def explain(self, name: str, *index: int, iteration: int | None = None) -> dict[str, Any]:
        """One element as its terms: `run.explain("w1.g", 2, 1)`."""
        plain, field = _asked(name)
        place = {"index": ",".join(map(str, index)), "iteration": iteration}
        return self._call("GET", "/explain", tensor=plain, field=field, **place)

    def check(self, given: Mapping[str, Any] | None = None, /, **gradients: Any) -> dict[str, Any]:
        """Verdicts on formulae or numbers: `run.check(w1="x.T @ l1.g", b1=array)`, or `run.check({"fc.weight": …})`.
        A `tolerance={"rtol": 1e-5, "atol": 1e-8}` among them is one."""
        body: dict[str, Any] = {"tolerance": told} if (told := gradients.pop("tolerance", None)) is not None else {}
        return self._call("POST", "/check", {**body, "gradients": {**(given or {}), **gradients}})

    def export(self, format: str, iteration: int | None = None, **choices: Any) -> bytes:
        """A file: json, html (of several iterations with `first_iteration=0`), numpy, pytorch, npz or safetensors."""
        return self.client.answer("GET", self._path("/export"), format=format, iteration=iteration, **choices).content

    def load(self, file: str | PathLike[str], **choices: Any) -> list[str]:
        """A file's tensors or data (`label="species"`) in the place of inputs and parameters: their names."""
        answer = self._call("POST", "/import", Path(file).read_bytes(), **choices)
        for told in answer["warnings"]:
            warnings.warn(told, stacklevel=2)
        return list(answer["replaced"])

    def delete(self) -> None:
        """Removes it for good."""
        self._call("DELETE")

    def _path(self, path: str = "") -> str:
        return f"/runs/{quote(self.id, safe='')}{path}"

    def _call(self, method: str, path: str = "", body: Any = None, **query: Any) -> dict[str, Any]:
        return dict(self.client.call(method, self._path(path), body, **query) or {})

    def __repr__(self) -> str:
        return f"<run {self.id}>"

    def _repr_html_(self) -> str:
        """What a notebook shows: the state, the address, the loss, the program, the first parameters and gradients."""
        state, tensors = self.state(), self._tensors()
        named = [name for name, tensor in tensors.items() if tensor["role"] == "parameter"][:MOST_SHOWN]
        return run_html(state, [self._shown(name, tuple(tensors[name]["shape"])) for name in named], self.url)

    def _shown(self, name: str, shape: tuple[int, ...]) -> Shown:
        value, gradient = (self._part(name, field, shape) for field in ("value", "gradient"))
        return Shown(name, shape, value, gradient)

    def _part(self, name: str, field: str, shape: Sequence[int]) -> Array:
        ranges = ",".join(f"{start}:{stop}" for start, stop in window(shape)) or None
        path = self._path(f"/tensors/{quote(name, safe='')}")
        return _array(self.client.answer("GET", path, field=field, window=ranges, format="npy"))


def _asked(name: str) -> tuple[str, str]:
    """A tensor and its field: `w1.g` is the gradient of w1."""
    plain, _, last = name.rpartition(".")
    return (plain, "gradient") if plain and last in GRADIENT_ATTRIBUTES else (name, "value")


def _array(answer: httpx.Response) -> Array:
    try:
        array: Array = np.load(BytesIO(answer.content), allow_pickle=False)
    except (ValueError, EOFError):
        raise _another_service(answer) from None
    return array


def _problem(answer: httpx.Response) -> Problem:
    """The service's own, or one that says that this is not the service."""
    try:
        return _told(answer.json())
    except (ValueError, KeyError, TypeError):
        return _another_service(answer)


def _another_service(answer: httpx.Response) -> Problem:
    kind = answer.headers.get("content-type", "").partition(";")[0] or "nothing that it names"
    detail = f"{answer.url} is no Backprop Explorer: it answered {answer.status_code} with {kind[:60]}"
    return Problem("not_the_service", detail, status=answer.status_code, hint=f"its address is such as {ADDRESS}")


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


def _sent(body: Any) -> dict[str, Any]:
    """A body as it travels, bytes as they are and all else as JSON; a `Problem` for what JSON cannot hold."""
    if body is None:
        return {}
    if isinstance(body, bytes):
        return {"content": body, "headers": FILE}
    try:
        return {"content": wire.encode(_arrays(body, "it")), "headers": JSON}
    except TypeError as error:
        raise Problem("not_json", f"what is sent is no JSON: {error}") from None


def _arrays(content: Any, name: str) -> Any:
    """The same with NumPy's arrays in the place of other libraries', and texts for keys."""
    if isinstance(content, Mapping):
        return {str(key): _arrays(value, str(key)) for key, value in content.items()}
    if is_array(content):
        array = numpy_array(content, name)
        return array if array.dtype.kind in "iufb" else array.tolist()
    if isinstance(content, (list, tuple)):
        return [_arrays(value, name) for value in content]
    return content
