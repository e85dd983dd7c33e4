"""The page's files and the plots' library."""

import gzip
import hashlib
import re
from pathlib import Path

import plotly
import pytest
from starlette.testclient import TestClient

from backprop_explorer.api import plotly as library
from backprop_explorer.api import subset as part
from backprop_explorer.api.delivery import Delivery
from backprop_explorer.api.pages import Pages
from backprop_explorer.api.plotly import INSTALLED, Plotly
from backprop_explorer.api.security import page_policy
from backprop_explorer.api.subset import UnknownForm, subset
from backprop_explorer.bundle import page_folder

SCRIPT = Path(plotly.__file__).parent / "package_data" / "plotly.min.js"
LIBRARY = subset(SCRIPT.read_text("utf-8")).encode()
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
    monkeypatch.setattr(pages, "delivery", Delivery(tmp_path / "page"))
    (tmp_path / "page" / "lib").mkdir(parents=True)
    (tmp_path / "page" / "index.html").write_text('<script defer src="{{plotly}}"></script>')
    (tmp_path / "page" / "lib" / "store.mjs").write_text("export const one = 1;")
    (tmp_path / "secret.json").write_text("{}")
    return tmp_path / "page"


def test_the_page_names_the_plots_library(client: TestClient, folder: Path) -> None:
    answer = client.get("/")
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"] == POLICY.format(INSTALLED.style_hash).replace(" None", "")
    address = re.fullmatch(r'<script defer src="\./(vendor/plotly-[0-9a-f]{16}\.min\.js)"></script>', answer.text)
    assert address
    assert client.get(f"/{address[1]}").content == LIBRARY


def test_the_plots_library_is_compressed_and_kept_for_ever(client: TestClient) -> None:
    address = f"/vendor/{INSTALLED.file}"
    with client.stream("GET", address, headers={"Accept-Encoding": "gzip"}) as answer:
        raw = b"".join(answer.iter_raw())
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-type"] == "text/javascript; charset=utf-8"
    assert gzip.decompress(raw) == LIBRARY
    assert "content-encoding" not in client.get(address, headers={"Accept-Encoding": "identity"}).headers
    assert client.get("/vendor/plotly-0000000000000000.min.js").status_code == 404


def test_another_library_or_another_part_of_it_has_another_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert Plotly().file == INSTALLED.file
    rule = tmp_path / "subset.py"
    rule.write_bytes(Path(str(part.__file__)).read_bytes() + b"\n")
    with monkeypatch.context() as patch:
        patch.setattr(part, "__file__", str(rule))
        assert Plotly().file != INSTALLED.file
    monkeypatch.setattr(library, "_whole", lambda: SCRIPT.read_bytes() + b";")
    assert Plotly().file != INSTALLED.file


def test_the_first_page_waits_for_no_part_of_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "subset", lambda _: pytest.fail("the part was asked for"))
    fresh = Plotly()
    assert fresh.address == INSTALLED.address
    assert fresh.style_hash == INSTALLED.style_hash


def test_a_library_of_another_form_is_served_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the maps in it, which write a style into the page that the policy has to allow."""

    def refuse(script: str) -> str:
        raise UnknownForm

    monkeypatch.setattr(library, "subset", refuse)
    whole = Plotly()
    assert whole.script == SCRIPT.read_bytes()
    assert whole.style_hash in SCRIPT_STYLES.get(SCRIPT_VERSION, [whole.style_hash])
    assert whole.style_hash is not None
    assert whole.style_hash in page_policy(whole.style_hash)


SCRIPT_VERSION = re.search(rb"plotly\.js v(\d+\.\d+\.\d+)", SCRIPT.read_bytes()[:500])[1].decode()
# As a browser reported them.
SCRIPT_STYLES = {"4.1.1": ["'sha256-ji27qzEtxXZW+7dun6UwjHXJ18e6WAin1VvNtkzIE/o='"]}


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


@pytest.mark.parametrize(("path", "home"), [("/foo", "./"), ("/foo/b%3Ca%3E.html", "../"), ("/vendors/x/y", "../../")])
def test_a_window_gets_a_page_with_the_way_home(client: TestClient, folder: Path, path: str, home: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status_code, answer.headers["content-type"]) == (404, "text/html; charset=utf-8")
    assert f'<a href="{home}">' in answer.text
    assert "<a>" not in answer.text
    assert answer.headers["content-security-policy"] == "default-src 'none'"


def test_a_link_out_of_the_folder_leads_nowhere(client: TestClient, folder: Path) -> None:
    (folder / "out.json").symlink_to(folder.parent / "secret.json")
    assert client.get("/out.json").status_code == 404


def test_the_real_page_is_there(client: TestClient) -> None:
    assert (page_folder() / "index.html").is_file()
    assert INSTALLED.address in client.get("/").text


@pytest.mark.parametrize("page", ["/", "/ops"])
def test_every_address_in_a_page_is_relative(client: TestClient, page: str) -> None:
    """A proxy may serve the page below a path of its own, which the page does not know."""
    addresses = re.findall(r"""\b(?:src|href|action|content|srcset)\s*=\s*["']?([^"'\s>]+)""", client.get(page).text)
    leading = [address for address in addresses if address.startswith(("./", "/", "http"))]
    assert len(leading) > 2
    assert [address for address in leading if not address.startswith("./")] == []


ADDRESS = r'(?:src|href)="\./(assets/[\w.-]+)"'
FOREVER = "public, max-age=31536000, immutable"


@pytest.mark.parametrize("page", ["/", "/ops"])
def test_a_page_has_one_script_and_one_sheet_of_styles_that_are_kept_for_ever(client: TestClient, page: str) -> None:
    answer = client.get(page)
    assert answer.headers["cache-control"] == "no-cache"
    styles, script = sorted(re.findall(ADDRESS, answer.text), key=lambda address: address.endswith(".js"))
    assert answer.text.count('rel="stylesheet"') == answer.text.count('type="module"') == 1
    for address, kind in ((styles, "text/css"), (script, "text/javascript")):
        plain = client.get(f"/{address}", headers={"Accept-Encoding": "identity"})
        assert plain.status_code == 200
        assert plain.headers["content-type"] == f"{kind}; charset=utf-8"
        assert plain.headers["cache-control"] == FOREVER
        assert plain.headers["vary"] == "Accept-Encoding"
        assert hashlib.sha256(plain.content).hexdigest()[:16] in address
        with client.stream("GET", f"/{address}", headers={"Accept-Encoding": "gzip"}) as compressed:
            raw = b"".join(compressed.iter_raw())
        assert compressed.headers["content-encoding"] == "gzip"
        assert gzip.decompress(raw) == plain.content


def test_modules_stay_reachable_one_by_one(client: TestClient) -> None:
    for name in ("main.js", "lib/h.js", "styles/tokens.css"):
        answer = client.get(f"/{name}")
        assert answer.text == (page_folder() / name).read_text("utf-8")
        assert answer.headers["cache-control"] == "no-cache"


PAGE = """<head>
  <link rel="stylesheet" href="./b.css">
  <link rel="stylesheet" href="./styles/a.css">
  <script type="module" src="./start.js"></script>
</head>"""


@pytest.fixture
def small(folder: Path) -> Path:
    (folder / "styles").mkdir()
    (folder / "index.html").write_text(PAGE)
    (folder / "b.css").write_text("b { top: 0 }")
    (folder / "styles" / "a.css").write_text("a { top: 0 }")
    (folder / "start.js").write_text('import { one } from "./lib/one.js";\nconsole.log(one);\n')
    (folder / "lib" / "one.js").write_text("export const one = 1;\n")
    return folder


def addresses(client: TestClient) -> list[str]:
    return re.findall(ADDRESS, client.get("/").text)


def test_the_addresses_change_with_any_module_and_old_ones_stay(client: TestClient, small: Path) -> None:
    first = client.get("/")
    styles, script = addresses(client)
    assert client.get(f"/{styles}").text == "b { top: 0 }\na { top: 0 }"
    assert client.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 304
    (small / "lib" / "one.js").write_text("export const one = 100;\n")
    assert client.get("/", headers={"If-None-Match": first.headers["etag"]}).status_code == 200
    same, changed = addresses(client)
    assert same == styles
    assert changed != script
    assert "one = 100;" in client.get(f"/{changed}").text
    assert "one = 1;" in client.get(f"/{script}").text


def test_another_process_knows_the_addresses_too(
    client: TestClient, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages = next(route.endpoint.__self__ for route in client.app.routes if getattr(route, "path", "") == "/{path:page}")
    styles, script = addresses(client)
    monkeypatch.setattr(pages, "delivery", Delivery(small))
    assert client.get(f"/{script}").status_code == client.get(f"/{styles}").status_code == 200
    assert client.get("/assets/start-0000000000000000.js").status_code == 404


def test_old_files_are_let_go_of(client: TestClient, small: Path) -> None:
    _, first = addresses(client)
    for number in range(20):
        (small / "lib" / "one.js").write_text(f"export const one = {number + 2};{' ' * number}\n")
        _, last = addresses(client)
    assert client.get(f"/{first}").status_code == 404
    assert client.get(f"/{last}").status_code == 200


def test_modules_that_make_no_bundle_are_loaded_one_by_one(client: TestClient, small: Path) -> None:
    (small / "lib" / "one.js").write_text("export let one = 1;\n")
    (small / "b.css").unlink()
    assert client.get("/").text == PAGE
