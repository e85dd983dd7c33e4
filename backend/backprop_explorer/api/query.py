"""What stands behind the question mark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from backprop_explorer.engine import Plan
from backprop_explorer.engine.trace import Listed
from backprop_explorer.export import EXPORTERS
from backprop_explorer.library.spellings import LIBRARIES
from backprop_explorer.ops.axes import size
from backprop_explorer.problem import Problem
from backprop_explorer.runs import Moment


def _digits(text: object) -> object:
    """Only digits: what Python would read besides (`1_000`, ` 7`) is refused."""
    if isinstance(text, str) and not (text.isascii() and text.isdecimal() and len(text) <= 12):
        raise ValueError("must be a whole number, 0 or more")
    return text


Count = Annotated[Annotated[int, Field(ge=0)] | None, BeforeValidator(_digits)]
Iteration = Annotated[Count, Field(description="at that iteration; default: now")]
EventNumber = Annotated[
    Count, Field(description="on the way to the change of that number, done or undone; default: to now")
]


def _place(text: str | None) -> tuple[int, ...] | None:
    return None if text is None else read_index(text)


# As text in the schema: of a tuple FastAPI would make a parameter that is given several times.
Place = Annotated[str | None, AfterValidator(_place)]
YesOrNo = Literal["true", "false"]

if TYPE_CHECKING:
    ExportFormat = str
    LibraryName = str
else:
    ExportFormat = Literal[tuple(EXPORTERS)]
    LibraryName = Literal[LIBRARIES]


_LONGEST_NUMBER = 15
OVERVIEW = 1000
"""Rows and columns of a picture at most: more pixels than a screen has for it."""
LISTED = "`all`, `none`, or names with commas between them, `l1` for a value and `w1.g` for a gradient"
FEW = 20_000
"""So many numbers are few: a page lists them all at once."""
_IF_FEW = f"or `few`: all where the tensors' values are at most {FEW:,} numbers, else none"


class Query(BaseModel):
    """Every parameter must be known."""

    model_config = ConfigDict(extra="forbid")


class WordsQuery(Query):
    """Whose words."""

    library: Annotated[
        LibraryName | None,
        Field(description="the words of that library, and what they mean, instead of the operations"),
    ] = None


class MomentQuery(Query):
    """At which moment of the run's history."""

    iteration: Iteration = None
    event: EventNumber = None

    @property
    def moment(self) -> Moment | None:
        """The moment; None: now."""
        return moment_of(self.iteration, self.event)


class OpenQuery(Query):
    """How a trace shows composites."""

    open: YesOrNo = Field("false", description="show what is inside of composites")


class BuildQuery(Query):
    """How a network is answered."""

    layers: YesOrNo = Field(
        "false", description='beside the document, what became of each layer: {"document", "layers"}'
    )


class TraceQuery(OpenQuery, MomentQuery):
    """Which trace of a run."""

    values: str = Field(
        "all", description=f"whose numbers are listed: {LISTED}; {_IF_FEW}", examples=["none", "l1,w1.g"]
    )

    def listed(self, plan: Plan) -> Listed:
        """Whose numbers are listed."""
        return read_listed(self.values, plan)


class ChangeQuery(OpenQuery):
    """Whether the answer has the run's trace, too: after a change, that after it."""

    trace: str | None = Field(
        None,
        description=f"answer the trace, too, with the numbers of: {LISTED}; {_IF_FEW}",
        examples=["all", "few", "l1,w1.g"],
    )


class RunQuery(ChangeQuery):
    """How much of a run's document is answered, and whether its trace is."""

    document: YesOrNo = Field("true", description="false: the state alone, without document and losses")
    values: Literal["all", "none"] = Field("all", description="none: shapes in the place of the document's numbers")


class CreateQuery(ChangeQuery):
    """How much of a new run is answered."""

    document: YesOrNo = Field("false", description="true: the document, too, with shapes in the place of its numbers")


class PreviewQuery(OpenQuery, MomentQuery):
    """At which moment other numbers are tried, and whether composites are shown inside."""


class StudyQuery(OpenQuery, MomentQuery):
    """At which moment, and whether inside of composites."""

    @property
    def passes(self) -> int | None:
        """How often answering passes over the run's tensors; None where that cannot be said."""
        return 1 if self.moment is None and self.open == "false" else None


class TensorQuery(StudyQuery):
    """Which numbers of a tensor, and how."""

    field: Literal["value", "gradient", "next"] = Field("value", description="next: what the update makes of it")
    window: str | None = Field(None, description="START:STOP for each axis", examples=["0:50,0:50"])
    format: Literal["json", "npy"] = "json"


class OverviewQuery(StudyQuery):
    """Which numbers of a tensor are drawn, and in how many blocks."""

    field: Literal["value", "gradient", "next"] = Field("value", description="next: what the update makes of it")
    lead: str = Field("", description="the position on the axes before the last two, 0 by default", examples=["0,2"])
    rows: Annotated[int, Field(ge=1, le=OVERVIEW), BeforeValidator(_digits)] = Field(
        100, description="the picture has so many rows at most"
    )
    columns: Annotated[int, Field(ge=1, le=OVERVIEW), BeforeValidator(_digits)] = Field(
        100, description="and so many columns"
    )

    @property
    def position(self) -> tuple[int, ...]:
        """The position as numbers. Raises a `Problem` for anything else."""
        return read_index(self.lead)


class PlaceQuery(StudyQuery):
    """Which tensor, and which place of it."""

    tensor: str = Field(description="the tensor's name", examples=["w1"])
    index: str = Field("", description="its index, one whole number an axis; empty for a scalar", examples=["0,1"])

    @property
    def place(self) -> tuple[int, ...]:
        """The index as numbers. Raises a `Problem` for anything else."""
        return read_index(self.index)


class ElementQuery(PlaceQuery):
    """Which element is asked about."""

    field: Literal["value", "gradient"] = "value"


class ExplainQuery(PlaceQuery):
    """Which element is explained: also of what the update makes."""

    field: Literal["value", "gradient", "next"] = Field("value", description="next: what the update makes of it")


class WhyQuery(StudyQuery):
    """A step, or a tensor's value or gradient; and perhaps one of its elements."""

    step: Count = Field(None, description="the step's index in the trace", examples=[15])
    tensor: str | None = Field(None, description="instead of a step: the tensor's name", examples=["w1"])
    field: Literal["value", "gradient", "next"] = "value"
    index: str | None = Field(None, description="one element: whole numbers with commas", examples=["0,1"])

    @property
    def place(self) -> tuple[int, ...] | None:
        """The index as numbers, None where the whole tensor is asked about."""
        return None if self.index is None else read_index(self.index)

    @property
    def asked(self) -> int | str:
        """The step, or the tensor's name. Raises a `Problem` unless it is exactly one of them."""
        if self.step is not None and self.tensor is None:
            return self.step
        if self.tensor is not None and self.step is None:
            return self.tensor
        raise Problem("bad_query", "either a step or a tensor is asked about", hint="such as step=15, or tensor=w1")


class PictureQuery(StudyQuery):
    """Which step is drawn, and how."""

    step: str = Field(
        description="the step's index in the trace, or the name of what it computes, such as l1, w1.g or w1.next; "
        "all: the whole iteration in motion (SVG)",
        examples=["w1.g", "15", "all"],
    )
    format: Literal["svg", "png"] = "svg"
    theme: Literal["light", "dark"] = "light"


class ExportQuery(MomentQuery):
    """Which file."""

    format: ExportFormat
    first_iteration: Annotated[
        Count, Field(description="html: all iterations from that one on, in one page; default: one iteration")
    ] = None


class HistoryQuery(Query):
    """How much of the history."""

    after: Annotated[Count, Field(description="only what came after the event of that number")] = None
    losses: Literal["all", "none"] = Field("all", description="none: without the losses")


class ComparisonQuery(MomentQuery):
    """With which other moment, of this run or another one."""

    other: str | None = Field(None, min_length=1, description="the id of another run; default: this one")
    other_iteration: Iteration = None
    other_event: EventNumber = None
    tensor: str | None = Field(None, description="answer the difference of this tensor, too", examples=["w1"])
    field: Literal["value", "gradient"] = "value"
    window: str | None = Field(None, description="of the difference: START:STOP for each axis", examples=["0:50,0:50"])

    @property
    def other_moment(self) -> Moment | None:
        """The other moment; None: now."""
        return moment_of(self.other_iteration, self.other_event)


class ValuesQuery(Query):
    """Whether the answer holds all numbers."""

    values: Literal["all", "none"] = Field("none", description="all: with the numbers, unless there are too many")


class CheckQuery(StudyQuery, ValuesQuery):
    """Against which gradients, and whether the answer holds all numbers."""


class FormulaQuery(OpenQuery):
    """A formula for a tensor's gradient."""

    tensor: str = Field(description="whose gradient it is for", examples=["w1"])
    text: str = Field(description="the formula", examples=["x.T @ l1.g"])
    index: str | None = Field(None, description="one element of its result, to be explained", examples=["0,1"])

    @property
    def place(self) -> tuple[int, ...] | None:
        """The index as numbers, None where no element is asked about."""
        return None if self.index is None else read_index(self.index)


class ExerciseQuery(Query):
    """Which variant of an exercise."""

    seed: Annotated[Count, Field(description="a variant, other for each seed")] = None


class GradcheckQuery(MomentQuery):
    """Of all parameters, or of one weight."""

    parameter: str | None = Field(None, description="the loss around one weight of this parameter", examples=["w1"])
    index: str | None = Field(None, description="which weight; whole numbers with commas", examples=["0,1"])

    @property
    def place(self) -> tuple[int, ...] | None:
        """The index as numbers."""
        return None if self.index is None else read_index(self.index)


class PartsQuery(StudyQuery):
    """Which step."""

    step: Annotated[int, Field(ge=0), BeforeValidator(_digits)] = Field(description="the step's index in the trace")


class JacobianQuery(StudyQuery):
    """Which step, by which of the tensors that it reads."""

    step: Annotated[int, Field(ge=0), BeforeValidator(_digits)] = Field(description="the step's index in the trace")
    input: str = Field(description="the tensor's name, a gradient's with .g", examples=["w1"])
    values: Literal["all", "none"] = Field("all", description="none: only what it costs")
    sample: Annotated[Count, Field(description="only the part of that sample; default: of all")] = None


def moment_of(iteration: int | None, event: int | None) -> Moment | None:
    """The moment; None where neither is given."""
    return None if iteration is None and event is None else Moment(iteration, event)


def read_names(text: str) -> Listed:
    """Whose numbers a trace lists, out of a query."""
    return text == "all" if text in ("all", "none") else tuple(name.strip() for name in text.split(","))


def read_listed(text: str, plan: Plan) -> Listed:
    """Whose numbers a trace of that plan lists, out of a query."""
    if text == "few":
        return sum(size(tensor.shape) for tensor in plan.tensors.values()) <= FEW
    return read_names(text)


def read_index(text: str) -> tuple[int, ...]:
    """An index out of a query. Raises a `Problem` for anything but whole numbers with commas."""
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isascii() and part.isdecimal() and len(part) <= 12 for part in parts):
        raise Problem("bad_index", f"an index is whole numbers with commas; got {text[:40]!r}", hint="such as 0,1")
    return tuple(map(int, parts))


def window(given: str | None, shape: tuple[int, ...]) -> tuple[slice, ...]:
    """`0:50,10:60` as slices, cut off at the tensor's end; axes that are not named are whole."""
    parts = given.split(",") if given else []
    if len(parts) > len(shape):
        raise _bad(given, f"the tensor has {len(shape)} axes")
    slices = [_slice(part, size, given) for part, size in zip(parts, shape, strict=False)]
    return (*slices, *(slice(0, size) for size in shape[len(parts) :]))


def check_size(elements: int, limit: int, hint: str) -> None:
    """A `Problem` of status 413 for more numbers than fit into one JSON answer."""
    if elements > limit:
        reason = f"{elements:,} numbers exceed the limit window_elements of {limit:,}"
        hint += ", or raise the setting BACKPROP_WINDOW_ELEMENTS"
        raise Problem("window_too_large", reason, status=413, hint=hint)


def _slice(part: str, size: int, given: str | None) -> slice:
    start, colon, stop = part.partition(":")
    bounds = [start or "0", stop or str(size)]
    if not colon or not all(_is_number(bound) for bound in bounds):
        raise _bad(given, "each axis is START:STOP, as in 0:50,10:60")
    first, last = (min(int(bound), size) for bound in bounds)
    return slice(first, max(first, last))


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= _LONGEST_NUMBER


def _bad(given: str | None, reason: str) -> Problem:
    return Problem("bad_window", f"{given!r} is no window: {reason}")
