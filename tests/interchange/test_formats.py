"""Exported networks classify as the model does, and come back as they went."""

import subprocess

import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper

from bep_hw.plan.images import unpack_counters
from bep_hw.plan.layout import Layout
from bep_interchange import arrays, c_source, memory_images, qonnx_graph, qonnx_read
from bep_interchange.plain import PlainNetwork, single_precision
from bep_ref.config import ConfigError, Machine
from bep_ref.datasets import load
from bep_ref.inputs.binarise import fit_binariser
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer
from bep_studies.bench.export import C_FLAGS, c_scores, compare, differences, golden_scores, qonnx_scores


@pytest.fixture(scope="module")
def digits():
    return load("digits")


@pytest.fixture(scope="module")
def model(digits):
    # quantiles are values that features have: at a threshold the bit is +1
    settings = {"hidden": (40, 24, 33), "epochs": 2, "group_size": (1,), "binarise": "thermometer=4"}
    trainer = Trainer(prepare(digits, settings))
    trainer.run()
    return trainer.model


@pytest.fixture(scope="module")
def plain(model):
    return PlainNetwork.of(model)


def test_every_format_scores_all_test_digits_as_the_model_does(model, digits):
    rows = compare(model, digits.x_test)
    assert [row["samples"] for row in rows] == [450] * 4
    assert differences(rows) == 0


def test_a_wrong_weight_does_not_go_unnoticed(model, plain, digits):
    plain.weights[1][3, 5] *= -1
    try:
        golden = golden_scores(model, digits.x_test)
        assert (qonnx_scores(plain, digits.x_test) != golden).any()
        assert (c_scores(plain, digits.x_test)[0] != golden).any()
    finally:
        plain.weights[1][3, 5] *= -1


@pytest.mark.parametrize("spec", ["median", "threshold=-0.1,0,0.3", "thermometer=7"])
def test_single_precision_thresholds_decide_as_the_binariser(spec):
    rng = np.random.default_rng(3)
    x = rng.normal(0, 1, (500, 3)).astype(np.float32)
    x[:50] = np.float32([-0.1, 0, 0.3])
    binariser = fit_binariser(spec, x.astype(float))
    near = np.nextafter(x, rng.choice(np.float32([-9, 9]), x.shape))
    near[np.abs(near) < np.finfo(np.float32).tiny] = 0  # subnormal numbers count as 0
    for values in (x, near, np.zeros_like(x)):
        bits = np.where(values[:, :, None] >= single_precision(binariser), 1, -1).reshape(len(x), -1)
        assert np.array_equal(bits, binariser(values.astype(float)))


def test_c_names_classes_whatever_they_are_called(plain, tmp_path):
    names = ('a "b"', "ü\n", "??/", *"3456789")
    odd = PlainNetwork(plain.thresholds, plain.weights, plain.classifier, names)
    for file, content in c_source.write(odd).items():
        (tmp_path / file).write_bytes(content)
    (tmp_path / "names.c").write_text(
        '#include "bep_classify.c"\n#include <stdio.h>\nint main(void) {\n'
        "const char *names[] = BEP_CLASS_NAMES;\n"
        "for (int i = 0; i < BEP_CLASSES; i++) fwrite(names[i], 1, 4, stdout);\n"
        "return bep_classify((float[64]){0}) > 9; }\n"
    )
    subprocess.run(["cc", *C_FLAGS, "-o", "names", "names.c"], cwd=tmp_path, check=True)
    printed = subprocess.run([tmp_path / "names"], check=True, capture_output=True).stdout
    assert printed.startswith(b'a "b' + "ü\n\0".encode() + b"??/\0")


def test_a_cpp_program_links_the_c_classifier(plain, tmp_path):
    for file, content in c_source.write(plain).items():
        (tmp_path / file).write_bytes(content)
    (tmp_path / "main.cpp").write_text(
        '#include "bep_classify.h"\n#include "bep_network.h"\n'
        "int main() { float features[BEP_FEATURES] = {}; int32_t scores[BEP_CLASSES]; uint32_t bits[BEP_WORDS] = {};\n"
        "bep_scores_of_bits(bits, scores);\n"
        "return bep_classify(features) == bep_scores(features, scores) ? 0 : 1; }\n"
    )
    subprocess.run(["cc", *C_FLAGS, "-c", "bep_classify.c"], cwd=tmp_path, check=True)
    subprocess.run(["c++", "-o", "main", "main.cpp", "bep_classify.o"], cwd=tmp_path, check=True)
    subprocess.run([tmp_path / "main"], check=True)


def test_memory_images_hold_what_the_layout_puts_there(model):
    machine = Machine(lanes=24, update_lanes=4, spram=True)
    files = memory_images.write(model, machine)
    layout = Layout(model.network, machine)
    words = {name: [int(line, 16) for line in text.split()] for name, text in files.items()}
    banks = [words[f"hidden_bank{number}.mem"] for number in range(2)]
    groups = {2 * place + bank: value for bank in range(2) for place, value in enumerate(banks[bank])}
    for wanted, found in zip(model.counters, unpack_counters(layout, groups), strict=True):
        assert np.array_equal(wanted, found)
    # row 2 of layer 1, its last input: the highest lane that holds one
    place, columns = layout.layers[0], layout.columns_per_word
    position = place.first_column * layout.column + place.fan_in - 1
    word, lane = divmod(position, machine.lanes)
    column, bit = divmod(lane, layout.column)
    found = words[f"visible_column{column}.mem"][place.plane_base + word * place.rows + 2] >> bit & 1
    assert found == (model.counters[0][2, -1] >= 0)
    assert [len(words[f"visible_column{number}.mem"]) for number in range(columns)] == [layout.plane_depth] * columns


def written(path, content):
    path.write_bytes(content)
    return path


def test_weights_that_are_signs_already_are_read_too(plain, tmp_path):
    """And a graph that takes bits: no thresholds in front of the first MatMul."""
    shapes = [("x", (1, 6)), ("s", (1, 4)), ("a", (1, 4)), ("y", (1, 3))]
    first, second = np.ones((6, 4), np.float32), -np.ones((4, 3), np.float32)
    graph = helper.make_graph(
        [
            helper.make_node("MatMul", ["x", "w"], ["s"]),
            helper.make_node("BipolarQuant", ["s", "one"], ["a"], domain=qonnx_graph.DOMAIN),
            helper.make_node("MatMul", ["a", "p"], ["y"]),
        ],
        "bits",
        [helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shapes[0][1])],
        [helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, shapes[3][1])],
        [numpy_helper.from_array(a, n) for a, n in ((first, "w"), (second, "p"), (np.ones(1, np.float32), "one"))],
    )
    network = qonnx_read.read(written(tmp_path / "bits.onnx", helper.make_model(graph).SerializeToString()))
    assert [matrix.shape for _, matrix in network.matrices] == [(4, 6), (3, 4)]
    assert network.class_names == ("0", "1", "2")
    assert np.array_equal(network.thresholds, np.zeros((6, 1)))


def damaged(plain, tmp_path):
    file = written(tmp_path / "network.onnx", qonnx_graph.write(plain))
    return file, onnx.load(file)


def test_graphs_that_are_no_chain_of_signs_are_refused_by_name(plain, tmp_path):
    file, model = damaged(plain, tmp_path)
    next(node for node in model.graph.node if node.output[0] == "activations1").op_type = "Relu"
    onnx.save(model, file)
    with pytest.raises(ConfigError, match="Relu 'activations1' behind the last MatMul"):
        qonnx_read.read(file)
    file, model = damaged(plain, tmp_path)
    next(tensor for tensor in model.graph.initializer if tensor.name == "one").CopyFrom(
        numpy_helper.from_array(np.float32(2), "one")
    )
    onnx.save(model, file)
    with pytest.raises(ConfigError, match="the scale of BipolarQuant 'weights1_signs' is not 1"):
        qonnx_read.read(file)
    with pytest.raises(ConfigError, match="not an ONNX file"):
        qonnx_read.read(written(file, b"no protobuf"))


def test_arrays_that_make_no_network_are_refused_by_name(plain, tmp_path):
    file = tmp_path / "plain.npz"
    signs = {"weights1": np.ones((4, 6)), "classifier": np.ones((3, 4))}
    for wrong, message in (
        ({"classifier": np.ones((3, 5))}, "classifier: shape \\(3, 5\\); it must have 4 columns"),
        ({"weights1": np.zeros((4, 6))}, "weights1: it holds other numbers than -1 and \\+1"),
        ({"class_names": ["a"]}, "class_names: 1 for 3 rows"),
        ({"thresholds": np.zeros(6)}, "thresholds: they must be \\(features, B\\)"),
        ({"thresholds": np.array([[0, 1, 2], [0, 2, 1]])}, "never fall along B"),
        ({"thresholds": np.full((6, 1), np.nan)}, "thresholds: some are not a number"),
    ):
        np.savez(file, **(signs | wrong))
        with pytest.raises(ConfigError, match=message):
            arrays.read(file)
    np.savez(file, classifier=signs["classifier"])
    with pytest.raises(ConfigError, match="no array 'weights1'; it holds classifier"):
        arrays.read(file)
