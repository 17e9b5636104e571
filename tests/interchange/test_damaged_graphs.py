"""QONNX files that are damaged, or graphs of anything else: read, or refused in one line."""

import random

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from bep_interchange import qonnx_graph, qonnx_read
from bep_interchange.plain import PlainNetwork
from bep_ref.config import ConfigError

GRAPHS = 400
KINDS = (
    "MatMul",
    "Gemm",
    "Transpose",
    "Quant",
    "BipolarQuant",
    "Reshape",
    "Cast",
    "Constant",
    "Sub",
    "Identity",
    "Relu",
)
NAMES = ("", "[]", "{}", "null", "[1, 2]", '["a"]', '["a", "a", "b"]', '["", "\\u0000", "x"]')


@pytest.fixture(scope="module")
def content():
    numbers = np.random.default_rng(1)
    layers = [numbers.choice([-1, 1], shape).astype(np.int8) for shape in ((6, 12), (4, 6), (3, 4))]
    thresholds = numbers.normal(size=(12, 1)).astype(np.float32)
    return qonnx_graph.write(PlainNetwork(thresholds, tuple(layers[:-1]), layers[-1], ("a", "b", "c")))


def bytes_changed(chance, content):
    changed = bytearray(content)
    for _ in range(chance.choice((1, 2, 8))):
        place, kind = chance.randrange(len(changed)), chance.randrange(3)
        if kind == 0:
            changed[place] = chance.randrange(256)
        elif kind == 1:
            del changed[place : place + chance.choice((1, 5, 100))]
        else:
            changed[place:place] = chance.randbytes(4)
    return bytes(changed)


def graph_changed(chance, content):
    model = onnx.load_from_string(content)
    for _ in range(chance.choice((1, 1, 2, 3))):
        chance.choice((_nodes, _wires, _constants, _ends))(chance, model)
    return model.SerializeToString()


def _nodes(chance, model):
    node, kind = chance.choice(model.graph.node), chance.randrange(3)
    if kind == 0 and len(model.graph.node) > 1:
        model.graph.node.remove(node)
    elif kind == 1:
        model.graph.node.append(node)
    else:
        node.op_type = chance.choice(KINDS)


def _wires(chance, model):
    node = chance.choice(model.graph.node)
    names = [name for other in model.graph.node for name in (*other.input, *other.output)]
    wires = chance.choice((node.input, node.output))
    wires[chance.randrange(len(wires))] = chance.choice([*names, "none", ""])


def _constants(chance, model):
    tensor, kind = chance.choice(model.graph.initializer), chance.randrange(6)
    array = numpy_helper.to_array(tensor)
    if kind == 0:
        array = array.astype(chance.choice(("f8", "i8", "f2", "u1", "?")))
    elif kind == 1:
        array = array.reshape(-1)
    elif kind == 2 and array.ndim:
        array = array[..., :0]
    elif kind == 3:
        array = np.asarray(chance.choice((0, -1, 1e30, np.nan, np.inf)), np.float32)
    elif kind == 4:
        array = np.swapaxes(array, 0, -1) if array.ndim > 1 else array[None]
    else:
        tensor.name += "x"
    tensor.CopyFrom(numpy_helper.from_array(np.ascontiguousarray(array), tensor.name))


def _ends(chance, model):
    for entry in model.metadata_props:
        entry.value = chance.choice(NAMES)
    if chance.random() < 0.3:
        del model.graph.output[:]
    if chance.random() < 0.3:
        del model.graph.input[:]


@pytest.mark.parametrize("change", [bytes_changed, graph_changed])
def test_a_damaged_graph_is_read_or_refused_in_one_line(tmp_path, content, change):
    file, read, refused = tmp_path / "model.onnx", 0, 0
    for seed in range(GRAPHS):
        file.write_bytes(change(random.Random(seed), content))
        try:
            qonnx_read.read(file).model("import:model.onnx")
            read += 1
        except ConfigError as error:
            assert "\n" not in str(error), seed
            refused += 1
        except Exception as error:
            error.add_note(f"seed {seed}")
            raise
    assert refused > GRAPHS / 4
    assert read > 0


def test_a_layer_without_neurons(tmp_path, content):
    model = onnx.load_from_string(content)
    weights = [tensor for tensor in model.graph.initializer if len(tensor.dims) == 2][-1]
    weights.CopyFrom(numpy_helper.from_array(np.zeros((weights.dims[0], 0), np.float32), weights.name))
    (tmp_path / "model.onnx").write_bytes(model.SerializeToString())
    with pytest.raises(ConfigError, match=r"MatMul .*\(4, 0\) does not suit a tensor"):
        qonnx_read.read(tmp_path / "model.onnx")
