"""The image memory: samples in flight as positions, of which one read gives some in a row from any position on."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal
from amaranth.lib import memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.layout import WindowLayout


class ImageMemory(wiring.Component):
    """Two banks, even beats of a sample in one, odd ones in the other: two neighbours are read at once.

    ``bits`` are `WindowLayout.taken` positions from ``position`` on, two cycles after it: one cycle for the banks, one
    for the register behind the shifter. Positions behind the sample read anything.
    """

    DELAY = 2
    """Cycles from a position to its bits."""

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        rows, columns, bits = layout.geometry.shape
        slots = range(layout.machine.slots)
        super().__init__(
            {
                # one beat of a sample
                "write": In(1),
                "write_slot": In(slots),
                "write_beat": In(range(layout.sample_beats)),
                "write_data": In(layout.beat_bits),
                # positions, row by row
                "slot": In(slots),
                "position": In(range(rows * columns)),
                "bits": Out(layout.taken * bits),
            }
        )

    def model(self, sample: NDArray[Any], position: NDArray[Any]) -> NDArray[Any]:
        """Bits (n, taken * b) at ``position`` (n,) of one sample's bits (R * C * b,), as far as they are inside."""
        bits = self.layout.geometry.shape[2]
        return sample[np.asarray(position)[:, np.newaxis] * bits + np.arange(self.layout.taken * bits)]

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        bits = layout.geometry.shape[2]
        shift_bits = (layout.positions - 1).bit_length()
        beat = Signal(range(2 * layout.slot_rows))
        m.d.comb += beat.eq(self.position[shift_bits:])
        neighbours = []
        for parity, address in enumerate((beat + 1, beat)):
            block = memory.Memory(shape=layout.beat_bits, depth=layout.machine.slots * layout.slot_rows, init=[])
            m.submodules[f"bank{parity}"] = block
            write, read = block.write_port(), block.read_port()
            m.d.comb += [
                write.en.eq(self.write & (self.write_beat[0] == parity)),
                write.addr.eq(self.write_slot * layout.slot_rows + self.write_beat[1:]),
                write.data.eq(self.write_data),
                read.en.eq(1),
                read.addr.eq(self.slot * layout.slot_rows + address[1 : (2 * layout.slot_rows - 1).bit_length()]),
            ]
            neighbours.append(read.data)
        even, odd = neighbours
        swapped, shift = Signal(), Signal(max(1, shift_bits))
        both = Signal(2 * layout.beat_bits)
        m.d.sync += [swapped.eq(beat[0]), shift.eq(self.position[:shift_bits])]
        m.d.comb += both.eq(Mux(swapped, Cat(odd, even), Cat(even, odd)))
        # a tree of multiplexers of two per bit, one level for each bit of the shift
        value: Any = both
        for level in reversed(range(shift_bits)):
            kept = (layout.taken + (1 << level) - 1) * bits
            value = Mux(shift[level], value[(1 << level) * bits :][:kept], value[:kept])
        m.d.sync += self.bits.eq(value)
        return m
