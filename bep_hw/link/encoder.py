"""From the trainer's results and replies to bytes."""

from amaranth.hdl import Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.link.opcodes import Opcode, data_bytes
from bep_hw.ports import data_bits, result_layout
from bep_ref.config import Machine, Network


class Encoder(wiring.Component):
    """Sends one reply after the other, results first; ``replied`` when one that is no result has left.

    ``opcode`` is the first byte of the command that waits for its reply, ``unknown`` that it is none.
    """

    def __init__(self, network: Network, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "results": In(stream.Signature(result_layout(network))),
                "replies": In(stream.Signature(data_bits(network, machine))),
                "opcode": In(8),
                "unknown": In(1),
                "replied": Out(1),
                "bytes": Out(stream.Signature(8)),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        index = Signal(range(data_bytes(self.network, self.machine)))
        first = Signal(8)  # decided before it is offered: an offered byte must not change
        byte, taken = self.bytes.payload, self.bytes.ready
        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += index.eq(0)
                with m.If(self.results.valid):
                    m.d.sync += first.eq(Opcode.SAMPLE | self.results.payload.triggered)
                    m.next = "FIRST"
                with m.Elif(self.unknown):
                    m.d.sync += first.eq(Opcode.UNKNOWN)
                    m.next = "FIRST"
                with m.Elif(self.replies.valid):
                    m.d.sync += first.eq(self.opcode)
                    m.next = "FIRST"
            with m.State("FIRST"):
                m.d.comb += [self.bytes.valid.eq(1), byte.eq(first)]
                with m.If(taken):
                    with m.Switch(first[4:]):
                        with m.Case(Opcode.SAMPLE >> 4):
                            m.next = "RESULT"
                        with m.Case(Opcode.READ >> 4):
                            m.next = "DATA"
                        with m.Case(Opcode.WRITE >> 4):
                            m.d.comb += [self.replies.ready.eq(1), self.replied.eq(1)]
                            m.next = "IDLE"
                        with m.Default():
                            m.next = "UNKNOWN"
            with m.State("RESULT"):
                m.d.comb += [self.bytes.valid.eq(1), byte.eq(self.results.payload.prediction)]
                with m.If(taken):
                    m.d.comb += self.results.ready.eq(1)
                    m.next = "IDLE"
            with m.State("DATA"):
                m.d.comb += [self.bytes.valid.eq(1), byte.eq(self.replies.payload.word_select(index, 8))]
                with m.If(taken):
                    m.d.sync += index.eq(index + 1)
                    with m.If(index == data_bytes(self.network, self.machine) - 1):
                        m.d.comb += [self.replies.ready.eq(1), self.replied.eq(1)]
                        m.next = "IDLE"
            with m.State("UNKNOWN"):
                m.d.comb += [self.bytes.valid.eq(1), byte.eq(self.opcode)]
                with m.If(taken):
                    m.d.comb += self.replied.eq(1)
                    m.next = "IDLE"
        return m
