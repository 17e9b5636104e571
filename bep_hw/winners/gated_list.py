"""The list of gated rows, sharing a block RAM with the reinforcement thresholds."""

from typing import Any

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In
from numpy.typing import NDArray

from bep_hw.interfaces.host import ThresholdWrite
from bep_hw.interfaces.learning import ListRead, ListWrite, ThresholdRead
from bep_hw.plan.layout import Layout
from bep_hw.plan.registers import TABLE_STRIDE


def gated_list_shape(layout: Layout) -> tuple[int, int]:
    """Width and depth of the block RAM: a row and its target, or a plane of thresholds."""
    return max(16, _row_bits(layout) + 1), layout.list_depth + TABLE_STRIDE * len(layout.trainable)


def _row_bits(layout: Layout) -> int:
    return (max(layout.network.widths) - 1).bit_length()


class GatedList(wiring.Component):
    """Rows that carry the error on, with their targets; behind them in the same RAM the reinforcement thresholds.

    One write port (the scan, or the host while the machine is idle) and one read port: the backward pass comes first,
    and thresholds are read only when neither it nor the host needs the memory.
    """

    def __init__(self, layout: Layout) -> None:
        self.row_bits = _row_bits(layout)
        self.width, self.depth = gated_list_shape(layout)
        self.table_base = layout.list_depth
        super().__init__(
            {
                "write": In(ListWrite(layout)),
                "read": In(ListRead(layout)),
                "thresholds": In(ThresholdRead(layout)),
                "threshold_write": In(ThresholdWrite(layout)),
            }
        )

    def model(self, row: NDArray[Any], target: NDArray[Any]) -> NDArray[Any]:
        """Memory words (n,) of list entries: ``row`` (n,) and ``target`` (n,) bits."""
        return row << 1 | target

    def elaborate(self, platform: object) -> Module:
        m = Module()
        block = memory.Memory(shape=self.width, depth=self.depth, init=[])
        m.submodules.entries = block
        write, read = block.write_port(), block.read_port()
        stored, asked = self.threshold_write, self.thresholds
        place = Signal.like(asked.address)  # one adder serves whoever needs a threshold
        table = self.table_base + place
        m.d.comb += [
            place.eq(asked.address),
            write.en.eq(self.write.valid | stored.valid),
            write.addr.eq(self.write.address),
            write.data.eq(Cat(self.write.target, self.write.row)),
            read.en.eq(1),
            read.addr.eq(table),
            asked.granted.eq(~self.read.valid & ~stored.valid),
            Cat(self.read.target, self.read.row).eq(read.data),
            asked.data.eq(read.data),
        ]
        with m.If(stored.valid):
            m.d.comb += [place.eq(stored.address), write.addr.eq(table), write.data.eq(stored.data)]
        with m.If(self.read.valid):
            m.d.comb += read.addr.eq(self.read.address)
        return m
