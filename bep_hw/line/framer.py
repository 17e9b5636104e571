"""From the bodies of frames to the line's bytes."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.line.framing import CRC, ESCAPE, FLAG, INVERT

BODY = data.StructLayout({"byte": 8, "last": 1})
"""A byte of a body, and whether it is the last."""


class Part(enum.Enum, shape=2):  # type: ignore[call-arg]
    """Which byte of a frame is being sent: of the body, its last one, or of the check sum."""

    BODY = 0
    LAST = 1
    LOW = 2
    HIGH = 3


class Framer(wiring.Component):
    """Puts each ``body`` into a frame of ``bytes`` (`bep_hw.line.framing`).

    A byte takes ten cycles, most of them for the check sum.
    """

    def __init__(self) -> None:
        super().__init__({"body": In(stream.Signature(BODY)), "bytes": Out(stream.Signature(8))})

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.crc = crc = CRC(data_width=1).create()
        byte, left = Signal(8), Signal(range(9))
        part = Signal(Part)
        special, escaped = Signal(), Signal()
        m.d.comb += [
            special.eq((byte == FLAG) | (byte == ESCAPE)),
            self.bytes.payload.eq(Mux(special, Mux(escaped, byte ^ INVERT, ESCAPE), byte)),
            crc.data.eq(byte[0]),
        ]
        with m.FSM(init="IDLE"):
            for name, following in (("OPEN", "TAKE"), ("CLOSE", "IDLE")):
                with m.State(name):
                    m.d.comb += [self.bytes.valid.eq(1), self.bytes.payload.eq(FLAG), crc.start.eq(1)]
                    with m.If(self.bytes.ready):
                        m.next = following
            with m.State("IDLE"):
                with m.If(self.body.valid):
                    m.next = "OPEN"
            with m.State("TAKE"):
                m.d.comb += self.body.ready.eq(1)
                m.d.sync += [byte.eq(self.body.payload.byte), left.eq(8)]
                m.d.sync += part.eq(Mux(self.body.payload.last, Part.LAST, Part.BODY))
                with m.If(self.body.valid):
                    m.next = "SEND"
            with m.State("SEND"):
                m.d.comb += self.bytes.valid.eq(1)
                with m.If(self.bytes.ready):
                    m.d.sync += escaped.eq(special & ~escaped)
                    with m.If(escaped | ~special):
                        with m.Switch(part):
                            with m.Case(Part.LOW):
                                m.d.sync += [byte.eq(crc.crc[8:]), part.eq(Part.HIGH)]
                            with m.Case(Part.HIGH):
                                m.next = "CLOSE"
                            with m.Default():
                                m.next = "COUNT"
            with m.State("COUNT"):
                m.d.comb += crc.valid.eq(left != 0)
                m.d.sync += [byte.eq(byte >> 1), left.eq(left - 1)]
                with m.If(left == 0):
                    m.next = "TAKE"
                    with m.If(part == Part.LAST):
                        m.d.sync += [byte.eq(crc.crc[:8]), part.eq(Part.LOW)]
                        m.next = "SEND"
        return m
