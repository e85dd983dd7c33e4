"""The two ids of a run: whoever knows `id` may change it, whoever knows `view_id` may look at it."""

from __future__ import annotations

import base64
import hashlib
import re
import secrets

from backprop_explorer.problem import Problem

_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,64}")


def new_identity() -> str:
    """An id that nobody can guess, since whoever knows it may change the run."""
    return secrets.token_urlsafe(16)


def view_of(identity: str) -> str:
    """The id by which to look at the run of that id, which it does not reveal: 16 bytes of a one-way hash."""
    digest = hashlib.blake2b(identity.encode(), digest_size=16, person=b"view of a run").digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def is_identity(text: str) -> bool:
    """Whether it has the shape of an id; what has not need not be looked for."""
    return _SHAPE.fullmatch(text) is not None


def only_viewed() -> Problem:
    """The `Problem` (403) of a change by whoever may only look."""
    detail = "This link is for looking at the run, not for changing it"
    return Problem("view_only", detail, status=403, hint="fork it (POST …/fork): the copy is yours to change")
