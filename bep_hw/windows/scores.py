"""The read-out's counters and the scores that they add up to."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Module, Mux, Signal, signed
from amaranth.lib import data, memory, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.layout import WindowLayout


def readout_word(layout: WindowLayout) -> data.ArrayLayout:
    """Read-out counters of a kernel in a place: of every class those of all offsets."""
    network = layout.network
    return data.ArrayLayout(data.ArrayLayout(signed(network.readout), len(network.offsets)), network.classes)


def score_shape(layout: WindowLayout) -> Any:
    """A sum of as many read-out counters as there are units."""
    return signed(layout.network.readout + layout.network.units.bit_length())


class ReadoutMemory(wiring.Component):
    """One word for each kernel and place, in the order of places, then kernels; ``data`` follows by one cycle."""

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        word, pair = readout_word(layout), range(layout.pairs)
        super().__init__(
            {
                "address": In(pair),
                "data": Out(word),
                "write": In(1),
                "write_address": In(pair),
                "write_data": In(word),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        block = memory.Memory(shape=len(self.data.as_value()), depth=self.layout.pairs, init=[])
        m.submodules.block = block
        write, read = block.write_port(), block.read_port()
        m.d.comb += [
            read.en.eq(1),
            read.addr.eq(self.address),
            self.data.eq(read.data),
            write.en.eq(self.write),
            write.addr.eq(self.write_address),
            write.data.eq(self.write_data),
        ]
        return m


class Scores(wiring.Component):
    """An accumulator for each class: with ``add`` it takes a word's counters, each added where its unit is +1.

    ``active`` and ``word`` belong together; ``clear`` begins anew.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        network = layout.network
        super().__init__(
            {
                "clear": In(1),
                "add": In(1),
                "active": In(len(network.offsets)),
                "word": In(readout_word(layout)),
                "scores": Out(data.ArrayLayout(score_shape(layout), network.classes)),
            }
        )

    def model(self, counters: NDArray[Any], active: NDArray[Any]) -> NDArray[Any]:
        """Scores (C,) of ``counters`` (pairs, C, T) and bits ``active`` (pairs, T)."""
        return np.einsum("pct,pt->c", counters, 2 * active.astype(int) - 1)

    def elaborate(self, platform: object) -> Module:
        m = Module()
        for score, counters in zip(self.scores, self.word, strict=True):
            if len(counters) == 1:
                # -r = ~r + 1: one adder, whose carry-in is the 1
                change = Signal.like(counters[0], name="change")
                subtract = ~self.active[0]
                m.d.comb += change.eq(counters[0] ^ subtract.replicate(len(change)))
                total = Signal(len(score) + 1, name="total")
                extended = Cat(change, change[-1].replicate(len(score) - len(change)))
                m.d.comb += total.eq(Cat(1, score) + Cat(subtract, extended))
                step: Any = total[1:]
            else:
                signed_counters = (
                    Mux(bit, counter, -counter) for bit, counter in zip(self.active, counters, strict=True)
                )
                step = sum(signed_counters, start=score)
            with m.If(self.clear):
                m.d.sync += score.eq(0)
            with m.Elif(self.add):
                m.d.sync += score.eq(step)
        return m


class ReadoutStep(wiring.Component):
    """A word with one counter of two classes stepped: that of offset ``offset``, class ``up`` and class ``down``.

    Both are one-hot. Where ``active`` is high the counter of ``up`` is incremented and that of ``down`` decremented,
    else the other way round; a counter at the end of its range stays. With ``load`` that of ``up`` becomes ``value``.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        network = layout.network
        word = readout_word(layout)
        super().__init__(
            {
                "word": In(word),
                "offset": In(range(len(network.offsets))),
                "active": In(1),
                "up": In(network.classes),
                "down": In(network.classes),
                "load": In(1),
                "value": In(network.readout),
                "stepped": Out(word),
                # the offset's counters of both classes, before the step
                "of_up": Out(signed(network.readout)),
                "of_down": Out(signed(network.readout)),
            }
        )

    def model(self, word: NDArray[Any], offset: int, active: bool, up: int, down: int) -> NDArray[Any]:
        """Counters (C, T) after the step of ``word`` (C, T)."""
        half = 1 << (self.layout.network.readout - 1)
        stepped = word.copy()
        sign = 1 if active else -1
        for number, direction in ((up, sign), (down, -sign)):
            stepped[number, offset] = np.clip(stepped[number, offset] + direction, -half, half - 1)
        return stepped

    def elaborate(self, platform: object) -> Module:
        m = Module()
        bits = self.layout.network.readout
        chosen: dict[str, Any] = {"up": 0, "down": 0}
        for number, (counters, stepped) in enumerate(zip(self.word, self.stepped, strict=True)):
            rises = Mux(self.active, self.up[number], self.down[number])
            moves = self.up[number] | self.down[number]
            here = Signal(signed(bits), name=f"of_class{number}")
            m.d.comb += here.eq(
                counters[0] if len(counters) == 1 else counters.as_value().word_select(self.offset, bits)
            )
            chosen = {name: chosen[name] | (here & getattr(self, name)[number].replicate(bits)) for name in chosen}
            # a counter at the end of its range has all bits but the sign alike, and unlike the sign
            high = ~here[-1] & here[:-1].all()
            low = here[-1] & ~here[:-1].any()
            step, rising = Signal(name=f"step{number}"), Signal(name=f"rising{number}")
            m.d.comb += [rising.eq(rises), step.eq(moves & ~Mux(rising, high, low))]
            changed = Signal(bits, name=f"changed{number}")
            m.d.comb += changed.eq(here + Cat(step, (step & ~rising).replicate(bits - 1)))
            with m.If(self.load & self.up[number]):
                m.d.comb += changed.eq(self.value)
            for offset in range(len(counters)):
                m.d.comb += stepped[offset].eq(counters[offset])
                with m.If(self.offset == offset):
                    m.d.comb += stepped[offset].eq(changed)
        m.d.comb += [self.of_up.eq(chosen["up"]), self.of_down.eq(chosen["down"])]
        return m
