"""The page in Firefox, where one is installed: stepping, explaining, dragging and training, and not a word in the
console."""

import json
import os
import shutil
from pathlib import Path

import httpx
import pytest

from tests import node
from tests.browser.service import FIREFOX
from tests.server import Server

PUPPETEER = "puppeteer-core", "25.16.0"
NAMES = ("firefox-esr", "firefox")


@pytest.fixture(scope="module")
def firefox() -> str:
    found = next(filter(None, map(shutil.which, NAMES)), None)
    if found is None:
        pytest.skip("Firefox is not installed: apt install firefox-esr tries the page in it, too")
    return found


@FIREFOX
@pytest.mark.timeout(600)
def test_the_lesson_works_without_a_message(server: Server, firefox: str, tmp_path: Path) -> None:
    entry = node.installed(*PUPPETEER) / "lib" / "puppeteer" / "puppeteer-core.js"
    home = {**os.environ, "HOME": str(tmp_path), "MOZ_REMOTE_ALLOW_SYSTEM_ACCESS": "0"}
    script = str(Path(__file__).with_name("firefox.mjs"))
    seen = json.loads(node.run(script, str(entry), firefox, f"{server.url}/", timeout=300, env=home).splitlines()[-1])
    assert seen["said"] == []
    assert seen["phase"] == "forward"
    address = f"{server.url}/api/runs/{seen['run']}"
    with httpx.Client(trust_env=False, timeout=30) as api:
        state = api.get(address).raise_for_status().json()
        first = api.get(f"{address}/trace", params={"iteration": 0, "values": "none"}).raise_for_status().json()
    assert state["iteration"] == 20
    assert float(seen["dragged"]) == first["loss"]
    assert float(seen["trained"]) == state["loss"]
