"""The visible plane: one bit a synapse, read one word a cycle, written one column at a time."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout


class VisiblePlane(wiring.Component):
    """Block RAMs side by side, one a column; ``data`` follows ``address`` by ``delay`` cycles."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.delay = self.delay_of(layout)
        depth = layout.plane_depth
        super().__init__(
            {
                "address": In(range(depth)),
                "data": Out(layout.machine.lanes),
                "write": In(1),
                "write_address": In(range(depth)),
                "write_column": In(range(layout.columns_per_word)),
                "write_data": In(layout.column),
            }
        )

    @staticmethod
    def delay_of(layout: Layout) -> int:
        """Cycles from an address to its word."""
        return 2 if layout.machine.register_plane else 1

    def model(self, columns: NDArray[Any], address: NDArray[Any]) -> NDArray[Any]:
        """Words (n, lanes) of bits at ``address`` (n,) of a plane that holds ``columns`` (depth, columns, bits)."""
        return columns.reshape(len(columns), -1)[address]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        width = self.layout.column
        for index in range(self.layout.columns_per_word):
            block = memory.Memory(shape=width, depth=self.layout.plane_depth, init=[])
            m.submodules[f"column{index}"] = block
            write, read = block.write_port(), block.read_port()
            m.d.comb += [
                write.en.eq(self.write & (self.write_column == index)),
                write.addr.eq(self.write_address),
                write.data.eq(self.write_data),
                read.addr.eq(self.address),
                read.en.eq(1),
            ]
            lanes = self.data[index * width : (index + 1) * width]
            if self.delay == 2:
                output = Signal(width)
                m.d.sync += output.eq(read.data)
                m.d.comb += lanes.eq(output)
            else:
                m.d.comb += lanes.eq(read.data)
        return m
