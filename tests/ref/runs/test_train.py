"""The training run: what it learns, and that a seed fixes every bit."""

import hashlib

import numpy as np

from bep_ref.datasets import load
from bep_ref.networks.reinforce import probability
from bep_ref.runs.evaluate import accuracy, confusion
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer, batch_count, batches
from tests.ref.small_run import SETTINGS, finished, same_state, task


def test_learns():
    assert accuracy(finished().net, finished().task.test.x, finished().task.test.y) > 0.8


def test_same_seed_same_bits_other_seed_others():
    again, other = Trainer(task()), Trainer(task(seed=4))
    again.run()
    other.run()
    assert same_state(finished(), again)
    assert any((p != q).any() for p, q in zip(finished().net.counters, other.net.counters, strict=True))


def test_frozen_result():
    """Any change of an algorithm or a stream of random numbers shows here: say so in the change."""
    counters = b"".join(q.astype("<i2").tobytes() for q in finished().net.counters)
    assert hashlib.sha256(counters).hexdigest() == "7117527a7f0c9e3aa1e6938dd0939ec6dd5e61e85acd15ee297972a591e6c016"
    assert finished().net.generator.state == 1663783399


def test_flips_are_weights_that_an_epoch_turned_over():
    trainer = Trainer(task(epochs=8, validation=0.02))
    signs = [[q >= 0 for q in trainer.net.matrices]]
    trainer.run(lambda t: signs.append([q >= 0 for q in t.net.matrices]))
    assert trainer.best.epoch < 7, "what is kept is not what it goes on from"
    for epoch, before, after in zip(trainer.history, signs, signs[1:], strict=False):
        assert epoch.flips == tuple(int((p != q).sum()) for p, q in zip(before, after, strict=True))
        assert min(epoch.flips) > 0


def test_batches_hold_every_sample_once_in_another_order_each_epoch():
    prepared = task()
    first, second = (np.concatenate(list(batches(prepared, epoch))) for epoch in (1, 2))
    assert sorted(first) == sorted(second) == list(range(540))
    assert first.tolist() != second.tolist()
    assert [len(index) for index in batches(prepared, 1)] == [32] * 16 + [28]
    assert batch_count(prepared) == 17


def test_best_model_is_that_of_the_first_best_validation_epoch():
    easy = load("prototypes:classes=2,bits=60,flip=0.2,train=300,test=50")
    trainer, seen = Trainer(prepare(easy, SETTINGS)), []
    trainer.run(on_epoch=lambda t: seen.append([q.copy() for q in t.net.counters]))
    scores = [epoch.validation_accuracy for epoch in trainer.history]
    assert scores.count(max(scores)) > 1, "easy enough to be all right more than once"
    kept = seen[scores.index(max(scores))]
    assert trainer.model.epoch == scores.index(max(scores)) + 1
    assert all((p == q).all() for p, q in zip(trainer.model.counters, kept, strict=True))
    held = trainer.task.validation
    assert accuracy(trainer.model.net(), held.x, held.y) == max(scores) == trainer.model.validation_accuracy


def test_reinforcement_follows_last_epochs_training_error():
    trainer = Trainer(task(epochs=3))
    asked = []
    step = trainer.net.step
    trainer.net.step = lambda x, y, p: asked.append(p) or step(x, y, p)
    trainer.run()
    rates = [1.0, *(epoch.errors / 540 for epoch in trainer.history[:2])]
    per_epoch = asked[:: batch_count(trainer.task)]
    assert per_epoch == [[probability(0.5, rate, fan_in) for fan_in in (60, 24)] for rate in rates]


def test_schedule_reaches_the_network():
    scores = [epoch.validation_accuracy for epoch in finished().history]
    stalled = next(i for i in range(1, len(scores)) if scores[i] <= max(scores[:i]))
    assert finished().history[stalled].group_size == (12, 16)
    assert all(epoch.group_size == (24, 16) for epoch in finished().history[stalled + 1 : stalled + 2])


def test_confusion():
    assert confusion(np.array([0, 1, 1, 2]), np.array([0, 1, 2, 2]), 3).tolist() == [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 1],
    ]
