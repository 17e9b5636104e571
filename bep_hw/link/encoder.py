"""From the trainer's results and replies to the bodies of frames."""

from amaranth.hdl import Module, Mux, Signal
from amaranth.lib import data, enum, stream, wiring
from amaranth.lib.wiring import In, Out

from bep_hw.line.framer import BODY
from bep_hw.link.decoder import ANSWER, Answer
from bep_hw.link.opcodes import Opcode, data_bytes, history
from bep_hw.plan.ports import data_bits, result_layout
from bep_ref.config import AnyNetwork, Machine


class Kind(enum.Enum, shape=3):  # type: ignore[call-arg]
    """What is being answered."""

    RESULT = 0
    REQUEST = 1
    CONFIRM = 2
    AGAIN = 3
    ERROR = 4


class Encoder(wiring.Component):
    """Sends one reply after the other, results first; ``answered`` when the reply to a request has left.

    ``sequence``, ``opcode``, ``fresh``, ``age``, ``expected`` and ``accepted`` are the decoder's. Commands are answered
    in their order, so the sample a result belongs to need not be kept: it is the first that was not answered yet. The
    last results are remembered for frames that are repeated.
    """

    def __init__(self, network: AnyNetwork, machine: Machine) -> None:
        self.network, self.machine = network, machine
        super().__init__(
            {
                "results": In(stream.Signature(result_layout(network))),  # from the trainer
                "replies": In(stream.Signature(data_bits(network, machine))),  # from the trainer
                "answers": In(stream.Signature(ANSWER)),  # from the decoder
                "sequence": In(8),
                "opcode": In(8),
                "fresh": In(1),
                "age": In(8),
                "expected": In(8),
                "accepted": In(1),
                "answered": Out(1),
                "body": Out(stream.Signature(BODY)),  # bytes of the replies' frames
            }
        )

    def elaborate(self, platform: object) -> Module:
        m = Module()
        size, kept = data_bytes(self.network, self.machine), history(self.machine)
        index = Signal(range(size))
        # byte ``index`` of a reply, chosen among all of a group's in a cycle of its own, and whether it is there
        byte, there = Signal(8), Signal()
        m.d.sync += byte.eq(self.replies.payload.word_select(index, 8))
        past = Signal(data.ArrayLayout(result_layout(self.network), kept))
        result = Signal(result_layout(self.network))
        waiting = Signal(range(kept + 1))  # samples without their result
        kind = Signal(Kind)
        answer, body = self.answers.payload, self.body.payload
        remember, told = Signal(), Signal()
        m.d.sync += waiting.eq(waiting + self.accepted - told)
        with m.If(remember):
            m.d.sync += [past[0].eq(self.results.payload), *(past[n].eq(past[n - 1]) for n in range(1, kept))]

        # what an offered byte depends on stays until it is taken
        sequence, opcode = Signal(8), Signal(8)
        m.d.comb += [sequence.eq(self.sequence), opcode.eq(self.opcode)]
        with m.Switch(kind):
            with m.Case(Kind.RESULT):
                m.d.comb += [sequence.eq(self.expected - waiting), opcode.eq(Opcode.SAMPLE | result.triggered)]
            with m.Case(Kind.AGAIN):
                m.d.comb += opcode.eq(Opcode.SAMPLE | result.triggered)
            with m.Case(Kind.ERROR):
                m.d.comb += opcode.eq(Opcode.ERROR | answer.reason)

        def leave() -> None:
            """The last byte of a reply."""
            m.d.comb += body.last.eq(1)
            with m.If(self.body.ready):
                m.next = "IDLE"
                with m.Switch(kind):
                    with m.Case(Kind.RESULT):
                        m.d.comb += told.eq(1)
                    with m.Case(Kind.REQUEST):
                        m.d.comb += [self.replies.ready.eq(1), self.answered.eq(1)]
                    with m.Default():
                        m.d.comb += self.answers.ready.eq(1)

        with m.FSM():
            with m.State("IDLE"):
                m.d.sync += [index.eq(0), there.eq(0), result.eq(self.results.payload)]
                with m.If(self.results.valid):
                    m.d.comb += [self.results.ready.eq(1), remember.eq(1)]
                    m.d.sync += kind.eq(Kind.RESULT)
                    m.next = "SEQUENCE"
                with m.Elif(self.answers.valid & (answer.what == Answer.RECALL)):
                    m.d.sync += [kind.eq(Kind.AGAIN), result.eq(past[self.age[: (kept - 1).bit_length()]])]
                    with m.If(waiting == 0):
                        m.next = "SEQUENCE"
                with m.Elif(self.answers.valid):
                    m.d.sync += kind.eq(Mux(answer.what == Answer.REFUSE, Kind.ERROR, Kind.CONFIRM))
                    m.d.comb += remember.eq(self.fresh & (answer.what == Answer.CONFIRM))
                    m.next = "SEQUENCE"
                with m.Elif(self.replies.valid):
                    m.d.comb += remember.eq(self.fresh)
                    m.d.sync += kind.eq(Kind.REQUEST)
                    m.next = "SEQUENCE"
            with m.State("SEQUENCE"):
                m.d.comb += [self.body.valid.eq(1), body.byte.eq(sequence)]
                with m.If(self.body.ready):
                    m.next = "OPCODE"
            with m.State("OPCODE"):
                m.d.comb += [self.body.valid.eq(1), body.byte.eq(opcode)]
                with m.Switch(opcode[4:]):
                    with m.Case(Opcode.SAMPLE >> 4):
                        with m.If(self.body.ready):
                            m.next = "CLASS"
                    with m.Case(Opcode.READ >> 4, Opcode.HELLO >> 4):
                        with m.If(self.body.ready):
                            m.next = "DATA"
                    with m.Default():
                        leave()
            with m.State("CLASS"):
                m.d.comb += [self.body.valid.eq(1), body.byte.eq(result.prediction)]
                leave()
            with m.State("DATA"):
                m.d.comb += [self.body.valid.eq(there), body.byte.eq(byte)]
                m.d.sync += there.eq(1)
                with m.If(there & self.body.ready):
                    m.d.sync += [index.eq(index + 1), there.eq(0)]
                with m.If(there & (index == size - 1)):
                    leave()
        return m
