"""What stands behind the question mark where a file comes in."""

from __future__ import annotations

from csv import reader
from dataclasses import replace
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from backprop_explorer.api.query import Count, Query, YesOrNo
from backprop_explorer.importing import IMPORTERS, MODELS, Choices, Model

if TYPE_CHECKING:
    ImportFormat = str
    ModelName = Model
else:
    ImportFormat = Literal[tuple(IMPORTERS)]
    ModelName = Literal[tuple(MODELS)]


class ImportQuery(Query):
    """In which format a file is."""

    format: ImportFormat | None = Field(None, description="by default the one that the file looks like")


class DataQuery(ImportQuery):
    """In which format a file of data is, and how it is used; what is left out is guessed."""

    label: str | None = Field(None, description="of a table: the name or number (from 1) of the label's column")
    leave: str | None = Field(
        None, description="of a table: columns that are left out, with commas between them", examples=["id,name"]
    )
    tokens: Literal["characters", "words"] | None = Field(None, description="of text: what it is cut into")
    length: Count = Field(None, description="of text: how many tokens a row has", examples=[16])
    stride: Count = Field(None, description="of text: how many tokens later the next row begins", examples=[1])

    predict: Literal["classes", "numbers"] | None = Field(None, description="of a new document: what the label is")

    @property
    def choices(self) -> Choices:
        """The same for importing."""
        left = next(reader([self.leave])) if self.leave else []
        own = {name: getattr(self, name) for name in ("label", "tokens", "length", "stride", "predict")}
        return Choices(**own, leave=tuple(name.strip() for name in left if name.strip()))


class ImportTensorsQuery(DataQuery):
    """In which format a file is, and where its numbers go."""

    target: str | None = Field(None, description="the run's tensor that gets the labels, or the tokens that follow")
    tensor: str | None = Field(
        None,
        description="of an array without a name, pictures, text, or a table's other columns: the run's tensor that "
        "gets them",
    )

    @property
    def choices(self) -> Choices:
        """The same for importing."""
        return replace(super().choices, target=self.target, tensor=self.tensor)


class InspectQuery(ImportTensorsQuery):
    """Of which run it is asked whether the data fits."""

    run: str | None = Field(None, min_length=1, description="the id of a run that the data may go into")


class OpenFileQuery(DataQuery):
    """In which format a file is, and what becomes of it."""

    run: YesOrNo = Field("false", description="begin a run of it at once, and answer that instead of the document")
    model: ModelName | None = Field(
        None, description="of a file of data: begin a document for it, with a linear model or a small network (mlp)"
    )
    title: str | None = Field(None, max_length=200, description="of a file of data: what the new document is called")
    parameters: str | None = Field(
        None, description="of code: the tensors that are to be parameters, with commas between them", examples=["w,b"]
    )
    inputs: str | None = Field(
        None, description="of code: the tensors that are to be inputs, with commas between them", examples=["x"]
    )

    @property
    def roles(self) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The names under `parameters`, and those under `inputs`."""
        given = (self.parameters or "", self.inputs or "")
        parameters, inputs = (tuple(name.strip() for name in one.split(",") if name.strip()) for one in given)
        return parameters, inputs
