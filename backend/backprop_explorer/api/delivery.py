"""A page in few requests: its modules as one script and its styles as one, under addresses that change with them."""

from __future__ import annotations

import gzip
import hashlib
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from backprop_explorer.bundle import bundled_script, bundled_styles, without_remarks

KEPT = 16
"""So many files are kept, those of pages that were delivered before a change among them."""
_SCRIPT = re.compile(r'<script type="module" src="\./([\w/.-]+\.js)"></script>')
_STYLES = re.compile(
    r'<link rel="stylesheet" href="\./[\w/.-]+\.css">(?:\n *<link rel="stylesheet" href="\./[\w/.-]+\.css">)*'
)
_HREF = re.compile(r'href="\./([^"]+)"')


def quick_script(folder: Path, entry: str) -> str:
    """The modules as one script, made in a moment: a server that starts must not wait for a shorter one."""
    return without_remarks(bundled_script(folder, entry))


@dataclass(frozen=True)
class Asset:
    """A file that a browser may keep for ever: its `name` changes with its content."""

    name: str
    content: bytes

    @cached_property
    def compressed(self) -> bytes:
        """The content, gzipped."""
        return gzip.compress(self.content, mtime=0)

    @property
    def suffix(self) -> str:
        """`.js` or `.css`."""
        return Path(self.name).suffix


class Delivery:
    """The pages of a folder as they are delivered, their modules joined by `script`. What is made of a
    folder is kept until a file in it changes."""

    def __init__(self, folder: Path, script: Callable[[Path, str], str] = quick_script) -> None:
        self.folder = folder
        self._one_script = script
        self._made: dict[str, tuple[object, bytes]] = {}
        self._assets: dict[str, Asset] = {}
        self._making = threading.Lock()

    def page(self, name: str) -> bytes:
        """A page that names its modules and styles by one address each."""
        with self._making:
            state = self._state()
            known = self._made.get(name)
            if known is None or known[0] != state:
                known = self._made[name] = state, self._page(name)
            return known[1]

    def asset(self, name: str) -> Asset | None:
        """The script or styles of that name, which a page has named; None for any other."""
        if name not in self._assets:
            for page in self.folder.glob("*.html"):  # perhaps it is named by a page that another process delivered
                self.page(page.name)
        return self._assets.get(name)

    @property
    def assets(self) -> list[Asset]:
        """The scripts and styles that the pages name which were delivered."""
        return list(self._assets.values())

    def _state(self) -> object:
        """What changes when a file of the folder does."""
        found = (path.stat() for path in sorted(self.folder.rglob("*.*")) if path.suffix in (".html", ".js", ".css"))
        return [(one.st_mtime_ns, one.st_size, one.st_ino) for one in found]

    def _page(self, name: str) -> bytes:
        text = (self.folder / name).read_text("utf-8")
        return _STYLES.sub(self._styles, _SCRIPT.sub(self._script, text)).encode()

    def _script(self, element: re.Match[str]) -> str:
        """The element for one script; the same for modules of which none can be made, which the browser then loads."""
        try:
            text = self._one_script(self.folder, element[1])
        except (ValueError, OSError):
            return element[0]
        return f'<script type="module" src="{self._address(Path(element[1]).stem, ".js", text)}"></script>'

    def _styles(self, links: re.Match[str]) -> str:
        try:
            text = bundled_styles(self.folder, _HREF.findall(links[0]))
        except OSError:
            return links[0]
        return f'<link rel="stylesheet" href="{self._address("styles", ".css", text)}">'

    def _address(self, stem: str, suffix: str, text: str) -> str:
        """The address, relative to the page, of a file with this text."""
        content = text.encode()
        asset = Asset(f"{stem}-{hashlib.sha256(content).hexdigest()[:16]}{suffix}", content)
        self._assets.setdefault(asset.name, asset)
        while len(self._assets) > KEPT:
            del self._assets[next(iter(self._assets))]
        return f"./assets/{asset.name}"
