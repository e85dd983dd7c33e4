"""A real nginx with the configuration of backend/deploy, in a folder of its own, without root's rights on the machine.

The program is the one that BACKPROP_NGINX names, or the one on PATH, or Debian's package, unpacked and not installed.
Where there is none, the tests that need it are left out with a reason.
"""

import os
import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

import httpx
import pytest

from tests import node
from tests.house.repository import ROOT
from tests.server import free_port

DEPLOY = ROOT / "backend" / "deploy"
SITE, UPSTREAM = DEPLOY / "explorer.conf", DEPLOY / "upstream.conf"
USER = "user root;\n" if hasattr(os, "geteuid") and os.geteuid() == 0 else ""
"""Its workers read and write in the folder, which is this user's."""
UNPACKED = node.CACHE / "nginx"
WHOLE = """\
{user}daemon off;
worker_processes 1;
pid {folder}/pid;
error_log stderr notice;
events {{ worker_connections 4096; }}
http {{
    access_log off;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {parts}
}}
"""


def program() -> str:
    """Where nginx is; the test is left out where there is none to be had."""
    named = os.environ.get("BACKPROP_NGINX") or shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")
    unpacked = UNPACKED / "usr" / "sbin" / "nginx"
    if named is None and not unpacked.exists() and shutil.which("apt-get") and shutil.which("dpkg-deb"):
        _unpack()
    if named is None and not unpacked.exists():
        pytest.skip("There is no nginx on this machine, and no Debian to get it from: BACKPROP_NGINX names one.")
    return named or str(unpacked)


def _unpack() -> None:
    UNPACKED.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=UNPACKED.parent) as scratch:
        for command in (["apt-get", "-qq", "update"], ["apt-get", "-qq", "download", "nginx"]):
            subprocess.run(command, cwd=scratch, capture_output=True, timeout=300, check=False)
        for package in Path(scratch).glob("nginx_*.deb"):
            subprocess.run(["dpkg-deb", "-x", package, Path(scratch) / "whole"], check=True, timeout=60)
            os.replace(Path(scratch) / "whole", UNPACKED)


class Nginx:
    """In front of servers on this machine; `url` once started, `log` what it says, `access` its access log."""

    def __init__(self, folder: Path, servers: Iterable[str], **replaced: str) -> None:
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.log, self.access = folder / "nginx.log", folder / "access.log"
        self.process: subprocess.Popen | None = None
        site = site_text(folder, self.port)
        for old, new in replaced.items():
            assert old in site
            site = site.replace(old, new)
        upstream = re.sub(r"    server app:8000( .*;)\n", "".join(rf"    server {s}\1\n" for s in servers), _upstream())
        assert all(server in upstream for server in servers)
        self.configuration = write(folder, upstream + site)

    def start(self) -> None:
        """Returns when it answers."""
        with self.log.open("ab") as output:
            command = [program(), "-p", str(self.folder), "-c", str(self.configuration)]
            self.process = subprocess.Popen(command, stdout=output, stderr=output)
        deadline = time.monotonic() + 30
        while True:
            try:
                httpx.get(f"{self.url}/api/health", trust_env=False)
                return
            except httpx.TransportError:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise RuntimeError(f"nginx did not come up:\n{self.log.read_text()}") from None

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait(20)


def site_text(folder: Path, port: int) -> str:
    """The site, with what belongs to a machine in that folder."""
    text = SITE.read_text("utf-8")
    for old, new in (
        ("listen 8080;", f"listen 127.0.0.1:{port};"),
        ("/var/cache/nginx/explorer", f"{folder}/cache"),
        ("/var/log/nginx/access.log", f"{folder}/access.log"),
    ):
        assert text.count(old) == 1
        text = text.replace(old, new)
    return text


def _upstream() -> str:
    return UPSTREAM.read_text("utf-8")


def write(folder: Path, parts: str) -> Path:
    """A whole configuration with these parts in its http; its file."""
    path = folder / "nginx.conf"
    path.write_text(WHOLE.format(user=USER, folder=folder, parts=parts), "utf-8")
    return path


def complaint(folder: Path, parts: str) -> str | None:
    """What `nginx -t` has against these parts of a configuration, warnings too."""
    command = [program(), "-t", "-q", "-p", str(folder), "-c", str(write(folder, parts))]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    return done.stderr if done.returncode or "[warn]" in done.stderr else None
