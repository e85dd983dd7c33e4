"""All routes of the API."""

from __future__ import annotations

from backprop_explorer.api.routes import check, export, importing, lessons, picture, plots, practice
from backprop_explorer.api.routes.first import FIRST

ROUTERS = (*FIRST, *(module.router for module in (plots, picture, export, importing, check, practice, lessons)))
"""In the order in which addresses are looked for."""
