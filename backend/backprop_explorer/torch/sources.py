"""Where in the user's code an operation was called: file, line and module."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from backprop_explorer.engine import Source

_FRAME = re.compile(r'^ *File "([^"\n]+)", line (\d+), in ', re.MULTILINE)
_OWN = str(Path(__file__).parent)
_ANCHORS = "_STACK_TRACE_ANCHORS"
"""The tracer's functions, besides `forward`, whose lines it keeps."""


class _Everywhere(set[tuple[str, str]]):
    """All functions."""

    def __contains__(self, _: object) -> bool:
        return True


class Sources:
    """Reads what PyTorch's tracer kept about an operation. PyTorch's own files are not where somebody called it."""

    def __init__(self, torch: Any) -> None:
        self._skipped = (str(Path(torch.__file__).parent) + os.sep, _OWN + os.sep)

    def of(self, node: Any) -> Source | None:
        """The last line of the user's own on the way to the operation, and the module whose forward it was in."""
        frames = _FRAME.findall(node.meta.get("stack_trace") or "")
        inside = next((i for i, (file, _) in reversed([*enumerate(frames)]) if file.startswith(_OWN + os.sep)), -1)
        own = [(file, int(line)) for file, line in frames[inside + 1 :] if not file.startswith(self._skipped)]
        if not own:
            return None
        file, line = own[-1]
        return {"file": shown(file), "line": line, "module": module_of(node)}

    @contextmanager
    def all_kept(self) -> Iterator[None]:
        """Meanwhile the tracer keeps the lines of all functions, where it can; else only those of `forward`."""
        proxy = import_module("torch.fx.proxy")
        before = getattr(proxy, _ANCHORS, None)
        if before is None:
            yield
            return
        setattr(proxy, _ANCHORS, _Everywhere())
        try:
            yield
        finally:
            setattr(proxy, _ANCHORS, before)

    def of_failure(self, error: BaseException) -> str:
        """The last line of the user's own that an exception came through, as `at model.py:12`; empty where none."""
        found, frame = "", error.__traceback__
        while frame is not None:
            file = frame.tb_frame.f_code.co_filename
            if not file.startswith(self._skipped) and not file.startswith("<"):
                found = f" at {shown(file)}:{frame.tb_lineno}"
            frame = frame.tb_next
        return found


def module_of(node: Any) -> str:
    """The path of the module whose forward called it, such as `layer1.0`; empty for the model itself."""
    stack = list((node.meta.get("nn_module_stack") or {}).values())
    path = str(stack[-1][0]) if stack else ""
    return path.removeprefix("model").removeprefix(".")


def shown(file: str) -> str:
    """A file's path from the present folder, or from the folder of installed packages, where it is inside."""
    for folder in ("site-packages", "dist-packages"):
        _, inside, rest = file.rpartition(f"{os.sep}{folder}{os.sep}")
        if inside:
            return rest
    here = os.getcwd() + os.sep
    return file.removeprefix(here)
