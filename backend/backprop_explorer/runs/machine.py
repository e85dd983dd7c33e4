"""What a training was computed by: another release, another NumPy or another processor may round otherwise."""

from __future__ import annotations

from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import Any

import numpy as np


@cache
def machine() -> dict[str, Any]:
    """The versions of the engine and of NumPy; the kernel that BLAS, the library that multiplies matrices, chose for
    this processor and its number of threads, None where it does not tell."""
    try:
        engine = version("backprop-explorer")
    except PackageNotFoundError:  # run from its source
        engine = None
    try:
        libraries = _libraries().info()
    except ImportError:  # in a browser, where NumPy multiplies by itself
        libraries = []
    kernel = libraries[0].get("architecture") if libraries else None
    threads = libraries[0]["num_threads"] if libraries else None
    return {"engine": engine, "numpy": np.__version__, "kernel": kernel, "threads": threads}


def use_threads(number: int) -> None:
    """Has this process multiply matrices with so many threads, whatever its processor and its environment suggest: a
    product that is shared out otherwise is rounded otherwise."""
    _libraries().limit(limits=number)
    machine.cache_clear()


def _libraries() -> Any:
    """BLAS as NumPy has loaded it."""
    from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

    return ThreadpoolController().select(user_api="blas")
