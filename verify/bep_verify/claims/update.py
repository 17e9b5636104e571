"""The update engine answers the host once, writes every visible weight in a commit, and always comes to rest."""

from typing import Any

from amaranth.hdl import Signal

from bep_hw.learning.update import UpdateEngine
from bep_hw.plan.layout import Layout
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof
from bep_verify.streams import producer

LAYOUT = Layout(Network(4, (2,), 2, counter_bits=2), Machine(lanes=4, update_lanes=2, spram=True))


def host_read() -> Proof:
    """A group is asked for until it is there; banks may refuse reads at any time."""
    proof = Proof()
    m = proof.m
    unit = proof.unit(UpdateEngine(LAYOUT), held=("orders", "access.read", "access.write", "commit"))
    producer(proof, unit.orders)
    asked = proof.free(1, "asked")
    m.d.comb += unit.access.read.eq(asked)
    proof.assume(~(proof.past(asked) & ~proof.past(unit.access.done)) | asked)
    proof.claim("a group comes only while it is asked for", ~unit.access.done | asked)
    proof.claim("a group comes once", ~(proof.past(unit.access.done) & unit.access.done))
    waiting = Signal(range(5))
    with m.If(unit.access.done):
        m.d.sync += waiting.eq(4)
    with m.Elif(waiting != 0):
        m.d.sync += waiting.eq(waiting - 1)
    proof.claim("a second group takes a second reading", ~(unit.access.done & (waiting > 1)))
    proof.reachable("a group", unit.access.done)
    proof.reachable("a group behind an order", unit.access.done & proof.past(unit.write.valid, 2))
    return proof


REST = 4 * LAYOUT.bank_depth + 16
"""A sweep, with every slice handed out twice, and the pipeline before and behind it."""


def _engine(proof: Proof) -> Any:
    """The engine between neighbours that keep their promises."""
    unit = proof.unit(UpdateEngine(LAYOUT), held=("orders", "hits.slices"))
    producer(proof, unit.orders)
    producer(proof, unit.hits.slices)
    proof.assume(unit.orders.payload.layer < len(LAYOUT.trainable))
    # hits come in the order of the sweep, and the walk goes on while there are any
    address = unit.hits.slices.payload.address
    proof.assume(~unit.hits.slices.valid | (unit.hits.found & unit.hits.walking & (address < LAYOUT.bank_depth)))
    return unit


def commit() -> Proof:
    """Any column of the visible plane that has counters is followed."""
    proof = Proof()
    m = proof.m
    unit = _engine(proof)
    [place] = LAYOUT.trainable
    word, column = proof.constant(len(unit.visible.address)), proof.constant(len(unit.visible.block))
    proof.assume((word >= place.plane_base) & (word < place.plane_base + place.rows * place.words))
    proof.assume((column >= place.first_column) & (column < LAYOUT.columns_per_word))
    written = unit.visible.valid & (unit.visible.address == word) & (unit.visible.block == column)
    times, swept = Signal(2), Signal()
    with m.If(unit.commit.done):
        m.d.sync += [times.eq(0), swept.eq(0)]
    with m.Else():
        m.d.sync += [times.eq(times + (written & (times != 3))), swept.eq(swept | unit.sweeping)]
    proof.claim("a commit writes every column once", ~(unit.commit.done & swept) | (times + written == 1))
    proof.claim("between two commits no column is written twice", times < 2)
    proof.claim("weights change in a commit alone", ~unit.visible.valid | unit.sweeping)
    proof.reachable("a column is written", written)
    proof.reachable("a commit behind another", unit.commit.done & swept & proof.past(unit.commit.done, 30))
    return proof


def rest() -> Proof:
    """No deadlock: left alone, the engine is idle again within `REST` cycles, wherever it was."""
    proof = Proof()
    m = proof.m
    unit = _engine(proof)
    disturbed = unit.orders.valid | unit.hits.found | unit.hits.walking | unit.read.refused
    disturbed = disturbed | unit.commit.start | unit.access.read
    quiet = Signal(range(REST + 1))
    with m.If(disturbed):
        m.d.sync += quiet.eq(0)
    with m.Elif(quiet != REST):
        m.d.sync += quiet.eq(quiet + 1)
    proof.claim(f"left alone it is idle within {REST} cycles", (quiet != REST) | disturbed | unit.idle)
    proof.reachable("rest after a sweep", unit.idle & proof.past(unit.commit.done, 2))
    return proof
