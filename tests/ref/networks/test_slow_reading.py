"""The golden model against the second reading, bit for bit, over random shapes and whole mini-batches."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from bep_ref import BinaryMlp
from bep_ref.config import divisors
from tests.ref.slow_reading import SlowLocal, SlowMlp

FRACTIONS = st.sampled_from([0.0, 0.0625, 0.25, 0.375, 0.5, 0.75, 1.0])  # exact in binary, as in both readings
DEAD_ZONES = st.sampled_from([None, 0, 1, 2, 3])


@st.composite
def networks(draw):
    hidden = draw(st.lists(st.sampled_from([2, 3, 4, 6, 8, 9, 12]), min_size=1, max_size=3))
    inputs = draw(st.integers(1, 17))
    bits = draw(st.sampled_from([2, 3, 4, 8]))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    spread = draw(st.sampled_from([1, 4, 1 << (bits - 1)]))
    low, high = max(-spread, -(1 << (bits - 1))), min(spread, 1 << (bits - 1)) - 1
    shapes = zip(hidden, [inputs, *hidden[:-1]], strict=True)
    return {
        "counters": [rng.integers(low, high, shape, endpoint=True) for shape in shapes],
        "classifier": rng.choice([-1, 1], (draw(st.integers(2, 5)), hidden[-1])),
        "margin": draw(FRACTIONS),
        "gate": draw(FRACTIONS),
        "group_size": [draw(st.sampled_from(divisors(width))) for width in hidden],
        "counter_bits": bits,
        "dead_zone": draw(DEAD_ZONES),
    }, rng


@settings(max_examples=150, deadline=None)
@given(networks(), st.integers(1, 12), st.integers(1, 4))
def test_same_counters_predictions_triggers_and_winners(network, samples, batches):
    options, rng = network
    fast = BinaryMlp(**options)
    _agree(
        fast, SlowMlp(**options | {k: _lists(options[k]) for k in ("counters", "classifier")}), rng, samples, batches
    )


@settings(max_examples=100, deadline=None)
@given(networks(), st.integers(1, 12), st.integers(1, 4))
def test_local_error_signals_agree_too(network, samples, batches):
    options, rng = network
    classes = len(options.pop("classifier"))
    del options["gate"], options["dead_zone"]
    classifiers = [rng.choice([-1, 1], (classes, len(q))) for q in options["counters"]]
    fast = BinaryMlp(**options, rule="local", classifiers=classifiers)
    slow = SlowLocal(**options | {"counters": _lists(options["counters"])}, classifiers=_lists(classifiers))
    _agree(fast, slow, rng, samples, batches)


def _agree(fast, slow, rng, samples, batches):
    """Train both readings on the same random batches and compare everything they decide."""
    for _ in range(batches):
        x = rng.choice([-1, 1], (samples, fast.network.inputs))
        y = rng.integers(0, fast.network.classes, samples)
        slow.predictions, slow.triggered, slow.winners = [], [], []
        slow.train_batch(x.tolist(), y.tolist())
        batch = fast.step(x, y)
        assert batch.predictions.tolist() == slow.predictions
        assert batch.triggered.tolist() == slow.triggered
        chosen = [(n, layer, j) for layer, won in enumerate(batch.winners) for n, j in np.argwhere(won).tolist()]
        assert sorted(chosen) == sorted(slow.winners)
        assert [q.tolist() for q in fast.counters] == slow.counters


def _lists(value):
    return [layer.tolist() for layer in value]
