"""The sequencer issues whole passes in the program's order, and never waits for what is there."""

from amaranth.hdl import Cat, Mux, Signal

from bep_hw.array.interleave import compile_program
from bep_hw.array.preactivation import PreActivation
from bep_hw.array.sequencer import Sequencer
from bep_hw.plan.layout import Layout
from bep_hw.plan.program import Kind
from bep_ref.config import Machine, Network
from bep_verify.proof import Proof

LAYOUT = Layout(Network(4, (2, 2), 2, counter_bits=2), Machine(lanes=4, update_lanes=2))
PROGRAM = compile_program(LAYOUT)
GRANTS = ("full", "filled", "z_free", "known", "result_free", "columns_clear")
"""What a pass waits for, beside the end of the scan."""
REST = 2 * sum(max(item.rows, PreActivation.MINIMUM_ROWS) + 1 for item in PROGRAM) + 4
"""Cycles of the round at work and of the one after it, which the last sample goes through alone."""


def sequencer() -> Proof:
    """Waits end at any time, or never; samples come, trigger or not, and lists have any length."""
    proof = Proof()
    m = proof.m
    unit = proof.unit(Sequencer(LAYOUT, PROGRAM))
    rows = max(place.rows for place in LAYOUT.layers)
    proof.assume(unit.gated <= rows)

    index, number, inside = Signal.like(unit.index), Signal.like(unit.number), Signal()
    with m.If(unit.valid):
        m.d.sync += [index.eq(unit.index), number.eq(unit.number), inside.eq(~unit.last)]
    follows = (unit.index == index) & (unit.number == number + 1)
    proof.claim("a pass is issued whole, row by row", ~unit.valid | Mux(inside, follows, unit.first))
    proof.claim("first is row 0", ~unit.valid | (unit.first == (unit.number == 0)))
    fixed = Cat(unit.index == at for at, item in enumerate(PROGRAM) if item.rows).any()
    final = Cat((unit.index == at) & (unit.number == item.rows - 1) for at, item in enumerate(PROGRAM) if item.rows)
    proof.claim("a pass has the program's rows", ~(unit.valid & fixed) | (unit.last == final.any()))
    proof.claim("a backward pass has no more rows than its list may have", ~unit.valid | fixed | (unit.number < rows))
    any_before = Signal()
    with m.If(unit.started):
        m.d.sync += any_before.eq(0)
    with m.Elif(unit.valid):
        m.d.sync += any_before.eq(1)
    again = unit.valid & unit.first & any_before & (unit.index == index)
    proof.claim("no pass comes twice in a round", ~again)

    # without a wait it comes to rest, wherever it was
    alone = Cat(*(getattr(unit, name) for name in GRANTS), ~unit.scan_busy, ~unit.available).all()
    quiet = Signal(range(REST + 1))
    with m.If(~alone):
        m.d.sync += quiet.eq(0)
    with m.Elif(quiet != REST):
        m.d.sync += quiet.eq(quiet + 1)
    rested = proof.past((quiet == REST) & alone)
    proof.claim(f"left alone it has issued all within {REST} cycles", ~(rested & unit.valid))
    proof.claim("at rest it takes a sample at once", ~(rested & unit.available) | unit.started)
    backward = max(at for at, item in enumerate(PROGRAM) if item.kind is Kind.BACKWARD)
    proof.reachable("rest behind a sample that triggered", rested & any_before & (index == backward))
    proof.reachable("a row waits for its place", inside & ~unit.valid & ~unit.z_free)
    return proof
