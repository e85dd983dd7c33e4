"""What a request says, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from anyio import CapacityLimiter, to_thread
from fastapi import Request
from pydantic import ValidationError

from backprop_explorer.api import problems, wire
from backprop_explorer.api.schemas import Schema
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

S = TypeVar("S", bound=Schema)
R = TypeVar("R")
QUICK_BYTES = 16_384
"""Bodies up to this size are parsed on the event loop, larger ones in a thread."""
_LONGEST_VERSION = 18
_reading = CapacityLimiter(2)
"""The number of large bodies read at once: each may take many times its size in memory."""


async def json_object(request: Request, settings: Settings) -> dict[str, Any]:
    """The body, which must be a JSON object; a `Problem` of status 400, 413, 415 or 422 otherwise."""
    return await made_of_json(request, settings, lambda content: content)


async def made_of_json(request: Request, settings: Settings, make: Callable[[dict[str, Any]], R]) -> R:
    """Apply that function to the body, a JSON object. A large body is read in a thread."""
    body = await request.body()
    if not body:
        raise Problem("not_json", "the body is empty, but must be a JSON object", status=400)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    if media_type.strip() != "application/json" or charset != "utf-8":
        raise Problem("unsupported_media_type", "the body must be application/json in UTF-8", status=415)
    if len(body) <= QUICK_BYTES:
        return make(_object(body, settings.json_depth))
    return await to_thread.run_sync(lambda: make(_object(body, settings.json_depth)), limiter=_reading)


def _object(body: bytes, depth: int) -> dict[str, Any]:
    content = wire.decode(body, depth)
    if not isinstance(content, dict):
        raise Problem("not_an_object", "the body must be a JSON object: {…}")
    return content


def checked(schema: type[S], content: dict[str, Any]) -> S:
    """The content as that schema has it; a `Problem` for the first thing that does not fit."""
    known = [*schema.model_fields]
    check_keys(content, known)  # the first that is unknown ends it, where the schema would name every one
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        raise problems.of_validation(error.errors(include_url=False, include_input=False), known) from None


def check_keys(content: dict[str, Any], known: list[str]) -> None:
    """A `Problem` for a key that is not one of these."""
    for key in content:
        if key not in known:
            raise problems.unknown_key(key, known)


def expected_versions(request: Request) -> set[int] | None:
    """The versions that If-Match allows; None where any will do. Tags that are none of ours match nothing."""
    given = _given(request, "if-match")
    if not given or given == "*":
        return None
    bare = next((tag for tag in _parts(given) if _is_version(tag)), None)
    if bare is not None:
        detail = f"If-Match: {bare} names no version, for its quotes are missing"
        raise Problem("version_unquoted", detail, status=412, hint=f'write If-Match: "{bare}", as ETag has it')
    return set(_versions(_parts(given)))


def is_known(request: Request, version: int) -> bool:
    """Whether If-None-Match names that version: whoever asks has its answer already. A weak tag does as well."""
    given = _given(request, "if-none-match")
    return given == "*" or version in _versions(tag.removeprefix("W/") for tag in _parts(given))


def accepts(request: Request, media_type: str) -> bool:
    """Whether Accept names that media type itself: `*/*` does not, nor does `q=0`."""
    for one in ",".join(request.headers.getlist("accept")).lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name == media_type:
            return not any(_is_zero(parameter) for parameter in parameters)
    return False


def _is_zero(quality: str) -> bool:
    """Whether a parameter of Accept is `q=0`, `q=0.0` …"""
    name, _, value = (part.strip() for part in quality.partition("="))
    return name == "q" and value.strip("0") in ("", ".") and value.startswith("0")


def _given(request: Request, header: str) -> str:
    return ",".join(request.headers.getlist(header)).strip()


def _parts(given: str) -> Iterator[str]:
    """The tags of a header. None of ours has a comma in it."""
    return (part.strip() for part in given.split(","))


def _versions(tags: Iterable[str]) -> Iterator[int]:
    """The versions among quoted tags."""
    for tag in tags:
        if len(tag) > 1 and tag[0] == tag[-1] == '"' and _is_version(tag[1:-1]):
            yield int(tag[1:-1])


def _is_version(tag: str) -> bool:
    return tag.isdecimal() and len(tag) <= _LONGEST_VERSION
