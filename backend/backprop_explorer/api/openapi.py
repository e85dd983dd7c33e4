"""The OpenAPI document: what the routes take and answer, errors included."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel, TypeAdapter

from backprop_explorer.api.problems import MEDIA_TYPE, ProblemAnswer
from backprop_explorer.api.shapes import response

_REFERENCE = "#/components/schemas/{model}"
_bodies: dict[type[BaseModel], None] = {}
"""What any route takes, in the order in which the routes say so."""

_EVERYWHERE = {
    403: "A foreign Host or Origin",
    422: "Understood, but wrong",
    429: "Too many requests from one address, or for one run; Retry-After says when to try again",
    503: "The server is stopping",
}
_WITH_BODY = {400: "Not JSON", 408: "The body did not arrive", 413: "Over a limit", 415: "Not application/json"}
_OF_A_RUN = {404: "No such run, tensor or iteration"}
_OF_A_CHANGE = {409: "A conflict", 412: "The run has another version by now", 507: "The disk is full"}


def _header(name: str, description: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string"}, "description": description}


IF_MATCH = _header("If-Match", 'the version that the run must still have, `"7"`')
IF_NONE_MATCH = _header(
    "If-None-Match",
    'the version that is known, `"7"`; while the run has it, the answer is 304 without a body',
)
KEY = _header("Idempotency-Key", "a new one, such as a UUID, for each change: sent again with it, it changes nothing")
KEY["schema"] = {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"}
_ETAG = {"ETag": {"description": "the run's version", "schema": {"type": "string"}}}


def _schema(*models: type) -> dict[str, Any]:
    references = [{"$ref": _REFERENCE.format(model=model.__name__)} for model in models]
    return references[0] if len(references) == 1 else {"anyOf": references}


def taking(*models: type[BaseModel], conditional: bool = False, writing: bool = False) -> dict[str, Any]:
    """The part of an operation that says what it takes: one of these bodies (or none), and headers: a change of a run
    is `conditional`, and `writing` is whatever is kept."""
    _bodies.update(dict.fromkeys(models))
    parameters = [*([IF_MATCH] if conditional else []), *([KEY] if conditional or writing else [])]
    operation: dict[str, Any] = {"parameters": parameters} if parameters else {}
    if models:
        content: dict[str, Any] = {"schema": _schema(*models)}
        examples = [example for model in models for example in model.model_json_schema().get("examples", [])]
        content["examples"] = {f"example {number}": {"value": value} for number, value in enumerate(examples, 1)}
        operation["requestBody"] = {"required": True, "content": {"application/json": content}}
    return operation


def taking_bytes(model: type[BaseModel], *, conditional: bool = False) -> dict[str, Any]:
    """The same for a file: bytes, or JSON of that model."""
    operation = taking(model, conditional=conditional, writing=True)
    operation["requestBody"]["content"]["application/octet-stream"] = {"schema": {"type": "string", "format": "binary"}}
    return operation


def answering(*, body: bool = False, run: bool = False, change: bool = False, **extra: str) -> dict[int | str, Any]:
    """The errors of an operation, all of one shape."""
    statuses = dict(_EVERYWHERE)
    statuses |= _WITH_BODY if body else {}
    statuses |= _OF_A_RUN if run else {}
    statuses |= _OF_A_CHANGE if change else {}
    statuses |= {int(status.removeprefix("status_")): description for status, description in extra.items()}
    content = {MEDIA_TYPE: {"schema": _schema(ProblemAnswer)}}
    return {status: {"description": statuses[status], "content": content} for status in sorted(statuses)}


def with_etag(responses: dict[int | str, Any], status: int = 200) -> dict[int | str, Any]:
    """The same, and the header that carries a run's version."""
    return {status: {"description": "The run", "headers": _ETAG}, **responses}


def install(app: FastAPI) -> None:
    """Lets the app describe itself in full."""

    def openapi() -> dict[str, Any]:
        if not app.openapi_schema:
            app.openapi_schema = _document(app)
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    types = (*_bodies, response(ProblemAnswer))
    adapters = [(number, "validation", TypeAdapter(one)) for number, one in enumerate(types)]
    _, definitions = TypeAdapter.json_schemas(adapters, ref_template=_REFERENCE)  # type: ignore[arg-type]
    known = document.setdefault("components", {}).setdefault("schemas", {})
    known.update(definitions["$defs"])
    for unused in ("HTTPValidationError", "ValidationError"):
        known.pop(unused, None)
    return document
