"""QONNX: the ONNX dialect of quantised networks that FINN, hls4ml and Brevitas share.

A chain of ``BipolarQuant`` (+1 where at least 0, else -1) and ``MatMul``:

    features (n, F) -> Reshape (n, F, 1) -> Sub thresholds (F, B) -> BipolarQuant -> Reshape (n, F * B)
    each layer:        MatMul BipolarQuant(W transposed) -> BipolarQuant
    at the end:        MatMul BipolarQuant(P transposed) -> logits (n, C), whose first largest predicts

Scales are 1, all tensors float32. Class names travel as metadata.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from bep_interchange.plain import PlainNetwork, matrix_of_signs, numbered
from bep_ref.config import ConfigError

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


def read(path: Path) -> PlainNetwork:
    """The network in ``path``: a chain as `write` makes it, weights quantised in the graph or ±1 already.

    What stands in front of the first ``MatMul`` may be left out: a feature is one bit then, +1 where it is at least 0.

    Raises
    ------
    ConfigError : no such file, no ONNX, or a graph that is no such chain; it names the node.
    """
    graph, class_names = _load(path)
    chain = _Chain(graph, str(path))
    thresholds = None
    if chain.next_is("Reshape"):
        chain.take("Reshape")
    if chain.next_is("Sub"):
        thresholds = chain.take("Sub")
        thresholds = thresholds.reshape(-1, thresholds.shape[-1]) if thresholds.ndim == 3 else thresholds.reshape(-1, 1)
    for kind in ("BipolarQuant", "Reshape"):
        if chain.next_is(kind):
            chain.take(kind)
    matrices = [chain.take("MatMul")]
    while chain.next_is("BipolarQuant"):
        chain.take("BipolarQuant")
        matrices.append(chain.take("MatMul"))
    chain.end()
    *weights, classifier = (
        matrix_of_signs(f"{path}: layer {layer}", matrix.T) for layer, matrix in enumerate(matrices, start=1)
    )
    single = np.zeros((len(matrices[0]), 1), np.float32) if thresholds is None else thresholds.astype(np.float32)
    return PlainNetwork(single, tuple(weights), classifier, class_names or numbered(len(classifier)))


def _load(path: Path) -> tuple[onnx.GraphProto, tuple[str, ...]]:
    if not path.is_file():
        raise ConfigError(f"{path}: no such file")
    try:
        model = onnx.load(path)
        graph = model.graph
        properties = {entry.key: entry.value for entry in model.metadata_props}
        names = tuple(map(str, json.loads(properties.get(CLASS_NAMES, "[]"))))
    except Exception:  # protobuf has its own family of complaints
        raise ConfigError(f"{path}: damaged, or not an ONNX file") from None
    if len(graph.input) == 0 or not graph.node:
        raise ConfigError(f"{path}: no graph in it")
    return graph, names


class _Chain:
    """Nodes that feed each other, from the graph's input on; constants are what no input reaches."""

    def __init__(self, graph: onnx.GraphProto, where: str) -> None:
        self.where = where
        self.constants: dict[str, NDArray[np.float32]] = {
            tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer
        }
        inputs = [tensor.name for tensor in graph.input if tensor.name not in self.constants]
        if len(inputs) != 1:
            raise ConfigError(f"{where}: {len(inputs)} inputs; it must be one")
        self.tensor = inputs[0]
        self.nodes = list(graph.node)
        for node in self.nodes:  # weights that are quantised in the graph
            if node.op_type == "BipolarQuant" and all(name in self.constants for name in node.input):
                self._unit_scale(node)
                self.constants[node.output[0]] = np.where(self.constants[node.input[0]] >= 0, 1, -1)
        self.nodes = [node for node in self.nodes if node.output[0] not in self.constants]

    def _following(self) -> onnx.NodeProto | None:
        found = [node for node in self.nodes if self.tensor in node.input]
        if len(found) > 1:
            raise ConfigError(f"{self.where}: {self.tensor!r} feeds {len(found)} nodes; only chains are read")
        return found[0] if found else None

    def next_is(self, kind: str) -> bool:
        node = self._following()
        return node is not None and node.op_type == kind

    def take(self, kind: str) -> NDArray[np.float32]:
        """Step over the next node, which must be of ``kind``; its constant input, if it has one."""
        node = self._following()
        if node is None or node.op_type != kind:
            found = f"{node.op_type} {node.name or node.output[0]!r}" if node else "the end of the graph"
            raise ConfigError(f"{self.where}: {found} where a {kind} is needed; only BipolarQuant and MatMul are read")
        others = [name for name in node.input if name != self.tensor]
        if node.input[0] != self.tensor or len(others) != 1 or others[0] not in self.constants:
            raise ConfigError(
                f"{self.where}: the second input of {kind} {node.name or node.output[0]!r} is no constant"
            )
        if kind == "BipolarQuant":
            self._unit_scale(node)
        self.tensor = node.output[0]
        return self.constants[others[0]]

    def _unit_scale(self, node: onnx.NodeProto) -> None:
        if not np.all(self.constants.get(node.input[1], np.zeros(1)) == 1):
            raise ConfigError(f"{self.where}: the scale of BipolarQuant {node.name or node.output[0]!r} is not 1")

    def end(self) -> None:
        if (node := self._following()) is not None:
            raise ConfigError(f"{self.where}: {node.op_type} {node.name or node.output[0]!r} behind the last MatMul")
