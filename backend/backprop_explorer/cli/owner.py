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
    help="Manage the runs in a database: list, show, export, delete, back up and restore them.",
)
ANY_ID = {"ignore_unknown_options": True}
"""An id may begin with a hyphen."""
DATABASE = typer.Option(metavar="PATH|URL", help="Where the runs are stored.  [default: where the server stores them]")
IDENTITY = typer.Argument(metavar="ID", help="The run's ID, or its view ID.")
OLDER_THAN = typer.Option(metavar="AGE", help="Only runs not changed for this long: 12h, 30d, 8w.")
JSON = typer.Option("--json", help="Print JSON, for programs.")


@app.command("list")
def list_runs(
    context: typer.Context,
    older_than: Annotated[str | None, OLDER_THAN] = None,
    as_json: Annotated[bool, JSON] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """List all runs, the last changed first: ID, time of the last change, number of changes, bytes."""
    _do(context, database, lambda owner: owner.list(older_than, as_json=as_json))


@app.command(context_settings=ANY_ID)
def show(
    context: typer.Context,
    identity: Annotated[str, IDENTITY],
    as_json: Annotated[bool, JSON] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Show the details of a run."""
    _do(context, database, lambda owner: owner.show(identity, as_json=as_json))


@app.command(context_settings=ANY_ID)
def export(
    context: typer.Context,
    identity: Annotated[str, IDENTITY],
    form: Annotated[str, typer.Option("--format", help="One of the formats that GET /api/formats lists.")] = "json",
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="The file to write; - is standard output.  [default: named after the title]"),
    ] = None,
    first_iteration: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="All iterations from that one on; with --format html.")
    ] = None,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Export a run to a file."""
    _do(context, database, lambda owner: owner.export(identity, form, output, first_iteration))


@app.command(context_settings=ANY_ID)
def delete(
    context: typer.Context,
    identities: Annotated[list[str] | None, typer.Argument(metavar="ID...", help="The IDs of the runs.")] = None,
    older_than: Annotated[str | None, OLDER_THAN] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only list what would be deleted.")] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Delete runs permanently. Stop a server that uses the SQLite file first."""
    _do(context, database, lambda owner: owner.delete(identities or [], older_than, dry=dry_run))


@app.command()
def compact(context: typer.Context, database: Annotated[str | None, DATABASE] = None) -> None:
    """Shrink the SQLite file to what its runs need. Stop a server that uses it first."""
    _do(context, database, lambda owner: owner.compact())


@app.command()
def backup(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="The copy to write; it must not exist yet.")],
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Copy the SQLite file. A server may use it meanwhile."""
    _do(context, database, lambda owner: owner.back_up(copy))


@app.command()
def restore(
    context: typer.Context,
    copy: Annotated[Path, typer.Argument(metavar="FILE", help="A copy made by `runs backup`.")],
    replace: Annotated[bool, typer.Option("--replace", help="Replace existing runs, which are then lost.")] = False,
    database: Annotated[str | None, DATABASE] = None,
) -> None:
    """Replace the SQLite file with a copy. Stop a server that uses it first."""
    _do(context, database, lambda owner: owner.restore(copy, replace=replace))


def _do(context: typer.Context, database: str | None, work: Callable[[Owner], None]) -> None:
    from backprop_explorer.cli.runs import Owner

    location = database or context.find_root().params.get("database")
    settings = settings_of({} if location is None else {"database": location})
    try:
        work(Owner(settings, typer.echo))
    except Problem as problem:
        fail(str(problem))
