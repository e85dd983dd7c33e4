"""The page's files and the plots' library."""

import gzip
import hashlib
import re
from pathlib import Path

import plotly
import pytest
from starlette.testclient import TestClient

from backprop_explorer.api.pages import Pages, page_folder
from backprop_explorer.api.plotly import INSTALLED

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
POLICY = (
    "default-src 'none'; script-src 'self'; "
    "style-src-elem 'self' 'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=' {}; "
    "style-src-attr 'unsafe-inline'; img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; "
    "worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@pytest.fixture
def folder(tmp_path: Path, client: TestClient, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A page of our own making in place of the real one."""
    pages = next(route.endpoint.__self__ for route in client.app.routes if getattr(route, "path", "") == "/{path:page}")
    assert isinstance(pages, Pages)
    monkeypatch.setattr(pages, "folder", tmp_path / "page")
    (tmp_path / "page" / "lib").mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text('<script defer src="{{plotly}}"></script>')
    (tmp_path / "page" / "lib" / "store.mjs").write_text("export const one = 1;")
    (tmp_path / "secret.json").write_text("{}")
    return tmp_path / "page"


def test_the_page_names_the_plots_library(client: TestClient, folder: Path) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY.format(INSTALLED.style_hash)
    address = re.fullmatch(r'<script defer src="\.(/vendor/plotly-[0-9a-f]{16}\.min\.js)"></script>', answer.text)
    assert address
    assert client.get(address[1]).content == SCRIPT.read_bytes()


def test_the_plots_library_is_compressed_and_kept_for_ever(client: TestClient) -> None:
    with client.stream("GET", INSTALLED.path, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(raw) == SCRIPT.read_bytes()
    assert hashlib.sha256(SCRIPT.read_bytes()).hexdigest().startswith(INSTALLED.path[15:31])
    assert "content-encoding" not in client.get(INSTALLED.path, headers={"Accept-Encoding": "identity"}).headers
    assert client.get("/vendor/plotly-0000000000000000.min.js").status_code == 404


def test_the_policy_allows_the_style_that_the_library_injects() -> None:
    assert INSTALLED.style_hash in SCRIPT_STYLES[SCRIPT_VERSION]


SCRIPT_VERSION = re.search(rb"plotly\.js v(\d+\.\d+\.\d+)", SCRIPT.read_bytes()[:500])[1].decode()
# As a browser reported them; a newer version is checked by the browser tests, which fail on any report.
SCRIPT_STYLES = {
    SCRIPT_VERSION: [INSTALLED.style_hash],
    "4.1.1": ["'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"],
}


def test_modules_are_asked_for_again_and_sent_when_they_have_changed(client: TestClient, folder: Path) -> None:
    first = client.get("/lib/store.mjs")
    assert first.headers["content-type"] == "text/javascript; charset=utf-8"
    assert first.headers["cache-control"] == "no-cache"
    asked = {"If-None-Match": first.headers["etag"]}
    assert client.get("/lib/store.mjs", headers=asked).status_code == 304
    (folder / "lib" / "store.mjs").write_text("export const one = 2;")
    assert client.get("/lib/store.mjs", headers=asked).text == "export const one = 2;"


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.json",
        "/%2e%2e/secret.json",
        "/lib/..%2f..%2fsecret.json",
        "/lib",
        "/lib/",
        "//etc/passwd",
        "/lib/store.py",
        "/%00.js",
        "/" + "a" * 5000 + ".js",
        "/apiary.js",
        "/C:/windows/win.ini",
        "/vendor/",
        "/vendor/x",
    ],
)
def test_nothing_else_is_served(client: TestClient, folder: Path, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_link_out_of_the_folder_leads_nowhere(client: TestClient, folder: Path) -> None:
    (folder / "out.json").symlink_to(folder.parent / "secret.json")
    assert client.get("/out.json").status_code == 404


def test_the_real_page_is_there(client: TestClient) -> None:
    assert (page_folder() / "index.html").is_file()
    assert INSTALLED.path in client.get("/").text
