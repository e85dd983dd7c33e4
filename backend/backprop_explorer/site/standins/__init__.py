"""In the place of libraries that a browser need not load: so much of each as the API's routes use.

The routes are the same ones as in the server. There FastAPI reads their declarations and pydantic checks what they
take; here these small modules do. They say no more than the routes need, and what they say is what the libraries say:
a test asks both the same questions.
"""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = {
    "anyio": ("anyio", "anyio.to_thread"),
    "fastapi": ("fastapi", "fastapi.exceptions", "fastapi.openapi", "fastapi.openapi.utils", "fastapi.routing"),
    "orjson": ("orjson",),
    "pydantic": ("pydantic", "pydantic.fields"),
    "pydantic_settings": ("pydantic_settings",),
    "starlette": (
        "starlette", "starlette.concurrency", "starlette.datastructures", "starlette.exceptions", "starlette.requests",
        "starlette.responses", "starlette.types",
    ),
    "typing_extensions": ("typing_extensions",),
}  # fmt: skip
"""The names under which others import each module here."""


def install() -> None:
    """Lets these modules be imported under the libraries' names, for the whole process."""
    for module, names in NAMES.items():
        for name in names:
            sys.modules[name] = import_module(f"{__name__}.{module}")
