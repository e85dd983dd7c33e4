"""What the tests of a site share: its files, which take seconds to pack."""

import pytest

from backprop_explorer.site import folder

PYODIDE = "https://example.org/pyodide/"


@pytest.fixture(scope="session")
def files() -> folder.Files:
    return folder.site_files(PYODIDE, {"example": "xor"})
