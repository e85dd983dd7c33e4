"""A small network as ONNX."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

WEIGHTS = "network.onnx.data"


def network_in_two() -> dict[str, bytes]:
    """The same network, its weights in a file of their own, by the names of the files."""
    model = onnx.load_model_from_string(network())
    data = b""
    for tensor in model.graph.initializer:
        place = {"location": WEIGHTS, "offset": str(len(data)), "length": str(len(tensor.raw_data))}
        data += tensor.raw_data
        tensor.ClearField("raw_data")
        tensor.data_location = TensorProto.EXTERNAL
        for key, value in place.items():
            tensor.external_data.add(key=key, value=value)
    return {"network.onnx": model.SerializeToString(), WEIGHTS: data}


def network() -> bytes:
    """Three features to two scores, with weights of ones."""
    weights = {"fc.weight": np.ones((2, 3), np.float32), "fc.bias": np.zeros(2, np.float32)}
    graph = helper.make_graph(
        [helper.make_node("Gemm", ["x", *weights], ["y"], transB=1)],
        "network",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 3])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 2])],
        [numpy_helper.from_array(array, name) for name, array in weights.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8).SerializeToString()
