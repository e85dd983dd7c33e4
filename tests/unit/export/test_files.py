"""Files of tensors: what is read back has the same bits."""

import io
import json

import numpy as np

import backprop_explorer as bx
from backprop_explorer.engine import Plan
from backprop_explorer.examples import examples
from backprop_explorer.export.npz import npz
from backprop_explorer.export.safetensors import safetensors
from backprop_explorer.export.tensors import tensors_of
from tests.together import each

NUMPYS = {"F64": np.float64, "F32": np.float32, "I64": np.int64, "BOOL": np.bool_}
MASKED = {
    "program": "file = relu(x @ w) * (x @ w > 0)\nallow_pickle = file.sum(0)\nloss = allow_pickle.mean() + s",
    "inputs": {"x": [[1.0, -2.0, 0.1], [0.5, 3.0, "NaN"]]},
    "parameters": {"w": {"shape": [3, 2], "init": "normal"}, "s": 1.5},
    "dtype": "float32",
    "optimizer": {"name": "adam"},
}


def parsed(file: bytes) -> tuple[dict, dict[str, np.ndarray]]:
    """A safetensors file, read as its public description says."""
    length = int.from_bytes(file[:8], "little")
    header, raw = json.loads(file[8 : 8 + length]), file[8 + length :]
    words = header.pop("__metadata__")
    ends = sorted(entry["data_offsets"] for entry in header.values())
    assert [begin for begin, _ in ends] == [0, *(end for _, end in ends[:-1])]
    assert ends[-1][1] == len(raw)
    arrays = {}
    for name, entry in header.items():
        begin, end = entry["data_offsets"]
        assert (8 + length + begin) % np.dtype(NUMPYS[entry["dtype"]]).itemsize == 0
        arrays[name] = np.frombuffer(raw[begin:end], NUMPYS[entry["dtype"]]).reshape(entry["shape"])
    return words, arrays


def plans() -> list[Plan]:
    plans = [bx.compile(document) for document in [*(examples[name] for name in examples), MASKED]]
    for plan in plans:
        plan.step()
        plan.run()
    return plans


def assert_same_bits(found: dict[str, np.ndarray], expected: dict[str, np.ndarray]) -> None:
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].shape, found[name].dtype) == (array.shape, array.dtype), name
        assert found[name].tobytes() == array.tobytes(), name


@each("plan", plans(), ids=[*examples, "masked"])
def test_the_same_bits_come_back(plan: Plan) -> None:
    tensors = tensors_of(plan)
    archive = np.load(io.BytesIO(npz(tensors)), allow_pickle=False)
    assert_same_bits({name: archive[name] for name in archive.files}, tensors)
    words, arrays = parsed(safetensors(tensors, {"program": "ä"}))
    assert words == {"program": "ä"}
    assert_same_bits(arrays, tensors)


def test_every_tensor_is_in_it() -> None:
    plan = plans()[-1]
    tensors = tensors_of(plan)
    assert {"x", "w", "w.g", "file", "file.g", "loss", "loss.g", "w.exp_avg", "w.exp_avg_sq"} <= {*tensors}


def test_the_same_numbers_are_the_same_file() -> None:
    assert len({npz(tensors_of(plan)) for plan in (plans()[0], plans()[0])}) == 1
