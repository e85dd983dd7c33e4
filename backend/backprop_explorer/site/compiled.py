"""What a worker has compiled, to be kept for the next time: Python's own library and the packages.

Reading sources takes Python most of the time in which it starts.
"""

from __future__ import annotations

import asyncio
import io
import marshal
import sys
import tarfile
import zipfile
from collections.abc import Iterator
from importlib import import_module
from importlib.util import MAGIC_NUMBER, cache_from_source
from pathlib import Path

UNCHECKED = (1).to_bytes(4, "little") + bytes(8)
"""Of a compiled module: it is used without a look at its source."""


async def library(path: str) -> bytes:
    """The library in that zip file with what is loaded of it compiled, once all of the API is."""
    import_module("backprop_explorer.api.routes.every")
    used = {name.removeprefix(f"{path}/") for name in _sources() if name.startswith(f"{path}/")}
    packed = io.BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(packed, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name in used:
                target.writestr(f"{name}c", _compiled(content, f"{path}/{name}"))
                await asyncio.sleep(0)  # somebody may wait for an answer
            else:
                target.writestr(name, content)
    return packed.getvalue()


async def packages(folder: str) -> bytes:
    """A tar file for that folder of packages: our own as they are, and what is loaded of all of them compiled."""
    packed = io.BytesIO()
    # The worker unpacks it by itself: `frontend/service/unpacked.js` reads this format.
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for path in sorted(Path(folder).glob("backprop_explorer*/**/*")):
            if path.is_file():
                _add(tar, path.relative_to(folder), path.read_bytes())
        for name in sorted(name for name in _sources() if name.startswith(f"{folder}/")):
            content = _compiled(Path(name).read_bytes(), name)
            _add(tar, Path(cache_from_source(name)).relative_to(folder), content)
            await asyncio.sleep(0)
    return packed.getvalue()


def _sources() -> Iterator[str]:
    for module in list(sys.modules.values()):
        name = getattr(module, "__file__", None)
        if name is not None and name.endswith(".py"):
            yield name


def _compiled(source: bytes, name: str) -> bytes:
    return MAGIC_NUMBER + UNCHECKED + marshal.dumps(compile(source, name, "exec", dont_inherit=True))


def _add(tar: tarfile.TarFile, name: Path, content: bytes) -> None:
    entry = tarfile.TarInfo(name.as_posix())
    entry.size = len(content)
    tar.addfile(entry, io.BytesIO(content))
