"""What jupyter-server-proxy is told, and that the command, started as it says, serves below any path."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import httpx
import pytest

from backprop_explorer.jupyter import server
from tests.house.repository import ROOT
from tests.server import Server


class Proxied(Server):
    """A server as the proxy starts it."""

    def launch(self) -> None:
        command = [part.format(port=self.port) for part in server()["command"]]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(command, stdout=output, stderr=output, env=self.environment)


def test_the_entry_point_names_the_function() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    module, _, name = project["entry-points"]["jupyter_serverproxy_servers"]["backprop-explorer"].partition(":")
    assert getattr(import_module(module), name) is server
    told = server()
    assert told["command"][0] == sys.executable
    assert Path(told["launcher_entry"]["icon_path"]).read_text("utf-8").startswith("<svg")
    assert set(told) == {"command", "request_headers_override", "timeout", "launcher_entry"}


def test_the_command_serves_and_takes_changes_from_its_own_page_alone(tmp_path: Path) -> None:
    database = tmp_path / "runs.sqlite3"
    started = Proxied(database, tmp_path / "log", BACKPROP_DATABASE=str(database))
    headers = {name: text.format(port=started.port) for name, text in server()["request_headers_override"].items()}
    document = {"example": "lesson13"}
    try:
        started.start()
        with httpx.Client(base_url=started.url, headers=headers, trust_env=False) as client:
            own = client.post("/api/runs", json=document, headers={"Sec-Fetch-Site": "same-origin"})
            foreign = client.post("/api/runs", json=document, headers={"Sec-Fetch-Site": "cross-site"})
            page = client.get("/").text
    finally:
        started.stop()
    assert (own.status_code, foreign.status_code) == (201, 403)
    assert not re.findall(r'(?:src|href)="/', page)  # every address is relative, so any path may stand before it
    assert database.exists()


@pytest.mark.parametrize("part", ["--no-open", "127.0.0.1"])
def test_it_opens_no_browser_and_is_reached_through_the_proxy_alone(part: str) -> None:
    assert part in server()["command"]
