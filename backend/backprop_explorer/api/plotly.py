"""The plots' library, served out of its installed wheel."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
import threading
from functools import cached_property
from importlib.util import find_spec
from pathlib import Path

_INJECTED_STYLE = re.compile(rb"\.textContent='(\.maplibregl(?:[^'\\])*)'")


class Plotly:
    """`plotly.min.js`, read and compressed once, when it is first asked for."""

    def __init__(self) -> None:
        self._compressing = threading.Lock()

    @cached_property
    def script(self) -> bytes:
        """The file as it is."""
        spec = find_spec("plotly")
        assert spec is not None
        assert spec.origin is not None
        return (Path(spec.origin).parent / "package_data" / "plotly.min.js").read_bytes()

    @cached_property
    def file(self) -> str:
        """Its name below `vendor/`, which changes with its content, so that a browser may keep it for ever."""
        return f"plotly-{hashlib.sha256(self.script).hexdigest()[:16]}.min.js"

    @property
    def address(self) -> str:
        """Its address relative to the page, since a proxy may serve the page under a path prefix."""
        return f"./vendor/{self.file}"

    @cached_property
    def style_hash(self) -> str:
        """The policy's word for the map rules which the library writes into the page when it is loaded."""
        found = _INJECTED_STYLE.search(self.script)
        assert found, "this version of plotly.js injects its map rules in another way"
        return f"'sha256-{base64.b64encode(hashlib.sha256(found[1]).digest()).decode()}'"

    def compress(self) -> bytes:
        """The file, gzipped."""
        with self._compressing:
            return self._compressed

    @cached_property
    def _compressed(self) -> bytes:
        return gzip.compress(self.script, mtime=0)


INSTALLED = Plotly()
