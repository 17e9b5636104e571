"""The trainer behind a byte stream."""

from amaranth.hdl import Module
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.link.decoder import Decoder
from bep_hw.link.encoder import Encoder
from bep_hw.ports import data_bits, request_layout, result_layout, sample_layout
from bep_ref.config import Machine, Network


class Bridge(wiring.Component):
    """Commands as ``received`` bytes, replies as ``sent`` bytes (see `bep_hw.link.opcodes`), the trainer's ports.

    Whatever carries the bytes stands outside: a serial line, with or without frames around them.
    """

    def __init__(self, network: Network, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "received": In(stream.Signature(8)),
                "sent": Out(stream.Signature(8)),
                "samples": Out(stream.Signature(sample_layout(network, machine))),
                "results": In(stream.Signature(result_layout(network))),
                "requests": Out(stream.Signature(request_layout(network, machine))),
                "replies": In(stream.Signature(data_bits(network, machine))),
                "unknown": Out(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        m.submodules.decoder = decoder = Decoder(self.network, self.machine)
        m.submodules.encoder = encoder = Encoder(self.network, self.machine)
        wiring.connect(m, wiring.flipped(self.received), decoder.bytes)
        wiring.connect(m, decoder.samples, wiring.flipped(self.samples))
        wiring.connect(m, decoder.requests, wiring.flipped(self.requests))
        wiring.connect(m, wiring.flipped(self.results), encoder.results)
        wiring.connect(m, wiring.flipped(self.replies), encoder.replies)
        wiring.connect(m, encoder.bytes, wiring.flipped(self.sent))
        m.d.comb += [
            encoder.opcode.eq(decoder.opcode),
            encoder.unknown.eq(decoder.unknown),
            decoder.replied.eq(encoder.replied),
            self.unknown.eq(decoder.unknown),
        ]
        return m
