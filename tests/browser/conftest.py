"""The page, which a service serves or, with `--site`, a host of static files."""

from tests.browser.trouble import trouble

__all__ = ["trouble"]
