"""Every endpoint over many documents: what is asked is read off the OpenAPI document, so that none is forgotten."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import cycle, islice
from typing import Any

import httpx2
import numpy as np
from starlette.testclient import TestClient

from backprop_explorer.engine import Document
from backprop_explorer.examples import examples
from backprop_explorer.examples.exercises import exercises
from backprop_explorer.lessons import lessons
from backprop_explorer.problem import Problem
from tests.unit.ops.test_records import RECORDS, numbers

Content = dict[str, Any]

MIXED = ["NaN", 1.0, "Infinity", -0.0, "-Infinity", 1e30, -2.5, 1e-30, 0.0]
FILLINGS: dict[str, list[Any] | None] = {
    "as it is": None,
    "NaN": ["NaN"],
    "Infinity": ["Infinity"],
    "-Infinity": ["-Infinity"],
    "mixed": MIXED,
    "-0.0": [-0.0],
    "huge": [1e300, -1e300],
    "tiny": [1e-310, -5e-324],
    "float32": [1e38, "NaN", 1e-45, -1.0],
}
"""What all tensors but labels are filled with, in turn."""

FORMULAS = ["", "1", "loss.g", "x.T @ l1.g", "1 / 0", "w.g", "sum(", "np.inf - np.inf", "0 * np.nan"]


def _scalars(program: str, *values: Any, **more: Any) -> Content:
    return {"program": program, "parameters": dict(zip("abcd", values, strict=False)), **more}


SMALL: dict[str, Content] = {
    "a scalar": _scalars("loss = a * a", 0.5),
    "a scalar over zero": _scalars("loss = a / (a - a)", 0.5),
    "scalars padded and folded": _scalars("h = pad(a, 1)\nloss = sum(h) * max(a) * mean(a)", 0.5),
    "one element": _scalars("h = a @ b\nloss = sum(h)", [[1.0]], [[2.0]]),
    "one row": {
        "program": "out = x @ w\nloss = mse(out, y)",
        "inputs": {"x": [[1, 2]], "y": [[0]]},
        "parameters": {"w": [[0.5], [0.25]]},
        "batch": {"size": 1},
    },
    "labels": {
        "program": "e = t[i]\nh = one_hot(i, 3)\nloss = sum(e * e) + cross_entropy(e, i) + sum(h)",
        "inputs": {"i": [0, 2, 0]},
        "parameters": {"t": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]},
    },
    "truth values": _scalars("m = a > 0\nn = m == (a < 1)\nloss = sum(where(m, a, 0)) + sum(n * a)", [0.5, -1, 0]),
    "another name": _scalars("out = a\nloss = sum(out * out)", [1, 2]),
    "all of a scalar": _scalars("loss = sum(a * a)[()]", [1, 2]),
    "a dropout": _scalars("h = dropout(a)\nloss = sum(h * random((2,)))", [1, 2]),
    "several ways": _scalars("h = a * a\nloss = sum(h) + sum(a) + sum(h * a)", [1, 2]),
    "functions": _scalars(
        "def f(x, k=2):\n    for i in range(k):\n        x = x * 2\n    return x\nloss = sum(f(a))", [1, 2]
    ),
    "a def in a def": _scalars("def g(w):\n    def f(a):\n        return a\n    return f(w)\nloss = sum(g(a))", [1, 2]),
    "a default of ours": _scalars("def f(x, k=count(3)):\n    return x\nloss = sum(f(a))", [1, 2]),
    "a long loop": _scalars(
        "def f(x):\n    for i in range(10 ** 15 * 10 ** 15):\n        x = x\n    return x\nloss = sum(f(a))", 1
    ),
    "padded with -inf": _scalars(
        "h = pad(a, ((0,1),(0,1)), constant_values=-np.inf)\nloss = sum(max_pool2d(h[None, None], 2))",
        np.arange(9.0).reshape(3, 3).tolist(),
    ),
    "padded with 1": _scalars("h = pad(a, 1, constant_values=1)\nloss = sum(h * h)", [5, 6]),
    "padded with a fraction": _scalars("h = pad(a, (0, 2), constant_values=1.5)\nloss = sum(h * h)", [5, 6]),
    "padded with no number": _scalars("h = pad(a, 1, constant_values=np.inf - np.inf)\nloss = sum(h * a[0])", [5, 6]),
    "the zero vector's length": _scalars("loss = sqrt(sum(a ** 2))", [0, 0]),
    "no number in part": _scalars("h = where(a > 0, sqrt(a), a)\nloss = sum(h)", [-1, 0, 4]),
    "0 times a logarithm": _scalars("loss = sum(log(a) * 0)", [0, 0]),
    "a saturated sigmoid": {
        "program": "p = sigmoid(z)\nloss = -mean(y * log(p) + (1 - y) * log(1 - p))",
        "inputs": {"y": [0, 1]},
        "parameters": {"z": [800, -800]},
    },
    "huge numbers": _scalars("h = a * 1e308\nloss = sum(h)", [1.5, 2]),
    "no elements": _scalars("loss = sum(a)", []),
    "no rows": {"program": "loss = sum(a)", "parameters": {"a": {"shape": [0, 2], "init": "zeros"}}},
    "nothing": {},
}


@dataclass
class Subject:
    """A document that is asked about, and what it has, once it is a run."""

    document: Content
    run: str = ""
    shapes: dict[str, list[int]] = field(default_factory=dict)
    parameters: list[str] = field(default_factory=list)
    steps: int = 0
    most: int = 3

    def tensors(self) -> list[str]:
        names = [*self.shapes, *(f"{name}.g" for name in self.shapes), *(f"{name}.g__1" for name in self.shapes)]
        return some(names, 3 * self.most)

    def index(self, name: str | None, *, last: bool) -> str:
        shape = self.shapes.get((name or "").partition(".g")[0] if name not in self.shapes else str(name), [])
        return ",".join(str(length - 1 if last else 0) for length in shape)


def some(items: list[Any], most: int) -> list[Any]:
    """Up to so many of them, spread evenly."""
    return items if len(items) <= most else [items[round(i * (len(items) - 1) / (most - 1))] for i in range(most)]


@cache
def documents() -> dict[str, Content]:
    """The examples, the exercises, the samples of every operation, and small ones that are odd."""
    known = {f"example {name}": dict(examples[name]) for name in examples}
    known |= {f"exercise {name}": dict(exercises[name].document) for name in exercises}
    for name, record in RECORDS.items():
        for sample in record.samples:
            given = {key: array.tolist() for key, array in numbers(sample).items()}
            inputs = {key: given.pop(key) for key in sample.whole}
            program = f"result = {sample.code}\nloss = sum(result * result)"
            both = {"parameters": given, "inputs": inputs} if given else {"inputs": inputs}
            known[f"{name}: {sample.code}"] = {"program": program, **both}
    return {**known, **SMALL}


def filled(document: Content, filling: str) -> Content:
    """The document with these numbers in all of its tensors but labels."""
    values = FILLINGS[filling]
    if values is None or "program" not in document:
        return document
    try:
        parsed = Document.parse(document)
    except Problem:  # it is refused, whatever its numbers
        return document

    def numbers_of(name: str, array: np.ndarray) -> Any:
        if name in parsed.whole:
            return array.tolist()
        return np.reshape(np.array(list(islice(cycle(values), array.size)), object), array.shape).tolist()

    tensors = {
        part: {name: numbers_of(name, parsed.tensors[name]) for name in document.get(part, {})}
        for part in ("inputs", "parameters")
    }
    return {**document, **tensors, **({"dtype": "float32"} if filling == "float32" else {})}


@cache
def described(client: TestClient) -> Content:
    return client.get("/api/openapi.json").json()


class Sweep:
    """Asks everything. `answered` are the operations that have answered with what was asked for, `faults` the answers
    that are the server's fault."""

    def __init__(self, client: TestClient, every: int = 1, turn: int = 0, *, until_answered: bool = False) -> None:
        """Of all requests that it would make it makes one of `every`, counted from `turn`; or of each operation only as
        many as it takes until it has answered with what was asked for."""
        self.client, self.every, self.turn, self.until_answered = client, every, turn, until_answered
        self.api = described(client)
        self.answered: set[tuple[str, str]] = set()
        self.faults: list[str] = []
        self.asked = 0

    @property
    def operations(self) -> list[tuple[str, str, Content]]:
        """Path, method and description of every endpoint; what reads first, what deletes last."""
        found = [(path, method, one) for path, all_ in self.api["paths"].items() for method, one in all_.items()]
        return sorted(found, key=lambda one: ["get", "patch", "put", "post", "delete"].index(one[1]))

    def fixed(self) -> None:
        """What answers the same whatever the documents are."""
        for path, method, described in self.operations:
            if self._is_fixed(path, method):
                self._all(path, method, described, Subject({}))

    def over(self, document: Content, *, most: int) -> None:
        """All else over one document, with up to about so many of its tensors: what reads, before and after what
        changes."""
        subject = Subject(document, most=most)
        created = self._ask("/api/runs", "post", "/api/runs", json=document)
        if created is not None and created.status_code == 201:
            self._learn(subject, created.json())
        asked = [
            one for one in self.operations if not self._is_fixed(*one[:2]) and (subject.run or "{id}" not in one[0])
        ]
        last = [one for one in asked if one[1] == "delete"]
        for path, method, described in [one for one in asked if one not in last]:
            self._all(path, method, described, subject)
        for path, method, described in [one for one in asked if one[1] == "get"]:
            self._all(path, method, described, subject, most=2)
        for path, method, described in last:
            self._all(path, method, described, subject)

    @staticmethod
    def _is_fixed(path: str, method: str) -> bool:
        return method == "get" and "{id}" not in path

    def _learn(self, subject: Subject, state: Content) -> None:
        subject.run = state["id"]
        subject.parameters = list(state["parameters"]) if "parameters" in state else []
        trace = self._ask("/api/runs/{id}/trace", "get", f"/api/runs/{subject.run}/trace")
        if trace is not None and trace.status_code == 200:
            told = trace.json()
            subject.shapes = {name: one["shape"] for name, one in told["tensors"].items()}
            subject.parameters = [name for name, one in told["tensors"].items() if one["role"] == "parameter"]
            subject.steps = len(told["steps"])

    def _all(self, path: str, method: str, described: Content, subject: Subject, most: int | None = None) -> None:
        queries = list(self._queries(path, described, subject))
        bodies = list(self._bodies(described, subject))
        addresses = self._addresses(path, subject)
        count = max(len(addresses), len(queries), len(bodies))
        for i in range(count if most is None else min(count, most)):  # each of them with some of the others
            self.turn += 1
            if self.turn % self.every or (self.until_answered and (path, method) in self.answered):
                continue
            query, body = queries[i % len(queries)], self._sent(bodies[i % len(bodies)], subject)
            self._ask(path, method, addresses[i % len(addresses)], params=query, **body)

    def _sent(self, body: dict[str, Any], subject: Subject) -> dict[str, Any]:
        """The body as it is sent; an exported file is exported only now."""
        if "exported" not in body:
            return body
        file = self.client.get(f"/api/runs/{subject.run}/export", params={"format": body["exported"]}).content
        return {"content": file, "headers": {"Content-Type": "application/octet-stream"}}

    def _addresses(self, path: str, subject: Subject) -> list[str]:
        lists = {
            "/tensors/": subject.tensors(),
            "/examples/": list(examples)[:2],
            "/exercises/": list(exercises)[:2],
            "/lessons/": list(lessons)[:2],
        }
        names = next((names for part, names in lists.items() if part in path), ["x"])
        address = path.replace("{id}", subject.run)
        return [address.replace("{name}", name) for name in names] if "{name}" in path else [address]

    def _queries(self, path: str, described: Content, subject: Subject) -> Iterator[dict[str, Any]]:
        """One thing varied at a time, and every tensor that may be asked about."""
        known = {one["name"]: one["schema"] for one in described.get("parameters", []) if one["in"] == "query"}
        about = next((name for name in ("tensor", "input", "parameter") if name in known), None)
        names: list[str | None] = [None]
        if about is not None:
            names = [*(subject.parameters if about == "parameter" else subject.tensors())] or ["x"]
        required = {one["name"] for one in described.get("parameters", []) if one.get("required")} & set(known)
        if about is not None and not required:
            yield {}
        for position, name in enumerate(names):
            base = {about: name} if about is not None else {}
            if "index" in known:
                base["index"] = subject.index(name, last=position % 2 == 1)
            for word in required - set(base):
                base[word] = self._candidates(word, known[word], subject, path)[position % 2]
            yield base
            for word in known if position == 0 else ():
                if word not in (about, "index"):
                    yield from ({**base, word: value} for value in self._candidates(word, known[word], subject, path))

    def _candidates(self, word: str, schema: Content, subject: Subject, path: str) -> list[Any]:
        schemas = [schema, *schema.get("anyOf", [])]
        listed = [value for one in schemas for value in one.get("enum", [])]
        if listed:
            return listed if len(listed) > 1 else listed * 2
        if word == "step":
            return some(list(range(max(2, subject.steps))), 2 * subject.most)
        if word == "text":
            return some([*FORMULAS, *subject.parameters], 4 * subject.most)
        if word in ("other_parameter", "tensor", "parameter", "input"):
            return [*subject.parameters, "x"][:2]
        if word == "other":
            return [subject.run, "x"]
        if word in ("values", "trace"):
            names = some(list(subject.shapes), 2)
            return ["all", "none", *names, *(f"{name}.g" for name in names), ""]
        if word == "points":
            return [5, 0]
        if word.endswith("index") or word == "window":
            return ["0", "0:1"]
        return [0, 1]

    def _bodies(self, described: Content, subject: Subject) -> Iterator[dict[str, Any]]:
        content = described.get("requestBody", {}).get("content")
        if content is None:
            yield {}
            return
        if "application/json" in content:
            told = content["application/json"]
            words = set(self._properties(told["schema"]))
            if "program" in words:
                yield {
                    "json": {**subject.document, "gradients": {"a": ""}} if "gradients" in words else subject.document
                }
            yield from ({"json": body} for body in self._written(words, subject))
            yield from ({"json": one["value"]} for one in told.get("examples", {}).values())
            yield {"json": {}}
        if "application/octet-stream" in content:
            for form in ("json", "html", "numpy", "npz", "safetensors", "pytorch") if subject.run else ():
                yield {"exported": form}

    def _written(self, words: set[str], subject: Subject) -> Iterator[Content]:
        """Bodies of which it is known what belongs into them."""
        names = some(subject.tensors(), 2 * subject.most)
        if "cells" in words:
            for name, value in zip(cycle(subject.tensors()), [*MIXED, 1e308, "1", None, True], strict=False):
                index = [int(i) for i in subject.index(name, last=True).split(",") if i]
                yield {"cells": [{"index": index, "value": value}]}
            yield from ({"data": data} for data in ([], 1.0, [1.0], [["NaN"]], [[]]))
        elif "tensors" in words:
            for name, value in zip(cycle(subject.tensors()), [*MIXED, 1e308, "1", None], strict=False):
                index = [int(i) for i in subject.index(name, last=True).split(",") if i]
                values = ["all", "none", [name], [f"{name}.g", "loss"]][len(index) % 4]
                yield {"tensors": {name: {"cells": [{"index": index, "value": value}]}}, "values": values}
            given = {name: {"data": _lists(subject.shapes[name], MIXED)} for name in subject.parameters}
            yield from ({"tensors": tensors} for tensors in ({}, given, {"x": {"data": []}}, {"x": 1}))
        elif "gradients" in words and "program" not in words:
            count = {"count": 2} if "count" in words else {}
            yield from ({**count, "gradients": answers} for answers in self._answers(subject))
        elif "gradients" in words:
            yield from ({**subject.document, "gradients": answers} for answers in self._answers(subject))
        elif "level" in words:
            yield from ({"tensor": name, "level": 1 + i % 4} for i, name in enumerate([*names, *names[:4]]))
        elif "iteration" in words:
            yield from ({"iteration": 0}, {"event": 0})
        elif "chapter" in words:
            lesson = self._lesson(subject)
            answers = ({"answer": answer} for answer in (0, "1/3", [[0]], None, MIXED)) if "answer" in words else [{}]
            yield from ({"lesson": lesson, "chapter": 1, **answer} for answer in answers)
        if "count" in words:
            yield from ({"count": count} for count in (1, 0))

    @staticmethod
    def _lesson(subject: Subject) -> Content:
        """One about any document."""
        loss = subject.document.get("loss", "loss")
        question = {"kind": "number", "value": loss, "ask": "Which?", "because": "That is it.", "hint": "Look."}
        chapter = {"title": "The end", "text": f"It is {{{loss}}}.", "step": loss, "question": question}
        return {
            "title": "Any", "description": "Any.", "minutes": 1, "document": subject.document, "chapters": [chapter]
        }  # fmt: skip

    def _answers(self, subject: Subject) -> Iterator[Content]:
        names = some(list(subject.shapes), 2 * subject.most)
        for text in some([*FORMULAS, *names[:2]], 5 * subject.most):
            yield dict.fromkeys(names[:2], text)
        for fill in (["NaN"], ["Infinity"], MIXED, [1.0], [0], [1e308], [-1, 2]):
            yield {name: _lists(subject.shapes[name], fill) for name in names}
        for odd in ([], [[]], 1.0, "NaN", [1.0, 2.0], [["NaN"]]):
            yield dict.fromkeys(names[:2], odd)
        yield {}

    def _properties(self, schema: Content) -> Iterator[str]:
        if "$ref" in schema:
            schema = self.api["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        yield from schema.get("properties", {})
        for one in [*schema.get("anyOf", []), *schema.get("oneOf", []), *schema.get("allOf", [])]:
            yield from self._properties(one)

    def _ask(self, path: str, method: str, address: str, **given: Any) -> httpx2.Response | None:
        self.asked += 1
        what = f"{method.upper()} {address} {str(given)[:600]}"
        answer = self.client.request(method, address, **given)
        if answer.status_code >= 500:
            self.faults.append(f"{what}: {answer.status_code} {answer.text[:200]}")
        elif "json" in answer.headers.get("content-type", ""):
            json.loads(answer.content, parse_constant=lambda word: self.faults.append(f"{what}: {word} in JSON"))
        elif answer.status_code not in (204, 304) and not answer.content:
            self.faults.append(f"{what}: nothing")
        if answer.status_code < 400:
            self.answered.add((path, method))
        return answer


def _lists(shape: list[int], fill: list[Any]) -> Any:
    """Nested lists of that shape, filled in turn."""
    size = int(np.prod(shape, dtype=int))
    return np.reshape(np.array(list(islice(cycle(fill), size)), object), shape).tolist()
