"""What must not be in the repository."""

import re
from pathlib import Path

from tests.house.repository import ROOT, files
from tests.together import each

VAGUE = {"util", "utils", "helper", "helpers", "common", "manager", "managers", "misc"}
LOCKS = re.compile(r"^(package-lock\.json|npm-shrinkwrap\.json|pnpm-lock\.yaml|.*\.lock)$")
VENDORED = re.compile(r"\.min\.(js|css)$|(^|/)(node_modules|vendor)/")
# Written in two halves, so that this file passes its own test.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(r"(?<![\w.])/(work|Users|home)/\w|/tmp" + r"/bx"),
    "a package registry's host": re.compile(
        r"(registry\.npm" + r"js\.org|pypi\." + r"org|files\.python" + r"hosted\.org|deb\.deb" + r"ian\.org)"
    ),
    "a session's word": re.compile(r"\bissues? " + r"#?\d+\b", re.IGNORECASE),
}
LONGEST = {".py": 400, ".css": 400, ".js": 400}
"""Of the lines of a file; those of scripts are short, since their formatter breaks them at 100 columns."""


def text_of(path: Path) -> str | None:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError:
        return None


def flaws(name: str, text: str | None) -> list[str]:
    """What is wrong with one file, by its path from the root and its text (None: not a text)."""
    path = Path(name)
    found = []
    if {part.lower() for part in [*path.parts[:-1], path.stem]} & VAGUE:
        found.append("its name says nothing")
    if LOCKS.match(path.name):
        found.append("a lock file")
    if VENDORED.search(name):
        found.append("a vendored library")
    if text is None:
        return found
    found += [what for what, pattern in FORBIDDEN.items() if pattern.search(text)]
    most, lines = LONGEST.get(path.suffix), text.count("\n")
    if most is not None and lines > most:
        found.append(f"{lines} lines, of {most} at most")
    return found


def test_files_are_tidy() -> None:
    found = {str(path.relative_to(ROOT)): flaws(str(path.relative_to(ROOT)), text_of(path)) for path in files()}
    assert len(found) > 10
    assert not {name: what for name, what in found.items() if what}


@each(
    ("name", "text", "complaint"),
    [
        ("backend/utils.py", "", "says nothing"),
        ("frontend/helpers/a.js", "", "says nothing"),
        ("uv.lock", "", "lock file"),
        ("frontend/plotly.min.js", "", "vendored"),
        ("a.py", "open('/work" + "/main/x')", "machine"),
        ("a.md", "see /home" + "/ada/x", "machine"),
        ("a.toml", "index = 'https://pypi." + "org/simple'", "host"),
        ("a.py", "# see issue" + " 2", "word"),
        ("a.js", "\n" * 601, "601 lines"),
        ("a.py", "\n" * 401, "401 lines"),
    ],
)
def test_a_planted_flaw_is_seen(name: str, text: str, complaint: str) -> None:
    [found] = flaws(name, text)
    assert complaint in found


def test_a_tidy_file_passes() -> None:
    assert not flaws(
        "backend/backprop_explorer/engine/plan.py", "# the home of plans: /tmp, /api/runs, ./home/x\n" * 400
    )
