"""The hidden plane: groups of N saturating counters, one group read and one written a cycle."""

from typing import Any

from amaranth.hdl import ClockSignal, Const, Instance, Module, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.layout import Layout

SPRAM_DEPTH, SPRAM_WIDTH = 16384, 16


class HiddenPlane(wiring.Component):
    """Counters in block RAM (one read and one write port) or in single-port SPRAM, two banks interleaved.

    ``read_data`` follows ``address`` by one cycle. In SPRAM the lowest address bit is the bank: while ``write`` is
    high, a read of the same bank is refused (``refused`` is high in that cycle and the address must be held).
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.width = layout.machine.update_lanes * layout.network.counter_bits
        super().__init__(
            {
                "read": In(1),
                "address": In(range(layout.hidden_depth)),
                "read_data": Out(self.width),
                "refused": Out(1),
                "write": In(1),
                "write_address": In(range(layout.hidden_depth)),
                "write_data": In(self.width),
            }
        )

    def model(
        self, read: NDArray[Any], address: NDArray[Any], write: NDArray[Any], write_address: NDArray[Any]
    ) -> NDArray[Any]:
        """Whether the read is refused, for each cycle (n,)."""
        same_bank = (address ^ write_address) & 1 == 0
        return (read & write).astype(bool) & same_bank & self.layout.machine.spram

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if self.layout.machine.spram:
            self._elaborate_spram(m, platform)
        else:
            block = memory.Memory(shape=self.width, depth=self.layout.hidden_depth, init=[])
            m.submodules.counters = block
            write, read = block.write_port(), block.read_port()
            m.d.comb += [
                read.addr.eq(self.address),
                read.en.eq(self.read),
                self.read_data.eq(read.data),
                write.addr.eq(self.write_address),
                write.data.eq(self.write_data),
                write.en.eq(self.write),
            ]
        return m

    def _elaborate_spram(self, m: Module, platform: object) -> None:
        bank_read = Signal()
        m.d.sync += bank_read.eq(self.address[0])
        m.d.comb += self.refused.eq(self.read & self.write & (self.address[0] == self.write_address[0]))
        for number in range(2):
            bank = _SpramBank(self.width, -(-self.layout.hidden_depth // 2))
            m.submodules[f"bank{number}"] = bank
            writing = self.write & (self.write_address[0] == number)
            address = self.address[1:]
            with m.If(writing):
                m.d.comb += bank.address.eq(self.write_address[1:])
            with m.Else():
                m.d.comb += bank.address.eq(address)
            m.d.comb += [bank.write.eq(writing), bank.write_data.eq(self.write_data)]
            with m.If(bank_read == number):
                m.d.comb += self.read_data.eq(bank.read_data)


class _SpramBank(wiring.Component):
    """SPRAMs side by side, one port; in simulation (no platform) the same behaviour from a plain memory."""

    def __init__(self, width: int, depth: int) -> None:
        self.width, self.depth = width, depth
        super().__init__(
            {"address": In(range(depth)), "write": In(1), "write_data": In(width), "read_data": Out(width)}
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        if platform is None:
            block = memory.Memory(shape=self.width, depth=self.depth, init=[])
            m.submodules.counters = block
            write, read = block.write_port(), block.read_port()
            m.d.comb += [
                read.addr.eq(self.address),
                read.en.eq(~self.write),
                self.read_data.eq(read.data),
                write.addr.eq(self.address),
                write.data.eq(self.write_data),
                write.en.eq(self.write),
            ]
            return m
        for part in range(-(-self.width // SPRAM_WIDTH)):
            lanes = slice(part * SPRAM_WIDTH, min(self.width, (part + 1) * SPRAM_WIDTH))
            data_in, data_out = Signal(SPRAM_WIDTH), Signal(SPRAM_WIDTH)
            address = Signal(14)
            m.d.comb += [
                address.eq(self.address),
                data_in.eq(self.write_data[lanes]),
                self.read_data[lanes].eq(data_out),
            ]
            m.submodules[f"spram{part}"] = Instance(
                "SB_SPRAM256KA",
                i_CLOCK=ClockSignal(),
                i_ADDRESS=address,
                i_DATAIN=data_in,
                i_MASKWREN=Const(0b1111, 4),
                i_WREN=self.write,
                i_CHIPSELECT=Const(1, 1),
                i_STANDBY=Const(0, 1),
                i_SLEEP=Const(0, 1),
                i_POWEROFF=Const(1, 1),
                o_DATAOUT=data_out,
            )
        return m
