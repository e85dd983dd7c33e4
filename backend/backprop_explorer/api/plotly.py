"""The plots' library, served out of its installed wheel: the part of it that the page draws with."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

from backprop_explorer.api import subset as subset_module
from backprop_explorer.api.subset import UnknownForm, subset

_INJECTED_STYLE = re.compile(rb"\.textContent='(\.maplibregl(?:[^'\\])*)'")


class Plotly:
    """`plotly.min.js`, read, cut to what is drawn with and compressed once, when it is first asked for."""

    def __init__(self) -> None:
        self._making = threading.Lock()

    @property
    def script(self) -> bytes:
        """The part of the library that the page draws with; all of it where a new version has another form."""
        with self._making:
            return self._script

    @cached_property
    def _script(self) -> bytes:
        whole = _whole()
        try:
            return subset(whole.decode()).encode()
        except UnknownForm:
            return whole

    @cached_property
    def file(self) -> str:
        """Its name below `vendor/`, so that a browser may keep it for ever: another one for another library, and where
        another part is taken of it. The first page names it, and waits for no part."""
        digest = hashlib.sha256(_whole() + Path(str(subset_module.__file__)).read_bytes())
        return f"plotly-{digest.hexdigest()[:16]}.min.js"

    @property
    def address(self) -> str:
        """Its address relative to the page, since a proxy may serve the page under a path prefix."""
        return f"./vendor/{self.file}"

    @cached_property
    def style_hash(self) -> str | None:
        """The policy's word for the maps' rules, where the library writes them into the page when it is loaded."""
        found = _INJECTED_STYLE.search(_whole())
        return found and f"'sha256-{base64.b64encode(hashlib.sha256(found[1]).digest()).decode()}'"

    def compress(self) -> bytes:
        """The file, gzipped."""
        with self._making:
            return self._compressed

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self._script, mtime=0)


def _whole() -> bytes:
    spec = find_spec("plotly")
    assert spec is not None
    assert spec.origin is not None
    return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()


INSTALLED = Plotly()
