"""What check-jsonschema says of files, by the schemas that it carries along."""

from pathlib import Path

from check_jsonschema.cli import main
from click.testing import CliRunner


def complaint(schema: str, *paths: Path) -> str | None:
    done = CliRunner().invoke(main, ["--builtin-schema", schema, *map(str, paths)])
    return done.output if done.exit_code else None
