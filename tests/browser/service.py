"""What a site, which has no service, cannot be tried with, and why: `--site` names these tests as skipped."""

import pytest

PACKAGES = pytest.mark.service("the engine of the tests has neither ONNX nor Pillow")
SHELL = pytest.mark.service("there is nobody whom a shell could ask")
FIREFOX = pytest.mark.service("its runs stay in Firefox, where the test finds none of them")
