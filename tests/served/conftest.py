"""What a service does for a browser besides serving the page: pictures, frames of other sites, notebooks, proxies."""

import pytest

from tests.browser.trouble import trouble
from tests.server import Server

__all__ = ["trouble"]


@pytest.fixture(scope="session")
def server(service: Server) -> Server:
    """A site has none of it."""
    return service
