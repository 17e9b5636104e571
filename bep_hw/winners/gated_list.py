"""The list of gated rows, sharing a block RAM with the reinforcement thresholds."""

from typing import Any

from amaranth.hdl import Cat, Module
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

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
    ``table_data`` follows ``table_address`` only when ``table_granted`` was high.
    """

    def __init__(self, layout: Layout) -> None:
        list_depth = layout.list_depth
        self.row_bits = _row_bits(layout)
        self.width, self.depth = gated_list_shape(layout)
        self.table_base = list_depth
        table = self.depth - list_depth
        super().__init__(
            {
                "write": In(1),
                "write_address": In(range(list_depth)),
                "write_row": In(self.row_bits),
                "write_target": In(1),
                "read": In(1),
                "read_address": In(range(list_depth)),
                "row": Out(self.row_bits),
                "target": Out(1),
                "table_write": In(1),
                "table_write_data": In(16),
                "table_address": In(range(table)),
                "table_granted": Out(1),
                "table_data": Out(16),
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
        table = self.table_base + self.table_address
        m.d.comb += [
            write.en.eq(self.write | self.table_write),
            write.addr.eq(self.write_address),
            write.data.eq(Cat(self.write_target, self.write_row)),
            read.en.eq(1),
            read.addr.eq(table),
            self.table_granted.eq(~self.read),
            Cat(self.target, self.row).eq(read.data),
            self.table_data.eq(read.data),
        ]
        with m.If(self.table_write):
            m.d.comb += [write.addr.eq(table), write.data.eq(self.table_write_data)]
        with m.If(self.read):
            m.d.comb += read.addr.eq(self.read_address)
        return m
