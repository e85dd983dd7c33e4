"""What a request says, read and checked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, TypeVar

from fastapi import Request
from pydantic import ValidationError

from backprop_explorer.api import problems, wire
from backprop_explorer.api.schemas import Schema
from backprop_explorer.api.service import Service
from backprop_explorer.engine.numbers import array_of, is_mask
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

S = TypeVar("S", bound=Schema)
R = TypeVar("R")
QUICK_BYTES = 16_384
"""Bodies up to this size are parsed on the event loop, larger ones in a thread …"""
THREAD_BYTES = 500_000
"""… up to this size, and else in another process."""
_LONGEST_VERSION = 18
_TENSORS = ("inputs", "parameters", "gradients")


async def json_object(request: Request, settings: Settings) -> dict[str, Any]:
    """The body, which must be a JSON object; a `Problem` of status 400, 413, 415 or 422 otherwise."""
    large = is_large(await request.body())
    return await made_of_json(request, settings, _compact if large else dict)


async def made_of_json(request: Request, settings: Settings, make: Callable[[dict[str, Any]], R]) -> R:
    """Apply that function to the body, a JSON object. A large body is read in another process, for which the function
    and what it makes can be pickled."""
    body = await json_body(request)
    work = partial(made_of_body, body, settings.json_depth, make)
    if len(body) <= QUICK_BYTES:
        return work()
    return await Service.of(request).alone(request, work, heavy=is_large(body))


async def answered(request: Request, work: Callable[[dict[str, Any]], R]) -> R:
    """What that work, which can be pickled and needs no run, makes of the body, a JSON object: in a thread, or where
    the body is large or the work heavy in another process."""
    service = Service.of(request)
    body = await json_body(request)
    return await service.alone(
        request, partial(made_of_body, body, service.settings.json_depth, work), heavy=is_large(body)
    )


def is_large(body: bytes) -> bool:
    """Whether a body is read in another process."""
    return len(body) > THREAD_BYTES


async def json_body(request: Request) -> bytes:
    """The body, which says that it is JSON; a `Problem` of status 400, 413 or 415 otherwise."""
    body = await request.body()
    if not body:
        raise Problem("not_json", "the body is empty, but must be a JSON object", status=400)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    if media_type.strip() != "application/json" or charset != "utf-8":
        raise Problem("unsupported_media_type", "the body must be application/json in UTF-8", status=415)
    return body


def made_of_body(body: bytes, depth: int, make: Callable[[dict[str, Any]], R]) -> R:
    """What that function makes of the body, which must be a JSON object; a `Problem` otherwise."""
    content = wire.decode(body, depth)
    if not isinstance(content, dict):
        raise Problem("not_an_object", "the body must be a JSON object: {…}")
    return make(content)


def _compact(content: dict[str, Any]) -> dict[str, Any]:
    """The same with arrays in the place of lists that stand for tensors: they are sent from one process to another in
    no time. What is no tensor is left for others to refuse."""
    for key in _TENSORS:
        tensors = content.get(key)
        if isinstance(tensors, dict):
            content[key] = {name: _compacted(entry, name) for name, entry in tensors.items()}
    return content


def _compacted(entry: Any, name: str) -> Any:
    if not isinstance(entry, list) or is_mask(entry):
        return entry
    try:
        array, whole = array_of(entry, name)
    except Problem:
        return entry
    return array.astype(int) if whole else array


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
    tags = given(request, "if-match")
    if not tags or tags == "*":
        return None
    bare = next((tag for tag in _parts(tags) if _is_version(tag)), None)
    if bare is not None:
        detail = f"If-Match: {bare} names no version, for its quotes are missing"
        raise Problem("version_unquoted", detail, status=412, hint=f'write If-Match: "{bare}", as ETag has it')
    return set(_versions(_parts(tags)))


def is_known(tags: str, version: int) -> bool:
    """Whether If-None-Match, with these tags, names that version: whoever asks has its answer already. A weak tag does
    as well."""
    return tags == "*" or version in _versions(tag.removeprefix("W/") for tag in _parts(tags))


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


def given(request: Request, header: str) -> str:
    """All that was given under the name of that header."""
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
