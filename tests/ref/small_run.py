"""One small task and its finished run, shared by the tests of the trainer."""

from functools import cache

from bep_ref.datasets import load
from bep_ref.runs.task import prepare
from bep_ref.runs.train import Trainer

SPEC = "prototypes:classes=4,bits=60,flip=0.3,train=600,test=200"
SETTINGS = {"hidden": (24, 16), "epochs": 5, "patience": 1, "group_limit": 1.0, "batch_size": 32, "seed": 3}


def task(**changes):
    """540 training, 60 validation and 200 test samples; 17 batches an epoch."""
    return prepare(load(SPEC), SETTINGS | changes)


@cache
def finished():
    """The run of `task`, done. Do not change it."""
    trainer = Trainer(task())
    trainer.run()
    return trainer


def same_state(one, other):
    """Every bit of two runs, except how long they took."""
    return (
        all((p == q).all() for p, q in zip(one.net.matrices, other.net.matrices, strict=True))
        and all((p == q).all() for p, q in zip(one.best_counters, other.best_counters, strict=True))
        and one.net.generator.state == other.net.generator.state
        and [vars(e) | {"seconds": 0} for e in one.history] == [vars(e) | {"seconds": 0} for e in other.history]
    )
