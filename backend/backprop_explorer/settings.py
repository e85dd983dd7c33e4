"""Every limit and every choice of the server: environment variables BACKPROP_…, else these defaults."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from difflib import get_close_matches
from ipaddress import ip_network
from typing import Annotated, Any, Self

from pydantic import AliasChoices, Field, TypeAdapter, ValidationError, field_validator, model_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, PydanticBaseSettingsSource, SettingsConfigDict

from backprop_explorer.engine import Budget
from backprop_explorer.problem import meant
from backprop_explorer.runs import Limits

_BUDGET = Budget()
_LIMITS = Limits()
_PREFIX = "BACKPROP_"
_ORIGIN = re.compile(r"https?://[A-Za-z0-9.-]+(:[0-9]{1,5})?")
_PUBLIC = "public"
Names = Annotated[list[str], NoDecode]


def _limit(default: float | None, public: float, description: str, **bounds: Any) -> Any:
    """A setting with a second default, for a server that strangers may use."""
    return Field(default, json_schema_extra={_PUBLIC: public}, description=description, **bounds)


def _rate(public: int, description: str) -> Any:
    """A limit that there is in public only, unless it is set: 0 is without limit."""
    return _limit(0, public, description, ge=0)


def defaults(field: FieldInfo) -> tuple[Any, Any]:
    """The default of a setting, None where it has none, and that for a server that strangers may use."""
    ordinary = None if field.default_factory else field.default
    extra = field.json_schema_extra
    return ordinary, extra[_PUBLIC] if isinstance(extra, dict) else ordinary


class Settings(BaseSettings):
    """The defaults are generous, for one's own machine. With `public` they are those for strangers; whatever is set
    by itself goes before both."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, extra="ignore", populate_by_name=True, hide_input_in_errors=True, allow_inf_nan=False
    )

    public: bool = Field(False, description="whether the limits are, unless they are set, those for strangers")
    host: str = Field("127.0.0.1", description="the address to listen at")
    port: int = Field(8000, ge=0, le=65535, description="the port to listen at; 0: any free one")
    allow_host: Names = Field(
        default_factory=list, description="names the server may be called by, besides localhost; separated by commas"
    )
    embed_origins: Names = Field(
        default_factory=list,
        description="sites that may frame the page, such as https://example.org; separated by commas",
    )
    trusted_proxies: Names = Field(
        default_factory=list,
        description="proxies whose X-Forwarded-For is believed, separated by commas",
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
    process_seconds: float = _limit(60, 20, "how long one of these may take for a request", gt=0)
    process_bytes: int = _limit(
        4_000_000_000, 600_000_000, "how much memory it may take for that, on Linux", ge=100_000_000
    )
    process_queue: int = _limit(100, 32, "how many long requests may wait for one of these processes", ge=0)

    body_bytes: int = _limit(32_000_000, 2_000_000, "the largest body of a request", ge=1)
    body_seconds: float = _limit(30, 10, "how long each part of a body may take to arrive", gt=0)
    header_bytes: int = Field(16_384, ge=1024, description="the largest head of a request")
    header_seconds: float = _limit(20, 10, "how long the first head on a connection may take to arrive", gt=0)
    idle_seconds: int = Field(15, ge=1, description="how long a connection is kept without a request")
    unread_seconds: float = _limit(
        30, 10, "how long a client may leave an answer unread before its connection is cut", gt=0
    )
    answer_bytes: int = _limit(128_000_000, 8_000_000, "the largest answer, counted before it is written", ge=1000)
    unpacked_bytes: int = _limit(256_000_000, 8_000_000, "what a compressed file may unpack to", ge=1)
    json_depth: int = _limit(64, 24, "how deep brackets may be nested in a body", ge=4)
    export_iterations: int = _limit(50, 20, "the most iterations in one exported file", ge=1)
    window_elements: int = _limit(1_000_000, 100_000, "the most numbers of a tensor in one JSON answer", ge=1)

    tensor_elements: int | None = _limit(_BUDGET.tensor_elements, 100_000, "the most elements of a tensor", ge=1)
    trace_elements: int | None = _limit(
        _BUDGET.trace_elements, 2_000_000, "the most numbers that an iteration keeps in memory", ge=1
    )
    iteration_flop: int | None = _limit(
        _BUDGET.iteration_flop, 100_000_000, "the most operations of an iteration", ge=1
    )
    primitives: int | None = _limit(_BUDGET.primitives, 2_000, "the most steps of an iteration", ge=1)
    program_characters: int | None = Field(_BUDGET.program_characters, ge=1, description="the longest program")
    code_characters: int | None = _limit(
        _BUDGET.code_characters, 100_000, "the longest code that is opened as a document, its data included", ge=1
    )
    repetitions: int | None = _limit(
        _BUDGET.repetitions, 2_000, "the most rounds of loops and calls of functions in a program", ge=1
    )
    jacobian_elements: int | None = _limit(
        _BUDGET.jacobian_elements, 10_000, "the most elements of a step's Jacobian", ge=1
    )

    training_iterations: int = _limit(_LIMITS.training_iterations, 10_000, "the most iterations a request", ge=1)
    training_seconds: float = _limit(_LIMITS.training_seconds, 20, "how long one request may train", gt=0)
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
    key_bytes: int = _limit(16_384, 4_096, "the largest answer to such a request that is kept, compressed", ge=0)
    live_runs: int = Field(_LIMITS.live_runs, ge=1, description="how many runs are held in memory")
    live_elements: int = _limit(_LIMITS.live_elements, 20_000_000, "how many numbers they may keep together", ge=1)

    client_requests: int = _rate(12_000, "the most requests a minute from one address")
    client_changes: int = _rate(2_400, "of these, the most that change something or calculate much")
    client_traffic_bytes: int = _rate(300_000_000, "the most bytes a minute to and from one address")
    client_work_seconds: int = _rate(60, "the most seconds a minute that processors work for one address")
    client_at_once: int = _rate(16, "how many of these are worked on at once for one address; others wait")
    client_held_bytes: int = _rate(64_000_000, "the most bytes of bodies and unread answers in memory, by address")
    held_bytes: int = _rate(256_000_000, "the same, all addresses together")
    client_runs: int = _rate(2_000, "the most new runs a day from one address")
    client_stored_bytes: int = _rate(500_000_000, "the most bytes written to disk a day for one address")
    run_requests: int = _rate(6_000, "the most requests a minute for one run")
    run_traffic_bytes: int = _rate(300_000_000, "the most bytes a minute to and from one run")
    run_bytes: int = _rate(100_000_000, "the most bytes on disk of one run, including what it shares with others")
    database_bytes: int = _rate(10_000_000_000, "the most bytes on disk of all runs together")
    retention_days: int = _rate(90, "runs that nobody has changed or opened for so many days are removed")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """What is given goes before the environment, and that before the defaults of the profile."""
        return init_settings, env_settings, _Profile(settings_cls)

    @field_validator("allow_host", "embed_origins", "trusted_proxies", mode="before")
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

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, value: list[str]) -> list[str]:
        for one in value:
            try:
                ip_network(one, strict=False)
            except ValueError:
                raise ValueError(
                    f"{one[:60]!r} is neither an address nor a network, such as 127.0.0.1 or 10.0.0.0/8"
                ) from None
        return value

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


def throttled(settings: Settings) -> bool:
    """Whether any of the limits is set that count what each client asks for."""
    names = (name for name in Settings.model_fields if name.startswith(("client_", "run_requests", "run_traffic")))
    return settings.held_bytes > 0 or any(getattr(settings, name) for name in names)


class _Profile(PydanticBaseSettingsSource):
    """The defaults for strangers, where the sources before this one say `public`."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        return defaults(field)[1], field_name, False

    def __call__(self) -> dict[str, Any]:
        try:
            public = TypeAdapter(bool).validate_python(self.current_state.get(_PUBLIC, False))
        except ValidationError:  # which the settings themselves will say
            return {}
        fields = self.settings_cls.model_fields
        limited = {name: field for name, field in fields.items() if isinstance(field.json_schema_extra, dict)}
        return {name: defaults(field)[1] for name, field in limited.items()} if public else {}


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
