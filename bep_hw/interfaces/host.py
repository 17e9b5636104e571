"""What the host sets, asks and counts."""

from amaranth.lib import data, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import STATISTICS, TABLE_STRIDE
from bep_ref.runs.shuffle import KEY_BITS

EPOCH_BITS = 8
"""Width of the number of epochs to learn from records."""


def margins_layout(layout: Layout) -> data.ArrayLayout:
    """Half the trigger margin of every classifier, rounded up; the one that predicts is the last."""
    return data.ArrayLayout(range(layout.classified_width + 2), layout.classifiers)


def group_sizes_layout(layout: Layout) -> data.ArrayLayout:
    """γ of every layer of neurons."""
    return data.ArrayLayout(range(max(layout.network.widths) + 1), layout.logit_layer)


def gates_layout(layout: Layout) -> data.ArrayLayout:
    """floor(ν K) of every layer of neurons; a perceptron does not use that of its first layer."""
    return data.ArrayLayout(range(max(layout.network.fan_in) + 1), layout.logit_layer)


class Settings(wiring.Signature):
    """What the host sets before samples are learned; it changes only while no sample is in flight."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "margin": Out(margins_layout(layout)),  # of every classifier
                "group_size": Out(group_sizes_layout(layout)),  # of every layer
                "gate": Out(gates_layout(layout)),  # of every layer
                "last_step": Out(range(layout.steps)),  # steps of a sequence, less one
            }
        )


class Seed(wiring.Signature):
    """Loads and reads the generator of reinforcement."""

    def __init__(self) -> None:
        super().__init__(
            {
                "load": Out(1),  # take ``value`` in this cycle
                "value": Out(32),  # not 0
                "state": In(32, init=1),  # where the generator is
            }
        )


class ThresholdWrite(wiring.Signature):
    """Writes one bit plane of a layer's reinforcement thresholds, while no sample is in flight."""

    def __init__(self, layout: Layout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # write in this cycle
                "address": Out(range(TABLE_STRIDE * len(layout.trainable))),  # `TABLE_STRIDE` * layer + plane
                "data": Out(16),  # see `bep_ref.networks.reinforce`
            }
        )


class Commit(wiring.Signature):
    """Makes all visible weights from the counters."""

    def __init__(self) -> None:
        super().__init__(
            {
                "start": Out(1),  # for one cycle
                "done": In(1),  # for one cycle: samples that come now see the new weights
            }
        )


class Events(wiring.Signature):
    """One member per event that is counted, high in every cycle in which it happens: `STATISTICS` but ``cycles``."""

    def __init__(self) -> None:
        super().__init__({name: Out(1) for name in STATISTICS if name != "cycles"})


class EpochControls(wiring.Signature):
    """What the host sets and sees of epochs learned from records: registers ``cache_*`` of `bep_hw.plan.registers`."""

    def __init__(self, layout: Layout) -> None:
        number = range(layout.machine.cache_samples + 1)
        super().__init__(
            {
                "data": Out(KEY_BITS),  # for the two writes below
                "samples": Out(number),  # records to learn, from the first on
                "batch": Out(number),  # samples per mini-batch
                "key_write": Out(1),  # for one cycle, while no epoch is being learned: ``data`` is the next key
                "epochs_write": Out(1),  # for one cycle: learn ``data`` epochs, 0 stops
                "epochs": In(EPOCH_BITS),  # left, this one included
                "correct": In(number),  # samples of the last whole epoch that were predicted right
            }
        )
