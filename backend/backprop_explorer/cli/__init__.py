"""The command line: serve the page and the API, print an iteration, train, or check gradients."""

from __future__ import annotations

import os
import threading
import webbrowser
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from enum import StrEnum
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from backprop_explorer.cli import owner
from backprop_explorer.cli.environment import fail, settings_of
from backprop_explorer.problem import Problem

if TYPE_CHECKING:
    from backprop_explorer.settings import Settings

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
app.add_typer(owner.app, name="runs")
EPILOG = "Every limit is also a setting: `backprop-explorer settings` lists the environment variables BACKPROP_…"


def main(arguments: Sequence[str] | None = None) -> None:
    """The entry point: the command with these arguments, by default the process's own. It ends by SystemExit."""
    app(None if arguments is None else list(arguments), prog_name="backprop-explorer")


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(installed_version("backprop-explorer"))
        raise typer.Exit


@app.callback(invoke_without_command=True, epilog=EPILOG)
def serve(
    context: typer.Context,
    host: Annotated[str | None, typer.Option(help="The address to listen on.  [default: 127.0.0.1]")] = None,
    port: Annotated[
        int | None,
        typer.Option(min=0, max=65535, help="The port; if it is in use, the next free one.  [default: 8000]"),
    ] = None,
    no_open: Annotated[bool, typer.Option("--no-open", help="Do not open the browser.")] = False,
    allow_host: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="A host name the server answers to, besides localhost.")
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(metavar="PATH|URL", help="Where runs are stored.  [default: a file in your data folder]"),
    ] = None,
    workers: Annotated[
        int | None, typer.Option(min=1, max=64, help="How many processes answer requests.  [default: 1]")
    ] = None,
    public: Annotated[
        bool, typer.Option("--public", help="Use the limits for a public server, except where a setting is given.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version and exit.")
    ] = False,
) -> None:
    """A debugger for backpropagation: serves the page and its REST API, and opens the page in the browser."""
    if context.invoked_subcommand is None:
        given = {
            "host": host,
            "port": port,
            "allow_host": allow_host or None,
            "database": database,
            "workers": workers,
            "public": public or None,
        }
        settings = settings_of({name: value for name, value in given.items() if value is not None})
        _warn_of_misspelt()
        try:
            _run(settings, open_browser=not no_open)
        except Problem as problem:
            fail(str(problem))


DOCUMENT = typer.Argument(
    metavar="FILE", help='A document as JSON, or {"example": NAME}, as POST /api/runs takes it; - reads standard input.'
)


class Form(StrEnum):
    """How something is printed."""

    text = "text"
    json = "json"


FORM = typer.Option("--format", help="Text for people, or one JSON object for programs.")


@app.command()
def trace(file: Annotated[Path, DOCUMENT], form: Annotated[Form, FORM] = Form.text) -> None:
    """Print every step of one iteration with its shape and numbers; as JSON, what POST /api/trace answers."""
    from backprop_explorer.cli.files import called, read_document
    from backprop_explorer.cli.tracing import print_json
    from backprop_explorer.printout import print_trace

    settings = settings_of({})
    try:
        printed = print_json if form is Form.json else print_trace
        printed(read_document(file, settings), settings.budget)
    except Problem as problem:
        fail(f"{called(file)}: {problem}")


class ModelName(StrEnum):
    """What a document begins with."""

    linear = "linear"
    mlp = "mlp"


@app.command()
def begin(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, TSV, .npy, an image, a zip file of images, or text.")
    ],
    model: Annotated[
        ModelName, typer.Option(help="A linear model, or one with a hidden layer (mlp).")
    ] = ModelName.linear,
    label: Annotated[str | None, typer.Option(metavar="COLUMN", help="For a table: the column to predict.")] = None,
    validation: Annotated[
        float | None, typer.Option(metavar="SHARE", help="Hold out this share of the rows for validation, such as 0.2.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(metavar="FILE.json", help="Write the document to this file.  [default: standard output]"),
    ] = None,
) -> None:
    """Make a document for your own data: a model of matching sizes, ready to be trained or opened."""
    from backprop_explorer.cli.beginning import begin

    try:
        begin(file, model.value, label, validation, output, settings_of({}))
    except Problem as problem:
        fail(f"{file}: {problem}")


@app.command()
def train(
    file: Annotated[Path, DOCUMENT],
    iterations: Annotated[int, typer.Option(min=1, metavar="N", help="How many iterations to train.")],
    every: Annotated[int | None, typer.Option(min=1, metavar="K", help="Print the loss every K iterations.")] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE.json",
            help="Write the trained document to this file, without the optimizer's state.",
        ),
    ] = None,
    form: Annotated[Form, FORM] = Form.text,
) -> None:
    """Train a document: prints the iteration and its loss, and in a terminal a progress bar. Ctrl+C stops after the
    current iteration and keeps the result. If the loss stops being finite, the operation that caused it is named.

    Exit code: 0 trained, 1 the loss is no longer finite, 2 a problem with the file, 130 stopped by Ctrl+C.
    """
    from backprop_explorer.cli.files import called, read_document
    from backprop_explorer.cli.losses import JsonPrinter, TextPrinter
    from backprop_explorer.cli.training import train

    settings = settings_of({})
    try:
        printer = JsonPrinter() if form is Form.json else TextPrinter()
        raise typer.Exit(train(read_document(file, settings), settings.budget, iterations, every, output, printer))
    except Problem as problem:
        fail(f"{called(file)}: {problem}")


@app.command()
def check(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH...",
            help='JSON files with "gradients", as POST /api/check takes them, or folders; - reads standard input.',
        ),
    ],
    exercise: Annotated[
        str | None,
        typer.Option(
            metavar="NAME|FILE", help="Grade every file against this exercise, whatever document it contains."
        ),
    ] = None,
    require: Annotated[
        str | None,
        typer.Option(
            metavar="all|none|NAMES",
            help="Which gradients must be handed in: those of all parameters, none, or these (w,b).  "
            "[default: all if there is an exercise]",
        ),
    ] = None,
    form: Annotated[
        str,
        typer.Option(
            "--format",
            metavar="json|lines|csv|table|gradescope",
            help="How grades are printed: one JSON object, one line of JSON per file, CSV, a table with a summary of "
            "the class, or the results.json of Gradescope.",
        ),
    ] = "json",
    jobs: Annotated[int, typer.Option(min=1, max=64, metavar="N", help="How many processes grade in parallel.")] = 1,
) -> None:
    """Check the gradients in files and print the verdicts.

    Instead of a program and its tensors, a file may name an exercise or an example: {"exercise": "relu",
    "gradients": …}

    Exit code: 0 all are correct, 1 one is wrong or missing, 2 a problem with a file.
    """
    from backprop_explorer.cli.checking import Grader, exit_code
    from backprop_explorer.cli.grades import FORMS, printed

    if form not in FORMS:
        fail(f"There is no format {form[:40]!r}: there are {', '.join(FORMS)}")
    found: list[dict[str, Any]] = []
    try:
        grader = Grader(settings_of({}), exercise, require)
    except Problem as problem:
        fail(str(problem))
    for piece in printed(_noted(grader.results(paths, jobs), found), form):
        typer.echo(piece, nl=False)
    raise typer.Exit(exit_code(found))


def _noted(results: Iterable[dict[str, Any]], found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The results, and besides of each what the exit code needs."""
    for result in results:
        found.append({key: result[key] for key in ("problem", "correct") if key in result})
        yield result


@app.command()
def site(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", help="A new or empty folder, or one that this command has written.")
    ],
    pyodide: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER|ADDRESS", help="Where to find Pyodide and its NumPy.  [default: Pyodide's public address]"
        ),
    ] = None,
    example: Annotated[str | None, typer.Option(metavar="NAME", help="The example that the page opens with.")] = None,
    document: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The document that the page opens with.")
    ] = None,
    lesson: Annotated[str | None, typer.Option(metavar="NAME", help="The lesson that the page opens in.")] = None,
) -> None:
    """Write the whole page as static files: the engine runs in the visitor's browser, and runs are stored there."""
    from backprop_explorer.cli.site import write_site

    try:
        write_site(folder, pyodide, example, document, lesson)
    except Problem as problem:
        fail(str(problem))


@app.command()
def settings() -> None:
    """List every setting: its environment variable, its default (also that of --public), and what it means."""
    from backprop_explorer.settings import Settings, defaults

    for name, field in Settings.model_fields.items():
        ordinary, public = defaults(field)
        told = "" if ordinary is None else f" [{ordinary}]" if public == ordinary else f" [{ordinary}; public {public}]"
        typer.echo(f"BACKPROP_{name.upper()}{told}\n    {field.description}")
    _warn_of_misspelt()


def _warn_of_misspelt() -> None:
    from backprop_explorer.settings import misspelt

    for sentence in misspelt(os.environ):
        typer.secho(f"backprop-explorer: {sentence}", err=True, fg="yellow")


def _run(settings: Settings, *, open_browser: bool) -> None:
    from backprop_explorer.api.app import create_app
    from backprop_explorer.api.server import Server, listen

    with listen(settings.host, settings.port) as listening:
        name, port = listening.getsockname()[:2]
        address = f"http://{_visitable(name)}:{port}"

        def when_up() -> None:
            if port != settings.port != 0:
                typer.echo(f"Port {settings.port} is busy, so this is port {port}.")
            typer.echo(f"Backprop Explorer is at {address} (Ctrl+C stops it)")
            if open_browser:
                threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()

        if settings.workers > 1:
            from backprop_explorer.api.workers import serve

            serve(settings, listening, when_up)
            return
        with suppress(KeyboardInterrupt):
            Server(create_app(settings, api_later=True), settings, when_up).run([listening])


def _visitable(name: str) -> str:
    """The address a browser on this machine would use."""
    if name in ("0.0.0.0", "::"):
        return "127.0.0.1"
    return f"[{name}]" if ":" in name else name
