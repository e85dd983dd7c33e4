"""What a training was computed by: another release, another NumPy or another processor may round otherwise."""

from __future__ import annotations

import ctypes
from contextlib import suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np


@cache
def machine() -> dict[str, Any]:
    """The versions of the engine and of NumPy; the kernel that OpenBLAS chose for this processor and its number of
    threads, None where another library multiplies."""
    try:
        engine = version("backprop-explorer")
    except PackageNotFoundError:  # run from its source
        engine = None
    kernel, threads = _openblas()
    return {"engine": engine, "numpy": np.__version__, "kernel": kernel, "threads": threads}


def _openblas() -> tuple[str | None, int | None]:
    """Of the library that NumPy's own wheels bring along, and have loaded."""
    package = Path(np.__file__).parent
    for folder in (package.parent / "numpy.libs", package / ".dylibs"):
        for path in sorted(folder.glob("*scipy_openblas*")):
            with suppress(OSError, AttributeError):
                library = ctypes.CDLL(str(path))
                name, count = library.scipy_openblas_get_corename64_, library.scipy_openblas_get_num_threads64_
                name.restype = ctypes.c_char_p
                return name().decode(), int(count())
    return None, None
