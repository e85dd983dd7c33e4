"""Backprop Explorer beside a notebook, in JupyterHub and Binder: what the package jupyter-server-proxy asks for."""

from __future__ import annotations

import sys
from typing import Any

from backprop_explorer.bundle import page_folder

ADDRESS = "127.0.0.1:{port}"
"""The proxy puts a free port of its own choice in the place of `{port}`."""


def server() -> dict[str, Any]:
    """How the proxy starts the server, and what the launcher shows.

    The server is asked by its own name, whatever the hub is called: the proxy has let in nobody but the notebook's
    owner, and browsers tell by `Sec-Fetch-Site` which page a change comes from. The path in front of it needs no
    setting, since the proxy takes it away and the page knows relative addresses alone.
    """
    host, _, port = ADDRESS.partition(":")
    return {
        "command": [sys.executable, "-m", "backprop_explorer.cli", "--no-open", "--host", host, "--port", port],
        "request_headers_override": {"Host": ADDRESS, "Origin": f"http://{ADDRESS}"},
        "timeout": 60,
        "launcher_entry": {"title": "Backprop Explorer", "icon_path": str(page_folder() / "favicon.svg")},
    }
