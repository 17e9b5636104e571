"""QONNX: the ONNX dialect of quantised networks that FINN, hls4ml and Brevitas share.

A chain of ``BipolarQuant`` (+1 where at least 0, else -1) and ``MatMul``:

    features (n, F) -> Reshape (n, F, 1) -> Sub thresholds (F, B) -> BipolarQuant -> Reshape (n, F * B)
    each layer:        MatMul BipolarQuant(W transposed) -> BipolarQuant
    at the end:        MatMul BipolarQuant(P transposed) -> logits (n, C), whose first largest predicts

Scales are 1, all tensors float32. Class names travel as metadata. `bep_interchange.qonnx_read` reads it, and more.
"""

import json

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bep_interchange.plain import PlainNetwork

DOMAIN = "qonnx.custom_op.general"
OPSET = 13
IR_VERSION = 8
"""Old enough for tools that lag behind."""
CLASS_NAMES = "class_names"


def write(network: PlainNetwork, batch: int = 1) -> bytes:
    """The file's content, for ``batch`` samples at a time."""
    features, levels = network.thresholds.shape
    constants = {
        "one": np.ones((), np.float32),
        "columns": np.array([0, features, 1]),
        "thresholds": network.thresholds[None],
        "flat": np.array([0, features * levels]),
    }
    nodes = [
        helper.make_node("Reshape", ["features", "columns"], ["feature_columns"]),
        helper.make_node("Sub", ["feature_columns", "thresholds"], ["above"]),
        _bipolar("above", "levels"),
        helper.make_node("Reshape", ["levels", "flat"], ["activations0"]),
    ]
    shapes = {
        "feature_columns": (batch, features, 1),
        "above": (batch, features, levels),
        "levels": (batch, features, levels),
        "activations0": (batch, features * levels),
    }
    for layer, (name, matrix) in enumerate(network.matrices):
        last = matrix is network.classifier
        product = "logits" if last else f"sums{layer + 1}"
        constants[name] = matrix.T.astype(np.float32)
        nodes.append(_bipolar(name, f"{name}_signs"))
        nodes.append(helper.make_node("MatMul", [f"activations{layer}", f"{name}_signs"], [product]))
        shapes[f"{name}_signs"] = matrix.T.shape
        if not last:
            nodes.append(_bipolar(product, f"activations{layer + 1}"))
            shapes |= {product: (batch, len(matrix)), f"activations{layer + 1}": (batch, len(matrix))}
    graph = helper.make_graph(
        nodes,
        "bep",
        [helper.make_tensor_value_info("features", TensorProto.FLOAT, (batch, features))],
        [helper.make_tensor_value_info("logits", TensorProto.FLOAT, (batch, len(network.classifier)))],
        [numpy_helper.from_array(np.ascontiguousarray(array), name) for name, array in constants.items()],
        value_info=[helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(DOMAIN, 1)]
    model = helper.make_model(graph, opset_imports=opsets, ir_version=IR_VERSION, producer_name="bep")
    helper.set_model_props(model, {CLASS_NAMES: json.dumps(network.class_names)})
    content: bytes = model.SerializeToString()
    return content


def _bipolar(source: str, result: str) -> onnx.NodeProto:
    return helper.make_node("BipolarQuant", [source, "one"], [result], domain=DOMAIN)
