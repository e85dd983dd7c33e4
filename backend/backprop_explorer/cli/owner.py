"""The options and arguments of `backprop-explorer runs`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from backprop_explorer.cli.environment import fail, settings_of
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from backprop_explorer.cli.runs import Owner

app = typer.Typer(
    no_args_is_help=True,
    help="List, show, export, delete, back up and restore the runs in a database, for whoever owns it.",
)
ANY_ID = {"ignore_unknown_options": True}
"""An id may begin with a hyphen."""
DATABASE = typer.Option(metavar="PATH|URL", help="Where the runs are.  [default: as for the server]")
IDENTITY = typer.Argument(metavar="ID", help="The run's id, or its view id.")
OLDER_THAN = typer.Option(metavar="AGE", help="Those not changed for so long: 12h, 30d, 8w.")
JSON = typer.Option("--json", help="As JSON, for programs.")


@app.command("list")
def list_runs(
    context: typer.Context,
    older_than: Annotated[str | None, OLDER_THAN] = None,
    as_json: Annotated[bool, JSON] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """List all runs, those first that were changed last: id, time of the last change, number of changes, bytes."""
    _do(context, database, lambda owner: owner.list(older_than, as_json=as_json))


@app.command(context_settings=ANY_ID)
def show(
    context: typer.Context,
    identity: Annotated[str, IDENTITY],
    as_json: Annotated[bool, JSON] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Show what is known of a run."""
    _do(context, database, lambda owner: owner.show(identity, as_json=as_json))


@app.command(context_settings=ANY_ID)
def export(
    context: typer.Context,
    identity: Annotated[str, IDENTITY],
    form: Annotated[str, typer.Option("--format", help="A format of GET /api/formats.")] = "json",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Where to; - is standard output.  [default: named after the title]"),
    ] = None,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Write a run into a file."""
    _do(context, database, lambda owner: owner.export(identity, form, output))


@app.command(context_settings=ANY_ID)
def delete(
    context: typer.Context,
    identities: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="Ids of runs.")] = None,
    older_than: Annotated[str | None, OLDER_THAN] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say which.")] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Delete runs for good. A SQLite file must not be in use by a server."""
    _do(context, database, lambda owner: owner.delete(identities or [], older_than, dry=dry_run))


@app.command()
def compact(context: typer.Context, database: Annotated[str | None, DATABASE] = None) -> None:
    """Write the SQLite file anew without gaps. It must not be in use by a server."""
    _do(context, database, lambda owner: owner.compact())


@app.command()
def backup(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes; must not be there yet.")],
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Copy the SQLite file, also while a server runs."""
    _do(context, database, lambda owner: owner.back_up(copy))


@app.command()
def restore(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A copy that `runs backup` made.")],
    replace: Annotated[bool, typer.Option("--replace", help="Although there are runs, which are lost then.")] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Put a copy in the place of the SQLite file, which must not be in use by a server."""
    _do(context, database, lambda owner: owner.restore(copy, replace=replace))


def _do(context: typer.Context, database: str | None, work: Callable[[Owner], None]) -> None:
    from backprop_explorer.cli.runs import Owner

    location = database or context.find_root().params.get("database")
    settings = settings_of({} if location is None else {"database": location})
    try:
        work(Owner(settings, typer.echo))
    except Problem as problem:
        fail(str(problem))
