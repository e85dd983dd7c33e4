"""Settings that nothing sets: there is no environment in a browser, so they have their defaults."""

from __future__ import annotations

from typing import Any

from backprop_explorer.site.standins.pydantic import BaseModel

SettingsConfigDict = dict


class NoDecode:
    """Marks what is read as it is."""


class PydanticBaseSettingsSource:
    """Where settings could come from."""


class BaseSettings(BaseModel):
    """The defaults, but for what is given."""

    def __init__(self, **given: Any) -> None:
        for name, field in type(self).model_fields.items():
            setattr(self, name, given[name] if name in given else field.fresh())
