"""Single decisions of BEP through time and of local error signals, each worked out by hand."""

import numpy as np
import pytest

from bep_ref import BinaryMlp, BinaryRnn, ConfigError
from bep_ref.networks.reinforce import Xorshift32, hits, threshold_planes


def recurrent(xs, ss, sy, classifier, **options):
    """A network in which every sample updates and every error passes, unless options say otherwise."""
    sizes = {"state": len(ss), "output": len(sy)}
    defaults = {"margin": 2.0, "gate": 1.0, "group_size": sizes}
    return BinaryRnn({"xs": xs, "ss": ss, "sy": sy}, classifier, **defaults | options)


def random_network(seed=0, **options):
    rng = np.random.default_rng(seed)
    shapes = {"xs": (6, 5), "ss": (6, 6), "sy": (4, 6)}
    counters = {name: rng.integers(-20, 20, shape) for name, shape in shapes.items()}
    return recurrent(*counters.values(), rng.choice([-1, 1], (3, 4)), **options)


def test_state_starts_at_plus_one_and_feeds_back():
    # z_1 = -1 + (1 + 1) = 1 and -1 + (-1 + 1) = -1; s_1 = (1, -1); z_2 = 1 + 0 = 1 and 1 - 2 = -1
    net = recurrent([[0], [0]], [[0, 0], [-1, 0]], [[0, 0], [0, 0]], [[1, 1], [-1, 1]])
    forward = net.forward(np.array([[[-1], [1]]]))
    assert forward.states[0].tolist() == [[1, 1], [1, -1], [1, -1]]
    assert forward.z[0].tolist() == [[1, -1], [1, -1]]


def test_winners_follow_the_stability_summed_over_time():
    sizes = {"state": 1, "output": 2}
    net = recurrent([[9] * 3] * 2, [[9, -9]] * 2, [[9, 9]] * 2, [[1, -1], [-1, -1]], group_size=sizes)
    x = np.array([[[1, 1, 1], [-1, -1, 1]]])
    forward = net.forward(x)
    assert forward.z[0].tolist() == [[3, 3], [-1, -1]]
    state, _ = net.targets(x, forward, np.array([1]))
    # class 1 wants an output of (-1, -1), hence s*_2 = (-1, -1), hence s*_1 = sign(-2, 2) = (-1, 1)
    assert state[0].tolist() == [[-1, 1], [-1, -1]]
    # neuron 0 sums to -3 + 1 and is wrong, though right in the last step; neuron 1 to 3 + 1
    assert net.step(x, np.array([1])).winners[0].tolist() == [[True, False]]
    assert net.counters["xs"].tolist() == [[9, 9, 7], [9, 9, 9]]
    assert net.counters["ss"].tolist() == [[7, -11], [9, -9]]


def test_counters_saturate_at_every_step_of_a_sequence():
    # The winner's only input is +1, -1, +1 while it is wanted at -1: 0 - 1 + 1 - 1, from the range's lower end.
    net = recurrent([[-2], [1]], [[1, 1], [1, 1]], [[1, 1], [1, 1]], [[1, 1], [-1, -1]], counter_bits=2)
    net.train_batch(np.array([[[1], [-1], [1]]]), np.array([1]))
    assert net.counters["xs"].tolist() == [[-2], [1]]


def test_a_sum_of_zero_is_no_error_within_the_dead_zone():
    # s_1 = s_2 = (1, -1) by z = (3, -1) and (1, -3). The wanted output (1, -1) projects (0, 2) back: s*_2 = (none, 1).
    # Through z_2 = -3 it wants s*_1 = (-1, 1). The summed stability is -3 of neuron 0 and -4 of neuron 1.
    def network(**options):
        sizes = {"state": 1, "output": 2}
        state = [[1], [-2]], [[2, 2], [-3, 3]]
        return recurrent(*state, [[4, 4], [4, -5]], [[1, -1], [-1, 1]], gate=2.0, group_size=sizes, **options)

    x, y = np.array([[[1], [1]]]), np.array([0])
    net = network(dead_zone=0)
    forward = net.forward(x)
    assert forward.z[0].tolist() == [[3, -1], [1, -3]]
    assert net.targets(x, forward, y)[0][0].tolist() == [[-1, 1], [0, 1]]
    # neuron 0 steps in step 1 alone, where it has a target; neuron 1 in both
    assert net.step(x, y).winners[0].tolist() == [[True, True]]
    assert net.counters["xs"].tolist() == [[0], [0]]
    assert net.counters["ss"].tolist() == [[1, 1], [-1, 3]]
    # sums of 0 and 2 are within a dead zone of 2: no neuron of the state has a target
    assert not network(dead_zone=2).step(x, y).winners[0].any()
    # in the paper's reading neuron 0 is told +1 in step 2, which it is
    assert network().targets(x, forward, y)[0][0].tolist()[1] == [1, 1]


def test_a_clocked_neuron_is_held_and_hands_its_target_on():
    # Neuron 0 moves in steps 1 and 3, neuron 1 in step 2.
    state, sizes = [[[3], [3]], [[-2, -2], [-2, 5]]], {"state": 1, "output": 2}
    net = recurrent(*state, [[4, 4], [4, 4]], [[-1, -1], [1, 1]], clock=2, group_size=sizes)
    x, y = np.array([[[1], [1], [1]]]), np.array([0])
    forward = net.forward(x)
    # z_1 = 1 - 2, z_2 = 1 + 1 + 1, z_3 = 1 + 1 - 1: a held neuron has no pre-activation
    assert forward.z[0].tolist() == [[-1, 0], [0, 3], [1, 0]]
    assert forward.states[0].tolist() == [[1, 1], [-1, 1], [-1, 1], [1, 1]]
    # s*_3 = (-1, -1), which neuron 1 hands on to step 2; neuron 0 alone moves in step 3, and wants +1 from s_2
    assert net.targets(x, forward, y)[0][0].tolist() == [[1, 0], [0, -1], [-1, 0]]
    assert net.step(x, y).winners[0].tolist() == [[True, True]]
    # neuron 0 steps by (x_1; s_0) and -(x_3; s_2), neuron 1 by -(x_2; s_1)
    assert net.counters["xs"].tolist() == [[3], [2]]
    assert net.counters["ss"].tolist() == [[0, -2], [-1, 4]]


def test_steps_after_the_end_are_not_there():
    rng = np.random.default_rng(3)
    x = rng.choice([-1, 1], (4, 3, 5))
    padded = np.concatenate([x, np.zeros((4, 2, 5), int)], axis=1)
    one, other = random_network(), random_network()
    y = np.array([0, 1, 2, 0])
    assert one.train_batch(x, y).tolist() == other.train_batch(padded, y).tolist()
    assert all((one.counters[name] == other.counters[name]).all() for name in one.counters)


def test_reinforced_counters_are_the_hits_of_xs_then_ss_then_sy():
    net, unreinforced = random_network(seed=1, walk_block=4), random_network(seed=1)
    net.generator = Xorshift32(5)
    x, y, chances = np.ones((1, 2, 5), int), np.array([0]), [0.2, 0.1, 0.3]
    unreinforced.train_batch(x, y)
    batch = net.step(x, y, chances)
    generator, total = Xorshift32(5), 0
    for name, p in zip(("xs", "ss", "sy"), chances, strict=True):
        expected = unreinforced.counters[name]
        rows, columns = expected.shape
        walk = [(r, c) for first in range(0, columns, 4) for r in range(rows) for c in range(first, first + 4)]
        for hit in hits(threshold_planes(p), len(walk), generator):
            row, column = walk[hit]
            if column < columns:
                expected[row, column] += 1 if expected[row, column] >= 0 else -1
                total += 1
        assert net.counters[name].tolist() == expected.tolist()
    assert batch.reinforced == total > 0
    assert net.generator.state == generator.state


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"counters": {"xs": [[0]], "ss": [[0]]}}, "counters: xs, ss given; they must be xs, ss, sy"),
        ({"group_size": {"state": 3, "output": 2}}, "group_size: 3 does not divide layer 1's 4 neurons"),
        ({"group_size": {"state": 2}}, "group_size: state given; they must be state, output"),
        ({"classifier": np.ones((2, 4))}, "classifier: 4 columns; it must have the output layer's 2"),
        ({"walk_block": 0}, "walk_block: 0 is out of range"),
        (
            {"counters": {"xs": [0], "ss": [[0]], "sy": [[0]]}},
            "counters of xs: shape (1,); it must be (neurons, inputs)",
        ),
        ({"dead_zone": -1}, "dead_zone: -1 is out of range; it must be None or at least 0"),
        ({"clock": 3, "steps": 2}, "clock: 3 is out of range"),
        ({"steps": 0}, "steps: 0 is out of range; it must be 1 to 65536 steps"),
    ],
)
def test_bad_parameters_are_named(change, message):
    counters = {"xs": np.zeros((4, 3)), "ss": np.zeros((4, 4)), "sy": np.zeros((2, 4))}
    options = {"counters": counters, "classifier": np.ones((2, 2)), "group_size": {"state": 2, "output": 2}}
    with pytest.raises(ConfigError) as error:
        BinaryRnn(**options | change)
    assert message in str(error.value)


def test_counters_that_do_not_fit_each_other_are_named():
    with pytest.raises(ConfigError, match=r"counters of ss: shape \(4, 3\); it must be \(4, 4\)"):
        recurrent(np.zeros((4, 2)), np.zeros((4, 3)), np.zeros((2, 4)), np.ones((2, 2)))
    with pytest.raises(ConfigError, match="counters of sy: -3 to 0; they must be -2 to 1"):
        recurrent(np.zeros((4, 2)), np.zeros((4, 4)), [[0, 0, 0, -3]] * 2, np.ones((2, 2)), counter_bits=2)


@pytest.mark.parametrize(
    ("x", "y", "message"),
    [
        (np.ones((2, 3)), [0, 1], "x has shape (2, 3); it must be (n, steps, 5)"),
        (np.ones((2, 5, 5)), [0, 1], "samples: 5 steps is out of range; the network holds 1 to 4"),
        (np.ones((2, 2, 5)), [0], "y (1,); y must be (n,)"),
        (np.ones((1, 2, 5)), [3], "labels: 3 to 3; they must be 0 to 2"),
        (np.array([[[1] * 5, [0] * 5, [1] * 5]]), [0], "a step of zeros before the end of its sequence"),
    ],
)
def test_bad_samples_are_refused_before_anything_changes(x, y, message):
    net, untouched = random_network(steps=4), random_network()
    with pytest.raises(ConfigError) as error:
        net.train_batch(x, np.array(y))
    assert message in str(error.value)
    assert all((net.counters[name] == untouched.counters[name]).all() for name in net.counters)


def test_local_layers_trigger_by_their_own_classifiers():
    # Both layers are all +1. Layer 1's classes lead by 4 for class 0, layer 2's are level: only layer 2 updates.
    net = BinaryMlp(
        [np.full((2, 1), 5), np.full((2, 2), 5)],
        classifiers=[[[1, 1], [-1, -1]], [[1, -1], [-1, 1]]],
        rule="local",
        margin=0.5,
        group_size=[2, 2],
    )
    batch = net.step(np.array([[1]]), np.array([0]))
    assert batch.triggered.tolist() == [True]
    assert [won.tolist() for won in batch.winners] == [[[False, False]], [[False, True]]]
    assert net.counters[1].tolist() == [[5, 5], [4, 4]]
    assert net.classifier.tolist() == [[1, -1], [-1, 1]], "the last one predicts"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "hebb"}, "rule: 'hebb' is unknown; it must be bep or local"),
        ({"rule": "local", "classifiers": [np.ones((2, 4))]}, "classifiers: 1 given; rule local needs 2"),
        ({"rule": "bep"}, "classifiers: 0 given; rule bep needs 1"),
        ({"rule": "local", "classifiers": [np.ones((2, 3)), np.ones((2, 2))]}, "classifier of layer 1: 3 columns"),
        ({"rule": "local", "classifiers": [np.ones((3, 4)), np.ones((2, 2))]}, "layer 1: 3 rows; the last has 2"),
        (
            {"rule": "local", "classifiers": [np.ones((2, 4)), np.ones((2, 2))], "classifier": -np.ones((2, 2))},
            "classifier: it differs from the last of classifiers",
        ),
    ],
)
def test_rules_and_their_classifiers(options, message):
    with pytest.raises(ConfigError) as error:
        BinaryMlp([np.zeros((4, 2)), np.zeros((2, 4))], group_size=[4, 2], **options)
    assert message in str(error.value)
