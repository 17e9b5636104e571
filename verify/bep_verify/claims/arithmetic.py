"""Counters, popcounts and column sums compute what they say, for every input."""

from amaranth.hdl import Signal, signed

from bep_hw.array.popcount import XnorPopcount
from bep_hw.learning.counters import CounterStep
from bep_hw.winners.columns import ColumnSums
from bep_verify.proof import Proof


def counter_step() -> Proof:
    """Eight bits, as boards have them: never wraps, never skips."""
    proof, bits = Proof(), 8
    unit = proof.unit(CounterStep(bits))
    before, after = unit.counter.as_signed(), unit.stepped.as_signed()
    most, least = (1 << bits - 1) - 1, -(1 << bits - 1)
    goes_up, goes_down = unit.enable & unit.up, unit.enable & ~unit.up
    proof.claim("without enable it stays", unit.enable | (after == before))
    proof.claim("up is one more, below the largest", ~goes_up | (before == most) | (after == before + 1))
    proof.claim("down is one less, above the smallest", ~goes_down | (before == least) | (after == before - 1))
    proof.claim("the largest stays on the way up", ~goes_up | (before != most) | (after == most))
    proof.claim("the smallest stays on the way down", ~goes_down | (before != least) | (after == least))
    proof.reachable("zero is crossed", (before == 0) & (after == -1))
    return proof


def popcount(lanes: int) -> Proof:
    proof = Proof()
    unit = proof.unit(XnorPopcount(lanes))
    agree = ~(unit.weight ^ unit.input)
    total = Signal(range(lanes + 1))
    proof.m.d.comb += total.eq(sum((agree[lane] for lane in range(1, lanes)), agree[0]))
    seen = proof.past(1, unit.delay)
    proof.claim(
        f"{lanes} lanes: the count is the number of bits that agree",
        ~seen | (unit.count == proof.past(total, unit.delay)),
    )
    proof.reachable(f"{lanes} lanes: all agree", unit.count == lanes)
    return proof


def popcount_tree() -> Proof:
    """The step of the induction over trees, one bit and two of half the size; the small ones are proven by bits."""
    proof = Proof()
    m = proof.m
    word, other = proof.free(31, "weight"), proof.free(31, "input")
    whole, left, right = XnorPopcount(31), XnorPopcount(15), XnorPopcount(15)
    m.submodules += [whole, left, right]
    m.d.comb += [whole.weight.eq(word), whole.input.eq(other)]
    for half, start in ((left, 1), (right, 16)):
        m.d.comb += [half.weight.eq(word[start : start + 15]), half.input.eq(other[start : start + 15])]
    late = whole.delay - left.delay
    halves = proof.past(left.count, late) + proof.past(right.count, late)
    first = proof.past(~(word[0] ^ other[0]), whole.delay)
    proof.claim(
        "31 lanes: one bit and two trees of 15 lanes", ~proof.past(1, whole.delay) | (whole.count == halves + first)
    )
    proof.reachable("31 lanes: all agree", whole.count == 31)
    return proof


def column_sums() -> Proof:
    """Up to four rows of one lane, beside a plain count of them."""
    most, proof = 4, Proof()
    m = proof.m
    unit = proof.unit(ColumnSums(1, most), held=("start", "clear", "valid"))
    rows = proof.constant(range(most + 1))
    proof.assume(rows <= most)
    valid, cleared, read, agreed = proof.free(1, "valid"), Signal(), Signal(range(most + 1)), Signal(range(most + 1))
    half = Signal(signed(unit.bits))
    m.d.comb += [
        half.eq(-((rows + 1) >> 1)),
        unit.clear.eq(~cleared),
        unit.valid.eq(valid & cleared & (read != rows)),
    ]
    m.d.sync += cleared.eq(1)
    with m.If(unit.valid):
        m.d.sync += [read.eq(read + 1), agreed.eq(agreed + (unit.weights[0] == unit.error))]
        with m.If(read == 0):
            m.d.comb += unit.start.eq(half)
    complete = cleared & (read == rows) & (rows != 0)
    proof.claim("the target is the sign of 2p - n, +1 for a tie", ~complete | (unit.targets[0] == (2 * agreed >= rows)))
    proof.reachable("a tie", complete & (2 * agreed == rows))
    proof.reachable("all disagree", complete & (agreed == 0) & (rows == most))
    return proof
