"""Every limit and every choice of the server: environment variables BACKPROP_…, else these defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Annotated, Self

from pydantic import AliasChoices, Field, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from backprop_explorer.engine import Budget
from backprop_explorer.problem import meant
from backprop_explorer.runs import Limits

_BUDGET = Budget()
_LIMITS = Limits()
_PREFIX = "BACKPROP_"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")


class Settings(BaseSettings):
    """The defaults are generous, for one's own machine; tighten them on a public one."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="ignore", populate_by_name=True, hide_input_in_errors=True
    )

    host: str = Field("127.0.0.1", description="the address to listen at")
    port: int = Field(8000, ge=0, le=65535, description="the port to listen at; 0: any free one")
    allow_host: Annotated[list[str], NoDecode] = Field(
        default_factory=list, description="names the server may be called by, besides localhost; separated by commas"
    )
    embed_origins: Annotated[list[str], NoDecode] = Field(
        default_factory=list,
        description="sites that may frame the page, such as https://example.org; separated by commas",
    )
    database: str | None = Field(
        None,
        validation_alias=AliasChoices("BACKPROP_DATABASE", "DATABASE_URL", "database"),
        description="the SQLite file with the runs (default: in the user's data folder), or postgresql://…",
    )
    database_connections: int = Field(20, ge=1, description="how many connections to PostgreSQL a server may have")
    statement_seconds: float = Field(30, gt=0, description="how long PostgreSQL may take for one statement")

    blas_threads: int = Field(
        1, ge=1, description="threads that multiply matrices; with another number, replays may round otherwise"
    )
    access_log: bool = Field(False, description="whether each request is written to standard output, as a line of JSON")
    metrics: bool = Field(
        False, description="whether /metrics tells everybody who asks, for Prometheus, what goes on here"
    )

    workers: int = Field(1, ge=1, le=64, description="how many processes serve, each with all of the below")
    processes: int = Field(
        2, ge=0, description="how many processes beside the server do what takes long; 0: it does all itself"
    )
    process_seconds: float = Field(60, gt=0, description="how long one of these may take for a request")
    process_bytes: int = Field(
        4_000_000_000, ge=100_000_000, description="how much memory it may take for that, on Linux"
    )
    process_queue: int = Field(100, ge=0, description="how many long requests may wait for one of these processes")

    body_bytes: int = Field(32_000_000, ge=1, description="the largest body of a request")
    body_seconds: float = Field(30, gt=0, description="how long each part of a body may take to arrive")
    header_bytes: int = Field(16_384, ge=1024, description="the largest head of a request")
    header_seconds: float = Field(20, gt=0, description="how long the first head on a connection may take to arrive")
    idle_seconds: int = Field(15, ge=1, description="how long a connection is kept without a request")
    unread_seconds: float = Field(
        30, gt=0, description="how long a client may leave an answer unread before its connection is cut"
    )
    answer_bytes: int = Field(128_000_000, ge=1000, description="the largest answer, counted before it is written")
    unpacked_bytes: int = Field(256_000_000, ge=1, description="what a compressed file may unpack to")
    json_depth: int = Field(64, ge=4, description="how deep brackets may be nested in a body")
    window_elements: int = Field(1_000_000, ge=1, description="the most numbers of a tensor in one JSON answer")

    tensor_elements: int | None = Field(_BUDGET.tensor_elements, ge=1, description="the most elements of a tensor")
    trace_elements: int | None = Field(
        _BUDGET.trace_elements, ge=1, description="the most numbers that an iteration keeps in memory"
    )
    iteration_flop: int | None = Field(_BUDGET.iteration_flop, ge=1, description="the most operations of an iteration")
    primitives: int | None = Field(_BUDGET.primitives, ge=1, description="the most steps of an iteration")
    program_characters: int | None = Field(_BUDGET.program_characters, ge=1, description="the longest program")
    code_characters: int | None = Field(
        _BUDGET.code_characters, ge=1, description="the longest code that is opened as a document, its data included"
    )
    repetitions: int | None = Field(
        _BUDGET.repetitions, ge=1, description="the most rounds of loops and calls of functions in a program"
    )
    jacobian_elements: int | None = Field(
        _BUDGET.jacobian_elements, ge=1, description="the most elements of a step's Jacobian"
    )

    training_iterations: int = Field(_LIMITS.training_iterations, ge=1, description="the most iterations a request")
    training_seconds: float = Field(_LIMITS.training_seconds, gt=0, description="how long one request may train")
    write_seconds: float = Field(
        _LIMITS.write_seconds, ge=0, description="a training under way is written down so often, to lose no more of it"
    )
    checkpoint_iterations: int = Field(
        _LIMITS.checkpoint_iterations, ge=1, description="a state is kept about so often, to replay from"
    )
    key_seconds: float = Field(
        _LIMITS.key_seconds, ge=0, description="how long a request with an Idempotency-Key is remembered"
    )
    keys: int = Field(_LIMITS.keys, ge=1, description="about how many such requests are remembered")
    key_bytes: int = Field(16_384, ge=0, description="the largest answer to such a request that is kept, compressed")
    live_runs: int = Field(_LIMITS.live_runs, ge=1, description="how many runs are held in memory")
    live_elements: int = Field(_LIMITS.live_elements, ge=1, description="how many numbers they may keep together")

    @field_validator("allow_host", "embed_origins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return [name for name in value.replace(",", " ").split() if name] if isinstance(value, str) else value

    @field_validator("embed_origins")
    @classmethod
    def _origins(cls, origins: list[str]) -> list[str]:
        for origin in origins:
            if not _ORIGIN.fullmatch(origin):
                raise ValueError(f"{origin[:100]!r} is no origin: write https://example.org, without a path")
        return origins

    @model_validator(mode="after")
    def _one_database(self) -> Self:
        other = next((value for name, value in os.environ.items() if name.upper() == "DATABASE_URL"), "")
        if other and self.database is not None and _path(self.database) != _path(other):
            raise ValueError(
                f"DATABASE_URL is {_named(other)}, but BACKPROP_DATABASE or --database is {_named(self.database)}: "
                "set only one of them"
            )
        return self

    @property
    def budget(self) -> Budget:
        """What a program may ask for."""
        return Budget(**{name: getattr(self, name) for name in vars(_BUDGET)})

    @property
    def limits(self) -> Limits:
        """What the runs may use."""
        names = set(vars(_LIMITS)) - {"budget"}
        return Limits(self.budget, **{name: getattr(self, name) for name in names})


def _path(database: str) -> str:
    return database.removeprefix("sqlite:///")


def _named(database: str) -> str:
    """An address may hold a password, which is not told."""
    return f"a {database.partition('://')[0]}:// address" if "://" in database else database


def misspelt(environment: Mapping[str, str]) -> list[str]:
    """A sentence for every variable that looks like a setting and is none.

    They are told, not refused: a file of settings may serve a newer version as well.
    """
    known = [name.upper() for name in Settings.model_fields]
    given = {name: name.upper().removeprefix(_PREFIX) for name in environment if name.upper().startswith(_PREFIX)}
    return [
        _misspelt(name, get_close_matches(word, known, n=1))
        for name, word in sorted(given.items())
        if word not in known
    ]


def _misspelt(name: str, near: list[str]) -> str:
    hint = meant(f"{_PREFIX}{near[0]}") if near else "`backprop-explorer settings` lists all settings"
    return f"{name} is not a setting and has no effect; {hint}"
