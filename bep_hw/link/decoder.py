"""From bytes to the trainer's samples and requests."""

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.link.opcodes import ADDRESS_BYTES, Flag, Opcode, data_bytes
from bep_hw.ports import request_layout, sample_layout
from bep_ref.config import Machine, Network


class Decoder(wiring.Component):
    """Carries out one command after the other.

    Payload is taken in bit by bit, which needs no multiplexers for any width of chunk and data, and at eight cycles a
    byte is still faster than the line. ``opcode`` is the command's first byte, for the encoder, which answers with
    ``replied`` when the reply to a request, or to an ``unknown`` opcode, has left.
    """

    def __init__(self, network: Network, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "bytes": In(stream.Signature(8)),
                "samples": Out(stream.Signature(sample_layout(network, machine))),
                "requests": Out(stream.Signature(request_layout(network, machine))),
                "opcode": Out(8),
                "unknown": Out(1),
                "replied": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        chunk = self.machine.update_lanes
        address_bits, stored_bits = 8 * ADDRESS_BYTES, 8 * data_bytes(self.network, self.machine)
        beats = -(-self.network.inputs // chunk)

        # Bits enter at the top: whatever came last lies at the top, data below the address.
        word = Signal(max(chunk, address_bits + stored_bits))
        byte, bits = Signal(8), Signal(range(9))
        wanted = Signal(range(max(chunk, address_bits + stored_bits) + 1))  # bits until the word is complete
        beats_left = Signal(range(beats + 1))
        opcode = self.opcode[4:]
        m.d.comb += [
            self.samples.payload.chunk.eq(word[-chunk:]),
            self.samples.payload.train.eq((self.opcode & Flag.TRAIN) != 0),
            self.samples.payload.last.eq((self.opcode & Flag.LAST) != 0),
            self.requests.payload.space.eq(self.opcode),
            self.requests.payload.write.eq(opcode == Opcode.WRITE >> 4),
            self.requests.payload.address.eq(word[-address_bits:]),
            self.requests.payload.data.eq(word[-address_bits - stored_bits : -address_bits]),
        ]
        # both valid signals are flip-flops: what hangs on them in the trainer is deep
        with m.If(self.samples.ready):
            m.d.sync += self.samples.valid.eq(0)
        with m.If(self.requests.ready):
            m.d.sync += self.requests.valid.eq(0)
        with m.FSM():
            with m.State("OPCODE"):
                m.d.comb += self.bytes.ready.eq(1)
                m.d.sync += [self.opcode.eq(self.bytes.payload), bits.eq(0), beats_left.eq(beats)]
                with m.If(self.bytes.valid):
                    with m.Switch(self.bytes.payload[4:]):
                        with m.Case(Opcode.SAMPLE >> 4):
                            m.d.sync += wanted.eq(chunk)
                            m.next = "LABEL"
                        with m.Case(Opcode.READ >> 4):
                            m.d.sync += wanted.eq(address_bits)
                            m.next = "PAYLOAD"
                        with m.Case(Opcode.WRITE >> 4):
                            m.d.sync += wanted.eq(stored_bits + address_bits)
                            m.next = "PAYLOAD"
                        with m.Default():
                            m.next = "UNKNOWN"
            with m.State("LABEL"):
                m.d.comb += self.bytes.ready.eq(1)
                m.d.sync += self.samples.payload.label.eq(self.bytes.payload)
                with m.If(self.bytes.valid):
                    m.next = "PAYLOAD"
            with m.State("PAYLOAD"):
                with m.If(wanted == 0):
                    with m.If(opcode == Opcode.SAMPLE >> 4):
                        m.d.sync += self.samples.valid.eq(1)
                        m.next = "BEAT"
                    with m.Else():
                        m.d.sync += self.requests.valid.eq(1)
                        m.next = "REQUEST"
                with m.Elif(bits == 0):
                    m.d.comb += self.bytes.ready.eq(1)
                    with m.If(self.bytes.valid):
                        m.d.sync += [byte.eq(self.bytes.payload), bits.eq(8)]
                with m.Else():
                    m.d.sync += [
                        word.eq(Cat(word[1:], byte[0])),
                        byte.eq(byte >> 1),
                        bits.eq(bits - 1),
                        wanted.eq(wanted - 1),
                    ]
            with m.State("BEAT"):
                with m.If(self.samples.ready):
                    m.d.sync += [wanted.eq(chunk), beats_left.eq(beats_left - 1)]
                    m.next = "PAYLOAD"
                    with m.If(beats_left == 1):
                        m.next = "OPCODE"
            with m.State("REQUEST"):
                with m.If(self.replied):
                    m.next = "OPCODE"
            with m.State("UNKNOWN"):
                m.d.comb += self.unknown.eq(1)
                with m.If(self.replied):
                    m.next = "OPCODE"
        return m
