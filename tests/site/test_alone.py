"""The engine needs NumPy alone: what a server needs is imported by whoever serves."""

import subprocess
import sys

HEAVY = (
    "PIL",
    "fastapi",
    "httpx",
    "limits",
    "orjson",
    "plotly",
    "pydantic",
    "rich",
    "sqlalchemy",
    "starlette",
    "typer",
)
USED = f"""
import sys
import backprop_explorer as bx
plan = bx.compile({{"program": "loss = a * a", "parameters": {{"a": 2.0}}}})
assert bx.check(plan, {{"a": "2 * a * loss.g"}}).correct
print(*[name for name in {HEAVY} if name in sys.modules])
"""


def test_compiling_and_checking_load_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", USED], capture_output=True, text=True, check=True, timeout=100)
    assert done.stdout.split() == []
