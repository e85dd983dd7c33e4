"""What stands behind the question mark where a plot is asked for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from backprop_explorer.api.query import Count, MomentQuery, read_index
from backprop_explorer.engine import Plan
from backprop_explorer.plots import steepest
from backprop_explorer.practice import Weight, checked_weight
from backprop_explorer.problem import Problem

Parameter = Annotated[str | None, Field(description="default: of the steepest weight", examples=["w1"])]
Index = Annotated[str | None, Field(description="which weight; whole numbers with commas", examples=["0,1"])]
Points = Annotated[Count, Field(description="how many points the grid has to each side", examples=[41])]


class LayerQuery(MomentQuery):
    """Of which tensor."""

    tensor: str | None = Field(None, description="its name; default: the first activation", examples=["l2"])


class WeightQuery(MomentQuery):
    """Of which weight."""

    parameter: Parameter = None
    index: Index = None

    def weight(self, plan: Plan) -> Weight:
        """The weight that is asked about, by default the steepest."""
        return weight_of(plan, self.parameter, self.index) or steepest(plan, 1)[0]


class SliceQuery(WeightQuery):
    """Around which weight, and how far."""

    reach: float | None = Field(None, gt=0, le=1e6, description="so far to both sides of where it is")


class ContourQuery(WeightQuery):
    """Around which two weights."""

    other_parameter: Parameter = None
    other_index: Index = None
    points: Points = None

    def weights(self, plan: Plan) -> tuple[Weight, Weight]:
        """Both weights; those that are not named are the steepest others."""
        one = weight_of(plan, self.parameter, self.index)
        other = weight_of(plan, self.other_parameter, self.other_index)
        if one and other:
            return one, other
        free = [weight for weight in steepest(plan, 2) if weight not in (one, other)]
        return one or free.pop(0), other or free.pop(0)


class SurfaceQuery(MomentQuery):
    """Of what, and how finely."""

    tensor: str | None = Field(None, description="any tensor with a row for each sample; default: the prediction")
    unit: Count = Field(None, description="one of its columns", examples=[0])
    points: Points = None


def weight_of(plan: Plan, parameter: str | None, index: str | None) -> Weight | None:
    """The weight as it is named, None where it is not. Raises a `Problem` for one that there is not."""
    if parameter is not None:
        return checked_weight(plan, parameter, None if index is None else read_index(index))
    if index is not None:
        raise Problem("bad_query", "an index needs a parameter", hint="such as parameter=w1&index=0,1")
    return None
