"""Computes nodes of a QONNX graph whose inputs are constants, such as weights that are quantised and transposed."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import helper
from onnx.reference import ReferenceEvaluator

from bep_interchange.qonnx_elements import LARGEST
from bep_ref.config import ConfigError

LAYOUT = frozenset({"Flatten", "Identity", "Reshape", "Squeeze", "Transpose", "Unsqueeze"})
"""Operators that move elements and change none."""
ARITHMETIC = frozenset({"Add", "Div", "Mul", "Sub"})
FOLDED = LAYOUT | ARITHMETIC | {"Cast", "Concat", "Constant", "Gather", "Neg", "Pow", "Sign", "Slice", "Sqrt"}
"""Operators of ONNX that are computed where all of their inputs are constants."""

Array = NDArray[Any]
Opsets = Sequence[onnx.OperatorSetIdProto]


def label(node: onnx.NodeProto) -> str:
    """A node as messages name it."""
    return f"{node.op_type} {node.name or node.output[0]!r}"


def is_standard(node: onnx.NodeProto) -> bool:
    """Whether the node's operator is one of ONNX itself."""
    return node.domain in ("", "ai.onnx")


def fold(node: onnx.NodeProto, inputs: Sequence[Array], opsets: Opsets) -> list[Array] | None:
    """Results of ``node`` for constant ``inputs``; None where its operator is not computed.

    Raises `ConfigError` where the inputs do not suit the operator.
    """
    if node.op_type == "BipolarQuant":
        require_unit_scale(node, inputs[1:])
        return [np.where(inputs[0] >= 0, np.float32(1), np.float32(-1))]
    if node.op_type == "Quant":
        return [_quantised(node, inputs)]
    if node.op_type not in FOLDED or not is_standard(node):
        return None
    return compute(node, inputs, opsets)


def compute(node: onnx.NodeProto, inputs: Sequence[Array], opsets: Opsets) -> list[Array]:
    """Results of one node of ONNX itself, by ONNX's own reference; `ConfigError` where ``inputs`` do not suit it."""
    given = dict(zip((name for name in node.input if name), inputs, strict=True))
    try:
        described = [
            helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
            for name, array in given.items()
        ]
        results = [helper.make_empty_tensor_value_info(name) for name in node.output]
        graph = helper.make_graph([node], "one node", described, results)
        found = ReferenceEvaluator(helper.make_model(graph, opset_imports=opsets)).run(None, given)
        if sum(np.size(array) for array in found) > LARGEST:
            raise ValueError("its result is too large")
        return [np.asarray(array) for array in found]
    except Exception as error:  # the reference has no family of complaints of its own
        reason = str(error).splitlines() or [type(error).__name__]
        raise ConfigError(f"{label(node)} cannot be computed: {reason[0]}") from None


def require_unit_scale(node: onnx.NodeProto, scale: Sequence[Array]) -> None:
    """Raise `ConfigError` unless the ``scale`` of a ``BipolarQuant`` is there, and 1."""
    if len(scale) != 1 or not np.all(scale[0] == 1):
        raise ConfigError(f"the scale of {label(node)} is not 1")


def _quantised(node: onnx.NodeProto, inputs: Sequence[Array]) -> Array:
    from qonnx.custom_op.general.quant import quant

    options = {attribute.name: helper.get_attribute_value(attribute) for attribute in node.attribute}
    if len(inputs) != 4:
        raise ConfigError(f"{label(node)} has {len(inputs)} constant inputs; it must have 4")
    try:
        rounding = options.get("rounding_mode", b"ROUND").decode()
        return np.asarray(quant(*inputs, bool(options.get("signed", 1)), bool(options.get("narrow", 0)), rounding))
    except Exception as error:  # any that a wrong attribute causes
        raise ConfigError(f"{label(node)} cannot be computed: {error}") from None
