"""New numbers for an input or a parameter: some cells, or the whole tensor."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from backprop_explorer.engine import Plan
from backprop_explorer.problem import Problem
from backprop_explorer.runs.serialization import Array, deserialize, serialize


@dataclass(frozen=True)
class Edit:
    """`values` for the cells at `indices` (one row a cell), or for the whole tensor where `indices` is None."""

    tensor: str
    values: Array
    indices: Array | None = None

    def apply(self, plan: Plan) -> None:
        """Writes the numbers into the plan; a `Problem` for a computed tensor, a wrong shape or index."""
        if self.indices is None:
            plan[self.tensor] = self.values
            return
        array = plan[self.tensor].astype(np.float64)
        self._check_indices(array.shape)
        if array.ndim:
            array[tuple(self.indices.T)] = self.values
        else:  # no axis to index by; of several numbers for the one cell the last counts, as above
            array[...] = self.values[-1]
        plan[self.tensor] = array

    def _check_indices(self, shape: tuple[int, ...]) -> None:
        assert self.indices is not None
        axes = self.indices.shape[1] if self.indices.ndim > 1 else 0
        outside: Array = np.ones(len(self.indices), bool)
        if axes == len(shape):
            outside = np.any((self.indices < 0) | (self.indices >= np.array(shape, np.int64)), axis=1)
        if outside.any():
            index = tuple(self.indices[int(outside.argmax())].reshape(-1).tolist())
            raise Problem(
                "index_outside",
                f"{self.tensor} has the shape {shape}, so {index} is no index into it",
                tensor=self.tensor,
                index=index,
            )

    def serialize(self) -> bytes:
        """The edit as the payload of an event."""
        arrays = {"values": self.values} if self.indices is None else {"values": self.values, "indices": self.indices}
        return serialize({"tensor": self.tensor}, arrays)

    @classmethod
    def deserialize(cls, content: bytes) -> Edit:
        """The edit that was serialized."""
        words, arrays = deserialize(content)
        return cls(words["tensor"], arrays["values"], arrays.get("indices"))
