"""Single decisions of the golden model, each worked out by hand."""

import numpy as np
import pytest

from bep_ref import BinaryMlp, ConfigError
from bep_ref.networks.reinforce import Xorshift32, hits, threshold_planes
from bep_ref.networks.rules import sign


def perceptron(rows, classifier, **options):
    """One hidden layer with the given counters; every sample updates unless ``margin`` says otherwise."""
    defaults = {"margin": 2.0, "gate": 1.0, "group_size": [len(rows)]}
    return BinaryMlp(counters=[rows], classifier=classifier, **defaults | options)


def test_sign_of_zero_is_plus_one():
    assert sign(np.array([-1, 0, 1])).tolist() == [-1, 1, 1]


def test_counter_zero_is_a_positive_weight_and_minus_one_a_negative_one():
    net = perceptron([[0, -1], [127, -128]], [[1, 1], [-1, 1]])
    assert net.weights[0].tolist() == [[1, -1], [1, -1]]


def test_pre_activation_zero_is_positive():
    # z = +1 - 1 = 0 in both neurons
    net = perceptron([[0, 0], [0, 0]], [[1, 1], [-1, -1]])
    _, activations, logits = net.forward(np.array([[1, -1]]))
    assert activations[1].tolist() == [[1, 1]]
    assert logits.tolist() == [[2, -2]]


def test_equal_logits_predict_the_lowest_class():
    net = perceptron([[0], [0]], [[1, -1], [1, 1], [1, 1]])
    assert net.predict(np.array([[1]])).tolist() == [1]


@pytest.mark.parametrize(("margin", "updates"), [(0.5, False), (0.51, True), (0.75, True)])
def test_trigger_needs_a_lead_below_the_margin(margin, updates):
    # a = (1, 1, 1, 1); logits 4 and 2, so a lead of exactly 2 = 0.5 * K_L
    net = perceptron([[0]] * 4, [[1, 1, 1, 1], [1, 1, 1, -1]], margin=margin)
    assert net.step(np.array([[1]]), np.array([0])).triggered.tolist() == [updates]


def test_a_misclassified_sample_triggers_even_at_margin_zero():
    net = perceptron([[0]] * 2, [[-1, -1], [1, 1]], margin=0.0)
    batch = net.step(np.array([[1], [1]]), np.array([0, 1]))
    assert batch.triggered.tolist() == [True, False]


def test_winner_is_the_wrong_neuron_of_smallest_pre_activation():
    # z = 3, 1, -1 for x = (1, 1, 1); class 0 wants (-1, -1, -1): neurons 0 and 1 are wrong
    net = perceptron([[9, 9, 9], [9, 9, -9], [9, -9, -9]], [[-1, -1, -1], [1, 1, 1]])
    net.train_batch(np.array([[1, 1, 1]]), np.array([0]))
    assert net.counters[0].tolist() == [[9, 9, 9], [8, 8, -10], [9, -9, -9]]


def test_winner_of_equal_pre_activations_is_the_lowest_index():
    net = perceptron([[5], [5], [5], [5]], [[-1, -1, -1, -1], [1, 1, 1, 1]], group_size=[2])
    net.train_batch(np.array([[1]]), np.array([0]))
    assert net.counters[0].tolist() == [[4], [5], [4], [5]]


def test_a_group_without_a_wrong_neuron_updates_nothing():
    net = perceptron([[5], [5], [5], [5]], [[1, 1, -1, -1], [-1, -1, 1, 1]], group_size=[2])
    batch = net.step(np.array([[1]]), np.array([0]))
    assert batch.winners[0].tolist() == [[False, False, True, False]]


@pytest.mark.parametrize(("gate", "first_counters"), [(1.0, [4, 4]), (0.5, [3, 3]), (0.49, [4, 4])])
def test_gate_compares_with_its_fraction_of_the_fan_in(gate, first_counters):
    # Layer 1 is all +1. Layer 2: z = 2 = 0.5 * K and z = -4; class 0 wants -1 of both.
    # The first row alone asks layer 1 for (-1, -1, -1, +1), both for (0, 0, 0, 2), none for zeros: +1 everywhere.
    net = BinaryMlp(
        counters=[np.full((4, 2), 4), [[9, 9, 9, -9], [-9, -9, -9, -9]]],
        classifier=[[-1, -1], [1, 1]],
        margin=2.0,
        gate=gate,
        group_size=[4, 2],
    )
    net.train_batch(np.array([[1, 1]]), np.array([0]))
    assert net.counters[0].tolist() == [first_counters, [4, 4], [4, 4], [4, 4]]


def test_counters_saturate_at_every_single_increment():
    # Counter 0 of neuron 0 goes 126, 127, 127, 126; summing first would end at 127.
    net = perceptron([[126, 0, 0], [0, 0, 0]], [[1, -1], [-1, -1]], group_size=[1])
    net.train_batch(np.array([[1, -1, -1], [1, -1, -1], [1, 1, 1]]), np.array([0, 0, 1]))
    assert net.counters[0].tolist() == [[126, -3, -3], [-1, -1, -1]]


def test_all_samples_of_a_batch_see_the_same_weights():
    # Were the weights refreshed after the first sample, the second would be content.
    net = perceptron([[0, 0, 0], [0, 0, 0]], [[-1, -1], [1, 1]], group_size=[1])
    net.train_batch(np.ones((2, 3), int), np.array([0, 0]))
    assert net.counters[0].tolist() == [[-2, -2, -2]] * 2
    assert net.weights[0].tolist() == [[-1, -1, -1]] * 2


def test_reinforcement_pushes_away_from_zero_and_saturates():
    # z = 0 counts as +1, which class 1 wants: it triggers without a winner, and probability 1 takes every counter.
    net = perceptron([[0, -1, 127, -128, 5, -5]] * 2, [[1, -1], [1, 1]])
    assert net.step(np.ones((1, 6), int), np.array([1]), [1.0]).reinforced == 12
    assert net.counters[0].tolist() == [[1, -2, 127, -128, 6, -6]] * 2


@pytest.mark.parametrize("block", [1, 4, 6, 8, 64])  # of fan-ins 30 and 6
def test_reinforced_counters_are_the_hits_layer_by_layer_block_by_block_row_by_row(block):
    rng = np.random.default_rng(0)
    counters = [rng.integers(-20, 20, shape) for shape in ((6, 30), (4, 6))]
    options = {"classifier": [[1, 1, 1, 1], [1, 1, 1, -1]], "margin": 2.0, "group_size": [6, 4], "seed": 5}
    net, unreinforced = (BinaryMlp(counters, **options, walk_block=block) for _ in range(2))
    x, y = np.ones((1, 30), int), np.array([0])
    unreinforced.train_batch(x, y)
    batch = net.step(x, y, [0.1, 0.3])
    generator, total = Xorshift32(5), 0
    for expected, after, p in zip(unreinforced.counters, net.counters, (0.1, 0.3), strict=True):
        neurons, fan_in = expected.shape
        # the last block's padding is walked like any other counter
        walk = [
            (row, column)
            for first in range(0, fan_in, block)
            for row in range(neurons)
            for column in range(first, first + block)
        ]
        picked = [walk[hit] for hit in hits(threshold_planes(p), len(walk), generator)]
        picked = [(row, column) for row, column in picked if column < fan_in]
        for where in picked:
            expected[where] += 1 if expected[where] >= 0 else -1
        assert after.tolist() == expected.tolist()
        total += len(picked)
    assert batch.reinforced == total > 0
    assert net.generator.state == generator.state


def test_no_reinforcement_without_a_trigger():
    net = perceptron([[5]] * 2, [[1, 1], [-1, -1]], margin=0.0)
    assert net.step(np.array([[1]]), np.array([0]), [1.0]).reinforced == 0
    assert net.generator.state == 1, "the generator rests too"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"group_size": [3]}, "group_size: 3 does not divide layer 1's 4 neurons; it must be one of 2, 4"),
        ({"group_size": []}, "group_size: 0 values for 1 layers"),
        ({"counters": [np.full((4, 2), 200)]}, "counters of layer 1: 200 to 200; they must be -128 to 127"),
        ({"counters": [np.zeros((4, 2)), np.zeros((2, 3))], "group_size": [4, 2]}, "counters of layer 2: shape"),
        ({"counters": [np.zeros(4)]}, "counters of layer 1: shape"),
        ({"classifier": np.zeros((2, 4))}, "classifier: it must hold only -1 and +1"),
        ({"classifier": np.ones((2, 5))}, "classifier: 5 columns; it must have the last layer's 4"),
        ({"counter_bits": 17}, "counter_bits: 17 is out of range"),
        ({"seed": 0}, "seed of the random generator: 0 is out of range"),
        ({"walk_block": 0}, "walk_block: 0 is out of range; it must be at least 1 input"),
    ],
)
def test_bad_parameters_are_named(change, message):
    options = {"counters": [np.zeros((4, 2))], "classifier": np.ones((2, 4)), "group_size": [2]}
    with pytest.raises(ConfigError) as error:
        BinaryMlp(**options | change)
    assert message in str(error.value)
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((2, 3)), [0, 1], "samples: x has shape (2, 3) and y (2,); they must be (n, 1) and (n,)"),
        (np.ones((2, 1)), [0], "samples: x has shape (2, 1) and y (1,)"),
        (np.ones((2, 1)), [0, 2], "labels: 0 to 2; they must be 0 to 1"),
        (np.ones((2, 1)), [-1, 1], "labels: -1 to 1; they must be 0 to 1"),
    ],
)
def test_bad_samples_are_refused_before_anything_changes(x, y, message):
    net = perceptron([[5], [5]], [[-1, -1], [1, 1]])
    with pytest.raises(ConfigError) as error:
        net.train_batch(x, np.array(y))
    assert message in str(error.value)
    assert net.counters[0].tolist() == [[5], [5]]
