"""The trainer's streams behind a byte stream."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.line.deframer import ITEM, Deframer
from bep_hw.line.framer import BODY, Framer
from bep_hw.line.ring import Ring
from bep_hw.link.decoder import Decoder
from bep_hw.link.encoder import Encoder
from bep_hw.link.opcodes import BUFFER_BYTES
from bep_hw.parts.stream_register import StreamRegister
from bep_hw.plan.ports import data_bits, request_layout, result_layout, sample_layout
from bep_ref.config import AnyNetwork, Machine


class Bridge(wiring.Component):
    """Commands as ``received`` bytes, replies as ``sent`` bytes (see `bep_hw.link.opcodes`), the trainer's ports.

    ``received`` is always ready for a host that keeps to the number of bytes on the way; without a receive buffer it is
    so in time for a line of a byte in 16 cycles, if one frame is on the way. ``refused`` is high for a
    cycle when a frame is answered by an error.
    """

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "received": In(stream.Signature(8)),
                "sent": Out(stream.Signature(8)),
                "samples": Out(stream.Signature(sample_layout(network, machine))),  # to the trainer
                "results": In(stream.Signature(result_layout(network))),  # from the trainer
                "requests": Out(stream.Signature(request_layout(network, machine))),  # to the trainer
                "replies": In(stream.Signature(data_bits(network, machine))),  # from the trainer
                "reset": Out(1),  # reset the trainer, for one cycle
                "refused": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.deframer = deframer = Deframer()
        m.submodules.decoder = decoder = Decoder(self.network, self.machine)
        m.submodules.encoder = encoder = Encoder(self.network, self.machine)
        m.submodules.framer = framer = Framer()
        if self.machine.receive_buffer:
            m.submodules.ring = ring = Ring(BUFFER_BYTES)
            wiring.connect(m, wiring.flipped(self.received), ring.input)
            wiring.connect(m, ring.output, deframer.bytes)
        else:
            wiring.connect(m, wiring.flipped(self.received), deframer.bytes)
        m.submodules.item = item = StreamRegister(ITEM)
        wiring.connect(m, deframer.items, item.input)
        wiring.connect(m, item.output, decoder.items)
        wiring.connect(m, decoder.samples, wiring.flipped(self.samples))
        wiring.connect(m, decoder.requests, wiring.flipped(self.requests))
        wiring.connect(m, decoder.answers, encoder.answers)
        wiring.connect(m, wiring.flipped(self.results), encoder.results)
        wiring.connect(m, wiring.flipped(self.replies), encoder.replies)
        m.submodules.body = body = StreamRegister(BODY)
        wiring.connect(m, encoder.body, body.input)
        wiring.connect(m, body.output, framer.body)
        wiring.connect(m, framer.bytes, wiring.flipped(self.sent))
        m.d.comb += [
            encoder.sequence.eq(decoder.sequence),
            encoder.opcode.eq(decoder.opcode),
            encoder.fresh.eq(decoder.fresh),
            encoder.age.eq(decoder.age),
            encoder.expected.eq(decoder.expected),
            encoder.accepted.eq(decoder.accepted),
            decoder.answered.eq(encoder.answered),
            self.reset.eq(decoder.reset),
            self.refused.eq(decoder.refused),
        ]
        return m
