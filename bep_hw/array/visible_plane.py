"""The visible plane: one bit a synapse, read one word a cycle, written one column at a time."""

from typing import Any

from amaranth.hdl import Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In
from numpy.typing import NDArray

from bep_hw.interfaces.weights import BlockWrite, WordRead
from bep_hw.plan.layouts import AnyLayout


class VisiblePlane(wiring.Component):
    """Block RAMs side by side, one a column; data follow their address by ``delay`` cycles.

    With ``register_plane`` there is a register behind the memories, and one of its own in front of every column's write
    port: a write acts a cycle later.
    """

    def __init__(self, layout: AnyLayout) -> None:
        self.layout = layout
        self.delay = self.delay_of(layout)
        super().__init__({"read": In(WordRead(layout)), "write": In(BlockWrite(layout))})

    @staticmethod
    def delay_of(layout: AnyLayout) -> int:
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

            def registered(value: Any, name: str) -> Any:
                if self.delay == 1:
                    return value
                stage = Signal.like(value, name=name, reset_less=name != "write_copy")
                m.d.sync += stage.eq(value)
                return stage

            # see bep_boards.flow.synthesis: copies are kept apart
            m.d.comb += [
                write.en.eq(registered(self.write.valid & (self.write.block == index), "write_copy")),
                write.addr.eq(registered(self.write.address, "write_address_copy")),
                write.data.eq(registered(self.write.data, "write_data_copy")),
                read.addr.eq(self.read.address),
                read.en.eq(1),
                self.read.data[index * width : (index + 1) * width].eq(registered(read.data, "output")),
            ]
        return m
