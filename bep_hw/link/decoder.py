"""From the bodies of frames to the trainer's samples and requests."""

from contextlib import AbstractContextManager

from amaranth.hdl import Cat, Module, Signal
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.line.deframer import ITEM
from bep_hw.line.framing import CRC_BYTES
from bep_hw.link.opcodes import ADDRESS_BYTES, Flag, Opcode, Reason, data_bytes, history
from bep_hw.plan.layouts import layout_of
from bep_hw.plan.ports import request_layout, sample_beats, sample_layout
from bep_ref.config import AnyNetwork, Machine


class Answer(enum.Enum, shape=2):  # type: ignore[call-arg]
    """What is answered to a frame that reaches neither of the trainer's streams."""

    CONFIRM = 0  # a command without a result
    RECALL = 1  # the result of a sample that was learned before
    REFUSE = 2  # an ERROR


ANSWER = data.StructLayout({"what": Answer, "reason": 2})


class Decoder(wiring.Component):
    """Carries out one frame after the other, each when its end shows that it arrived whole.

    Nothing is buffered: a request waits in a register; a sample goes into a free slot of the trainer as it comes, all
    but its last beat, and is dropped there if the frame turns out bad. Everything is taken in bit by bit,
    which needs no multiplexers for any width of chunk and data.

    ``sequence`` and ``opcode`` are the frame's, ``fresh`` tells that it is the next in order and no repetition, ``age``
    how many frames were carried out since. ``expected`` is the sequence number of the next frame. ``accepted`` is high
    for a cycle when a sample goes to the trainer, ``refused`` when an error is answered; ``answered`` tells that the
    reply to a request has left.
    """

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "items": In(stream.Signature(ITEM)),  # bits and ends of frames
                "samples": Out(stream.Signature(sample_layout(network, machine))),  # to the trainer
                "requests": Out(stream.Signature(request_layout(network, machine))),  # to the trainer
                "reset": Out(1),  # reset the trainer, for one cycle
                "refused": Out(1),
                "answers": Out(stream.Signature(ANSWER)),  # to frames that reach neither stream
                "sequence": Out(8),
                "opcode": Out(8),
                "fresh": Out(1),
                "expected": Out(8),
                "age": Out(8),
                "accepted": Out(1),
                "answered": In(1),
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        chunk = layout_of(self.network, self.machine).beat_bits
        address_bits, stored_bits = 8 * ADDRESS_BYTES, 8 * data_bytes(self.network, self.machine)
        beats = sample_beats(self.network, self.machine)
        check_bits = -beats * chunk % 8 + 8 * CRC_BYTES  # behind a sample's last beat

        # Bits enter at the top: whatever came last lies at the top, data below the address.
        word, label = Signal(max(chunk, address_bits + stored_bits)), Signal(8)
        wanted = Signal(range(max(chunk, address_bits + stored_bits, check_bits) + 1), init=8)  # bits of this field
        beats_left = Signal(range(beats + 1))
        answer = self.answers.payload
        operation, item = self.opcode[4:], self.items.payload
        sample = operation == Opcode.SAMPLE >> 4
        m.d.comb += [
            self.samples.payload.chunk.eq(word[-chunk:]),
            self.samples.payload.label.eq(label),
            self.samples.payload.train.eq((self.opcode & Flag.TRAIN) != 0),
            self.samples.payload.last.eq((self.opcode & Flag.LAST) != 0),
            self.requests.payload.space.eq(self.opcode),
            self.requests.payload.write.eq(operation == Opcode.WRITE >> 4),
            self.requests.payload.address.eq(word[-address_bits:]),
            self.requests.payload.data.eq(word[-address_bits - stored_bits : -address_bits]),
        ]
        # the valid signals and the reset are flip-flops: what hangs on them in the trainer is deep
        m.d.sync += [self.reset.eq(0), self.age.eq(self.expected - 1 - self.sequence)]
        with m.If(self.samples.ready):
            m.d.sync += self.samples.valid.eq(0)
        with m.If(self.requests.ready):
            m.d.sync += self.requests.valid.eq(0)

        def bit_taken() -> AbstractContextManager[None]:
            """Take a bit of the frame in this state; its end, if it comes here, comes too early or too late."""
            m.d.comb += self.items.ready.eq(1)
            with m.If(self.items.valid & item.end):
                m.d.sync += [answer.what.eq(Answer.REFUSE), answer.reason.eq(Reason.DAMAGED)]
                with m.If(item.good):
                    m.d.sync += answer.reason.eq(Reason.MALFORMED)
                # what has been loaded of a sample is dropped
                m.d.sync += [self.samples.valid.eq(1), self.samples.payload.drop.eq(1)]
                m.next = "DROP"
            context: AbstractContextManager[None] = m.If(self.items.valid & ~item.end)
            return context

        def field(register: Signal, following: str, width: int = 0) -> None:
            """Shift a field into ``register``; a field of ``width`` bits comes next."""
            with bit_taken():
                m.d.sync += [register.eq(Cat(register[1:], item.bit)), wanted.eq(wanted - 1)]
                with m.If(wanted == 1):
                    m.d.sync += wanted.eq(width)
                    m.next = following

        with m.FSM():
            with m.State("SEQUENCE"):
                field(self.sequence, "OPCODE", 8)
            with m.State("OPCODE"):
                field(self.opcode, "KIND")
            with m.State("KIND"):
                m.d.sync += [self.fresh.eq(self.sequence == self.expected), beats_left.eq(beats)]
                m.next = "EXCESS"
                with m.Switch(operation):
                    with m.Case(Opcode.SAMPLE >> 4):
                        m.d.sync += wanted.eq(8)
                        m.next = "LABEL"
                    with m.Case(Opcode.HELLO >> 4):
                        m.d.sync += [wanted.eq(address_bits), self.fresh.eq(1)]
                        m.next = "WORD"
                    with m.Case(Opcode.READ >> 4):
                        m.d.sync += wanted.eq(address_bits)
                        m.next = "WORD"
                    with m.Case(Opcode.WRITE >> 4):
                        m.d.sync += wanted.eq(stored_bits + address_bits)
                        m.next = "WORD"
                    with m.Case(Opcode.RESET >> 4):
                        m.d.sync += wanted.eq(8 * CRC_BYTES)
                        m.next = "CHECK"
            with m.State("LABEL"):
                field(label, "WORD", chunk)
            with m.State("WORD"):
                field(word, "CHECK", 8 * CRC_BYTES)
                with m.If(sample & (wanted == 1) & self.items.valid & ~item.end):
                    m.d.sync += wanted.eq(check_bits)
                    with m.If(beats_left != 1):
                        m.d.sync += [wanted.eq(chunk), self.samples.valid.eq(self.fresh)]
                        m.next = "BEAT"
            with m.State("BEAT"):
                with m.If(self.samples.ready | ~self.fresh):
                    m.d.sync += beats_left.eq(beats_left - 1)
                    m.next = "WORD"
            with m.State("CHECK"):
                with bit_taken():
                    m.d.sync += wanted.eq(wanted - 1)
                    with m.If(wanted == 1):
                        m.next = "END"
            with m.State("END"):
                with bit_taken():
                    m.next = "EXCESS"
                with m.If(self.items.valid & item.end & item.good):
                    m.d.sync += [self.samples.valid.eq(0), self.samples.payload.drop.eq(0)]
                    m.next = "CARRY OUT"
            with m.State("EXCESS"):
                with bit_taken():
                    m.next = "EXCESS"

            with m.State("CARRY OUT"):
                m.d.sync += answer.what.eq(Answer.CONFIRM)
                m.next = "ANSWER"
                with m.If(~self.fresh & (self.age >= history(self.machine))):
                    m.d.sync += [answer.what.eq(Answer.REFUSE), answer.reason.eq(Reason.ORDER)]
                with m.Elif(sample):
                    m.d.sync += [answer.what.eq(Answer.RECALL), self.samples.valid.eq(self.fresh)]
                    with m.If(self.fresh):
                        m.next = "SAMPLE"
                with m.Elif(operation == Opcode.RESET >> 4):
                    m.d.sync += self.reset.eq(self.fresh)
                with m.Elif((operation != Opcode.WRITE >> 4) | self.fresh):
                    m.d.sync += self.requests.valid.eq(1)
                    m.next = "REQUEST"
            with m.State("SAMPLE"):
                m.d.sync += wanted.eq(8)
                with m.If(self.samples.ready):
                    m.d.comb += self.accepted.eq(1)
                    m.d.sync += self.expected.eq(self.sequence + 1)
                    m.next = "SEQUENCE"
            with m.State("REQUEST"):
                m.d.sync += wanted.eq(8)
                with m.If(self.answered):
                    with m.If(self.fresh):
                        m.d.sync += self.expected.eq(self.sequence + 1)
                    m.next = "SEQUENCE"
            with m.State("DROP"):
                with m.If(self.samples.ready):
                    m.d.sync += self.samples.payload.drop.eq(0)
                    m.next = "ANSWER"
            with m.State("ANSWER"):
                m.d.comb += self.answers.valid.eq(1)
                m.d.sync += wanted.eq(8)
                with m.If(self.answers.ready):
                    m.d.comb += self.refused.eq(answer.what == Answer.REFUSE)
                    with m.If(self.fresh & (answer.what == Answer.CONFIRM)):
                        m.d.sync += self.expected.eq(self.sequence + 1)
                    m.next = "SEQUENCE"
        return m
