"""A rectangular part of a tensor, as a query names it."""

from __future__ import annotations

from backprop_explorer.problem import Problem

_LONGEST_NUMBER = 15


def window(given: str | None, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """`0:50,10:60` as slices, cut off at the tensor's end; axes that are not named are whole."""
    parts = given.split(",") if given else []
    if len(parts) > len(shape):
        raise _bad(given, f"the tensor has {len(shape)} axes")
    slices = [_slice(part, size, given) for part, size in zip(parts, shape, strict=False)]
    return (*slices, *(slice(0, size) for size in shape[len(parts) :]))


def check_size(elements: int, limit: int, hint: str) -> None:
    """A `Problem` of status 413 for more numbers than fit into one JSON answer."""
    if elements > limit:
        reason = f"{elements:,} numbers exceed the limit window_elements of {limit:,}"
        hint += ", or raise the setting BACKPROP_WINDOW_ELEMENTS"
        raise Problem("window_too_large", reason, status=413, hint=hint)


def _slice(part: str, size: int, given: str | None) -> slice:
    start, colon, stop = part.partition(":")
    bounds = [start or "0", stop or str(size)]
    if not colon or not all(_is_number(bound) for bound in bounds):
        raise _bad(given, "each axis is START:STOP, as in 0:50,10:60")
    first, last = (min(int(bound), size) for bound in bounds)
    return slice(first, max(first, last))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _bad(given: str | None, reason: str) -> Problem:
    return Problem("bad_window", f"{given!r} is no window: {reason}")
