"""The settings as the commands take them, and how a command ends that cannot go on."""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

import typer

if TYPE_CHECKING:
    from backprop_explorer.settings import Settings


def settings_of(given: dict[str, object]) -> Settings:
    """The settings with these values; the command ends where one of them is wrong."""
    from pydantic import ValidationError
    from pydantic_settings import SettingsError

    from backprop_explorer.settings import Settings

    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        reason = first["msg"].removeprefix("Value error, ")
        if not first["loc"]:  # two settings that contradict each other
            fail(reason)
        fail(f"The setting {'.'.join(map(str, first['loc']))} is wrong: {reason}")
    except SettingsError as error:
        fail(str(error))


def fail(reason: str) -> NoReturn:
    """Ends the command with that reason and exit code 2."""
    typer.secho(f"backprop-explorer: {reason}", err=True, fg="red")
    raise typer.Exit(2)
