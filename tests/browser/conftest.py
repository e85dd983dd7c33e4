"""The page, which a service serves or, with `--site`, a host of static files."""

from tests.browser.traffic import traffic
from tests.browser.trouble import trouble

__all__ = ["traffic", "trouble"]
