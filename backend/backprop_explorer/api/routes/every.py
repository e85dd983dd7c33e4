"""All routes of the API."""

from __future__ import annotations

from backprop_explorer.api.routes import (
    build,
    check,
    explain,
    export,
    history,
    importing,
    iterations,
    lessons,
    oneshot,
    picture,
    plots,
    practice,
    preview,
    runs,
    tensors,
)

ROUTERS = tuple(
    module.router
    for module in (
        oneshot,
        build,
        runs,
        iterations,
        tensors,
        preview,
        history,
        explain,
        plots,
        picture,
        export,
        importing,
        check,
        practice,
        lessons,
    )
)
"""In the order in which addresses are looked for."""
