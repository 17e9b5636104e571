"""What a ``BipolarQuant`` of a QONNX graph decides: bits of features by thresholds, activations by signs of sums."""

import numpy as np
import onnx

from bep_interchange.qonnx_elements import Array, Elements
from bep_interchange.qonnx_fold import label
from bep_ref.config import ConfigError


def thermometer(node: onnx.NodeProto, elements: Elements) -> tuple[Array, Array]:
    """Thresholds (features, B) of what is quantised, float32, never falling along B; and the bit that each element is.

    The layout is what each element is computed from: bits of a feature need not stand side by side.
    """
    feature, scale, shift = elements.row()
    if (scale < 0).any():
        raise ConfigError(f"{label(node)}: some bits fall where their feature rises; thresholds here only rise")
    thresholds = (-shift / scale + 0.0).astype(np.float32)  # no -0
    if not np.isfinite(thresholds).all():
        raise ConfigError(f"{label(node)}: a threshold of its input is beyond single precision")
    order = np.lexsort((thresholds, feature))
    bit = np.empty(len(order), np.int64)
    bit[order] = np.arange(len(order))
    return thresholds[order].reshape(elements.width, -1), bit


def with_thresholds_of_zero(node: onnx.NodeProto, weights: Array, neuron: Array, scale: Array, shift: Array) -> Array:
    """``weights`` (rows, columns) of neurons whose sign of ``scale * sum + shift`` is that of the sum alone.

    A neuron with a negative scale has its weights turned instead. Sums of K signs are all even or all odd, so that a
    threshold may be up to 1, or more than -2, from 0 and decide the same. Raises `ConfigError` where one does not.
    """
    if not np.array_equal(np.sort(neuron), np.arange(len(weights))):
        raise ConfigError(f"{label(node)}: it must take each of {len(weights)} sums once")
    threshold = -shift / np.abs(scale)
    odd = weights.shape[1] % 2
    moved = (threshold <= odd - 2) | (threshold > odd)
    if moved.any():
        raise ConfigError(
            f"{label(node)}: {int(moved.sum())} of {len(weights)} neurons have another threshold than 0, by batch "
            "normalisation or a bias; networks here have none"
        )
    turned = np.empty(len(weights))
    turned[neuron] = np.sign(scale)
    return (weights * turned[:, None]).astype(np.int8)
