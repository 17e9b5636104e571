"""Stream payloads at the trainer's edge, shared by gateware, boards and testbenches."""

import enum

from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.layouts import layout_of
from bep_ref.config import AnyNetwork, Machine

ADDRESS_BITS = 24
"""Width of an address in any space."""


class Space(enum.IntEnum):
    """Address spaces of a request."""

    REGISTERS = 0  # see bep_hw.plan.registers
    COUNTERS = 1  # one group of N counters
    VISIBLE = 2  # one column of visible weights: address = word address * 2**column_bits + column
    READOUT = 3  # one counter of a window network's read-out: `bep_hw.windows.layout.WindowLayout.readout_address`


def label_bits(network: AnyNetwork) -> int:
    """Width of a class number."""
    return (network.classes - 1).bit_length()


def column_bits(network: AnyNetwork, machine: Machine) -> int:
    """Width of the column number in a visible-plane address."""
    return (layout_of(network, machine).columns_per_word - 1).bit_length()


def sample_layout(network: AnyNetwork, machine: Machine) -> data.StructLayout:
    """One beat of a sample: its inputs, and the sample's class and flags, constant over its beats.

    ``train`` = 0 only infers; ``last`` ends the mini-batch behind this sample. A beat with ``drop`` carries nothing:
    the sample of which only the first beats have come is forgotten, if there is one.
    """
    return data.StructLayout(
        {"chunk": layout_of(network, machine).beat_bits, "label": label_bits(network), "train": 1, "last": 1, "drop": 1}
    )


def sample_beats(network: AnyNetwork, machine: Machine) -> int:
    """Beats of a sample. A sequence comes with all steps that it may have, each in whole chunks."""
    return layout_of(network, machine).sample_beats


def result_layout(network: AnyNetwork) -> data.StructLayout:
    """One per sample, in order: the class predicted, and whether the sample triggered an update."""
    return data.StructLayout({"prediction": label_bits(network), "triggered": 1})


def data_bits(network: AnyNetwork, machine: Machine) -> int:
    """Width of a request's and a reply's data: the widest of a register, a group of counters, a visible column."""
    return max(32, machine.update_lanes * network.counter_bits, layout_of(network, machine).column)


def request_layout(network: AnyNetwork, machine: Machine) -> data.StructLayout:
    """A read or write in one `Space`; each gets exactly one reply, in order (0 for a write)."""
    return data.StructLayout({"space": 2, "write": 1, "address": ADDRESS_BITS, "data": data_bits(network, machine)})


def edge_signature(network: AnyNetwork, machine: Machine) -> wiring.Signature:
    """The four streams at the edge of a trainer, or of hardware that only infers.

    With a cache, ``updating`` is high for a cycle when one of its samples updates weights.
    """
    return wiring.Signature(
        {
            "samples": In(stream.Signature(sample_layout(network, machine))),
            "results": Out(stream.Signature(result_layout(network))),
            "requests": In(stream.Signature(request_layout(network, machine))),
            "replies": Out(stream.Signature(data_bits(network, machine))),
            **({"updating": Out(1)} if machine.cache_samples else {}),
        }
    )
