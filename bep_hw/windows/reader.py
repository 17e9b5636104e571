"""Reads one window after the other out of the image memory, line by line."""

from typing import Any

import numpy as np
from amaranth.hdl import Cat, Const, Module, Mux, Signal
from amaranth.lib import data, stream, wiring
from amaranth.lib.wiring import In, Out
from numpy.typing import NDArray

from bep_hw.windows.image import ImageMemory
from bep_hw.windows.layout import WindowLayout


def corner_layout(layout: WindowLayout) -> data.StructLayout:
    """A window: its sample's ``slot`` and the ``position`` of its upper left corner, row by row.

    A window of a sample that is moved may leave the input by one position: then ``position`` counts on modulo a
    power of two, and ``edges`` says where: above, below, left, right.
    """
    rows, columns, _ = layout.geometry.shape
    fields: dict[str, Any] = {"slot": range(layout.machine.slots), "position": range(rows * columns)}
    return data.StructLayout({**fields, "edges": 4} if layout.leaves else fields)


class WindowReader(wiring.Component):
    """Turns windows into reads, and what was read into ``bits``.

    A read is made in a cycle with ``ask`` and ``granted``. Its bits follow `ImageMemory.DELAY` cycles later, when
    ``valid`` is high, in order; with the last ones of a window ``last`` is high. While ``wanted`` is low no read is
    made. ``requests`` are taken with their last read, so that the next one follows without a pause.
    """

    def __init__(self, layout: WindowLayout) -> None:
        self.layout = layout
        rows, columns, bits = layout.geometry.shape
        taken = layout.taken * bits
        super().__init__(
            {
                "requests": In(stream.Signature(corner_layout(layout))),
                "wanted": In(1),
                # the image memory's port
                "ask": Out(1),
                "granted": In(1),
                "slot": Out(range(layout.machine.slots)),
                "position": Out(range(rows * columns)),
                "read": In(taken),
                # what was read
                "valid": Out(1),
                "last": Out(1),
                "bits": Out(taken),
            }
        )

    def model(self, corner: tuple[int, int]) -> NDArray[Any]:
        """Positions (reads,) that are read for the window whose upper left corner is at ``corner``, (row, column)."""
        columns = self.layout.geometry.shape[1]
        lines, length = self.layout.lines
        starts = np.arange(lines)[:, np.newaxis] * columns + np.arange(0, length, self.layout.taken)
        return corner[0] * columns + corner[1] + starts.ravel()

    def elaborate(self, platform: object) -> Module:
        m = Module()
        layout = self.layout
        columns, bits = layout.geometry.shape[1:]
        lines, length = layout.lines
        pieces = length // layout.taken
        line, piece, offset = Signal(range(lines)), Signal(range(pieces)), Signal.like(self.position)
        request, made, ends_line, ends = self.requests.payload, Signal(), Signal(), Signal()
        m.d.comb += [
            self.ask.eq(self.requests.valid & self.wanted),
            made.eq(self.ask & self.granted),
            self.slot.eq(request.slot),
            self.position.eq(request.position + offset),
            ends_line.eq(piece == pieces - 1),
            ends.eq(ends_line & (line == lines - 1)),
            self.requests.ready.eq(made & ends),
        ]
        with m.If(made):
            m.d.sync += [
                piece.eq(Mux(ends_line, 0, piece + 1)),
                offset.eq(offset + Mux(ends_line, columns - length + layout.taken, layout.taken)),
            ]
            with m.If(ends_line):
                m.d.sync += line.eq(line + 1)
            with m.If(ends):
                m.d.sync += [line.eq(0), offset.eq(0)]

        # what the read is of, as old as its bits
        m.d.comb += [
            self.valid.eq(self._aged(m, made)),
            self.last.eq(self._aged(m, ends)),
            self.bits.eq(self.read),
        ]
        if layout.leaves:
            inside = Cat(~self._outside(line, piece, number) for number in range(layout.taken))
            m.d.comb += self.bits.eq(self.read & Cat(bit.replicate(bits) for bit in self._aged(m, inside)))
        return m

    def _aged(self, m: Module, value: Any) -> Any:
        """``value`` as old as what is read."""
        for _ in range(ImageMemory.DELAY):
            stage = Signal(len(value))
            m.d.sync += stage.eq(value)
            value = stage
        return value

    def _outside(self, line: Signal, piece: Signal, number: int) -> Any:
        """Whether position ``number`` of the read of ``piece`` of ``line`` is outside the input."""
        height, width = self.layout.geometry.window
        lines, length = self.layout.lines
        above, below, left, right = self.requests.payload.edges
        outside: Any = Const(0)
        for start_line in range(lines):
            for start_piece in range(length // self.layout.taken):
                down, column = divmod(start_piece * self.layout.taken + number, width)
                row = start_line + down
                cuts = [above] * (row == 0) + [below] * (row == height - 1)
                cuts += [left] * (column == 0) + [right] * (column == width - 1)
                for cut in cuts:
                    outside = outside | (cut & (line == start_line) & (piece == start_piece))
        return outside
