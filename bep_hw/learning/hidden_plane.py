"""The hidden plane: groups of N saturating counters, one group read and one written a cycle."""

from typing import Any

from amaranth.hdl import Cat, ClockSignal, Const, Instance, Module, Mux, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.interfaces.weights import GroupRead, GroupWrite
from bep_hw.plan.layouts import AnyLayout

SPRAM_WIDTH = 16
PART_BLOCKS = 8
"""Block RAMs of 18 kbit (ECP5) behind one copy of the address register."""


def part_width(depth: int) -> int:
    """Width of the part of a memory of ``depth`` words that has a copy of the address register of its own."""
    return PART_BLOCKS * max(1, (18 << 10) >> max(9, (depth - 1).bit_length()))


class HiddenPlane(wiring.Component):
    """Counters in block RAM (one read and one write port) or in two banks of single-port SPRAM.

    What is read follows its address by ``delay`` cycles. In SPRAM a read of a bank that is being written is refused.
    With ``register_plane`` block RAM has registers in front of it, reads and writes alike.
    """

    def __init__(self, layout: AnyLayout) -> None:
        self.layout = layout
        self.width = layout.machine.update_lanes * layout.network.counter_bits
        self.delay = self.delay_of(layout)
        super().__init__({"read": In(GroupRead(layout)), "write": In(GroupWrite(layout))})

    @staticmethod
    def delay_of(layout: AnyLayout) -> int:
        """Cycles from an address to its group."""
        return 2 if layout.machine.register_plane and not layout.machine.spram else 1

    def model(
        self, read: NDArray[Any], bank: NDArray[Any], both: NDArray[Any], write: NDArray[Any], write_bank: NDArray[Any]
    ) -> Any:
        """Whether the read is refused, for each cycle (n,)."""
        return (read & write & (both | (bank == write_bank)) & (self.layout.banks > 1)).astype(bool)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        if layout.machine.spram:
            groups = self._elaborate_banks(m)
        else:
            m.submodules.bank0 = block = _BlockRamBank(self.width, layout.bank_size, self.delay == 2)
            m.d.comb += [
                block.address.eq(self.read.address),
                block.write.eq(self.write.valid),
                block.write_address.eq(self.write.address),
                block.write_data.eq(self.write.data),
                self.read.data.eq(block.read_data),
            ]
            groups = [block.read_data]
        bits = layout.network.counter_bits
        m.d.comb += self.read.signs.eq(Cat(~counter for group in groups for counter in group[bits - 1 :: bits]))
        return m

    def _elaborate_banks(self, m: Module) -> list[Signal]:
        """Two banks of one port each: the write goes first."""
        groups = []
        chosen = Signal()
        ask, write = self.read, self.write
        m.d.sync += chosen.eq(ask.bank)
        m.d.comb += ask.refused.eq(ask.valid & write.valid & (ask.both | (ask.bank == write.bank)))
        for number in range(2):
            m.submodules[f"bank{number}"] = bank = _SpramBank(self.width, self.layout.bank_size)
            writing = Signal(name=f"writing{number}")
            m.d.comb += [
                writing.eq(write.valid & (write.bank == number)),
                bank.write.eq(writing),
                bank.write_data.eq(write.data),
                bank.address.eq(Mux(writing, write.address, ask.address)),
            ]
            groups.append(bank.read_data)
        m.d.comb += ask.data.eq(Mux(chosen, groups[1], groups[0]))
        return groups


class _BlockRamBank(wiring.Component):
    """One read and one write port; with ``registered``, behind registers.

    So wide a memory lies all over the chip. It is cut into parts, each with its own copy of the registers, whose wires
    stay short.
    """

    def __init__(self, width: int, depth: int, registered: bool) -> None:
        self.width, self.depth, self.registered = width, depth, registered
        super().__init__(
            {
                "address": In(range(depth)),  # to read
                "read_data": Out(width),  # one cycle after its address, two with ``registered``
                "write": In(1),  # in this cycle
                "write_address": In(range(depth)),  # with ``write``
                "write_data": In(width),  # with ``write``
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        part = self.width
        if self.registered:
            part = part_width(self.depth)
        for number, start in enumerate(range(0, self.width, part)):
            lanes = slice(start, min(start + part, self.width))
            block = memory.Memory(shape=lanes.stop - start, depth=self.depth, init=[])
            m.submodules[f"counters{number}"] = block
            write, read = block.write_port(), block.read_port()

            def copied(value: Signal, name: str) -> Signal:
                if not self.registered:
                    return value
                # see bep_boards.flow.synthesis: copies are kept apart
                copy = Signal.like(value, name=f"{name}_copy", reset_less=name != "write")
                m.d.sync += copy.eq(value)
                return copy

            m.d.comb += [
                read.addr.eq(copied(self.address, "address")),
                read.en.eq(1),
                self.read_data[lanes].eq(read.data),
                write.addr.eq(copied(self.write_address, "write_address")),
                write.data.eq(copied(self.write_data[lanes], "data")),
                write.en.eq(copied(self.write, "write")),
            ]
        return m


class _SpramBank(wiring.Component):
    """SPRAMs side by side, one port; in simulation (no platform) the same behaviour from a plain memory."""

    def __init__(self, width: int, depth: int) -> None:
        self.width, self.depth = width, depth
        super().__init__(
            {
                "address": In(range(depth)),  # to read or write
                "write": In(1),  # in this cycle; else it reads
                "write_data": In(width),  # with ``write``
                "read_data": Out(width),  # one cycle after its address
            }
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
