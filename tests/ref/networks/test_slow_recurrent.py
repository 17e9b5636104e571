"""BEP through time against the second reading, bit for bit, over random shapes, widths and lengths of sequences."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryRnn
from bep_ref.config import divisors
from bep_ref.networks.rnn import LAYERS
from tests.ref.networks.test_slow_reading import DEAD_ZONES, FRACTIONS
from tests.ref.slow_recurrent import SlowRnn

WIDTHS = st.sampled_from([2, 3, 4, 6, 8, 9, 12])


@st.composite
def networks(draw):
    inputs, state, output = draw(st.integers(1, 9)), draw(WIDTHS), draw(WIDTHS)
    bits = draw(st.sampled_from([2, 3, 4, 8]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.sampled_from([1, 4, 1 << (bits - 1)]))
    low, high = max(-spread, -(1 << (bits - 1))), min(spread, 1 << (bits - 1)) - 1
    shapes = {"xs": (state, inputs), "ss": (state, state), "sy": (output, state)}
    return {
        "counters": {name: rng.integers(low, high, shape, endpoint=True) for name, shape in shapes.items()},
        "classifier": rng.choice([-1, 1], (draw(st.integers(2, 5)), output)),
        "margin": draw(FRACTIONS),
        "gate": draw(FRACTIONS),
        "group_size": {
            "state": draw(st.sampled_from(divisors(state))),
            "output": draw(st.sampled_from(divisors(output))),
        },
        "counter_bits": bits,
        "dead_zone": draw(DEAD_ZONES),
        "clock": draw(st.integers(1, 4)),
        "steps": 6,
    }, rng


@settings(max_examples=200, deadline=None)
@given(networks(), st.lists(st.integers(1, 6), min_size=1, max_size=8), st.integers(1, 3))
def test_same_counters_predictions_triggers_and_winners(network, lengths, batches):
    options, rng = network
    fast = BinaryRnn(**options)
    slow = SlowRnn(
        **{name: q.tolist() for name, q in options["counters"].items()},
        classifier=options["classifier"].tolist(),
        margin=options["margin"],
        gate=options["gate"],
        group_state=options["group_size"]["state"],
        group_output=options["group_size"]["output"],
        **{name: options[name] for name in ("counter_bits", "dead_zone", "clock")},
    )
    for _ in range(batches):
        sequences = [rng.choice([-1, 1], (length, fast.network.inputs)) for length in lengths]
        x = np.zeros((len(lengths), max(lengths), fast.network.inputs), int)
        for padded, sequence in zip(x, sequences, strict=True):
            padded[: len(sequence)] = sequence
        y = rng.integers(0, fast.network.classes, len(lengths))
        slow.predictions, slow.triggered, slow.winners = [], [], []
        slow.train_batch([sequence.tolist() for sequence in sequences], y.tolist())
        batch = fast.step(x, y)
        assert batch.predictions.tolist() == slow.predictions
        assert batch.triggered.tolist() == slow.triggered
        chosen = zip(LAYERS, batch.winners, strict=True)
        chosen = [(n, layer, j) for layer, won in chosen for n, j in np.argwhere(won).tolist()]
        assert sorted(chosen) == sorted(slow.winners)
        assert {name: q.tolist() for name, q in fast.counters.items()} == slow.counters
