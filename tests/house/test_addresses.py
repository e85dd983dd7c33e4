"""No address of the page is absolute: it works under whatever path a proxy serves it."""

import re

import pytest

from tests.house.repository import FRONTEND, files
from tests.together import each

IN_MARKUP = re.compile(r"""\b(?:src|href|action|srcset|poster)\s*=\s*["']?(?:/|https?:)""")
IN_STYLES = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?:/|https?:)""")
IN_SCRIPTS = re.compile(r"""["'`](?:/[\w$]|https?://)""")
COMMENT = re.compile(r"/\*.*?\*/|(?<![:\"'])//[^\n]*", re.DOTALL)

# Paths below the API's root, which the client puts before them; the root itself is relative.
BELOW_THE_ROOT = {"service/client.js", "service/files.js", "service/path.js", "lib/files.js"}
# The name of a language, which is written like an address and never asked for.
NAMESPACE = re.compile(r"http://www\.w3\.org/[\w/]+")


def absolute(name: str, source: str) -> list[str]:
    """The lines of a file of the page in which an absolute address stands."""
    text = NAMESPACE.sub("", source)
    if name.endswith((".html", ".svg")):
        patterns = [IN_MARKUP]
    elif name.endswith(".css"):
        text, patterns = COMMENT.sub("", text), [IN_STYLES]
    else:
        text, patterns = COMMENT.sub("", text), [] if name in BELOW_THE_ROOT else [IN_SCRIPTS, IN_MARKUP]
    return [line.strip() for line in text.splitlines() if any(pattern.search(line) for pattern in patterns)]


def test_the_page_has_no_absolute_address() -> None:
    seen = 0
    for ending in (".html", ".svg", ".css", ".js"):
        for path in files(ending, under=FRONTEND):
            seen += 1
            name = path.relative_to(FRONTEND).as_posix()
            assert not absolute(name, path.read_text("utf-8")), name
    assert seen > 50


def test_the_root_of_the_api_is_relative() -> None:
    for name in ("main.js", "ops.js"):
        assert re.search(r'createClient\([^\n]*, "\./api"', (FRONTEND / name).read_text("utf-8")), name


@each(
    ("name", "source"),
    [
        ("index.html", '<script src="/vendor/plotly.js"></script>'),
        ("index.html", "<a href=/ops>Operations</a>"),
        ("index.html", '<link href="https://example.org/a.css">'),
        ("styles/a.css", "body { background: url(/a.png) }"),
        ("styles/a.css", "@import '/b.css';"),
        ("panels/a.js", 'h("a", { href: "/ops" })'),
        ("panels/a.js", "fetch(`/api/runs`)"),
        ("panels/a.js", "import a from '/lib/a.js';"),
        ("main.js", "new URL('http://localhost:8000/api')"),
    ],
)
def test_a_planted_absolute_address_is_seen(name: str, source: str) -> None:
    assert absolute(name, source) == [source]


@pytest.mark.parametrize(
    ("name", "source"),
    [
        ("index.html", '<script src="./main.js"></script><a href="#top">'),
        ("favicon.svg", '<svg xmlns="http://www.w3.org/2000/svg"/>'),
        ("panels/a.js", 'h("a", { href: `./ops#${op}` }); // see https://example.org'),
        ("panels/a.js", 'const word = a + "/" + b;'),
    ],
)
def test_relative_addresses_pass(name: str, source: str) -> None:
    assert not absolute(name, source)
