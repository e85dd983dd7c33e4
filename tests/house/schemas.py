"""What check-jsonschema says of a file, by the schemas that it carries along."""

from pathlib import Path


def complaint(schema: str, path: Path) -> str | None:
    from check_jsonschema.cli import main  # to load it takes seconds
    from click.testing import CliRunner

    done = CliRunner().invoke(main, ["--builtin-schema", schema, str(path)])
    return done.output if done.exit_code else None
