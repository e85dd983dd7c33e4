"""What a site, which has no service, cannot be tried with, and why: `--site` names these tests as skipped."""

import pytest

REQUESTS = pytest.mark.service("requests go to the page's own worker, where no test sees, keeps or refuses them")
OTHERS = pytest.mark.service("runs are kept in one's own browser, where nobody else finds them")
PACKAGES = pytest.mark.service("the engine of the tests has neither ONNX nor Pillow")
SHELL = pytest.mark.service("there is nobody whom a shell could ask")
