"""Every error in one shape: application/problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.exceptions import HTTPException
from starlette.responses import Response

from backprop_explorer.api import access, wire
from backprop_explorer.problem import Problem, ProblemDetail, shortened, suggestion

MEDIA_TYPE = "application/problem+json"
_log = logging.getLogger(__name__)


class ProblemAnswer(ProblemDetail):
    """What is wrong, where, and what to do about it (RFC 9457)."""

    type: str
    title: str
    status: int
    request_id: Annotated[str, "names the request in the server's log"]


def response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as an answer."""
    exchange = access.current()
    if exchange is not None:
        exchange.problem = problem.code
    content: ProblemAnswer = {
        "type": f"urn:backprop-explorer:problem:{problem.code}",
        "title": problem.title,
        "status": problem.status,
        "request_id": access.new_request_id() if exchange is None else exchange.request_id,
        **problem.to_json(),
    }
    seconds = problem.retry_after or (1 if problem.status == HTTPStatus.SERVICE_UNAVAILABLE else None)
    waiting = {} if seconds is None else {"Retry-After": str(seconds)}
    return Response(wire.encode(content), problem.status, {**waiting, **(headers or {})}, MEDIA_TYPE)


def unexpected(error: Exception) -> Response:
    """Our bug: written to the log with the request's id, and answered without its inside."""
    _log.error("unexpected error%s", _told(access.current()), exc_info=error)
    return response(Problem("unexpected", "something went wrong in the server; its log says what", status=500))


def _told(exchange: access.Exchange | None) -> str:
    if exchange is None:
        return ""
    when = exchange.time.isoformat(timespec="milliseconds")
    return f" in {exchange.method} {exchange.route} of {when}, request_id {exchange.request_id}"


def of_validation(errors: Iterable[Mapping[str, Any]], known: Iterable[str] = ()) -> Problem:
    """The first thing that a schema found wrong."""
    known_first = sorted(errors, key=lambda error: error["type"] != "extra_forbidden")  # it may explain what is missing
    first = known_first[0]
    place = ".".join(str(part) for part in first["loc"] if part not in ("body", "query", "path"))
    if first["type"] == "extra_forbidden":
        return unknown_key(place, known)
    return Problem("invalid_request", f"{place or 'the body'}: {_lowered(first['msg'])}")


def unknown_key(key: str, known: Iterable[str]) -> Problem:
    """A key or query parameter that nobody reads."""
    names = list(known)
    hint = suggestion(key, names) or (f"it may have {', '.join(names)}" if names else None)
    return Problem("unknown_key", f"unknown key {shortened(key)!r}", hint=hint)


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:]


def install(app: FastAPI) -> None:
    """Lets the app answer every error in our shape."""
    app.add_exception_handler(Problem, _on_problem)
    app.add_exception_handler(HTTPException, _on_http)
    app.add_exception_handler(RequestValidationError, _on_validation)


async def _on_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, Problem)
    return response(error)


async def _on_validation(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    return response(of_validation(error.errors()))


async def _on_http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    status = HTTPStatus(error.status_code)
    code = status.name.lower()
    if status is HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = ", ".join(_allowed_methods(request) or sorted(dict(error.headers or {})["Allow"].split(", ")))
        detail = f"{request.url.path} does not take {request.method}; it takes {allowed}"
        return response(Problem(code, detail, status=status), {"Allow": allowed})
    if status is HTTPStatus.NOT_FOUND:
        return response(Problem(code, f"there is nothing at {request.url.path}", status=status))
    return response(Problem(code, str(error.detail), status=status))


def _allowed_methods(request: Request) -> list[str]:
    """All methods of the API at this path; the router itself names those of the first fitting route only."""
    routes: Iterable[APIRoute] = request.app.state.api_routes
    methods = {method for route in routes if route.path_regex.match(request.url.path) for method in route.methods or ()}
    return sorted(methods | {"HEAD"} if "GET" in methods else methods)
