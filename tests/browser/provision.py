"""Finds or gets a Chromium for the browser tests.

In this order: the one that BACKPROP_BROWSER names; Playwright's own; one on PATH or in /Applications; Debian's package,
as root; npm's @sparticuz/chromium, on Linux x86-64; `playwright install`. Each must show visible text before it
is taken, since a browser without fonts passes every test of the DOM. When none does: `NoBrowser`, one sentence.
BACKPROP_IGNORE_SYSTEM_BROWSERS=1 passes over PATH, /Applications and apt, to try what a bare machine does.
"""

import base64
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from filelock import FileLock
from playwright.sync_api import Browser, Error, Playwright

from tests import node

FLAGS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-gpu",
    # A test's page is too young for its code to be worth optimizing: a tenth of its processor time.
    "--js-flags=--no-opt --no-maglev",
)
PACKAGES = ("chromium-headless-shell", "chromium")
"""Debian's: the shell alone, which loads a page in half the time, and the whole browser."""
NAMES = (*PACKAGES, "chromium-browser", "google-chrome", "google-chrome-stable", "msedge", "microsoft-edge")
APPLICATIONS = ("Chromium", "Google Chrome", "Microsoft Edge")
NPM_CHROMIUM = ("@sparticuz/chromium", "153.0.0")


class NoBrowser(Exception):
    """No Chromium could be found or got; the message says what was tried."""


@dataclass(frozen=True)
class Chromium:
    """A browser to launch: where it came from, its file (None: Playwright knows), what its environment needs."""

    origin: str
    executable: Path | None
    environment: dict[str, str] = field(default_factory=dict)

    def launch(self, playwright: Playwright) -> Browser:
        return playwright.chromium.launch(
            executable_path=self.executable,
            args=list(FLAGS),
            env={**os.environ, **self.environment},
            chromium_sandbox=not _is_root(),
            timeout=60_000,
        )


def provide(playwright: Playwright) -> Chromium:
    """The first Chromium of the list above that shows text; waits for another worker that is installing one."""
    node.CACHE.mkdir(parents=True, exist_ok=True)
    with FileLock(node.CACHE / "browser.lock", timeout=900):
        return first_that_shows_text(playwright, sources())


def sources() -> tuple[Callable[[], Iterator[Chromium]], ...]:
    """The places to look, in order. A browser chosen by name is the only one: silently taking another would mislead."""
    if os.environ.get("BACKPROP_BROWSER"):
        return (chosen,)
    if os.environ.get("BACKPROP_IGNORE_SYSTEM_BROWSERS") == "1":
        return (playwrights_own, from_npm, from_playwright)
    return (playwrights_own, on_the_machine, from_apt, from_npm, from_playwright)


def first_that_shows_text(playwright: Playwright, places: tuple[Callable[[], Iterator[Chromium]], ...]) -> Chromium:
    """Goes through the places lazily, since the later ones install something."""
    refusals = []
    for place in places:
        try:
            for chromium in place():
                refusal = flaw(playwright, chromium)
                if refusal is None:
                    return chromium
                refusals.append(f"{chromium.origin}: {refusal}")
        except (OSError, RuntimeError, subprocess.SubprocessError) as error:
            refusals.append(f"{place.__name__}: {_first_line(error)}")
    raise NoBrowser(
        "No Chromium for the browser tests: set BACKPROP_BROWSER to one or pass --no-browser "
        f"(tried {'; '.join(refusals) or 'nothing that this system has'})."
    )


def flaw(playwright: Playwright, chromium: Chromium) -> str | None:
    """Why this browser will not do, or None: it must start and show text in each font that the page asks for."""
    try:
        browser = chromium.launch(playwright)
    except Error as error:
        return _first_line(error)
    try:
        page = browser.new_page(viewport={"width": 800, "height": 240})
        return next((f"{family} text {what}" for family in FAMILIES if (what := _invisible(page, family))), None)
    except Error as error:
        return _first_line(error)
    finally:
        browser.close()


FAMILIES = ("sans-serif", "serif", "monospace")
SAMPLE = (
    """<body style="margin: 0; background: white; color: black; font: 40px {family}"><span>Backprop 0123 Wwi</span>"""
)
COUNT_DARK = """async png => {
    const image = new Image();
    image.src = "data:image/png;base64," + png;
    await image.decode();
    const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
    canvas.drawImage(image, 0, 0);
    const {data} = canvas.getImageData(0, 0, image.width, image.height);
    let dark = 0;
    for (let i = 0; i < data.length; i += 4) dark += data[i] < 96;
    return dark;
}"""


def _invisible(page, family: str) -> str | None:
    page.set_content(SAMPLE.format(family=family))
    width = page.locator("span").bounding_box()["width"]
    dark = page.evaluate(COUNT_DARK, base64.b64encode(page.screenshot()).decode())
    if width < 150:
        return f"is only {width} px wide"
    return None if dark > 500 else f"leaves only {dark} dark pixels"


def chosen() -> Iterator[Chromium]:
    yield Chromium("BACKPROP_BROWSER", Path(os.environ["BACKPROP_BROWSER"]))


def playwrights_own() -> Iterator[Chromium]:
    yield Chromium("Playwright's own", None)


def on_the_machine() -> Iterator[Chromium]:
    for name in NAMES:
        if path := shutil.which(name):
            yield Chromium(path, Path(path))
    for name in APPLICATIONS:
        path = Path("/Applications", f"{name}.app", "Contents", "MacOS", name)
        if path.exists():
            yield Chromium(str(path), path)


def from_apt() -> Iterator[Chromium]:
    if not (_is_root() and Path("/etc/debian_version").exists() and shutil.which("apt-get")):
        return
    _apt_get("update")
    for package in PACKAGES:
        with suppress(subprocess.CalledProcessError):  # not every Debian has both
            _apt_get("install", "-y", package, "fonts-dejavu-core")
            yield Chromium(f"apt-get install {package}", Path("/usr/bin", package))


def _apt_get(*command: str) -> None:
    subprocess.run(
        ["apt-get", "-qq", "-o", "DPkg::Lock::Timeout=300", *command],
        check=True,
        capture_output=True,
        timeout=600,
        env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
    )


def from_npm() -> Iterator[Chromium]:
    """npm's package: a headless Chromium, the libraries that bare machines lack, and a font, packed by Brotli."""
    if sys.platform != "linux" or platform.machine() != "x86_64":
        return
    folder = node.package(*NPM_CHROMIUM)
    executable = folder / "chromium"
    if not executable.exists():
        _unpack_npm(folder / "bin", folder)
    # Its own fonts.conf points to a folder of another machine: with that every text is invisible.
    (folder / "fonts.conf").write_text(FONTS_CONF.format(fonts=folder / "fonts", cache=folder / "font-cache"))
    yield Chromium(
        f"npm's {'@'.join(NPM_CHROMIUM)}",
        executable,
        {"LD_LIBRARY_PATH": str(folder / "lib"), "FONTCONFIG_FILE": str(folder / "fonts.conf")},
    )


FONTS_CONF = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
UNBROTLI = """
const [source, target] = process.argv.slice(1), fs = require("fs");
require("stream").pipeline(fs.createReadStream(source), require("zlib").createBrotliDecompress(),
    fs.createWriteStream(target), error => { if (error) throw error; });
"""


def _unpack_npm(packed: Path, folder: Path) -> None:
    for name in ("al2023.tar", "fonts.tar", "swiftshader.tar", "chromium"):
        node.run("-e", UNBROTLI, str(packed / f"{name}.br"), str(folder / f"{name}.part"))
    for name in ("al2023.tar", "fonts.tar", "swiftshader.tar"):
        node.unpack(folder / f"{name}.part", folder)
        (folder / f"{name}.part").unlink()
    (folder / "chromium.part").chmod(0o755)
    (folder / "chromium.part").rename(folder / "chromium")  # last: its presence says that all is there


def from_playwright() -> Iterator[Chromium]:
    subprocess.run(
        [sys.executable, "-m", "playwright", "install", "chromium"], check=True, capture_output=True, timeout=300
    )
    yield Chromium("playwright install chromium", None)


def _is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n", 1)[0]
