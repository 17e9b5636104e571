"""QONNX graphs of other tools become networks that classify alike, or are refused by name."""

import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper

from bep_interchange import qonnx_read
from bep_interchange.plain import PlainNetwork
from bep_interchange.qonnx_decide import with_thresholds_of_zero
from bep_ref.config import ConfigError
from tests.interchange.onnx_graphs import Graph, normalisation, scores, tfc


def read(tmp_path, model) -> PlainNetwork:
    file = tmp_path / "graph.onnx"
    file.write_bytes(model.SerializeToString())
    return qonnx_read.read(file)


def predictions(network, x):
    return network.model("test").predict(x.reshape(len(x), -1))


def assert_alike(network, model, x):
    assert np.array_equal(predictions(network, x), scores(model, x).argmax(axis=1))


def test_a_graph_in_the_shape_of_the_zoos_tfc_is_read(tmp_path):
    network = read(tmp_path, tfc(1))
    assert [matrix.shape for _, matrix in network.matrices] == [(8, 25), (7, 8), (4, 7)]
    assert np.array_equal(network.thresholds, np.full((25, 1), 0.5, np.float32))
    assert_alike(network, tfc(1, opset=15), np.random.default_rng(1).integers(0, 256, (300, 1, 5, 5)) / 255)


def test_batch_normalisation_that_decides_is_refused(tmp_path):
    model = tfc(1, harmless=False)
    with pytest.raises(ConfigError, match=r"BipolarQuant '\w+': \d of 8 neurons have another threshold than 0"):
        read(tmp_path, model)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1 << 30), st.integers(2, 9), st.integers(2, 9), st.booleans())
def test_whatever_is_read_classifies_alike(tmp_path_factory, seed, first, second, harmless):
    shape = (seed, 3, (first, second), 3, harmless)
    try:
        network = read(tmp_path_factory.mktemp("graph"), tfc(*shape))
    except ConfigError:
        assert not harmless
        return
    assert_alike(network, tfc(*shape, opset=15), np.random.default_rng(seed).choice([0.0, 1.0], (60, 1, 3, 3)))


WEIGHTS = {
    "quantised and transposed": lambda graph, w: graph.node("Transpose", graph.signs(w * 0.4), perm=[1, 0]),
    "transposed and quantised": lambda graph, w: graph.signs(graph.node("Transpose", w, perm=[1, 0])),
    "of another type": lambda graph, w: graph.node("Cast", w.T.astype(np.int8), to=onnx.TensorProto.FLOAT),
    "of another shape": lambda graph, w: graph.node("Reshape", w.T.ravel(), np.array(w.T.shape)),
    "by Quant": lambda graph, w: graph.node("Quant", w.T * 1.3, *np.float32([1, 0, 2]), signed=1, narrow=1),
    "by a node Constant": lambda graph, w: graph.node(
        "Constant", value=onnx.numpy_helper.from_array(np.ascontiguousarray(w.T))
    ),
    "scaled back": lambda graph, w: graph.node("Div", w.T * np.float32(3), np.float32(3)),
}


@pytest.mark.parametrize("spelling", WEIGHTS.values(), ids=WEIGHTS.keys())
def test_weights_are_read_whatever_the_graph_makes_them_of(spelling, tmp_path):
    rng = np.random.default_rng(2)
    graph, tensor, fan_in, made = Graph((1, 12)), "x", 12, []
    for width in (8, 3):
        made.append(rng.choice(np.float32([-1, 1]), (width, fan_in)))
        tensor, fan_in = graph.node("MatMul", graph.signs(tensor), spelling(graph, made[-1])), width
    network = read(tmp_path, graph.model(tensor, 3))
    for (_, found), wanted in zip(network.matrices, made, strict=True):
        assert np.array_equal(found, wanted)


def gemm(tmp_path, *bias, **options):
    rng = np.random.default_rng(3)
    first, last = (rng.choice(np.float32([-1, 1]), shape) for shape in ((8, 12), (3, 8)))
    graph = Graph((1, 12))
    sums = graph.node("Gemm", graph.signs("x"), first, *bias, transB=1, **options)
    model = graph.model(graph.node("Gemm", graph.signs(sums), last.T), 3)
    return read(tmp_path, model), (first, last)


def test_gemm_is_read_where_it_only_multiplies(tmp_path):
    for bias in ((), (np.zeros(8, np.float32),)):
        network, wanted = gemm(tmp_path, *bias)
        assert all(np.array_equal(found, matrix) for (_, found), matrix in zip(network.matrices, wanted, strict=True))
    with pytest.raises(ConfigError, match="Gemm 'gemm1' has a bias"):
        gemm(tmp_path, np.ones(8, np.float32))
    with pytest.raises(ConfigError, match="Gemm 'gemm1' scales or turns"):
        gemm(tmp_path, alpha=0.5)


@pytest.mark.parametrize(
    ("spread", "thresholds"),
    [((1, 6, 1), (1, 6, 3)), ((1, 6, 1), (1, 1, 3)), ((1, 1, 6), (1, 3, 6)), ((1, 1, 6), (1, 3, 1))],
    ids=["feature by feature", "one row for all", "threshold by threshold", "one column for all"],
)
@pytest.mark.parametrize("falling", [False, True])
def test_bits_of_a_thermometer_are_told_apart_wherever_they_stand(spread, thresholds, falling, tmp_path):
    rng = np.random.default_rng(4)
    values = np.sort(rng.normal(size=thresholds).astype(np.float32), axis=2 if thresholds[2] == 3 else 1)
    graph = Graph((1, 6))
    above = graph.node("Sub", graph.node("Reshape", "x", np.array(spread)), values[:, ::-1] if falling else values)
    bits = graph.node("Reshape", graph.signs(above), np.array([1, 18]))
    sums = graph.node("MatMul", bits, rng.choice(np.float32([-1, 1]), (18, 9)))
    model = graph.model(graph.node("MatMul", graph.signs(sums), rng.choice(np.float32([-1, 1]), (9, 4))), 4)
    network = read(tmp_path, model)
    assert network.thresholds.shape == (6, 3)
    assert (np.diff(network.thresholds, axis=1) >= 0).all()
    assert_alike(network, model, rng.normal(size=(200, 6)).astype(np.float32))


def refused(build):
    """The graph that ``build`` makes of a `Graph` of 4 inputs, which goes on with what it returns."""
    graph = Graph((1, 4))
    tensor = build(graph)
    ones = np.ones((4, 4), np.float32)
    sums = graph.node("MatMul", tensor, ones)
    return graph.model(graph.node("MatMul", graph.signs(sums), ones[:, :3]), 3)


REFUSED = {
    "Softplus 'softplus0' where a MatMul is needed": lambda graph: graph.node("Softplus", "x"),
    "'x' feeds 2 nodes": lambda graph: graph.node("Add", "x", graph.signs("x")),
    "Mul 'mul0' leaves nothing to be decided": lambda graph: graph.node("Mul", "x", np.float32([1, 0, 1, 1])),
    "some bits fall where their feature rises": lambda graph: graph.signs(graph.node("Sub", np.float32(1), "x")),
    "Slice 'slice0' where a MatMul is needed": lambda graph: graph.node("Slice", "x", np.array([0]), np.array([2])),
    "what it multiplies is scaled or shifted": lambda graph: graph.node("Mul", graph.signs("x"), np.float32(2)),
    "Exp 'exp0' is not read; Add 'add1' needs its result": lambda graph: graph.node(
        "Add", "x", graph.node("Exp", np.float32(1))
    ),
    "a tensor mixes samples": lambda graph: graph.node("Reshape", "x", np.array([2, 2])),
    "does not suit a tensor of shape": lambda graph: graph.node("Reshape", "x", np.array([1, 2, 2])),
    "Reshape 'reshape0' cannot be computed": lambda graph: graph.node("Reshape", "x", np.array([3, 2])),
    "a constant of another shape": lambda graph: graph.node("Sub", "x", np.float32([1, 2, 3])),
    "makes other signs of signs": lambda graph: graph.signs(graph.node("Sub", graph.signs("x"), np.float32(1))),
    "Cast 'cast0' where": lambda graph: graph.node("Cast", "x", to=onnx.TensorProto.INT32),
    "beyond single precision": lambda graph: graph.signs(graph.node("Sub", "x", np.float64(1e300))),
}


@pytest.mark.parametrize(("message", "build"), REFUSED.items(), ids=REFUSED.keys())
def test_what_a_network_of_signs_cannot_do_is_refused_by_name(message, build, tmp_path):
    with pytest.raises(ConfigError, match=message) as error:
        read(tmp_path, refused(build))
    assert str(error.value).startswith(f"{tmp_path / 'graph.onnx'}: ")


def test_scores_that_do_not_follow_the_last_layer_are_refused(tmp_path):
    rng, ones = np.random.default_rng(5), np.ones((4, 4), np.float32)

    def ending(change):
        graph = Graph((1, 4))
        sums = graph.node("MatMul", graph.signs("x"), rng.choice(np.float32([-1, 1]), (4, 4)))
        return graph.model(change(graph, graph.node("MatMul", graph.signs(sums), ones)), 4)

    for change in (np.float32([1, 2, 1, 1]), np.float32(-1)):
        with pytest.raises(ConfigError, match="scale and shift of 'mul4' differ between classes"):
            read(tmp_path, ending(lambda graph, end, change=change: graph.node("Mul", end, change)))
    with pytest.raises(ConfigError, match="the end of the graph where a MatMul is needed"):
        read(tmp_path, ending(lambda graph, end: graph.signs(end)))
    with pytest.raises(ConfigError, match="MatMul 'matmul4' behind the last MatMul"):
        read(tmp_path, ending(lambda graph, end: graph.node("MatMul", end, ones)))


def test_a_row_of_normalised_sums_may_be_turned(tmp_path):
    """Negative weights of batch normalisation turn the neuron, and nothing is refused."""
    rng = np.random.default_rng(6)
    graph = Graph((1, 7), opset=15)
    sums = graph.node("MatMul", graph.signs("x"), rng.choice(np.float32([-1, 1]), (7, 6)))
    weight, *others = normalisation(rng, 6, 7)
    normal = graph.node("BatchNormalization", sums, -np.abs(weight), np.zeros(6, np.float32), *others[1:])
    graph.constants["value3"][:] = 0  # bias
    graph.constants["value4"][:] = 0  # mean
    model = graph.model(graph.node("MatMul", graph.signs(normal), rng.choice(np.float32([-1, 1]), (6, 3))), 3)
    assert_alike(read(tmp_path, model), model, rng.normal(size=(200, 7)).astype(np.float32))


@pytest.mark.parametrize("fan_in", [4, 5])
@pytest.mark.parametrize("scale", [1.0, -2.0])
@pytest.mark.parametrize("shift", [-2.1, -2, -1.9, -1.1, -1, -0.9, -0.1, 0, 0.1, 0.9, 1, 1.1, 1.9, 2, 2.1])
def test_a_threshold_is_refused_if_and_only_if_it_decides_a_sum_otherwise(fan_in, scale, shift):
    weights, sums = np.ones((1, fan_in), np.int8), np.arange(-fan_in, fan_in + 1, 2)
    shift *= abs(scale)
    node = helper.make_node("BipolarQuant", ["x", "one"], ["y"])
    alike = np.array_equal(scale * sums + shift >= 0, np.sign(scale) * sums >= 0)
    arguments = node, weights, np.array([0]), np.array([scale]), np.array([shift])
    if alike:
        assert np.array_equal(with_thresholds_of_zero(*arguments), np.sign(scale) * weights)
    else:
        with pytest.raises(ConfigError, match="1 of 1 neurons have another threshold than 0"):
            with_thresholds_of_zero(*arguments)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_mutated_graphs_are_read_or_refused(tmp_path_factory, data):
    """Whatever is changed in a graph: a network, or one line."""
    model = tfc(7, 3, (5, 4), 3)
    nodes = model.graph.node
    for _ in range(data.draw(st.integers(1, 3))):
        node = nodes[data.draw(st.integers(0, len(nodes) - 1))]
        names = [name for other in nodes for name in (*other.input, *other.output)] + ["", "nowhere"]
        change = data.draw(st.sampled_from(["kind", "input", "less", "more", "output", "gone", "attribute", "shape"]))
        if change == "kind":
            kinds = [other.op_type for other in nodes] + ["Flatten", "Gemm", "Neg", "Cast", "Quant", "Constant", "Sqrt"]
            node.op_type = data.draw(st.sampled_from(kinds))
        elif change == "input" and node.input:
            node.input[data.draw(st.integers(0, len(node.input) - 1))] = data.draw(st.sampled_from(names))
        elif change == "less" and node.input:
            node.input.pop()
        elif change == "more":
            node.input.append(data.draw(st.sampled_from(names)))
        elif change == "output":
            node.output[:] = data.draw(st.lists(st.sampled_from(names), max_size=2))
        elif change == "gone":
            del node.attribute[:]
        elif change == "attribute":
            name = data.draw(st.sampled_from(["perm", "axes", "axis", "epsilon", "to", "alpha", "transA"]))
            value = data.draw(st.one_of(st.integers(-9, 99), st.lists(st.integers(-3, 3), min_size=1, max_size=3)))
            node.attribute.append(helper.make_attribute(name, value))
        elif change == "shape" and model.graph.initializer:
            tensor = model.graph.initializer[data.draw(st.integers(0, len(model.graph.initializer) - 1))]
            tensor.dims[:] = data.draw(st.lists(st.integers(-1, 30), max_size=3))
    folder = tmp_path_factory.mktemp("graph")
    try:
        network = read(folder, model)
    except ConfigError as error:
        assert str(error).startswith(str(folder))
        assert "\n" not in str(error)
    else:
        assert isinstance(network, PlainNetwork)
