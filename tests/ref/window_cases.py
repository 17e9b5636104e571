"""Random window networks with samples, small enough for a reading without arrays."""

import numpy as np
from hypothesis import strategies as st

from bep_ref.config import Geometry

SMALL = st.integers(1, 3)


@st.composite
def geometries(draw, widest=3):
    """Any geometry of a few windows of at most ``widest`` rows and columns."""
    spacing = draw(st.integers(1, 2))
    axes = []
    for _ in range(2):
        window, pool, free = draw(st.integers(1, widest)), draw(SMALL), draw(st.integers(1, 4))
        places = draw(st.integers(1, min(3, free)))
        size = window + (pool - 1) * spacing + free - 1
        axes.append((size, window, places, draw(st.integers(1, places)), pool))
    size, window, places, regions, pool = zip(*axes, strict=True)
    return Geometry((*size, draw(SMALL)), window, places, draw(st.integers(1, 4)), regions, pool, spacing)


ANY = geometries()


@st.composite
def networks(draw, geometry=ANY):
    """Arguments of `BinaryWindows` but for its counters, and a generator for these and for samples."""
    return {
        "geometry": draw(geometry),
        "offsets": draw(st.sampled_from([(0.2,), (0.0,), (-0.05, 0.08, 0.2), (-0.3, -0.1, 0.1), (1.0,)])),
        "gate": draw(st.sampled_from([0.0, 0.1, 0.3, 1.0])),
        "margin": draw(st.sampled_from([0.0, 0.5, 2.0, 40.0])),
        "selection": draw(st.sampled_from(["draw", "group"])),
        "draw_bits": draw(st.integers(1, 4)),
        "group_size": draw(st.integers(1, 9)),
        "counter_bits": draw(st.sampled_from([2, 3, 5, 8, 12])),
        "readout_bits": draw(st.sampled_from([2, 3, 6, 10, 16])),
        "seed": draw(st.integers(1, 2**32 - 1)),
        "readout_delay": draw(st.integers(0, 1)),
    }, np.random.default_rng(draw(st.integers(0, 2**32)))


def counters_of(options, classes, rng):
    """Random counters of the kernels and of the read-out, some at their limits."""
    geometry = options["geometry"]
    units = geometry.place_count * len(options["offsets"]) * geometry.kernels
    shapes = {"counters": (geometry.kernel_count, geometry.fan_in), "readout": (classes, units)}
    bits = {"counters": options["counter_bits"], "readout": options["readout_bits"]}
    largest = {name: min(1 << (width - 1), 40) for name, width in bits.items()}
    return {name: rng.integers(-largest[name], largest[name], shape) for name, shape in shapes.items()}


def batches(options, classes, rng, count=3, samples=5, reach=2):
    """``(x, y, shifts)`` of some mini-batches; samples of a class have something in common."""
    inputs = options["geometry"].inputs
    prototypes = rng.choice([-1, 1], (classes, inputs))
    for _ in range(count):
        y = rng.integers(0, classes, samples)
        x = prototypes[y] * rng.choice([-1, 1], (samples, inputs), p=[0.2, 0.8])
        yield x, y, rng.integers(-reach, reach + 1, (samples, 2))
