"""Reads networks of ±1 from QONNX graphs, those of `bep_interchange.qonnx_graph` and those of other tools.

The graph is a chain from one input to the scores of the classes. What is computed of constants alone may be anything
that `bep_interchange.qonnx_fold` computes. On the chain itself there may be layouts (``Reshape``, ``Transpose``...),
arithmetic with constants, batch normalisation, ``BipolarQuant`` and ``MatMul`` or ``Gemm``, as long as all that is
decided is what a network of ±1 with thresholds of 0 decides; else the node is named that does not fit.
"""

import json
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bep_interchange.plain import PlainNetwork, matrix_of_signs, numbered
from bep_interchange.qonnx_decide import thermometer, with_thresholds_of_zero
from bep_interchange.qonnx_elements import LARGEST, Array, Elements
from bep_interchange.qonnx_fold import ARITHMETIC, LAYOUT, compute, fold, is_standard, label, require_unit_scale
from bep_interchange.qonnx_graph import CLASS_NAMES, OPSET
from bep_ref.config import ConfigError


def read(path: Path) -> PlainNetwork:
    """The network in ``path``.

    Where nothing quantises the input, a feature is one bit, +1 where it is at least 0. Thresholds of features are exact
    where their scale is a power of two, else to rounding. Scores of classes are those of the network of ±1: a scale and
    a shift that all classes share are left out, as they change no prediction.

    Raises
    ------
    ConfigError : no such file, no ONNX, or a graph that is no such chain; it names the node.
    """
    if not path.is_file():
        raise ConfigError(f"{path}: no such file")
    try:
        model = onnx.load(path)
        arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
        properties = {entry.key: entry.value for entry in model.metadata_props}
        class_names = tuple(map(str, json.loads(properties.get(CLASS_NAMES, "[]"))))
    except Exception:  # protobuf has its own family of complaints
        raise ConfigError(f"{path}: damaged, or not an ONNX file") from None
    if len(model.graph.input) == 0 or not model.graph.node or not all(node.output for node in model.graph.node):
        raise ConfigError(f"{path}: no graph in it")
    try:
        with np.errstate(all="ignore"):  # results that are no numbers are refused
            chain = _Chain(model, arrays)
            for node in model.graph.node:
                chain.pass_on(node)
            *weights, classifier = chain.matrices()
        names = class_names or numbered(len(classifier))
        return PlainNetwork(chain.thresholds, tuple(weights), classifier, names)
    except ConfigError as error:
        raise ConfigError(f"{path}: {error}") from None


class _Chain:
    """The tensor that the chain has got to, and the layers before it.

    ``thresholds`` (features, B) of the input; ``layers`` (rows, columns) of ±1 so far, the last of which may wait for
    its ``BipolarQuant``.
    """

    def __init__(self, model: onnx.ModelProto, arrays: dict[str, Array]) -> None:
        self.opsets = list(model.opset_import) or [helper.make_opsetid("", OPSET)]
        self.constants = {name: array for name, array in arrays.items() if _is_numeric(array)}
        self.unread: dict[str, onnx.NodeProto] = {}
        self.consumers: dict[str, list[onnx.NodeProto]] = {}
        for node in model.graph.node:
            for name in node.input:
                self.consumers.setdefault(name, []).append(node)
        inputs = [tensor for tensor in model.graph.input if tensor.name not in arrays]
        if len(inputs) != 1:
            raise ConfigError(f"{len(inputs)} inputs; it must be one")
        self.tensor, self.elements = inputs[0].name, Elements.source(_shape(inputs[0]))
        self.shapes = {self.tensor: self.elements.shape}
        self.thresholds = np.zeros((self.elements.width, 1), np.float32)
        self.layers: list[Array] = []
        self.binary = False
        """Whether the chain has got to ±1: the input's bits or a layer's activations."""
        for node in model.graph.node:
            self._fold(node)

    def pass_on(self, node: onnx.NodeProto) -> None:
        """Take the next node of the graph: a constant, a step of the chain, or what is of no use."""
        names = [name for name in node.input if name]
        if node.output[0] in self.constants:
            return
        if node.op_type == "Shape" and names and names[0] in self.shapes:
            self.constants[node.output[0]] = np.array(self.shapes[names[0]])
        elif self.tensor in names:
            self._require_chain()
            self._step(node)
            self.tensor = node.output[0]
            self.shapes[self.tensor] = self.elements.shape
        else:
            self._fold(node)

    def _fold(self, node: onnx.NodeProto) -> None:
        """Compute what ``node`` makes of constants, if it does."""
        names = [name for name in node.input if name]
        results = None
        if all(name in self.constants for name in names):
            results = fold(node, [self.constants[name] for name in names], self.opsets)
        self.unread |= dict.fromkeys(node.output, node)
        pairs = zip(node.output, results or (), strict=False)
        self.constants |= {name: array for name, array in pairs if _is_numeric(array)}

    def _require_chain(self) -> None:
        found = [node for node in self.consumers[self.tensor] if node.op_type != "Shape"]
        if len(found) > 1:
            raise ConfigError(f"{self.tensor!r} feeds {len(found)} nodes; only chains are read")

    def _other(self, node: onnx.NodeProto) -> Array:
        """The constant input of a ``node`` with two inputs."""
        if len(node.input) < 2:
            self._refuse(node)
        first = node.input[0] == self.tensor
        return self._constant(node, node.input[int(first)], f"{'second' if first else 'first'} input")

    def _constant(self, node: onnx.NodeProto, name: str, which: str) -> Array:
        """Constant input ``name`` of ``node``, called ``which`` in messages."""
        if name in self.constants:
            return self.constants[name]
        if name in self.unread:
            raise ConfigError(f"{label(self.unread[name])} is not read; {label(node)} needs its result")
        raise ConfigError(f"the {which} of {label(node)} is no constant")

    def _step(self, node: onnx.NodeProto) -> None:
        """The step of the chain that ``node`` is."""
        if node.op_type == "BipolarQuant" and node.input[0] == self.tensor:
            require_unit_scale(node, [self._constant(node, name, "scale") for name in node.input[1:]])
            self._quantise(node)
        elif not is_standard(node):
            self._refuse(node)
        elif node.op_type in LAYOUT and node.input[0] == self.tensor:
            constants = [self._constant(node, name, "second input") for name in node.input[1:] if name]
            self.elements = self.elements.moved(lambda array: compute(node, [array, *constants], self.opsets)[0])
        elif node.op_type in ARITHMETIC:
            self._arithmetic(node)
        elif node.op_type == "BatchNormalization":
            self._normalise(node)
        elif node.op_type in ("MatMul", "Gemm"):
            self._multiply(node)
        elif node.op_type != "Cast" or _options(node).get("to") not in (TensorProto.FLOAT, TensorProto.DOUBLE):
            self._refuse(node)

    def _refuse(self, node: onnx.NodeProto | None) -> NoReturn:
        if node and self.layers and not self.binary:
            raise ConfigError(f"{label(node)} behind the last MatMul")
        found = label(node) if node else "the end of the graph"
        raise ConfigError(f"{found} where a MatMul is needed; only chains of BipolarQuant and MatMul are read")

    def _arithmetic(self, node: onnx.NodeProto) -> None:
        first, value = node.input[0] == self.tensor, self._other(node).astype(np.float64)
        if node.op_type in ("Add", "Sub"):
            sign = -1.0 if node.op_type == "Sub" else 1.0
            scale, shift = (np.ones(()), sign * value) if first else (np.full((), sign), value)
        elif node.op_type == "Div" and not first:
            self._refuse(node)
        else:
            scale, shift = (1 / value if node.op_type == "Div" else value), np.zeros(())
        self.elements = self._changed(node, scale, shift)

    def _normalise(self, node: onnx.NodeProto) -> None:
        options = _options(node)
        values = [self._constant(node, name, "parameter").astype(np.float64) for name in node.input[1:]]
        epsilon, channels = options.get("epsilon", 1e-5), self.elements.shape[1:2]
        fits = [value.shape for value in values] == [channels] * 4 and isinstance(epsilon, float)
        if not fits or options.get("training_mode"):
            raise ConfigError(f"{label(node)} is not read: it must have 4 parameters of shape {channels}")
        spread = (1, -1, *[1] * (len(self.elements.shape) - 2))
        weight, bias, mean, variance = (value.reshape(spread) for value in values)
        scale = weight / np.sqrt(variance + epsilon)
        self.elements = self._changed(node, scale, bias - mean * scale)

    def _changed(self, node: onnx.NodeProto, scale: Array, shift: Array) -> Elements:
        try:
            changed = self.elements.changed(scale, shift)
        except ValueError:  # shapes that cannot be spread over each other
            raise ConfigError(f"{label(node)}: a constant of another shape than {self.elements.shape}") from None
        if not (np.isfinite(changed.scale).all() and np.isfinite(changed.shift).all() and changed.scale.all()):
            raise ConfigError(f"{label(node)} leaves nothing to be decided: a factor is 0 or no finite number")
        return changed

    def _quantise(self, node: onnx.NodeProto) -> None:
        if self.binary:
            index, scale, shift = self.elements.row()
            if not (np.abs(shift) < scale).all():
                raise ConfigError(f"{label(node)} makes other signs of signs")
        elif self.layers:
            self.layers[-1] = with_thresholds_of_zero(node, self.layers[-1], *self.elements.row())
        else:
            self.thresholds, bit = thermometer(node, self.elements)
            width, samples = self.thresholds.size, len(self.elements.index)
            index = (np.arange(samples)[:, None] * width + bit).reshape(self.elements.shape)
            self.elements = Elements(width, index, np.ones(index.shape), np.zeros(index.shape))
        self.elements = Elements(
            self.elements.width, self.elements.index, np.ones(self.elements.shape), np.zeros(self.elements.shape)
        )
        self.binary = True

    def _multiply(self, node: onnx.NodeProto) -> None:
        if self.layers and not self.binary:
            self._refuse(node)
        matrix = self._other(node)
        if node.input[0] != self.tensor or matrix.ndim != 2:
            raise ConfigError(f"the second input of {label(node)} is no constant matrix")
        if node.op_type == "Gemm":
            matrix = self._of_gemm(node, matrix)
        index, scale, shift = self.elements.row()
        if len(self.elements.shape) != 2 or len(matrix) != len(index) or not matrix.size:
            raise ConfigError(f"{label(node)}: {matrix.shape} does not suit a tensor of shape {self.elements.shape}")
        if not ((scale == 1).all() and (shift == 0).all()):
            raise ConfigError(f"{label(node)}: what it multiplies is scaled or shifted; it must be +1 and -1")
        if not np.array_equal(np.sort(index), np.arange(self.elements.width)):
            raise ConfigError(f"{label(node)}: it must take each of {self.elements.width} inputs once")
        weights = np.empty(matrix.shape[::-1], np.int8)
        weights[:, index] = matrix_of_signs(f"layer {len(self.layers) + 1}", matrix.T)
        self.layers.append(weights)
        self.elements = Elements.source((len(self.elements.index), len(weights)))
        self.binary = False

    def _of_gemm(self, node: onnx.NodeProto, matrix: Array) -> Array:
        """The second factor of ``Gemm``, which must do no more than multiply."""
        options = _options(node)
        if options.get("alpha", 1.0) != 1 or options.get("transA", 0):
            raise ConfigError(f"{label(node)} scales or turns its first input, which is not read")
        if len(node.input) > 2 and node.input[2] and np.any(self._constant(node, node.input[2], "bias") != 0):
            raise ConfigError(f"{label(node)} has a bias; networks here have thresholds of 0")
        return matrix.T if options.get("transB", 0) else matrix

    def matrices(self) -> list[Array]:
        """All layers, the classifier last, once the chain is at its end."""
        if not self.layers or self.binary:
            self._refuse(None)
        index, scale, shift = self.elements.row()
        if not (scale[0] > 0 and (scale == scale[0]).all() and (shift == shift[0]).all()):
            raise ConfigError(f"scale and shift of {self.tensor!r} differ between classes, and change predictions")
        if not np.array_equal(np.sort(index), np.arange(len(self.layers[-1]))):
            raise ConfigError(f"{self.tensor!r} does not hold the score of every class once")
        return [*self.layers[:-1], self.layers[-1][index]]


def _is_numeric(array: Array) -> bool:
    return array.dtype.kind in "biuf"


def _options(node: onnx.NodeProto) -> dict[str, Any]:
    """Attributes of a node, by name."""
    return {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}


def _shape(tensor: onnx.ValueInfoProto) -> tuple[int, ...]:
    """Shape of the graph's input; one sample where it does not say how many."""
    sizes = [size.dim_value for size in tensor.type.tensor_type.shape.dim]
    if len(sizes) < 2 or min(sizes[1:]) < 1:
        raise ConfigError(
            f"the shape of input {tensor.name!r} is not known; it must be samples and numbers of features"
        )
    shape = (max(1, sizes[0]), *sizes[1:])
    if int(np.prod(shape, dtype=np.float64)) > LARGEST:
        raise ConfigError(
            f"input {tensor.name!r} of shape {shape} is too large; write the graph for 1 sample at a time"
        )
    return shape
