"""Weights on their way: words and blocks of the visible plane, groups of counters of the hidden plane."""

from amaranth.lib import wiring
from amaranth.lib.wiring import In, Out

from bep_hw.plan.layouts import AnyLayout


class WordRead(wiring.Signature):
    """Reads one word of the visible plane per cycle."""

    def __init__(self, layout: AnyLayout) -> None:
        super().__init__(
            {
                "address": Out(range(layout.plane_depth)),  # of the word
                "data": In(layout.word_lanes),  # `VisiblePlane.delay` cycles after its address
            }
        )


class BlockWrite(wiring.Signature):
    """Writes one block of a word of the visible plane."""

    def __init__(self, layout: AnyLayout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # write in this cycle
                "address": Out(range(layout.plane_depth)),  # of the word
                "block": Out(range(layout.columns_per_word)),  # inside the word, lowest lanes first
                "data": Out(layout.column),  # bits, +1 as 1
            }
        )


class GroupRead(wiring.Signature):
    """Reads one group of N counters per cycle, or the signs of a whole slice."""

    def __init__(self, layout: AnyLayout) -> None:
        lanes = layout.machine.update_lanes
        super().__init__(
            {
                "valid": Out(1),  # read in this cycle
                "address": Out(range(layout.bank_size)),  # of the slice, inside a bank
                "bank": Out(1),  # of the group
                "both": Out(1),  # both banks are needed, for ``signs``
                "refused": In(1),  # in the same cycle: a bank is being written, hold the address
                "data": In(lanes * layout.network.counter_bits),  # `HiddenPlane.delay` cycles later, lane 0 lowest
                "signs": In(layout.banks * lanes),  # with ``data``: visible weights, lane 0 of bank 0 lowest
            }
        )


class GroupWrite(wiring.Signature):
    """Writes one group of N counters."""

    def __init__(self, layout: AnyLayout) -> None:
        super().__init__(
            {
                "valid": Out(1),  # write in this cycle
                "address": Out(range(layout.bank_size)),  # of the slice, inside a bank
                "bank": Out(1),  # of the group
                "data": Out(layout.machine.update_lanes * layout.network.counter_bits),  # lane 0 lowest
            }
        )


class GroupAccess(wiring.Signature):
    """Asks the update engine, while it is idle, for one group of counters or of the samples that lie after them."""

    def __init__(self, layout: AnyLayout) -> None:
        width = layout.machine.update_lanes * layout.network.counter_bits
        super().__init__(
            {
                "read": Out(1),  # until ``done``
                "write": Out(1),  # in this cycle
                "address": Out(range(layout.hidden_groups)),  # see `Layout.group_address`
                "data": Out(width),  # to be written, lane 0 lowest
                "done": In(1),  # for one cycle: the group read is at ``result``
                "result": In(width),  # lane 0 lowest
            }
        )
