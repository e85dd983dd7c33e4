"""What there is with a service only: pictures, frames, notebooks, proxies, and machines that round otherwise."""

import pytest

from tests.browser.trouble import trouble
from tests.server import Server

__all__ = ["trouble"]


@pytest.fixture(scope="session")
def server(service: Server) -> Server:
    """A site has none of it."""
    return service
