"""The group-size schedule, as a function of the validation accuracies so far."""

import pytest

from bep_ref import Training
from bep_ref.runs.schedule import group_sizes, next_size


@pytest.mark.parametrize(
    ("size", "width", "limit", "expected"),
    [
        (16, 128, 0.25, 32),
        (32, 128, 0.25, 32),
        (32, 128, 1.0, 64),
        (15, 75, 1.0, 25),
        (75, 75, 1.0, 75),
        (1, 7, 1.0, 7),
    ],
)
def test_next_size_is_the_next_divisor_within_the_limit(size, width, limit, expected):
    assert next_size(size, width, limit) == expected


def sizes(accuracies, patience=2, limit=1.0):
    training = Training(group_size=(4, 3), patience=patience, group_limit=limit)
    return group_sizes(training, (16, 9), accuracies)


def test_sizes_stay_while_accuracy_improves():
    assert sizes([0.1, 0.2, 0.15, 0.3]) == (4, 3)


def test_sizes_grow_after_patience_epochs_without_a_new_best():
    assert sizes([0.5, 0.4]) == (4, 3)
    assert sizes([0.5, 0.4, 0.5]) == (8, 9), "an equal accuracy is no improvement"
    assert sizes([0.5, 0.4, 0.45, 0.4]) == (8, 9), "the count begins again"
    assert sizes([0.5, 0.4, 0.45, 0.4, 0.3]) == (16, 9), "layers stop at their own widths"


def test_growth_stops_at_the_limit():
    assert sizes([0.5] * 20, limit=0.5) == (8, 3)


def test_patience_zero_keeps_the_sizes():
    assert sizes([0.5] * 20, patience=0) == (4, 3)
