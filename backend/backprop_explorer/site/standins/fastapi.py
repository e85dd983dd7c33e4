"""FastAPI's router, of which the declarations for the OpenAPI document are left aside."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import Annotated, Any, get_args, get_origin, get_type_hints

from backprop_explorer.problem import Problem
from backprop_explorer.site.standins.pydantic import BaseModel, ValidationError
from backprop_explorer.site.standins.starlette import Request, Response

Endpoint = Callable[..., Awaitable[Response]]


class Query:
    """Marks the parameter that takes what stands behind the question mark."""


class RequestValidationError(Exception):
    """What stands behind the question mark does not fit."""

    def __init__(self, errors: Sequence[Mapping[str, Any]]) -> None:
        super().__init__(errors)
        self._errors = errors

    def errors(self) -> Sequence[Mapping[str, Any]]:
        """What does not fit, and where."""
        return self._errors


class Template:
    """A path with names in braces, each of which stands for one part."""

    def __init__(self, path: str) -> None:
        self._parts = path.split("/")

    def match(self, path: str) -> dict[str, str] | None:
        """The parts by their names; None where the path is another one."""
        given = path.split("/")
        if len(given) != len(self._parts):
            return None
        found = {}
        for part, own in zip(self._parts, given, strict=True):
            if part.startswith("{") and own:
                found[part[1:-1]] = own
            elif part != own:
                return None
        return found


class APIRoute:
    """One address for some methods."""

    def __init__(self, path: str, endpoint: Endpoint, methods: Iterable[str]) -> None:
        self.path_format = path
        self.path_regex = Template(path)
        self.endpoint = endpoint
        self.methods = set(methods)

    @cached_property
    def _hints(self) -> dict[str, Any]:
        hints = get_type_hints(self.endpoint, include_extras=True)
        hints.pop("return", None)
        return hints

    async def answer(self, request: Request) -> Response:
        """What the endpoint answers. Raises `RequestValidationError` for parameters that do not fit."""
        given: dict[str, Any] = {**(self.path_regex.match(request.url.path) or {})}
        for name, hint in self._hints.items():
            if get_origin(hint) is Annotated:
                given[name] = _read(get_args(hint)[0], request)
            elif hint is Request:
                given[name] = request
        return await self.endpoint(**given)


def _read(model: type[BaseModel], request: Request) -> BaseModel:
    try:
        return model.model_validate(request.query_params)
    except ValidationError as error:
        raise RequestValidationError(
            [{**one, "loc": ("query", *one["loc"])} for one in error.errors()],
        ) from None


class APIRouter:
    """Collects routes."""

    def __init__(self, prefix: str = "", **said: Any) -> None:
        self.prefix = prefix
        self.routes: list[APIRoute] = []

    def _adding(self, path: str, method: str) -> Callable[[Endpoint], Endpoint]:
        def add(endpoint: Endpoint) -> Endpoint:
            self.routes.append(APIRoute(self.prefix + path, endpoint, [method]))
            return endpoint

        return add

    def get(self, path: str, **said: Any) -> Callable[[Endpoint], Endpoint]:
        """A route that reads."""
        return self._adding(path, "GET")

    def post(self, path: str, **said: Any) -> Callable[[Endpoint], Endpoint]:
        """A route that takes something."""
        return self._adding(path, "POST")

    def patch(self, path: str, **said: Any) -> Callable[[Endpoint], Endpoint]:
        """A route that changes something."""
        return self._adding(path, "PATCH")

    def delete(self, path: str, **said: Any) -> Callable[[Endpoint], Endpoint]:
        """A route that removes something."""
        return self._adding(path, "DELETE")


Handler = Callable[[Request, Exception], Awaitable[Response]]


class FastAPI:
    """What routes and error handlers know of the app."""

    def __init__(self) -> None:
        self.state = SimpleNamespace()
        self.handlers: dict[type[Exception], Handler] = {}

    def add_exception_handler(self, error: type[Exception], handler: Handler) -> None:
        """Has that error answered by that function."""
        self.handlers[error] = handler


def get_openapi(**said: Any) -> dict[str, Any]:
    """Refuses: a site answers nobody outside of its page, who alone would ask for the OpenAPI document."""
    raise Problem("no_openapi", "A static site has no OpenAPI document", status=404, hint="ask a server for it")
