"""Graphs as other tools write them, and what they compute."""

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator
from onnx.reference.op_run import OpRun

DOMAIN = "qonnx.custom_op.general"


class BipolarQuant(OpRun):
    op_domain = DOMAIN

    def _run(self, x, scale):
        return (np.where(x >= 0, scale, -scale).astype(np.float32),)


class OldBipolarQuant(BipolarQuant):
    op_domain = "onnx.brevitas"


OldBipolarQuant.__name__ = "BipolarQuant"


class Graph:
    """Nodes and constants in the order in which they are added."""

    def __init__(self, shape, opset=13, domain=DOMAIN):
        self.shape, self.opset, self.domain = shape, opset, domain
        self.nodes, self.constants = [], {}

    def constant(self, value):
        name = f"value{len(self.constants)}"
        self.constants[name] = np.asarray(value)
        return name

    def node(self, kind, *inputs, outputs=1, **attributes):
        """The name of its result; inputs are names, and arrays that become constants."""
        names = [given if isinstance(given, str) else self.constant(given) for given in inputs]
        result = f"{kind.lower()}{len(self.nodes)}"
        domain = self.domain if kind in ("BipolarQuant", "Quant") else ""
        self.nodes.append(helper.make_node(kind, names, [result], domain=domain, **attributes))
        return result

    def signs(self, of):
        return self.node("BipolarQuant", of, np.float32(1))

    def model(self, end, classes, constants_are_inputs=False):
        described = [helper.make_tensor_value_info("x", TensorProto.FLOAT, self.shape)]
        if constants_are_inputs:
            described += [
                helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
                for name, array in self.constants.items()
            ]
        graph = helper.make_graph(
            self.nodes,
            "graph",
            described,
            [helper.make_tensor_value_info(end, TensorProto.FLOAT, (1, classes))],
            [numpy_helper.from_array(array, name) for name, array in self.constants.items()],
        )
        opsets = [helper.make_opsetid("", self.opset), helper.make_opsetid(self.domain, 1)]
        return helper.make_model(graph, opset_imports=opsets, ir_version=6 if constants_are_inputs else 8)


def scores(model: onnx.ModelProto, x):
    """Scores (n, classes) of features (n, ...), by ONNX's own reference, one sample at a time."""
    run = ReferenceEvaluator(model, new_ops=[BipolarQuant, OldBipolarQuant])
    return np.concatenate([run.run(None, {"x": sample[None].astype(np.float32)})[0] for sample in x])


def normalisation(rng, width, fan_in, harmless=True):
    """Weight, bias, mean and variance of a batch normalisation of sums of ``fan_in`` signs.

    A harmless one moves no sum past 0, and may have negative weights.
    """
    variance = rng.uniform(20, 2000, width).astype(np.float32)
    weight = (rng.choice([-1, 1], width) * rng.uniform(0.5, 2, width)).astype(np.float32)
    low, high = (-0.9, 0.9) if fan_in % 2 else (-1.9, -0.1)
    threshold = rng.uniform(low, high, width) if harmless else rng.uniform(-9, 9, width)
    mean = rng.normal(0, 3, width)
    # weight (sum - mean) / deviation + bias, which is 0 where the sum, turned by the weight's sign, is the threshold
    bias = -weight * (np.sign(weight) * threshold - mean) / np.sqrt(variance + 1e-5)
    return [weight, bias.astype(np.float32), mean.astype(np.float32), variance]


def tfc(seed, side=5, hidden=(8, 7), classes=4, harmless=True, opset=9):
    """A graph in the shape of the QONNX model zoo's TFC networks, as Brevitas writes them.

    The image is made a row by a shape that the graph computes, scaled to -1 to 1 and quantised; each layer's weights
    (out, in) are quantised and transposed in the graph; batch normalisation stands before every activation, a scale and
    a shift behind the scores; all constants are inputs too. They are written with ``opset`` 9; of 15 the same graph is
    one that ONNX's reference computes as inference, not as training.
    """
    rng, graph = np.random.default_rng(seed), Graph((1, 1, side, side), opset, "onnx.brevitas")
    samples = graph.node("Gather", graph.node("Shape", "x"), np.array(0), axis=0)
    axes = {"axes": [0]} if opset < 13 else {}
    samples = graph.node("Unsqueeze", samples, *([] if axes else [np.array([0])]), **axes)
    shape = graph.node("Concat", samples, np.array([-1]), axis=0)
    row = graph.node("Reshape", "x", shape)
    tensor = graph.signs(graph.node("Sub", graph.node("Mul", row, np.float32(2)), np.array([1], np.float32)))
    fan_in = side * side
    for layer, width in enumerate((*hidden, classes)):
        weights = graph.signs(rng.choice(np.float32([-1, 1]), (width, fan_in)))
        tensor = graph.node("MatMul", tensor, graph.node("Transpose", weights, perm=[1, 0]))
        if layer < len(hidden):
            values = normalisation(rng, width, fan_in, harmless)
            tensor = graph.signs(graph.node("BatchNormalization", tensor, *values, epsilon=1e-5))
        fan_in = width
    tensor = graph.node("Sub", tensor, np.array([0.45], np.float32))
    tensor = graph.node("Div", tensor, graph.node("Pow", np.array([318.2], np.float32), np.float32(0.5)))
    tensor = graph.node("Mul", tensor, np.array([0.73], np.float32))
    tensor = graph.node("Add", tensor, np.array([-1.1], np.float32))
    return graph.model(tensor, classes, constants_are_inputs=True)
