"""The sets of packages that the project admits, each in a fresh environment.

    python -m tests.requirements oldest         installs the oldest of each package, and tests that
    python -m tests.requirements newest         installs the newest, and tests that
    python -m tests.requirements constraints    writes backend/deploy/constraints.txt, the newest set in full
    python -m tests.requirements sbom FILE      writes what an installation by these constraints consists of (CycloneDX)

Packages come from where pip is set up to get them; nothing that is written says from where.
"""

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Iterable
from pathlib import Path

from tests.house.repository import ROOT

CONSTRAINTS = ROOT / "backend" / "deploy" / "constraints.txt"
SERVED = "onnx,postgres"
"""The extras of the container."""
TESTS = ("tests/unit/ops", "tests/api/test_scalars.py", "tests/api/test_runs.py", "tests/api/test_pages.py",
         "tests/api/test_server.py", "tests/api/test_metrics.py", "tests/runs/test_runs.py")  # fmt: skip
HEADER = """\
# The newest set of packages that is tested, in full, for the container and for whoever wants the same one twice:
#   pip install -c backend/deploy/constraints.txt '.[postgres]'
# Made by python -m tests.requirements constraints.
"""
REQUIREMENT = re.compile(r"([\w.-]+)(?:\[[\w,]+\])?>=([\d.]+),<([\d.]+)(?:; sys_platform != 'emscripten')?")


def project() -> dict:
    content: dict = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return content


def requirements() -> list[str]:
    """What the package and the container's extras ask for."""
    content = project()
    return content["dependencies"] + [one for e in SERVED.split(",") for one in content["optional-dependencies"][e]]


def oldest() -> list[str]:
    """A constraint for each package: the least that is admitted."""
    found = [REQUIREMENT.fullmatch(one) for one in requirements()]
    return [f"{one[1]}=={one[2]}" if one[2].count(".") > 1 else f"{one[1]}=={one[2]}.*" for one in found if one]


def environment(folder: Path, wanted: str, constraints: Iterable[str] = (), others: Iterable[str] = ()) -> Path:
    """The Python of a new environment with our package and that extra, as the constraints allow, and other packages."""
    subprocess.run([sys.executable, "-m", "venv", str(folder / "environment")], check=True)
    python = folder / "environment" / ("Scripts" if os.name == "nt" else "bin") / "python"
    bounds = folder / "constraints.txt"
    bounds.write_text("".join(f"{line}\n" for line in constraints), "utf-8")
    command = [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-c", str(bounds)]
    subprocess.run([*command, f"{ROOT}[{wanted}]", *others], check=True, cwd=folder)
    return python


def installed(python: Path) -> list[str]:
    """Every package of an environment but ours and pip, as `name==version`."""
    script = (
        "from importlib.metadata import distributions as d\n"
        "print(*sorted({f\"{o.name.lower().replace('_', '-')}=={o.version}\" for o in d()}), sep='\\n')"
    )
    told = subprocess.run([str(python), "-c", script], capture_output=True, text=True, check=True).stdout.split()
    return [line for line in told if line.partition("==")[0] not in ("backprop-explorer", "pip", "setuptools")]


def tried(constraints: Iterable[str]) -> int:
    """The exit code of the tests on such a set."""
    with tempfile.TemporaryDirectory(prefix="requirements") as folder:
        python = environment(Path(folder), f"test,{SERVED}", constraints)
        names = {one.partition(">=")[0].partition("[")[0].lower() for one in requirements()}
        print("\n".join(line for line in installed(python) if line.partition("==")[0] in names), flush=True)
        command = [str(python), "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *TESTS]
        return subprocess.run(command, cwd=ROOT, check=False).returncode


def write_constraints() -> None:
    with tempfile.TemporaryDirectory(prefix="requirements") as folder:
        lines = installed(environment(Path(folder), SERVED))
    CONSTRAINTS.write_text(HEADER + "".join(f"{line}\n" for line in lines), "utf-8")


def constraints() -> list[str]:
    return [line for line in CONSTRAINTS.read_text("utf-8").splitlines() if not line.startswith("#")]


def bill_of_materials(target: str) -> None:
    """CycloneDX's JSON of a new environment by the constraints."""
    with tempfile.TemporaryDirectory(prefix="requirements") as folder:
        python = environment(Path(folder), SERVED, constraints())
        subprocess.run([str(python), "-m", "pip", "uninstall", "--quiet", "--yes", "pip"], check=True)
        about = ["--pyproject", str(ROOT / "pyproject.toml"), "--output-reproducible"]
        command = [sys.executable, "-m", "cyclonedx_py", "environment", *about, "--output-file", target, str(python)]
        subprocess.run(command, check=True)


def main() -> int:
    match sys.argv[1:]:
        case ["oldest"]:
            return tried(oldest())
        case ["newest"]:
            return tried([])
        case ["constraints"]:
            write_constraints()
        case ["sbom", target]:
            bill_of_materials(target)
        case _:
            print(__doc__)
            return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
