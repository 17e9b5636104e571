"""The serial link: only whole frames act, and no byte is lost on the way."""

from amaranth.hdl import Cat, Mux, Signal

from bep_hw.line.deframer import Deframer
from bep_hw.line.framer import Framer
from bep_hw.line.framing import ESCAPE, FLAG, INVERT
from bep_hw.line.ring import Ring
from bep_hw.line.uart import Receiver, Transmitter
from bep_hw.link.decoder import Decoder
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof
from bep_verify.streams import consumer, passes_through, producer

GOOD = 0xF0B8
"""What is left of CRC-16/IBM-SDLC over a body and its check sum (RFC 1662, C.2)."""


def remainder(proof: Proof, taken: Signal, bit: Signal, again: Signal) -> Signal:
    """The check sum by its definition, a bit at a time: x^16 + x^12 + x^5 + 1, lowest bit first, from all ones."""
    register = Signal(16, init=0xFFFF)
    with proof.m.If(again):
        proof.m.d.sync += register.eq(0xFFFF)
    with proof.m.Elif(taken):
        proof.m.d.sync += register.eq((register >> 1) ^ Mux(register[0] ^ bit, 0x8408, 0))
    return register


def deframer() -> Proof:
    proof = Proof()
    m = proof.m
    unit = proof.unit(Deframer(), held=("bytes", "items"))
    producer(proof, unit.bytes)
    consumer(proof, unit.items, "items")
    item = unit.items.payload
    taken = unit.items.valid & unit.items.ready
    ended = taken & item.end
    left = remainder(
        proof, taken & ~item.end, item.bit, ended | (unit.bytes.valid & unit.bytes.ready & (unit.bytes.payload == FLAG))
    )
    bits, escaped = Signal(3), Signal()
    m.d.sync += bits.eq(Mux(ended, 0, bits + (taken & ~item.end)))
    with m.If(unit.bytes.valid & unit.bytes.ready):
        m.d.sync += escaped.eq((unit.bytes.payload == ESCAPE) & ~escaped)
    proof.claim("a good frame's check sum is right, by its definition", ~(ended & item.good) | (left == GOOD))
    proof.claim(
        "a frame with a right check sum is good, if it does not end in an escape",
        ~(ended & (left == GOOD) & ~escaped) | item.good,
    )
    proof.claim("a frame that breaks off behind an escape is not good", ~(ended & escaped) | ~item.good)
    proof.claim("a frame has whole bytes", ~ended | (bits == 0))
    proof.claim("a frame ends with a flag", ~ended | (unit.bytes.valid & (unit.bytes.payload == FLAG)))
    proof.claim("two frames have something between them", ~(proof.past(ended) & ended))
    proof.reachable("a frame that is not good", ended & ~item.good)
    return proof


def framer() -> Proof:
    proof = Proof()
    m = proof.m
    unit = proof.unit(Framer(), held=("body", "bytes"))
    producer(proof, unit.body)
    consumer(proof, unit.bytes, "bytes")
    sent, byte = unit.bytes.valid & unit.bytes.ready, unit.bytes.payload
    inside, escape, count = Signal(), Signal(), Signal(2)
    flag = sent & (byte == FLAG)
    with m.If(sent):
        m.d.sync += [escape.eq(byte == ESCAPE), inside.eq(inside ^ flag)]
        m.d.sync += count.eq(Mux(flag, 0, Mux(escape | (count == 3), count, count + 1)))
    unescaped = (byte == FLAG ^ INVERT) | (byte == ESCAPE ^ INVERT)
    proof.claim("behind an escape comes what had to be escaped", ~(sent & escape) | unescaped)
    proof.claim("between frames there are flags only", ~sent | inside | flag)
    proof.claim("a frame has a byte and a check sum at least", ~(flag & inside) | (count == 3))
    proof.reachable("an escape", sent & (byte == ESCAPE))
    return proof


def decoder() -> Proof:
    proof = Proof()
    m = proof.m
    unit = proof.unit(
        Decoder(Network(4, (2,), 2), Machine(lanes=4, update_lanes=4)), held=("items", "samples", "requests", "answers")
    )
    producer(proof, unit.items)
    consumer(proof, unit.requests, "requests")
    consumer(proof, unit.answers, "answers")
    m.d.comb += unit.samples.ready.eq(proof.free(1, "ready"))
    # a reply leaves when its request has been carried out
    proof.assume(~unit.answered | ~unit.requests.valid)
    item = unit.items.payload
    taken = unit.items.valid & unit.items.ready
    # a good end is behind us, and nothing else was taken since
    good = Signal()
    with m.If(taken):
        m.d.sync += good.eq(item.end & item.good)
    begins = unit.requests.valid & ~proof.past(unit.requests.valid)
    proof.claim("a request follows a good frame", ~begins | good)
    proof.claim("a reset follows a good frame", ~unit.reset | good)
    proof.claim("a sample is accepted behind a good frame", ~unit.accepted | good)
    moved = proof.started & (unit.expected != proof.past(unit.expected))
    proof.claim("only a good frame moves the sequence number", ~moved | good)
    proof.claim("the sequence number moves to the next", ~moved | (unit.expected == (unit.sequence + 1)[:8]))
    proof.claim("a repeated frame writes nothing", ~(begins & unit.requests.payload.write) | unit.fresh)
    proof.claim("a repeated sample is not accepted", ~unit.accepted | unit.fresh)
    proof.reachable("a write", unit.requests.valid & unit.requests.payload.write)
    proof.reachable("a sample", unit.accepted)
    return proof


def ring() -> Proof:
    proof, depth = Proof(), 4
    m = proof.m
    unit = proof.unit(Ring(depth), held=("input", "output"))
    producer(proof, unit.input)
    consumer(proof, unit.output, "output")
    waiting = Signal(3)
    m.d.sync += waiting.eq(waiting + (unit.input.valid & unit.input.ready) - (unit.output.valid & unit.output.ready))
    proof.assume(~unit.input.valid | (waiting < depth - 1))
    passes_through(proof, unit.input, unit.output, depth - 1)
    return proof


def receiver() -> Proof:
    proof = Proof()
    unit = proof.unit(Receiver(4), held=("bytes",))
    consumer(proof, unit.bytes, "bytes")
    proof.claim("a byte is lost only while one waits", ~unit.overrun | (unit.bytes.valid & ~unit.bytes.ready))
    proof.claim("no byte is lost and broken at once", ~(unit.overrun & unit.framing))
    arrives = unit.bytes.valid & ~proof.past(unit.bytes.valid)
    since = Signal(range(40))
    proof.m.d.sync += since.eq(Mux(arrives, 0, Mux(since == 39, since, since + 1)))
    quick, seen = Signal(), Signal()
    proof.m.d.sync += seen.eq(seen | arrives)
    proof.m.d.comb += quick.eq(arrives & seen & (since < 36))
    proof.claim("bytes come no faster than the line", ~quick)
    return proof


def transmitter() -> Proof:
    """A byte's ten bits of four cycles each, beside the line's definition."""
    divisor, proof = 4, Proof()
    m = proof.m
    unit = proof.unit(Transmitter(divisor), held=("bytes",))
    producer(proof, unit.bytes)
    taken = unit.bytes.valid & unit.bytes.ready
    cycle, frame = Signal(range(10 * divisor + 1), init=10 * divisor), Signal(10, init=-1)
    busy = cycle != 10 * divisor
    with m.If(taken):
        m.d.sync += [cycle.eq(0), frame.eq(Cat(0, unit.bytes.payload, 1))]
    with m.Elif(busy):
        m.d.sync += cycle.eq(cycle + 1)
    now = Signal()
    m.d.comb += now.eq(frame.bit_select((cycle >> 2)[:4], 1))
    proof.claim("the line carries start bit, byte and stop bit", ~busy | (unit.tx == now))
    proof.claim("the idle line is high", busy | unit.tx)
    proof.claim("no byte is taken before the stop bit", ~taken | (cycle >= 9 * divisor))
    proof.reachable("a byte right behind another", taken & (cycle == 10 * divisor) & proof.past(busy))
    return proof
