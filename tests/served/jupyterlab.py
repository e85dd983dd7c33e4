"""A real JupyterLab in an environment of its own, with our package and jupyter-server-proxy beside it."""

import json
import subprocess
from pathlib import Path

import httpx
import psutil
from playwright.sync_api import Locator, Page, expect

from tests.requirements import environment
from tests.server import Server

PACKAGES = ("jupyterlab", "jupyter-server-proxy")
PREFIX = "/user/ann"
"""As below a JupyterHub."""
QUIET = {"disabledExtensions": {"@jupyterlab/apputils-extension:announcements": True}}
"""It would ask whether one wants news."""


class NoJupyterLab(Exception):
    """It could not be installed; the message is one sentence."""


def installed(folder: Path) -> Path:
    """The Python of a new environment; `NoJupyterLab` where pip gets no such packages."""
    try:
        return environment(folder, "notebook", others=PACKAGES)
    except subprocess.CalledProcessError as error:
        raise NoJupyterLab(
            f"pip could not install {' and '.join(PACKAGES)} (its exit code was {error.returncode})."
        ) from None


class JupyterLab(Server):
    """Started in a folder of notebooks, below a prefix and without a password."""

    def __init__(self, python: Path, folder: Path) -> None:
        self.python = python
        self.folder = folder
        places = {
            name: str(folder / name.lower()) for name in ("JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
        }
        self.settings = folder / "settings"
        database = folder / "runs.sqlite3"
        super().__init__(
            database,
            folder / "log",
            JUPYTER_CONFIG_DIR=str(self.settings),
            BACKPROP_DATABASE=str(database),
            PYTHONPATH="",
            **places,
        )

    def launch(self) -> None:
        (self.settings / "labconfig").mkdir(parents=True, exist_ok=True)
        (self.settings / "labconfig" / "page_config.json").write_text(json.dumps(QUIET))
        notebooks = self.folder / "notebooks"
        notebooks.mkdir(exist_ok=True)
        own = {"base_url": f"{PREFIX}/", "root_dir": str(notebooks), "port_retries": 0, "allow_root": True}
        traits = [f"--ServerApp.{name}={value}" for name, value in own.items()]
        command = [str(self.python), "-m", "jupyterlab", "--no-browser", f"--port={self.port}"]
        with self.log.open("ab") as output:
            self.process = subprocess.Popen(
                [*command, *traits, "--IdentityProvider.token="], stdout=output, stderr=output, env=self.environment
            )

    def healthy(self) -> bool:
        try:
            return httpx.get(f"{self.url}{PREFIX}/api", timeout=20, trust_env=False).is_success
        except httpx.TransportError:
            return False

    def stop(self) -> None:
        """With its kernels and with what it has proxied."""
        others = self.processes(lambda _: True)
        super().stop()
        _, left = psutil.wait_procs(others, timeout=20)
        for one in left:
            one.kill()
        assert not left, f"JupyterLab has left behind {left}"

    def write(self, name: str, *cells: str) -> str:
        """A notebook of these cells of code; the address at which it opens."""
        known = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
        listed = [_cell(at, source) for at, source in enumerate(cells)]
        content = {"nbformat": 4, "nbformat_minor": 5, "metadata": known, "cells": listed}
        (self.folder / "notebooks" / name).write_text(json.dumps(content), "utf-8")
        return f"{self.url}{PREFIX}/lab/tree/{name}"


def _cell(at: int, source: str) -> dict:
    fixed = {"cell_type": "code", "execution_count": None, "metadata": {}, "outputs": []}
    return {**fixed, "id": f"cell{at}", "source": source}


def choose(page: Page, menu: str, *way: str) -> None:
    """An entry of JupyterLab's menus."""
    page.get_by_role("menubar").get_by_role("menuitem", name=menu, exact=True).click()
    for name in way[:-1]:
        entry(page, name).hover()
    entry(page, way[-1]).click()


def entry(page: Page, name: str) -> Locator:
    return page.locator(".lm-Menu-itemLabel").get_by_text(name, exact=True)


def run_all(page: Page, address: str) -> None:
    """Opens a notebook and runs its cells, once its kernel is there: before, JupyterLab asks for one."""
    page.goto(address)
    expect(page.get_by_text("Python 3 (ipykernel) | Idle")).to_be_visible(timeout=90_000)
    choose(page, "Run", "Run All Cells")


def output(page: Page, at: int) -> Locator:
    """What stands below a cell."""
    return page.locator(".jp-Notebook .jp-Cell").nth(at).locator(".jp-OutputArea-output")
