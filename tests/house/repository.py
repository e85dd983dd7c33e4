"""The repository as its own tests see it: its files, as git would keep them."""

import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "backend" / "backprop_explorer"
FRONTEND = ROOT / "frontend"


def files(*suffixes: str, under: Path = ROOT) -> list[Path]:
    """What is or would be committed below that folder, with one of these suffixes (or all)."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard", "--", str(under)]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = [ROOT / name for name in listed if name]
    return [path for path in paths if path.is_file() and (not suffixes or path.suffix in suffixes)]
