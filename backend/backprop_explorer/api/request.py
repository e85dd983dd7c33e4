"""What a request says, read and checked."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from fastapi import Request
from pydantic import ValidationError

from backprop_explorer.api import problems, wire
from backprop_explorer.api.schemas import Schema
from backprop_explorer.problem import Problem
from backprop_explorer.settings import Settings

S = TypeVar("S", bound=Schema)
_TAG = re.compile(r'\s*(?P<weak>W/)?"(?P<tag>[^"]*)"\s*(?:,|$)')
_LONGEST_VERSION = 18


async def json_object(request: Request, settings: Settings) -> dict[str, Any]:
    """The body, which must be a JSON object; a `Problem` of status 400, 413, 415 or 422 otherwise."""
    body = await request.body()
    if not body:
        raise Problem("not_json", "the body is empty, but must be a JSON object", status=400)
    media_type, _, parameters = request.headers.get("content-type", "").lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    if media_type.strip() != "application/json" or charset != "utf-8":
        raise Problem("unsupported_media_type", "the body must be application/json in UTF-8", status=415)
    content = wire.decode(body, settings.json_depth)
    if not isinstance(content, dict):
        raise Problem("not_an_object", "the body must be a JSON object: {…}")
    return content


def checked(schema: type[S], content: dict[str, Any]) -> S:
    """The content as that schema has it; a `Problem` for the first thing that does not fit."""
    try:
        return schema.model_validate(content)
    except ValidationError as error:
        known = [*schema.model_fields]
        raise problems.of_validation(error.errors(include_url=False, include_input=False), known) from None


def check_keys(content: dict[str, Any], known: list[str]) -> None:
    """A `Problem` for a key that is not one of these."""
    for key in content:
        if key not in known:
            raise problems.unknown_key(key, known)


def expected_versions(request: Request) -> set[int] | None:
    """The versions that If-Match allows; None where any will do. Tags that are none of ours match nothing."""
    given = _tags(request, "if-match")
    if not given or given == "*":
        return None
    return {int(match["tag"]) for match in _TAG.finditer(given) if not match["weak"] and _is_version(match["tag"])}


def is_known(request: Request, version: int) -> bool:
    """Whether If-None-Match names that version: whoever asks has its answer already. A weak tag does as well."""
    given = _tags(request, "if-none-match")
    return given == "*" or version in {int(found["tag"]) for found in _TAG.finditer(given) if _is_version(found["tag"])}


def accepts(request: Request, media_type: str) -> bool:
    """Whether Accept names that media type itself: `*/*` does not, nor does `q=0`."""
    for one in ",".join(request.headers.getlist("accept")).lower().split(","):
        name, *parameters = (part.strip() for part in one.split(";"))
        if name == media_type:
            return not any(re.fullmatch(r"q\s*=\s*0(\.0*)?", parameter) for parameter in parameters)
    return False


def _tags(request: Request, header: str) -> str:
    return ",".join(request.headers.getlist(header)).strip()


def _is_version(tag: str) -> bool:
    return tag.isdecimal() and len(tag) <= _LONGEST_VERSION
