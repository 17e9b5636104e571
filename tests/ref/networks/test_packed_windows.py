"""The packed engine of window networks against the readable one, bit for bit."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryWindows, Geometry
from bep_ref.packed.cut import cut_windows, move_sample
from bep_ref.packed.images import PackedImages
from bep_ref.packed.windows import PackedWindows
from tests.ref.window_cases import batches, counters_of, geometries, networks


def assert_same(readable, packed):
    assert packed.counters.tolist() == readable.counters.tolist()
    assert packed.weights.tolist() == readable.weights.tolist()
    assert packed.readout.tolist() == readable.readout.tolist()
    assert packed.head.sums.tolist() == readable.head.sums.tolist()
    assert packed.generator.state == readable.generator.state


@settings(deadline=None)  # kernels are compiled at the first call
@given(networks(geometries(9)), st.integers(2, 5), st.booleans(), st.booleans())
def test_both_engines_agree(case, classes, averaged, settled):
    options, rng = case
    counters = counters_of(options, classes, rng)
    nets = [kind(**counters, **options, averaged=averaged) for kind in (BinaryWindows, PackedWindows)]
    for number, (x, y, shifts) in enumerate(batches(options, classes, rng, samples=20)):
        for net in nets:
            net.settled = settled and number == 2
        one, other = (net.step(net.load(x), y, shifts=shifts) for net in nets)
        assert one.predictions.tolist() == other.predictions.tolist()
        assert one.triggered.tolist() == other.triggered.tolist()
        assert one.winners[0].tolist() == other.winners[0].tolist()
        assert_same(*nets)
    assert nets[0].scores(x).tolist() == nets[1].scores(x).tolist()
    assert nets[0].predict(x).tolist() == nets[1].predict(x).tolist() == nets[0].scores(x).argmax(axis=1).tolist()
    assert nets[0].scores(x, shifts).tolist() == nets[1].scores(x, shifts).tolist()


WIDE = [
    Geometry(shape=(3, 40, 3), window=(2, 32), places=(2, 2), kernels=9, pool=(1, 2), spacing=3),  # 3 words
    Geometry(shape=(4, 64, 1), window=(2, 64), places=(1, 1), kernels=5, pool=(2, 1)),  # 64-bit rows
    Geometry(shape=(2, 70, 2), window=(1, 70), places=(2, 1), kernels=3),  # one row of 140 bits
]


@settings(max_examples=20, deadline=None)
@given(networks(st.sampled_from(WIDE)))
def test_windows_of_several_words(case):
    options, rng = case
    counters = counters_of(options, 3, rng)
    nets = [kind(**counters, **options) for kind in (BinaryWindows, PackedWindows)]
    for x, y, shifts in batches(options, 3, rng, reach=70):
        one, other = (net.train_batch(x, y, shifts) for net in nets)
        assert one.tolist() == other.tolist()
        assert_same(*nets)


@settings(deadline=None)
@given(geometries(9), st.integers(0, 2**32))
def test_windows_are_cut_where_the_specification_sees_them(geometry, seed):
    rng = np.random.default_rng(seed)
    x, shift = rng.choice([-1, 1], (1, geometry.inputs)), rng.integers(-9, 10, (1, 2))
    samples = PackedImages.of(x, geometry.shape[0])
    assert samples.shape == x.shape
    net = BinaryWindows(
        np.zeros((geometry.kernel_count, geometry.fan_in)),
        np.zeros((2, geometry.place_count * geometry.kernels)),
        geometry,
    )
    seen = net.windows(x, shift).reshape(-1, geometry.fan_in)
    bits = geometry.shape[2]
    corners = np.array([(row, column * bits) for row, column in geometry.windows()])
    out = np.full((len(seen), -(-geometry.fan_in // 64)), 1 << 63, np.uint64)  # old words must not shine through
    rows = samples.words[0]
    moved = np.full((len(rows), rows.shape[1] + 1), 1 << 63, np.uint64)
    move_sample(rows, shift[0, 0], shift[0, 1] * bits, samples.width, moved)
    cut_windows(moved, corners, geometry.window[0], geometry.window[1] * bits, out)
    unpacked = np.unpackbits(out.view(np.uint8), axis=1, bitorder="little")
    assert (unpacked[:, : geometry.fan_in] == (seen > 0)).all()
    assert not unpacked[:, geometry.fan_in :].any()
