"""pydantic's models: fields out of annotations, and what does not fit in pydantic's words."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from types import NoneType, UnionType
from typing import Annotated, Any, ClassVar, Literal, Self, Union, get_args, get_origin, get_type_hints

from backprop_explorer.site.standins.constraints import BOUNDS, Mistake, broken

REQUIRED: Any = object()
ConfigDict = dict
Place = tuple[str | int, ...]


class ValidationError(Exception):
    """What does not fit, and where."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__(mistakes)
        self._mistakes = mistakes

    def errors(self, **left_out: bool) -> list[dict[str, Any]]:
        """Each with its `type`, its place and a sentence."""
        return [one._asdict() for one in self._mistakes]


class FieldInfo:
    """What is known of a field."""

    def __init__(
        self, default: Any = REQUIRED, *, default_factory: Callable[[], Any] | None = None, **said: Any
    ) -> None:
        self.default = default
        self.default_factory = default_factory
        self.json_schema_extra = said.get("json_schema_extra")
        self.bounds = {name: said[name] for name in BOUNDS if said.get(name) is not None}
        self.annotation: Any = Any

    @property
    def is_required(self) -> bool:
        """Whether it has no default."""
        return self.default is REQUIRED and self.default_factory is None

    def fresh(self) -> Any:
        """Its default."""
        return self.default if self.default_factory is None else self.default_factory()


Field: Any = FieldInfo


class BeforeValidator:
    """Changes what is given before it is looked at."""

    def __init__(self, function: Callable[[Any], Any]) -> None:
        self.function = function


class AfterValidator(BeforeValidator):
    """Changes what was found to fit."""


class _Fields:
    """The fields of a class, found out when they are first asked for."""

    def __get__(self, _: object, owner: type[BaseModel]) -> dict[str, FieldInfo]:
        if "_fields" not in owner.__dict__:
            owner._fields = dict(_fields_of(owner))
        return owner._fields


def _fields_of(owner: type[BaseModel]) -> Iterator[tuple[str, FieldInfo]]:
    for name, hint in get_type_hints(owner, include_extras=True).items():
        if name.startswith(("_", "model_")):
            continue
        own = getattr(owner, name, REQUIRED)
        field = own if isinstance(own, FieldInfo) else FieldInfo(own)
        field.annotation = hint
        yield name, field


class BaseModel:
    """Keys with types."""

    model_config: ClassVar[dict[str, Any]] = {}
    model_fields: ClassVar[Any] = _Fields()
    _fields: ClassVar[dict[str, FieldInfo]]

    def __init_subclass__(cls) -> None:
        ancestors = [one.__dict__.get("model_config", {}) for one in reversed(cls.__mro__)]
        cls.model_config = {key: value for one in ancestors for key, value in one.items()}

    def __init__(self, **given: Any) -> None:
        self.__dict__.update(type(self)._checked(given))

    @classmethod
    def model_validate(cls, content: Mapping[str, Any]) -> Self:
        """The content as the class has it. Raises `ValidationError`."""
        return cls(**content)

    @classmethod
    def model_json_schema(cls) -> dict[str, Any]:
        """What the class adds to its schema."""
        return dict(cls.model_config.get("json_schema_extra", {}))

    @classmethod
    def _checked(cls, content: Mapping[str, Any], place: Place = ()) -> dict[str, Any]:
        strict = bool(cls.model_config.get("strict"))
        values: dict[str, Any] = {}
        mistakes: list[Mistake] = []
        for name, field in cls.model_fields.items():
            if name in content:
                try:
                    values[name] = read(field.annotation, content[name], strict, (*place, name), field.bounds)
                except ValidationError as error:
                    mistakes += error._mistakes
            elif field.is_required:
                mistakes.append(Mistake("missing", (*place, name), "Field required"))
            else:
                values[name] = field.fresh()
        if cls.model_config.get("extra") == "forbid":
            unknown = [key for key in content if key not in cls.model_fields]
            message = "Extra inputs are not permitted"
            mistakes += [Mistake("extra_forbidden", (*place, key), message) for key in unknown]
        if mistakes:
            raise ValidationError(mistakes)
        return values


def create_model(name: str, *, __base__: type[BaseModel], __doc__: str | None = None, **fields: Any) -> Any:
    """A class with more fields, each a type and its `Field`."""
    inside = {"__doc__": __doc__, "__annotations__": {key: hint for key, (hint, _) in fields.items()}}
    return type(name, (__base__,), {**inside, **{key: field for key, (_, field) in fields.items()}})


def read(kind: Any, value: Any, strict: bool, place: Place, bounds: Mapping[str, Any]) -> Any:
    """The value as that type has it. Raises `ValidationError`."""
    origin, arguments = get_origin(kind), get_args(kind)
    if kind is Any:
        return value
    if origin is Annotated:
        return _annotated(arguments[0], arguments[1:], value, strict, place, bounds)
    if origin in (Union, UnionType):
        return _either(arguments, value, strict, place, bounds)
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if not isinstance(value, dict):
            message = f"Input should be a valid dictionary or instance of {kind.__name__}"
            raise ValidationError([Mistake("model_type", place, message)])
        return kind(**kind._checked(value, place))
    found, mistake = broken(origin or kind, arguments, value, strict, bounds)
    if mistake is not None:
        raise ValidationError([mistake._replace(loc=place)])
    return _inside(origin, arguments, found, strict, place)


def _inside(origin: Any, arguments: tuple[Any, ...], found: Any, strict: bool, place: Place) -> Any:
    """A list's or a dict's own parts."""
    mistakes: list[Mistake] = []

    def part(kind: Any, key: str | int, value: Any) -> Any:
        try:
            return read(kind, value, strict, (*place, key), {})
        except ValidationError as error:
            mistakes.extend(error._mistakes)

    if origin is list:
        found = [part(arguments[0], at, value) for at, value in enumerate(found)]
    elif origin is dict:
        found = {key: part(arguments[1], key, value) for key, value in found.items()}
    if mistakes:
        raise ValidationError(mistakes)
    return found


def _annotated(
    kind: Any, notes: tuple[Any, ...], value: Any, strict: bool, place: Place, bounds: Mapping[str, Any]
) -> Any:
    for note in reversed(notes):
        if type(note) is BeforeValidator:
            try:
                value = note.function(value)
            except ValueError as error:
                raise ValidationError([Mistake("value_error", place, f"Value error, {error}")]) from None
    own = [note.bounds for note in notes if isinstance(note, FieldInfo)]
    value = read(kind, value, strict, place, {**bounds, **{key: one[key] for one in own for key in one}})
    for note in notes:
        if type(note) is AfterValidator:
            value = note.function(value)
    return value


def _either(kinds: tuple[Any, ...], value: Any, strict: bool, place: Place, bounds: Mapping[str, Any]) -> Any:
    others = [kind for kind in kinds if kind is not NoneType]
    if value is None and len(others) < len(kinds):
        return None
    if len(others) == 1:
        return read(others[0], value, strict, place, bounds)
    mistakes: list[Mistake] = []
    for kind in others:
        try:
            return read(kind, value, strict, (*place, _label(kind)), bounds)
        except ValidationError as error:
            mistakes += error._mistakes
    raise ValidationError(mistakes)


def _label(kind: Any) -> str:
    """How pydantic names one of several types."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Literal:
        return f"literal[{','.join(map(repr, arguments))}]"
    if origin in (list, dict):
        return f"{origin.__name__}[{','.join(_label(one) for one in arguments)}]"
    return "any" if kind is Any else str(kind.__name__)


class AliasChoices:
    """Other names of a setting."""

    def __init__(self, *names: str) -> None:
        self.names = names


class TypeAdapter:
    """Describes a type, for the OpenAPI document, which nobody asks for here."""

    def __init__(self, kind: Any) -> None:
        self.kind = kind


def field_validator(*names: str, mode: str = "after") -> Callable[[Any], Any]:
    """Checks a setting that is set: none is."""
    return lambda function: function


def model_validator(*, mode: str) -> Callable[[Any], Any]:
    """Checks the settings together: none is set."""
    return lambda function: function
