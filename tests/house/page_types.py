"""The types of what the service sends, for the page: `python -m tests.house.page_types` writes them again."""

import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from tests.api.conftest import client_of
from tests.house.repository import FRONTEND

COMMAND = "python -m tests.house.page_types"
FILE = FRONTEND / "lib" / "answers.d.ts"
HEAD = f"""\
/** What the service sends, out of its OpenAPI document: `{COMMAND}` writes this file. */

/** A number as it travels. */
export type Wire = number | "NaN" | "Infinity" | "-Infinity";
/** The numbers of a tensor: nested lists, as deep as it has axes. */
export type Nested = Wire | Nested[];
"""
NAMES = {"integer": "number", "number": "number", "string": "string", "boolean": "boolean", "null": "null"}
NOT_FINITE = {"NaN", "Infinity", "-Infinity"}
REFERENCE = "#/components/schemas/"


def written(document: dict[str, Any]) -> str:
    """Every type that an answer of the OpenAPI document is made of, by name. LookupError for a name that two have."""
    known = document["components"]["schemas"]
    names = sorted(_reached(document))
    doubled = [
        name for name in names if "__" in name
    ]  # pydantic puts a module's name before a name that two types have
    if doubled:
        raise LookupError(f"two types of answers have one name: {doubled}")
    return "\n".join([HEAD, *(_type(name, known[name]) for name in names)])


def _reached(document: dict[str, Any]) -> set[str]:
    """The names of the types that answers are made of, directly or not."""
    found: set[str] = set()
    paths = document["paths"].values()
    waiting: list[Any] = [operation["responses"] for methods in paths for operation in methods.values()]
    while waiting:
        for name in set(_references(waiting.pop())) - found:
            found.add(name)
            waiting.append(document["components"]["schemas"][name])
    return found


def _references(schema: Any) -> Iterator[str]:
    for key, value in schema.items() if isinstance(schema, dict) else enumerate(schema):
        if key == "$ref":
            yield value.removeprefix(REFERENCE)
        elif isinstance(value, (dict, list)):
            yield from _references(value)


def _type(name: str, schema: dict[str, Any]) -> str:
    required = schema.get("required", [])
    lines = []
    for key, inner in schema["properties"].items():
        if "description" in inner:
            lines.append(_remark(inner["description"], "  "))
        lines.append(f"  {key}{'' if key in required else '?'}: {shape(inner)};\n")
    return f"{_remark(schema.get('description', ''))}export type {name} = {{\n{''.join(lines)}}};\n"


def _remark(text: str, indent: str = "") -> str:
    """A comment of at most 100 columns."""
    if not text:
        return ""
    words = " ".join(text.split())
    if len(indent + words) <= 93:
        return f"{indent}/** {words} */\n"
    return f"{indent}/**\n{textwrap.indent(textwrap.fill(words, 97 - len(indent)), f'{indent} * ')}\n{indent} */\n"


def shape(schema: dict[str, Any]) -> str:
    """A schema as a type: `{"type": "array", "items": {"type": "integer"}}` is `number[]`."""
    if "$ref" in schema:
        return str(schema["$ref"]).removeprefix(REFERENCE)
    if "anyOf" in schema:
        return " | ".join(_choices(schema["anyOf"]))
    if "enum" in schema or "const" in schema:
        return " | ".join(json.dumps(value) for value in schema.get("enum", [schema.get("const")]))
    if schema.get("type") == "array":
        inner = shape(schema["items"])
        return f"({inner})[]" if "|" in inner else f"{inner}[]"
    if schema.get("type") == "object":
        values = schema.get("additionalProperties")
        return f"Record<string, {shape(values) if isinstance(values, dict) else 'unknown'}>"
    return NAMES[schema["type"]] if "type" in schema else "unknown"


def _choices(schemas: list[dict[str, Any]]) -> list[str]:
    """What may be there; a number that may be not finite is `Wire`, and with nested lists of them `Nested`."""
    if not any(set(schema.get("enum", ())) == NOT_FINITE for schema in schemas):
        return [shape(schema) for schema in schemas]
    nested = {"type": "array", "items": {}} in schemas
    of_numbers = [schema for schema in schemas if schema.get("type") in ("number", "string", "array")]
    rest = [schema for schema in schemas if schema not in of_numbers or schema == {"type": "string"}]
    return ["Nested" if nested else "Wire", *(shape(schema) for schema in rest)]


def generated() -> str:
    """The types of the service as it is."""
    with TemporaryDirectory() as folder, client_of(Path(folder)) as client:
        return written(client.get("/api/openapi.json").json())


if __name__ == "__main__":
    FILE.write_text(generated(), "utf-8")
